"""The outbox: a mail is a row from the moment it is decided, with the one Message-ID of all its tries.

Composing words is `letters`, sending is `delivery`. Caps on automatic mail are counted here, in the database.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.expressions import Q

from casedesk import clock
from casedesk.database import is_postgres, rows, transaction
from casedesk.database.inserting import as_stored, insert_row
from casedesk.errors import Conflict
from casedesk.mail.models import OutgoingMail
from casedesk.mail.senders import Sender
from casedesk.records import NEVER

LOOP_HEADER = "X-Casedesk-Loop"
"""Marks automatic mail of this desk, so that its echo is known."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be sent. `not_before` None means at once; `automatic` mail carries the marks of RFC 3834."""

    kind: str
    sender: Sender
    to: Sequence[str]
    subject: str
    text: str
    html: str | None = None
    cc: Sequence[str] = ()
    case_id: int | None = None
    message_id: int | None = None
    token: str = ""
    automatic: bool = False
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    attachments: Sequence[int] = ()
    not_before: datetime | None = None
    cancel_if: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutgoingView:
    """A mail of the outbox as the operations page shows it; `error` is what the relay said last."""

    id: int
    to: str
    subject: str
    state: str
    tries: int
    error: str
    case_id: int | None
    created_at: datetime


async def put(letter: Letter) -> OutgoingMail:
    """Put a letter into the outbox, in the caller's transaction, and return its row.

    The Message-ID carries the reply token, so that an answer with nothing but References finds its case, too.
    """
    local = f"{letter.token}.{secrets.token_hex(8)}" if letter.token else secrets.token_hex(16)
    headers = dict(letter.headers)
    if letter.in_reply_to:
        headers["In-Reply-To"] = letter.in_reply_to
    if letter.references:
        headers["References"] = " ".join(letter.references)
    if letter.token:
        headers["Reply-To"] = letter.sender.plus(letter.token)
    if letter.automatic:
        # RFC 3834 section 5: says that no person wrote this, so that no machine answers.
        headers["Auto-Submitted"] = "auto-replied" if letter.kind == "acknowledgement" else "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
        headers[LOOP_HEADER] = letter.sender.address
    mail = OutgoingMail(
        case_id=letter.case_id,
        message_id=letter.message_id,
        kind=letter.kind,
        automatic=letter.automatic,
        mail_message_id=f"<{local}@{letter.sender.domain}>",
        sender=f"{letter.sender.name} <{letter.sender.address}>",
        # RFC 3834 section 3.3: automatic answers have the null return path; a person's mail can bounce to its case.
        envelope_from=""
        if letter.automatic
        else letter.sender.plus(letter.token)
        if letter.token
        else letter.sender.address,
        recipient=mailbox_of(letter.to[0]),
        to=list(letter.to),
        cc=list(letter.cc),
        subject=letter.subject[:500],
        headers=headers,
        text=letter.text,
        html=letter.html,
        attachments=list(letter.attachments),
        next_try_at=letter.not_before or clock.now(),
        cancel_if=letter.cancel_if,
    )
    await insert_row(mail)
    return mail


async def take_back(outgoing_id: int) -> OutgoingMail:
    """Cancel a mail that has not been claimed and return its row; raises Conflict when it has left or is leaving."""
    touched = await OutgoingMail.filter(id=outgoing_id, state="waiting", tries=0).update(
        state="cancelled", next_try_at=NEVER
    )
    if not touched:
        raise Conflict("This mail has left already and cannot be taken back.")
    return await OutgoingMail.get(id=outgoing_id)


async def in_trouble(limit: int = 100) -> tuple[OutgoingView, ...]:
    """Return mails that failed for good or were tried in vain, the newest first."""
    tried = await OutgoingMail.filter(Q(state="failed") | Q(state="waiting", tries__gt=0)).order_by("-id").limit(limit)
    return tuple(
        OutgoingView(
            row.id, row.to[0], row.subject, row.state, row.tries, row.last_error or "", row.case_id, row.created_at
        )
        for row in tried
    )


