"""What becomes of an arrival: read, matched, its sender recognised, then a new case or words on an old one.

Arrivals are worked in the order they came. Each has exactly one fate, written in the transaction of what it made, so
working one twice makes nothing twice; and nothing that was accepted is ever dropped without a row that says why.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from casedesk import clock, journal, permissions
from casedesk.accounts import recognising
from casedesk.cases import attaching, conversing, creating
from casedesk.cases.attaching import NewFile
from casedesk.cases.conversing import Said
from casedesk.cases.creating import FirstWords, Opening
from casedesk.cases.models import Case
from casedesk.database import as_unavailable, is_postgres, rows, run, transaction
from casedesk.errors import NotFound, Unavailable
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Actor
from casedesk.mail import outbox
from casedesk.mail.senders import own_addresses
from casedesk.permissions import Permission
from casedesk.records import NEVER
from casedesk.richtext import excerpt
from intake import doors, likeness, matching
from intake.message import Automatic, Incoming, ReceivedAttachment, Unreadable, as_json
from intake.mime import with_envelope
from intake.models import Fate
from intake.readers import Readers
from intake.spool import Arrival, ArrivedMail, Spool

BATCH = 64
"""Mails of one transaction: enough to share its commit, few enough that others' writes wait for a moment only."""

INTAKE_LOCK = 7_301_001
"""PostgreSQL advisory lock of the one intake lane."""

RETRY_MINUTES = (1, 10, 60, 360, 1440)
"""Waits between the tries of an arrival that could not be worked; after the last a person has to look."""

