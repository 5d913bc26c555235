"""Mail leaves: claimed from the outbox, written as bytes, handed to the relay; tried again or given up by the book.

For each recipient: a definite 250 is never sent again; 4xx waits as CASEDESK_BACKOFF says; 5xx is the end. A letter whose
end nobody saw is sent again under the same Message-ID, so each such end costs one more copy at most, and a relay that
never answers gets a few.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from tortoise.expressions import F

from casedesk import clock, journal
from casedesk.database import is_postgres, rows, transaction
from casedesk.database.inserting import update_row
from casedesk.database.selecting import many
from casedesk.errors import NotFound, Unavailable
from casedesk.events import EventName
from casedesk.files import FileStore
from casedesk.identity import SYSTEM
from casedesk.mail.composing import File, Unsendable, compose
from casedesk.mail.models import OutgoingMail
from casedesk.mail.transport import Outcome, OutcomeKind, Transport, kind_of
from casedesk.records import NEVER

STUCK_AFTER = timedelta(minutes=15)
"""A claim this old belongs to a process that died; no relay is waited for so long."""

MOST_UNSURE = 8
"""Ends that nobody saw, after which a mail is given up: each may have left a copy with the customer."""

WRITE_AGAIN_SECONDS = 0.5
"""Pause before how a try ended is written again, when the database was busy."""

_log = structlog.get_logger("delivery")

MustCancel = Callable[[OutgoingMail], Awaitable[bool]]


async def deliver_next(transport: Transport, store: FileStore, backoff: Sequence[int], must_cancel: MustCancel) -> int:
    """Claim the mail that is due longest and try it once; return 1, or 0 when none is due.

    Safe beside itself in any number of tasks and processes. `backoff` gives the seconds between tries.
    """
    mail = await _claim(must_cancel)
    if mail is None:
        return 0
    if mail.state == "sending":
        await _write_surely(mail, await _try(mail, transport, store), backoff)
    return 1


async def take_as_sent(case_id: int, must_cancel: MustCancel) -> None:
    """Settle the due mails of a case as a relay that takes them would, and send nothing: for a past that is told."""
    taken = Outcome(OutcomeKind.SENT, 250, "taken, and sent to nobody: this is a sample")
    due = "case_id = ? AND state = 'waiting' AND next_try_at <= ? ORDER BY next_try_at, id"
    for mail in await many(OutgoingMail, due, case_id, clock.now()):
        if mail.cancel_if and await must_cancel(mail):
            mail.state, mail.next_try_at = "cancelled", NEVER
            await update_row(mail, ["state", "next_try_at"])
        else:
            mail.tries, mail.claimed_at = mail.tries + 1, clock.now()
            await _write(mail, _ended(mail, taken), taken, ())


async def free_stuck() -> int:
    """Make mails waiting again whose sender died while they were on their way; return how many."""
    async with transaction():
        stuck = OutgoingMail.filter(state="sending", claimed_at__lt=clock.now() - STUCK_AFTER)
        return await stuck.update(state="waiting", next_try_at=clock.now(), unsure=F("unsure") + 1)


async def free_all_claims() -> int:
    """Make every claimed mail waiting again: for the one process of a SQLite desk, at its start."""
    async with transaction():
        claimed = OutgoingMail.filter(state="sending")
        return await claimed.update(state="waiting", next_try_at=clock.now(), unsure=F("unsure") + 1)


async def _claim(must_cancel: MustCancel) -> OutgoingMail | None:
    """Return a due mail, now sending or, when nobody wants it any more, cancelled."""
    now = clock.now()
    due = OutgoingMail.filter(state="waiting", next_try_at__lte=now).order_by("next_try_at", "id")
    if not await due.exists():
        return None
    async with transaction():
        # Read again under the lock: an undo, or another worker, may have come between.
        mail = await (due.select_for_update(skip_locked=True) if is_postgres() else due).first()
        if mail is None:
            return None
        if mail.cancel_if and await must_cancel(mail):
            mail.state, mail.next_try_at = "cancelled", NEVER
            await mail.save(update_fields=["state", "next_try_at"])
            return mail
        mail.state, mail.claimed_at, mail.tries = "sending", now, mail.tries + 1
        await mail.save(update_fields=["state", "claimed_at", "tries"])
    return mail


async def _try(mail: OutgoingMail, transport: Transport, store: FileStore) -> Outcome:
    try:
        raw = compose(mail, await _files(mail, store))
    except Unsendable as error:
        return Outcome(OutcomeKind.PERMANENT, None, error.message)
    except (OSError, NotFound) as error:
        return Outcome(OutcomeKind.TEMPORARY, None, f"An attachment cannot be read: {error}")
    return await transport.send(raw, mail_from=mail.envelope_from, recipients=_left(mail, mail.settled))


async def _files(mail: OutgoingMail, store: FileStore) -> list[File]:
    if not mail.attachments:
        return []
    marks = ", ".join("?" for _ in mail.attachments)
    # Attachments are rows of cases, a floor above; a mail names them by id.
    found = await rows(
        f"SELECT id, filename, content_type, sha256 FROM attachments WHERE id IN ({marks}) ORDER BY id",  # noqa: S608
        *mail.attachments,
    )
    return [
        File(row["filename"], row["content_type"], await asyncio.to_thread(store.open_path(row["sha256"]).read_bytes))
        for row in found
    ]


async def _write_surely(mail: OutgoingMail, outcome: Outcome, backoff: Sequence[int]) -> None:
    """Write down how a try ended, however long the database is busy: a 250 that is forgotten would be sent again."""
    while True:
        try:
            await _write(mail, _ended(mail, outcome), outcome, backoff)
            return
        except Unavailable as error:
            _log.warning("outcome_not_written", mail=mail.id, kind=outcome.kind.value, reason=error.message)
            await asyncio.sleep(WRITE_AGAIN_SECONDS)


@dataclass(frozen=True, slots=True)
class _Ended:
    """What a try changed: recipients that have the mail now, and those that never will, with the last word on them."""

    taken: dict[str, str]
    refused: dict[str, str]


def _ended(mail: OutgoingMail, outcome: Outcome) -> _Ended:
    tried, said = _left(mail, mail.settled), _said(outcome.code, outcome.text)
    refused = {
        each: _said(code, text)
        for each, (code, text) in outcome.refused.items()
        if kind_of(code) is OutcomeKind.PERMANENT
    }
    if outcome.kind is OutcomeKind.SENT:
        return _Ended({each: said for each in tried if each not in outcome.refused}, refused)
    if outcome.kind is OutcomeKind.PERMANENT or _unsure(mail, outcome) >= MOST_UNSURE:
        return _Ended({}, dict.fromkeys(tried, said) | refused)
    return _Ended({}, refused)


async def _write(mail: OutgoingMail, ended: _Ended, outcome: Outcome, backoff: Sequence[int]) -> None:
    now, said = clock.now(), _said(outcome.code, outcome.text)
    settled = mail.settled | ended.taken | ended.refused
    left = _left(mail, settled)
    refused = dict(ended.refused)
    if left and mail.tries > len(backoff):
        refused |= dict.fromkeys(left, said)
        left = []
    had_arrived = any(map(_is_taken, mail.settled.values()))
    arrived = had_arrived or bool(ended.taken)
    values: dict[str, Any] = {
        "settled": settled, "last_error": None if outcome.kind is OutcomeKind.SENT and not refused and not left else said,
        "unsure": _unsure(mail, outcome),
    }  # fmt: skip
    if left:
        wait = backoff[mail.tries - 1]
        values |= {"state": "waiting", "next_try_at": now + timedelta(seconds=wait)}
    else:
        values |= {"state": "sent" if arrived else "failed", "next_try_at": NEVER, "sent_at": now if arrived else None}
    data = {"mail": mail.id, "message": mail.message_id, "kind": mail.kind}
    async with transaction():
        for name, value in values.items():
            setattr(mail, name, value)
        await update_row(mail, [*values, "tries", "claimed_at"])
        if arrived and not had_arrived:
            await journal.record(EventName.MAIL_SENT, by=SYSTEM, case=mail.case_id, data=data)
        if refused:
            await journal.record(
                EventName.MAIL_FAILED, by=SYSTEM, case=mail.case_id, data=data, content={"refused": refused}
            )
    if left or refused:
        _log.info("mail_not_sent", mail=mail.id, kind=outcome.kind.value, code=outcome.code, tries=mail.tries)


def _unsure(mail: OutgoingMail, outcome: Outcome) -> int:
    """Return how many tries have ended so that nobody knows whether the letter arrived, this one included."""
    return mail.unsure + (outcome.kind is OutcomeKind.AMBIGUOUS)


def _left(mail: OutgoingMail, settled: dict[str, str]) -> list[str]:
    """Return the recipients that are still to be tried."""
    return [each for each in dict.fromkeys([*mail.to, *mail.cc]) if each not in settled]


def _said(code: int | None, text: str) -> str:
    return f"{code or ''} {text}".strip()[:2000]


def _is_taken(said: str) -> bool:
    return said.startswith("2")
