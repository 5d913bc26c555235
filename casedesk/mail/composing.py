"""From an outbox row to the bytes of a mail: the same bytes at every try, every header checked before it is written.

Python's serialiser has let a newline in a decoded subject become a header of its own (CVE-2024-6923), so control
characters go first and the result is looked at once more.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from casedesk.errors import CasedeskError
from casedesk.mail.models import OutgoingMail
from casedesk.security import tokens

LINK_KIND = "portal_link"
"""The kind of mails that carry a link which opens an account."""

_UNSIGNED = "unsigned-link-"
_MARK = re.compile(_UNSIGNED + "([0-9a-f]{32})")
_CONTROLS = dict.fromkeys((*range(32), 127, 8232, 8233, 133), " ")
# RFC 5322 section 2.1.1 allows 998; a Message-ID folded at 78 is one that some programs never find again.
_POLICY = SMTP.clone(max_line_length=250)


@dataclass(frozen=True, slots=True)
class File:
    """A file to be attached."""

    filename: str
    content_type: str
    data: bytes


class Unsendable(CasedeskError):
    """A mail that cannot be written as RFC 5322 wants it; it fails for good and says why."""


def compose(mail: OutgoingMail, files: Sequence[File] = ()) -> bytes:
    """Return the mail as bytes with CRLF line ends; raises Unsendable when an address or header cannot be written."""
    try:
        message = EmailMessage(policy=_POLICY)
        message["Message-ID"] = mail.mail_message_id
        message["Date"] = format_datetime(mail.created_at)
        message["From"] = _address(mail.sender)
        message["To"] = [_address(each) for each in mail.to]
        if mail.cc:
            message["Cc"] = [_address(each) for each in mail.cc]
        message["Subject"] = one_line(mail.subject)
        for name, value in mail.headers.items():
            message[name] = one_line(value)
        message.set_content(_lines(mail.text), subtype="plain", charset="utf-8", cte="quoted-printable")
        if mail.html:
            message.add_alternative(_lines(mail.html), subtype="html", charset="utf-8", cte="quoted-printable")
        for file in files:
            _attach(message, file)
        _name_boundaries(message, mail)
        raw = message.as_bytes()
    except (ValueError, LookupError, UnicodeError, IndexError) as error:
        raise Unsendable(f"this mail cannot be written: {error}") from error
    _check(raw, message)
    return raw


def one_line(text: str) -> str:
    """Return `text` without anything that could end a header."""
    return " ".join(text.translate(_CONTROLS).split())


def unsigned(payload: str) -> str:
    """Return the mark that stands for a link's token until its mail is written."""
    return f"{_UNSIGNED}{payload}"


def signed(text: str) -> str:
    """Return the text of a mail with its link's token in it, the same at every try.

    The outbox keeps what it sends; a link that opens something must not lie there, so it holds the public part alone. That
    is random: nobody can have the signature of a link put into a mail whose link they do not hold already.
    """
    return _MARK.sub(lambda mark: tokens.link_token(mark[1]), text)


def _lines(text: str) -> str:
    return signed(text).replace("\r\n", "\n")


def _address(text: str) -> Address:
    """Return an address as a header takes it; raises ValueError for one that cannot be written.

    A domain of other letters is written in ASCII (RFC 5891); a local part of other letters would need SMTPUTF8.
    """
    name, address = parseaddr(one_line(text))
    local, _, domain = address.rpartition("@")
    if not local or not domain or "@" in local or not local.isascii():
        raise ValueError(f"{text!r} is no address that can be written to")
    return Address(name, local, domain.encode("idna").decode("ascii"))


def _name_boundaries(message: EmailMessage, mail: OutgoingMail) -> None:
    """Give multiparts boundaries that follow from the Message-ID, so that every try is the same bytes.

    "=_" can stand in neither quoted-printable nor base64, so no boundary occurs in a part.
    """
    seed = hashlib.sha256(mail.mail_message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")


def _attach(message: EmailMessage, file: File) -> None:
    main, _, sub = file.content_type.partition("/")
    if main in ("multipart", "message") or not sub.isprintable() or not sub:
        main, sub = "application", "octet-stream"
    message.add_attachment(file.data, maintype=main, subtype=sub.split(";")[0], filename=one_line(file.filename))


def _check(raw: bytes, message: EmailMessage) -> None:
    """Refuse bytes whose header block has lines that are not ours or ends of line that are not CRLF."""
    head = raw.partition(b"\r\n\r\n")[0]
    names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")}
    own = {name.lower().encode() for name in message}
    if not names <= own or b"\n" in head.replace(b"\r\n", b""):
        raise Unsendable("this mail has a header that was not meant")