_log = structlog.get_logger("intake")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of an arrival before it is written down."""

    fate: str
    reason: str = ""
    case_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class FailedArrival:
    """An arrival that could not be worked; `is_tried_again` says whether casedesk itself will."""

    arrival: int
    received_at: datetime
    envelope_from: str
    reason: str
    tries: int
    is_tried_again: bool


async def last_worked() -> int:
    """Return the id of the newest arrival that has a fate, 0 when none has."""
    found = await rows("SELECT MAX(arrival) AS newest FROM fates")
    return int(found[0]["newest"] or 0)


async def work(spool: Spool, readers: Readers, *, limit: int = BATCH) -> int:
    """Work the next arrivals of the spool in order; return how many got their fate. The only caller is one lane.

    Raises Unavailable when the database cannot take them now; they stay pending.
    """
    after = await last_worked()
    arrived = await spool.read_on(after, limit)
    if not arrived:
        return 0
    read = await readers.read_many(
        [(mail.arrival.id, with_envelope(mail.raw, mail.arrival.envelope_from)) for mail in arrived],
        own_addresses=await own_addresses(),
    )
    await _store_files(read, arrived)
    async with transaction():
        if is_postgres():
            await run("SELECT pg_advisory_xact_lock(?)", INTAKE_LOCK)
        if await last_worked() != after:
            return 0
        for mail, incoming in zip(arrived, read, strict=True):
            await _work_one(mail, incoming)
    return len(arrived)


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


async def failed_arrivals(*, by: Actor, limit: int = 100) -> list[FailedArrival]:
    """Return arrivals that could not be worked, newest first."""
    permissions.require(by, Permission.OPERATIONS_READ)
    found = await Fate.filter(fate="failed").order_by("-arrival").limit(limit)
    return [
        FailedArrival(row.arrival, row.received_at, row.envelope_from, row.reason, row.tries, row.retry_at != NEVER)
        for row in found
    ]


async def _work_one(mail: ArrivedMail, read: Incoming | Unreadable, *, tries: int = 1) -> None:
    incoming = read.incoming if isinstance(read, Unreadable) else read
    try:
        async with transaction():
            await _receive(mail, read)
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
                await _receive(mail, replace(plain, incoming=_bare(incoming)))
        except Unavailable:
            raise
        except Exception as again:
            _log.exception("mail_failed", arrival=mail.arrival.id, tries=tries)
            await _write_fate(mail.arrival, incoming, None, Outcome("failed", f"{type(again).__name__}: {again}"[:300]))
            wait = RETRY_MINUTES[tries - 1] if tries <= len(RETRY_MINUTES) else None
            retry_at = clock.now() + timedelta(minutes=wait) if wait is not None else NEVER
            await Fate.filter(arrival=mail.arrival.id).update(tries=tries, retry_at=retry_at)


async def _receive(mail: ArrivedMail, read: Incoming | Unreadable) -> None:
    incoming = read.incoming if isinstance(read, Unreadable) else read
    arrival = mail.arrival
    mark = likeness.likeness(mail.raw, incoming, arrival.envelope_to)
    first = await likeness.first_of(mark, incoming)
    if first is not None:
        reason = f"duplicate of arrival {first.arrival}"
        await _write_fate(arrival, incoming, mark, Outcome("ignored", reason, first.case_id))
        return
    if incoming.automatic is Automatic.LOOP:
        outcome = Outcome("ignored", "our own automatic mail came back")
    elif incoming.automatic is Automatic.BOUNCE and incoming.bounce is not None:
        outcome = await _bounced(mail, incoming)
    else:
        outcome = await _said(mail, read, incoming)
    await _write_fate(arrival, incoming, mark, outcome)


async def _said(mail: ArrivedMail, read: Incoming | Unreadable, incoming: Incoming) -> Outcome:
    match = await matching.match(incoming, mail.arrival.envelope_to)
    if match.joins is not None:
        case = await Case.get(id=match.joins)
        if conversing.takes_answers(case.status_category, case.closed_at) or incoming.automatic is not None:
            return await _add(case, mail, incoming, match.reason)
        return await _open(
            mail, read, incoming, linked_to=case.id, reason=f"follow-up of {case.id}, closed too long ago"
        )
    if incoming.automatic is Automatic.AUTO_REPLY and (incoming.auto_submitted or "auto-replied").startswith(
        "auto-replied"
    ):
        # An out-of-office note that answers nothing of ours asks for nothing either.
        return Outcome("ignored", "automatic reply that belongs to no case")
    return await _open(mail, read, incoming, linked_to=match.hints_at, reason=match.reason)


async def _add(case: Case, mail: ArrivedMail, incoming: Incoming, reason: str) -> Outcome:
    sender = incoming.sender
    person = await recognising.find_by_email(sender.email) if sender and sender.email else None
    words = incoming.reply.strip() or incoming.text
    said = Said(
        text=words,
        body=incoming.text if incoming.text.strip() != words.strip() else None,
        html=incoming.html,
        author_name=sender.name or (person.name if person else "") if sender else "",
        author_email=sender.email if sender else "",
        contact_id=person.id if person else None,
        mail_message_id=incoming.message_id,
        to=[address.email for address in incoming.to],
        cc=[address.email for address in incoming.cc],
        arrival=mail.arrival.id,
        files=_files(incoming.attachments),
        automatic=incoming.automatic is not None,
        details=_details(incoming),
    )
    message = await conversing.add_customer_message(case.id, said)
    return Outcome("appended", reason, case.id, message.id)


async def _open(
    mail: ArrivedMail, read: Incoming | Unreadable, incoming: Incoming, *, linked_to: int | None, reason: str
) -> Outcome:
    box = await doors.of(mail.arrival.envelope_to)
    sender, person = incoming.sender, None
    if sender and recognising.is_address(sender.email) and sender.email.lower() not in await own_addresses():
        person = await recognising.find_or_create(sender.email, sender.name)
    files = list(_files(incoming.attachments))
    details = _details(incoming)
    if isinstance(read, Unreadable):
        details["unreadable"] = read.reason
        raw = ReceivedAttachment.of("original.eml", "message/rfc822", mail.raw)
        await asyncio.to_thread(attaching.store().put, mail.raw)
        files.append(_file(raw))
    words = FirstWords(
        text=incoming.text
        if not isinstance(read, Unreadable)
        else incoming.text or f"This mail could not be read: {read.reason}",
        html=incoming.html,
        author_name=(sender.name or (person.name if person else "")) if sender else "",
        author_email=sender.email if sender else "",
        mail_message_id=incoming.message_id,
        to=[address.email for address in incoming.to],
        cc=[address.email for address in incoming.cc],
        arrival=mail.arrival.id,
        details=details,
    )
    opened = await creating.open_case(
        Opening(
            subject=incoming.subject.strip() or excerpt(incoming.text, 80) or "(no subject)",
            origin=box.origin if box else "email",
            words=words,
            person=person,
            company=person.company if person else None,
            priority=box.priority if box else None,
            language=incoming.language,
            mailbox_id=box.id if box else None,
            default_queue=box.queue if box else None,
            linked_to=linked_to,
            channel="email",
            automatic=incoming.automatic is not None or incoming.suppresses_answers or mail.arrival.envelope_from == "",
            mail_files=tuple(files),
        ),
        by=SYSTEM,
    )
    return Outcome("created", reason, opened.case.id, opened.message.id)


async def _bounced(mail: ArrivedMail, incoming: Incoming) -> Outcome:
    """Keep a delivery report with the mail it is about; it never opens a case and is never answered."""
    bounce = incoming.bounce
    ids = [
        each
        for each in (bounce.original_message_id if bounce else None, *incoming.references, *incoming.in_reply_to)
        if each
    ]
    sent = await outbox.find_by_message_id(ids)
    if sent is None or sent.case_id is None or bounce is None:
        return Outcome("ignored", "delivery report for a mail that is not ours")
    await journal.record(
        EventName.MAIL_BOUNCED,
        by=SYSTEM,
        case=sent.case_id,
        data={
            "mail": sent.id,
            "message": sent.message_id,
            "status": bounce.status,
            "action": bounce.action,
            "arrival": mail.arrival.id,
        },
        content={"diagnostic": bounce.diagnostic, "recipient": bounce.recipient},
    )
    return Outcome("appended", "delivery report", sent.case_id)


async def _write_fate(arrival: Arrival, incoming: Incoming, mark: str | None, outcome: Outcome) -> None:
    shape = as_json(incoming)
    if outcome.message_id is not None:
        # The conversation's own row holds these words; a second copy would have to be erased, too.
        for key in ("text", "reply", "html"):
            shape.pop(key)
    await Fate.create(
        arrival=arrival.id,
        fate=outcome.fate,
        reason=outcome.reason[:300],
        case_id=outcome.case_id,
        message_id=outcome.message_id,
        mail_message_id=(incoming.message_id or "")[:255] or None,
        likeness=mark,
        shape=shape,
        received_at=arrival.received_at,
        channel=arrival.channel,
        envelope_from=arrival.envelope_from[:320],
        envelope_to=list(arrival.envelope_to),
        raw_sha256=arrival.raw_sha256,
    )


async def _store_files(read: Sequence[Incoming | Unreadable], arrived: Sequence[ArrivedMail]) -> None:
    """Write attachments before any transaction: bytes first, then rows."""
    contents = [file.content for each in read if isinstance(each, Incoming) for file in each.attachments]
    contents += [mail.raw for mail, each in zip(arrived, read, strict=True) if isinstance(each, Unreadable)]
    if contents:
        await asyncio.to_thread(attaching.store().put_many, contents)


def _files(attachments: Sequence[ReceivedAttachment]) -> tuple[NewFile, ...]:
    return tuple(_file(each) for each in attachments)


def _file(each: ReceivedAttachment) -> NewFile:
    return NewFile(each.filename, each.content_type, each.size, each.sha256, each.inline, each.content_id)


def _details(incoming: Incoming) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if incoming.problems:
        details["problems"] = list(incoming.problems)
    if incoming.automatic is not None:
        details["automatic"] = incoming.automatic.value
    return details


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
