"""The one shape of a received message, whatever channel it came by, and its public JSON.

Nothing here reads or decides anything: `mime.read` fills the shape from mail, the other channels from their forms.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Automatic(StrEnum):
    """Why a message was not written by a person at this moment; such a message is never answered automatically."""

    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    BULK = "bulk"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address and the name beside it; `email` is "" where the header held no usable address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ReceivedAttachment:
    """A file that came with a message. `filename` is made safe to show; it is never a path to store under.

    `content_id` (without angle brackets) is None where the part had none; `inline` files are shown inside the body.
    """

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    size: int
    sha256: str
    md5: str
    inline: bool = False
    content_id: str | None = None

    @classmethod
    def of(
        cls, filename: str, content_type: str, content: bytes, *, inline: bool = False, content_id: str | None = None
    ) -> "ReceivedAttachment":
        """Return the attachment of `content` with its size and hashes. MD5 is a name here, not a protection."""
        return cls(
            filename,
            content_type,
            content,
            len(content),
            hashlib.sha256(content).hexdigest(),
            hashlib.md5(content, usedforsecurity=False).hexdigest(),
            inline,
            content_id,
        )


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report about an undelivered mail says; each field is None where the report does not tell.

    `status` is an enhanced status code of RFC 3463 ("5.1.1"), `action` one of RFC 3464 ("failed", "delayed" ...),
    `original_message_id` the mail that did not arrive.
    """

    recipient: str | None = None
    status: str | None = None
    action: str | None = None
    diagnostic: str | None = None
    original_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Authentication:
    """The verdicts of the receiving server (RFC 8601: "pass", "fail", "none" ...); None where it gave none."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came in. Every string is free of control characters (bodies keep newlines and tabs).

    `sender` is the From of the message, None where there was none at all. `reply` is what the sender newly wrote,
    `text` the whole body. `html` is sanitised, None where the message had no HTML. `problems` says in words what was
    broken or over a limit; empty for a sound message. `return_path` is None where unknown, "" for the null sender.
    `own_loop` holds the marks of casedesk's own automatic mail found on it; `suppresses_answers` is the sender's wish
    that no automatic answer follow (X-Auto-Response-Suppress), which does not make the message itself automatic.
    """

    message_id: str | None = None
    sender: Address | None = None
    reply_to: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    automatic: Automatic | None = None
    bounce: Bounce | None = None
    language: str | None = None
    text: str = ""
    reply: str = ""
    html: str | None = None
    attachments: tuple[ReceivedAttachment, ...] = ()
    authentication: Authentication = Authentication()
    problems: tuple[str, ...] = ()
    auto_submitted: str | None = None
    list_id: str | None = None
    own_loop: tuple[str, ...] = ()
    return_path: str | None = None
    suppresses_answers: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message whose reading was ended by a limit: `reason` in words, and what a plain scan of its headers gave."""

    reason: str
    incoming: Incoming


def as_json(incoming: Incoming) -> dict[str, Any]:
    """Return the public JSON of a received message; attachments without their bytes, instants in ISO 8601."""
    return {
        "message_id": incoming.message_id,
        "from": _address(incoming.sender),
        "reply_to": _address(incoming.reply_to),
        "to": [_address(each) for each in incoming.to],
        "cc": [_address(each) for each in incoming.cc],
        "subject": incoming.subject,
        "date": incoming.date.isoformat() if incoming.date else None,
        "in_reply_to": list(incoming.in_reply_to),
        "references": list(incoming.references),
        "automatic": incoming.automatic.value if incoming.automatic else None,
        "bounce": _bounce(incoming.bounce),
        "language": incoming.language,
        "text": incoming.text,
        "reply": incoming.reply,
        "html": incoming.html,
        "attachments": [_attachment(each) for each in incoming.attachments],
        "authentication": {
            "spf": incoming.authentication.spf,
            "dkim": incoming.authentication.dkim,
            "dmarc": incoming.authentication.dmarc,
        },
        "problems": list(incoming.problems),
    }


def _address(address: Address | None) -> dict[str, str] | None:
    return {"name": address.name, "email": address.email} if address else None


def _bounce(bounce: Bounce | None) -> dict[str, str | None] | None:
    if bounce is None:
        return None
    return {
        "recipient": bounce.recipient,
        "status": bounce.status,
        "action": bounce.action,
        "diagnostic": bounce.diagnostic,
    }


def _attachment(attachment: ReceivedAttachment) -> dict[str, Any]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "md5": attachment.md5,
        "inline": attachment.inline,
        "content_id": attachment.content_id,
    }
