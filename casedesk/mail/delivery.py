"""Mail leaves: claimed from the outbox, written as bytes, handed to the relay; tried again or given up by the book.

A definite 250 is never sent again; 4xx waits as CASEDESK_BACKOFF says; 5xx once; an end nobody saw (the connection broke
after the final dot) is tried again under the same Message-ID, so at most one more copy leaves (TRUST R5).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from casedesk import clock, journal
from casedesk.database import is_postgres, rows, transaction
from casedesk.events import EventName
from casedesk.files import FileStore
from casedesk.identity import SYSTEM
from casedesk.mail.composing import File, Unsendable, compose
from casedesk.mail.models import OutgoingMail
from casedesk.mail.transport import Outcome, OutcomeKind, Transport
from casedesk.records import NEVER

AT_ONCE = 4
"""Mails on their way at the same time."""

STUCK_AFTER = timedelta(minutes=15)
"""A claim this old belongs to a process that died; whether its mail left is unknown, so it is tried once more."""

_log = structlog.get_logger("delivery")

MustCancel = Callable[[OutgoingMail], Awaitable[bool]]


async def deliver_due(transport: Transport, store: FileStore, backoff: Sequence[int], must_cancel: MustCancel) -> int:
    """Send what is due and return how many mails were claimed."""
    claimed = await _claim(AT_ONCE * 4)
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(mail: OutgoingMail) -> None:
        async with limit:
            await _deliver(mail, transport, store, backoff, must_cancel)

    await asyncio.gather(*(one(mail) for mail in claimed))
    return len(claimed)


async def free_stuck() -> int:
    """Make mails waiting again whose sender died while they were on their way; return how many."""
    async with transaction():
        return await OutgoingMail.filter(state="sending", claimed_at__lt=clock.now() - STUCK_AFTER).update(
            state="waiting", next_try_at=clock.now()
        )


async def free_all_claims() -> int:
    """Make every claimed mail waiting again: for the one process of a SQLite desk, at its start."""
    async with transaction():
        return await OutgoingMail.filter(state="sending").update(state="waiting", next_try_at=clock.now())


async def _claim(limit: int) -> list[OutgoingMail]:
    now = clock.now()
    due = await OutgoingMail.filter(state="waiting", next_try_at__lte=now).order_by("next_try_at", "id").limit(limit)
    if not due:
        return []
    skip = " FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    marks = ", ".join("?" for _ in due)
    async with transaction():
        # The state is asked again under the lock: an undo, or another worker, may have come between.
        found = await rows(
            f"SELECT id FROM outgoing_mail WHERE state = 'waiting' AND id IN ({marks}){skip}",  # noqa: S608
            *(mail.id for mail in due),
        )
        ids = [row["id"] for row in found]
        claimed = await OutgoingMail.filter(id__in=ids).order_by("next_try_at", "id") if ids else []
        for mail in claimed:
            mail.state, mail.claimed_at, mail.tries = "sending", now, mail.tries + 1
            await mail.save(update_fields=["state", "claimed_at", "tries"])
    return claimed


async def _deliver(
    mail: OutgoingMail, transport: Transport, store: FileStore, backoff: Sequence[int], must_cancel: MustCancel
) -> None:
    if mail.cancel_if and await must_cancel(mail):
        async with transaction():
            await OutgoingMail.filter(id=mail.id).update(state="cancelled", next_try_at=NEVER)
        return
    try:
        raw = compose(mail, await _files(mail, store))
    except Unsendable as error:
        outcome = Outcome(OutcomeKind.PERMANENT, 0, error.message)
    else:
        outcome = await transport.send(raw, mail_from=mail.envelope_from, recipients=[*mail.to, *mail.cc])
    await _conclude(mail, outcome, backoff)


async def _conclude(mail: OutgoingMail, outcome: Outcome, backoff: Sequence[int]) -> None:
    now = clock.now()
    said = f"{outcome.code} {outcome.text}".strip()[:2000]
    data = {"mail": mail.id, "message": mail.message_id, "kind": mail.kind}
    if outcome.kind is OutcomeKind.SENT:
        async with transaction():
            await OutgoingMail.filter(id=mail.id).update(state="sent", sent_at=now, next_try_at=NEVER, last_error=None)
            await journal.record(EventName.MAIL_SENT, by=SYSTEM, case=mail.case_id, data=data)
            if outcome.refused:
                refused = {address: f"{code} {text}" for address, (code, text) in outcome.refused.items()}
                await journal.record(
                    EventName.MAIL_FAILED, by=SYSTEM, case=mail.case_id, data=data, content={"refused": refused}
                )
        return
    gives_up = outcome.kind is OutcomeKind.PERMANENT or mail.tries > len(backoff)
    if outcome.kind is OutcomeKind.AMBIGUOUS:
        gives_up = mail.last_error is not None and mail.last_error.startswith("unsure:")
        said = f"unsure: {said}"
    async with transaction():
        if gives_up:
            await OutgoingMail.filter(id=mail.id).update(state="failed", next_try_at=NEVER, last_error=said)
            await journal.record(
                EventName.MAIL_FAILED, by=SYSTEM, case=mail.case_id, data=data, content={"error": said}
            )
        else:
            wait = backoff[min(mail.tries, len(backoff)) - 1]
            await OutgoingMail.filter(id=mail.id).update(
                state="waiting", next_try_at=now + timedelta(seconds=wait), last_error=said
            )
    _log.info(
        "mail_not_sent", mail=mail.id, kind=outcome.kind.value, code=outcome.code, tries=mail.tries, given_up=gives_up
    )


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