async def try_now(outgoing_id: int) -> bool:
    """Let a mail that waits for its next try go out at once; False when it does not wait.

    One that failed for good is not sent again: a definite refusal is an answer, and its author is told on the case.
    """
    async with transaction():
        touched = await OutgoingMail.filter(id=outgoing_id, state="waiting", tries__gt=0).update(
            next_try_at=clock.now()
        )
        return bool(touched)


async def of_message(message_id: int) -> int | None:
    """Return the id of the mail that carries a message, None when none does."""
    mail = await OutgoingMail.filter(message_id=message_id).order_by("id").first()
    return mail.id if mail else None


def mailbox_of(address: str) -> str:
    """Return the mailbox an address most likely reaches: in lower case, without its detail (RFC 5233 section 1).

    Caps count by it: mail to `victim+1@…`, `victim+2@…` fills one mailbox.
    """
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


async def hold_recipient(recipient: str) -> None:
    """Let nobody else count or send automatic mail to a mailbox until the open transaction ends, so that caps hold.

    SQLite's transaction holds everybody off already.
    """
    if is_postgres():
        await rows("SELECT pg_advisory_xact_lock(hashtextextended(?, 7301002))", mailbox_of(recipient))


async def automatic_to(recipient: str, span: timedelta, kind: str | None = None) -> int:
    """Return how many automatic mails (of a kind) a mailbox was sent within the last `span`, whatever became of them."""
    if kind is None:
        return await _automatic(span, "recipient = ?", mailbox_of(recipient))
    return await _automatic(span, "recipient = ? AND kind = ?", mailbox_of(recipient), kind)


async def automatic_to_domain(recipient: str, span: timedelta, kind: str) -> int:
    """Return how many automatic mails of a kind the domain of `recipient` was sent within the last `span`.

    Others may be about to send more while this counts: a cap on many mailboxes is kept to within a few.
    """
    domain = mailbox_of(recipient).rpartition("@")[2]
    ends = "%@" + re.sub(r"([!%_])", r"!\1", domain)
    return await _automatic(span, "kind = ? AND recipient LIKE ? ESCAPE '!'", kind, ends)


async def automatic_in_all(span: timedelta, kind: str) -> int:
    """Return how many automatic mails of a kind left or wait since `span` ago, to within a few as above."""
    return await _automatic(span, "kind = ?", kind)


async def automatic_of_case(case_id: int, span: timedelta) -> int:
    """Return how many automatic mails a case caused within the last `span`."""
    now = clock.now()
    sql = f"{_AUTOMATIC} AND case_id = ?"
    return int((await rows(sql, as_stored(now - span), as_stored(now), case_id))[0]["n"])


_AUTOMATIC = "SELECT COUNT(*) AS n FROM outgoing_mail WHERE automatic = TRUE AND created_at > ? AND created_at <= ?"


async def _automatic(span: timedelta, condition: str, *values: str) -> int:
    # Up to now: a case of the past may be told when mail of later days is there already.
    now = clock.now()
    sql = f"{_AUTOMATIC} AND state <> 'cancelled' AND {condition}"
    return int((await rows(sql, as_stored(now - span), as_stored(now), *values))[0]["n"])


async def find_by_message_id(message_ids: Sequence[str]) -> OutgoingMail | None:
    """Return the outgoing mail with one of these Message-IDs, the last named first; None when none is ours."""
    if not message_ids:
        return None
    known = {mail.mail_message_id: mail for mail in await OutgoingMail.filter(mail_message_id__in=list(message_ids))}
    return next((known[each] for each in reversed(list(message_ids)) if each in known), None)


async def counts_by_state() -> dict[str, int]:
    """Return how many mails are in each state."""
    found = await rows("SELECT state, COUNT(*) AS n FROM outgoing_mail GROUP BY state")
    return {row["state"]: row["n"] for row in found}
