"""One arrival, read already, to its fate: a new case, words on an old one, a delivery report, or nothing with a reason.

Runs inside the transaction of its batch (see `pipeline`); what becomes of a mail that cannot be worked stands there.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from casedesk import journal
from casedesk.accounts import recognising
from casedesk.cases import attaching, conversing, creating
from casedesk.cases.attaching import NewFile
from casedesk.cases.conversing import Said
from casedesk.cases.creating import FirstWords, Opening
from casedesk.cases.models import Case
from casedesk.database.inserting import insert
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.mail import outbox
from casedesk.mail.models import OutgoingMail
from casedesk.mail.senders import own_addresses
from casedesk.richtext import excerpt
from intake import doors, likeness, matching
from intake.message import Automatic, Incoming, ReceivedAttachment, Unreadable, as_json
from intake.models import Fate
from intake.spool import Arrival, ArrivedMail


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of an arrival before it is written down."""

    fate: str
    reason: str = ""
    case_id: int | None = None
    message_id: int | None = None


async def receive(mail: ArrivedMail, read: Incoming | Unreadable) -> None:
    """Do what an arrival asks for and write its fate, in the open transaction."""
    incoming = read.incoming if isinstance(read, Unreadable) else read
    arrival = mail.arrival
    mark = likeness.likeness(mail.raw, incoming, arrival.envelope_to)
    first = await likeness.first_of(mark, incoming, arrival.received_at)
    if first is not None:
        reason = f"duplicate of arrival {first.arrival}"
        await write_fate(arrival, incoming, mark, Outcome("ignored", reason, first.case_id))
        return
    if await _is_our_own(incoming):
        outcome = Outcome("ignored", "our own mail came back")
    elif incoming.automatic is Automatic.BOUNCE and incoming.bounce is not None:
        outcome = await _bounced(mail, incoming)
    else:
        outcome = await _said(mail, read, incoming)
    await write_fate(arrival, incoming, mark, outcome)


async def write_fate(arrival: Arrival, incoming: Incoming, mark: str | None, outcome: Outcome) -> None:
    """Write what became of an arrival; raises IntegrityError when it has a fate already."""
    shape = as_json(incoming)
    if outcome.message_id is not None:
        # The conversation's own row holds these words; a second copy would have to be erased, too.
        for key in ("text", "reply", "html"):
            shape.pop(key)
    fate = {
        "arrival": arrival.id,
        "fate": outcome.fate,
        "reason": outcome.reason[:300],
        "case_id": outcome.case_id,
        "message_id": outcome.message_id,
        "mail_message_id": (incoming.message_id or "")[:255] or None,
        "likeness": mark,
        "shape": shape,
        "received_at": arrival.received_at,
        "channel": arrival.channel,
        "envelope_from": arrival.envelope_from[:320],
        "envelope_to": list(arrival.envelope_to),
        "raw_sha256": arrival.raw_sha256,
    }
    await insert(Fate, [fate])


async def _said(mail: ArrivedMail, read: Incoming | Unreadable, incoming: Incoming) -> Outcome:
    match = await matching.match(incoming, mail.arrival.envelope_to)
    if match.joins is not None:
        case = await Case.get(id=match.joins)
        if conversing.takes_answers(case.status_category, case.closed_at) or incoming.automatic is not None:
            return await _add(case, mail, read, match.reason)
        return await _open(
            mail, read, incoming, linked_to=case.id, reason=f"follow-up of {case.id}, closed too long ago"
        )
    if incoming.automatic is Automatic.AUTO_REPLY and (incoming.auto_submitted or "").startswith("auto-replied"):
        # An out-of-office note that says so itself (RFC 3834) and answers nothing of ours asks for nothing either. One
        # that only looks like it by its subject may be a person's question about such notes, and becomes a case.
        return Outcome("ignored", "automatic reply that belongs to no case")
    return await _open(mail, read, incoming, linked_to=match.hints_at, reason=match.reason)


async def _is_our_own(incoming: Incoming) -> bool:
    """Say whether a mail left this desk before: by the mark of automatic mail, or a Message-ID from our outbox.

    Our address in From alone is no proof of it: forms on other sites send so.
    """
    if incoming.own_loop:
        return True
    domain = (incoming.message_id or "").rstrip(">").rpartition("@")[2].lower()
    if domain not in {address.rpartition("@")[2] for address in await own_addresses()}:
        return False  # nearly every mail: our own ids end in a domain of ours
    return await outbox.find_by_message_id([incoming.message_id or ""]) is not None


async def _add(case: Case, mail: ArrivedMail, read: Incoming | Unreadable, reason: str) -> Outcome:
    incoming = read.incoming if isinstance(read, Unreadable) else read
    sender = incoming.sender
    person = await recognising.find_by_email(sender.email) if sender and sender.email else None
    words = incoming.reply.strip() or _text(read)
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
        files=await _files(mail, read),
        automatic=incoming.automatic is not None,
        details=_details(read),
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
    words = FirstWords(
        text=_text(read),
        html=incoming.html,
        author_name=(sender.name or (person.name if person else "")) if sender else "",
        author_email=sender.email if sender else "",
        mail_message_id=incoming.message_id,
        to=[address.email for address in incoming.to],
        cc=[address.email for address in incoming.cc],
        arrival=mail.arrival.id,
        details=_details(read),
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
            automatic=_is_automatic(mail, incoming),
            at=mail.arrival.received_at,
            mail_files=await _files(mail, read),
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
    await OutgoingMail.filter(id=sent.id).update(last_error=f"{bounce.status or ''} {bounce.diagnostic or ''}".strip())
    return Outcome("appended", "delivery report", sent.case_id)


def _is_automatic(mail: ArrivedMail, incoming: Incoming) -> bool:
    """Say whether no automatic mail may answer: RFC 3834 section 2 names the null return path, too."""
    return incoming.automatic is not None or incoming.suppresses_answers or mail.arrival.envelope_from == ""


def _text(read: Incoming | Unreadable) -> str:
    if isinstance(read, Unreadable):
        return read.incoming.text.strip() or f"This mail could not be read: {read.reason}"
    return read.text.strip()


async def _files(mail: ArrivedMail, read: Incoming | Unreadable) -> tuple[NewFile, ...]:
    """Return the files of a message; the original goes with one that could not be read."""
    if not isinstance(read, Unreadable):
        return tuple(_file(each) for each in read.attachments)
    original = ReceivedAttachment.of("original.eml", "message/rfc822", mail.raw)
    await asyncio.to_thread(attaching.store().put, mail.raw)  # it is there already, but for a mail nobody foresaw
    return (_file(original),)


def _file(each: ReceivedAttachment) -> NewFile:
    return NewFile(each.filename, each.content_type, each.size, each.sha256, each.inline, each.content_id)


def _details(read: Incoming | Unreadable) -> dict[str, Any]:
    details: dict[str, Any] = {"unreadable": read.reason} if isinstance(read, Unreadable) else {}
    incoming = read.incoming if isinstance(read, Unreadable) else read
    if incoming.problems:
        details["problems"] = list(incoming.problems)
    if incoming.automatic is not None:
        details["automatic"] = incoming.automatic.value
    return details
