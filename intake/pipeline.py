"""What becomes of an arrival: read, matched, its sender recognised, then a new case or words on an old one.

Arrivals are worked in the order they came. Each has exactly one fate, written in the transaction of what it made, so
working one twice makes nothing twice; and nothing that was accepted is ever dropped without a row that says why.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from casedesk import clock, permissions
from casedesk.cases import attaching
from casedesk.database import as_unavailable, is_postgres, rows, run, transaction
from casedesk.errors import NotFound, Unavailable
from casedesk.identity import Actor
from casedesk.mail.senders import own_addresses
from casedesk.permissions import Permission
from casedesk.records import NEVER
from intake import receiving
from intake.message import Incoming, Unreadable
from intake.mime import with_envelope
from intake.models import Fate
from intake.readers import Readers
from intake.receiving import Outcome
from intake.spool import ArrivedMail, Spool

BATCH = 64
"""Mails of one transaction: enough to share its commit, few enough that others' writes wait for a moment only."""

INTAKE_LOCK = 7_301_001
"""PostgreSQL advisory lock of the one intake lane."""

RETRY_MINUTES = (1, 10, 60, 360, 1440)
"""Waits between the tries of an arrival that could not be worked; after the last a person has to look."""

_log = structlog.get_logger("intake")


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrivals that follow the one numbered `after`, and what the readers made of each."""

    after: int
    arrived: Sequence[ArrivedMail]
    read: Sequence[Incoming | Unreadable]


@dataclass(slots=True)
class Ahead:
    """The batch that was read while the one before it was worked; None when there is none."""

    batch: Batch | None = None

    def take(self, after: int) -> Batch | None:
        """Hand the batch over if it follows `after` and holds anything; it is forgotten either way."""
        batch, self.batch = self.batch, None
        return batch if batch is not None and batch.after == after and batch.arrived else None


async def last_worked() -> int:
    """Return the id of the newest arrival that has a fate, 0 when none has."""
    found = await rows("SELECT MAX(arrival) AS newest FROM fates")
    return int(found[0]["newest"] or 0)


async def work(spool: Spool, readers: Readers, *, limit: int = BATCH, ahead: Ahead | None = None) -> int:
    """Work the next arrivals of the spool in order; return how many got their fate. The only caller is one lane.

    With `ahead`, the children read the next batch while this one is worked, and it is kept there for the next call.
    Raises Unavailable when the database cannot take them now; they stay pending.
    """
    after = await last_worked()
    batch = ahead.take(after) if ahead is not None else None
    batch = batch or await _read(spool, readers, after, limit)
    if not batch.arrived:
        return 0
    if ahead is None or len(batch.arrived) < limit:
        return await _work_batch(batch)
    newest = batch.arrived[-1].arrival.id
    worked, following = await asyncio.gather(
        _work_batch(batch), _read(spool, readers, newest, limit), return_exceptions=True
    )
    if isinstance(worked, BaseException):
        raise worked
    # What could not be read ahead is read again, and its trouble told, when its turn has come.
    ahead.batch = None if isinstance(following, BaseException) else following
    return worked


async def _read(spool: Spool, readers: Readers, after: int, limit: int) -> Batch:
    """Return the arrivals that follow `after`, read, their attachments stored."""
    arrived = await spool.read_on(after, limit)
    if not arrived:
        return Batch(after, [], [])
    read = await readers.read_many(
        [(mail.arrival.id, with_envelope(mail.raw, mail.arrival.envelope_from)) for mail in arrived],
        own_addresses=await own_addresses(),
    )
    await _store_files(read, arrived)
    return Batch(after, arrived, read)


async def _work_batch(batch: Batch) -> int:
    async with transaction():
        if is_postgres():
            await run("SELECT pg_advisory_xact_lock(?)", INTAKE_LOCK)
        if await last_worked() != batch.after:
            return 0
        for mail, incoming in zip(batch.arrived, batch.read, strict=True):
            await _work_one(mail, incoming)
    return len(batch.arrived)


async def work_failed(spool: Spool, readers: Readers, *, limit: int = 10) -> int:
    """Try arrivals again that could not be worked, those whose time has come; return how many.

    Each takes the place of its old fate in one transaction: a case is made once, or the failure stays in sight.
    """
    due = await Fate.filter(fate="failed", retry_at__lte=clock.now()).order_by("arrival").limit(limit)
    for row in due:
        arrival = await spool.get(row.arrival)
        if arrival is None:
            continue
        mail = ArrivedMail(arrival, await spool.raw(row.arrival))
        read = await readers.read_many(
            [(arrival.id, with_envelope(mail.raw, arrival.envelope_from))], own_addresses=await own_addresses()
        )
        await _store_files(read, [mail])
        async with transaction():
            if not await Fate.filter(id=row.id, fate="failed").delete():
                continue
            await _work_one(mail, read[0], tries=row.tries + 1)
    return len(due)


async def ask_again(arrival_id: int, *, by: Actor) -> None:
    """Have a failed arrival tried again now; raises NotFound when it has not failed."""
    permissions.require(by, Permission.OPERATIONS_READ)
    async with transaction():
        if not await Fate.filter(arrival=arrival_id, fate="failed").update(retry_at=clock.now()):
            raise NotFound("This arrival has not failed.")


async def _work_one(mail: ArrivedMail, read: Incoming | Unreadable, *, tries: int = 1) -> None:
    incoming = read.incoming if isinstance(read, Unreadable) else read
    try:
        async with transaction():
            await receiving.receive(mail, read)
    except Unavailable:
        raise
    except Exception as error:
        if isinstance(as_unavailable(error), Unavailable):
            raise
        # One mail must never stop the others: it is tried once more as nothing but its raw bytes, then kept as failed.
        _log.exception("mail_not_workable", arrival=mail.arrival.id)
        plain = Unreadable(f"could not be worked: {type(error).__name__}", Incoming(message_id=incoming.message_id))
        try:
            async with transaction():
                await receiving.receive(mail, replace(plain, incoming=_bare(incoming)))
        except Unavailable:
            raise
        except Exception as again:
            _raise_if_database_cannot(again)
            _log.exception("mail_failed", arrival=mail.arrival.id, tries=tries)
            await receiving.write_fate(
                mail.arrival, incoming, None, Outcome("failed", f"{type(again).__name__}: {again}"[:300])
            )
            wait = RETRY_MINUTES[tries - 1] if tries <= len(RETRY_MINUTES) else None
            retry_at = clock.now() + timedelta(minutes=wait) if wait is not None else NEVER
            await Fate.filter(arrival=mail.arrival.id).update(tries=tries, retry_at=retry_at)


def _raise_if_database_cannot(error: Exception) -> None:
    """Raise Unavailable when the database is busy or full: that is no fault of a mail, which stays pending."""
    reason = as_unavailable(error)
    if isinstance(reason, Unavailable):
        raise reason from error


async def _store_files(read: Sequence[Incoming | Unreadable], arrived: Sequence[ArrivedMail]) -> None:
    """Write attachments before any transaction: bytes first, then rows."""
    contents = [file.content for each in read if isinstance(each, Incoming) for file in each.attachments]
    contents += [mail.raw for mail, each in zip(arrived, read, strict=True) if isinstance(each, Unreadable)]
    if contents:
        await asyncio.to_thread(attaching.store().put_many, contents)


def _bare(incoming: Incoming) -> Incoming:
    """Return what is left of a message that could not be worked: who, what about, when."""
    return Incoming(
        message_id=incoming.message_id,
        sender=incoming.sender,
        subject=incoming.subject,
        date=incoming.date,
        automatic=incoming.automatic,
        problems=(*incoming.problems, "this mail could not be worked as it is"),
    )
