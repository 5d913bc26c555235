"""What is said on a case: the customer's message, an agent's reply, a note, a call; and taking a reply back.

A reply is a row in the outbox from this moment on; it leaves when its undo time is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from casedesk import clock, journal, language, permissions
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases import attaching, clocks, fields, moving, recording, viewing
from casedesk.cases.attaching import NewFile
from casedesk.cases.creating import message_hash
from casedesk.cases.models import Case, CaseParticipant, Message
from casedesk.cases.numbering import shown
from casedesk.cases.recording import Told
from casedesk.cases.shapes import CaseView, TimelineEntry
from casedesk.database import transaction
from casedesk.database.inserting import insert_one, insert_row, update_row
from casedesk.database.selecting import exists, first, many
from casedesk.errors import Conflict, Invalid
from casedesk.events import EventName
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import SYSTEM, Actor
from casedesk.journal.models import Event
from casedesk.language import gettext as _
from casedesk.mail import outbox
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import sender_of
from casedesk.permissions import Permission
from casedesk.richtext import clean, excerpt, text_to_html, to_text
from casedesk.rules import lifecycle
from casedesk.rules.lifecycle import Act, Category, Status
from casedesk.security.tokens import reply_token

_LONGEST_MARK = 64
_LATEST = 20
"""How many of somebody's latest entries are looked through for one that was sent already."""

_OF_OTHERS = (
    EventName.MESSAGE_RECEIVED.value,
    EventName.REPLY_SENT.value,
    EventName.NOTE_ADDED.value,
    EventName.CALL_LOGGED.value,
)


class Overtaken(Conflict):
    """Somebody said something on the case that the sender had not seen; `entries` are what was missed."""

    def __init__(self, entries: Sequence[TimelineEntry]) -> None:
        self.entries = tuple(entries)
        super().__init__("Something newer was said on this case. Look at it, then send again.")


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a customer on an existing case; `text` is what was newly written."""

    text: str
    body: str | None = None
    html: str | None = None
    author_name: str = ""
    author_email: str = ""
    contact_id: int | None = None
    channel: str = "email"
    mail_message_id: str | None = None
    to: Sequence[str] = ()
    cc: Sequence[str] = ()
    arrival: int | None = None
    files: Sequence[NewFile] = ()
    automatic: bool = False
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Uttered:
    """What a member of staff said, by ids; `outgoing_id` names the mail of a reply."""

    case_id: int
    message_id: int
    outgoing_id: int | None


@dataclass(frozen=True, slots=True)
class Posted:
    """What was said and where the case stands after it; `outgoing_id` names the mail that can still be undone."""

    case: CaseView
    entry: TimelineEntry
    outgoing_id: int | None


async def add_customer_message(case_id: int, said: Said, *, by: Actor = SYSTEM, at: datetime | None = None) -> Message:
    """Add a customer's words to a case in the open transaction: it ends a wait or reopens the case.

    Automatic mail (`automatic`) is kept on the case but moves nothing. A closed case past its window is not for this: ask
    `takes_answers` first.
    """
    now = at or clock.now()
    case = await recording.hold(case_id)
    message = Message(
        created_at=now, case_id=case.id, kind="message", public=True, channel=said.channel, contact_id=said.contact_id,
        author_name=said.author_name[:200], author_email=said.author_email[:320], text=said.text, body=said.body,
        html=said.html, mail_message_id=said.mail_message_id, mail_to=list(said.to), mail_cc=list(said.cc),
        arrival=said.arrival, details=dict(said.details or {}), salt=journal.new_salt(),
    )  # fmt: skip
    await insert_row(message)
    await attaching.add(said.files, case_id=case.id, message_id=message.id)
    to: dict[str, Any] = {}
    derived: dict[str, Any] = {}
    if not said.automatic:
        derived = {"excerpt": excerpt(said.text, 160), "last_customer_message_at": now}
        after = lifecycle.after_customer_message(
            Category(case.status_category), now=now, closed_at=case.closed_at, reopen_days=_reopen_days()
        )
        to = await clocks.move_to(case, after.to, now)
        await clocks.customer_wrote(case, after.to, now)
    derived |= await clocks.derived(case, now, by=by, **{**to, **derived})
    told = Told({"message": message.id, "automatic": said.automatic}, content_hash=message_hash(message))
    await recording.change(case, EventName.MESSAGE_RECEIVED, by=by, to=to, derived=derived, told=told)
    await database_engine.add(Kind.CASE, case.id, said.body or said.text)
    return message


def takes_answers(category: str, closed_at: datetime | None) -> bool:
    """Say whether a customer's words may join a case in `category`, or start a follow-up case instead."""
    after = lifecycle.after_customer_message(
        Category(category), now=clock.now(), closed_at=closed_at, reopen_days=_reopen_days()
    )
    return not after.follow_up


async def reply(  # noqa: PLR0913  # what a composer holds, each by its name
    number: str,
    *,
    by: Actor,
    text: str = "",
    html: str | None = None,
    attachments: Sequence[int] = (),
    status: str | None = None,
    seen: int | None = None,
    undo_seconds: int = 0,
    once: str | None = None,
) -> Posted:
    """Answer the customer: the message, the mail in the outbox, the status and the clocks, in one transaction.

    `seen` is the newest event the author knew of; raises Overtaken when somebody else said something since. `status` is
    a name or category; None leaves a new case open and any other as it is. Raises Invalid when nobody can be written to.
    Sent again with the same `once` (a second click, an answer that got lost) it is still one reply.
    """
    said = await reply_unseen(
        number, by=by, text=text, html=html, attachments=attachments, status=status, seen=seen,
        undo_seconds=undo_seconds, once=once,
    )  # fmt: skip
    return await _posted(said, by)


async def reply_unseen(  # noqa: PLR0913  # as `reply`
    number: str,
    *,
    by: Actor,
    text: str = "",
    html: str | None = None,
    attachments: Sequence[int] = (),
    status: str | None = None,
    seen: int | None = None,
    undo_seconds: int = 0,
    once: str | None = None,
) -> Uttered:
    """Do `reply` without looking at the case afterwards, for many acts in a row."""
    permissions.require(by, Permission.CASE_REPLY)
    words = _Words("reply", *_checked(text, html), attachments, _marked({}, once))
    wished = fields.status_named(status) if status else None
    now = clock.now()
    async with transaction():
        case = await recording.hold_for(number, by=by, act=Act.REPLY)
        if said := await _said_before(case, by, once):
            return Uttered(case.id, said.id, await outbox.of_message(said.id))
        await _refuse_overtaken(case, by, seen)
        recipient = await _recipient(case)
        message = await _say(case, words, by, now)
        mail = await _queue_mail(case, message, recipient, now, undo_seconds)
        message.mail_message_id = mail.mail_message_id
        await update_row(message, ["mail_message_id"])
        await _answered(case, message, mail, wished, by)
        await database_engine.add(Kind.CASE, case.id, words.text)
    return Uttered(case.id, message.id, mail.id)


async def note(
    number: str, *, by: Actor, text: str, attachments: Sequence[int] = (), once: str | None = None
) -> Posted:
    """Add an internal note; a customer never sees it. `once` as in `reply`."""
    return await _posted(await note_unseen(number, by=by, text=text, attachments=attachments, once=once), by)


async def note_unseen(
    number: str, *, by: Actor, text: str, attachments: Sequence[int] = (), once: str | None = None
) -> Uttered:
    """Do `note` without looking at the case afterwards, for many acts in a row."""
    permissions.require(by, Permission.CASE_NOTE)
    words = _Words("note", *_checked(text), attachments, _marked({}, once))
    return await _add_words(number, words, EventName.NOTE_ADDED, Act.NOTE, by)


async def log_call(
    number: str,
    *,
    by: Actor,
    text: str,
    details: Mapping[str, Any] | None = None,
    attachments: Sequence[int] = (),
    once: str | None = None,
) -> Posted:
    """Note a telephone call on a case; `details` may give direction, duration in seconds and number. `once` as in `reply`."""
    said = await log_call_unseen(number, by=by, text=text, details=details, attachments=attachments, once=once)
    return await _posted(said, by)


async def log_call_unseen(
    number: str,
    *,
    by: Actor,
    text: str,
    details: Mapping[str, Any] | None = None,
    attachments: Sequence[int] = (),
    once: str | None = None,
) -> Uttered:
    """Do `log_call` without looking at the case afterwards, for many acts in a row."""
    permissions.require(by, Permission.CALL_LOG)
    words = _Words("call", *_checked(text), attachments, _marked(details or {}, once))
    return await _add_words(number, words, EventName.CALL_LOGGED, Act.CALL, by)


@dataclass(frozen=True, slots=True)
class _Words:
    """What a member of staff says, checked: `kind` is reply, note or call."""

    kind: str
    text: str
    html: str | None
    attachments: Sequence[int] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


async def _add_words(number: str, words: _Words, event: EventName, act: Act, by: Actor) -> Uttered:
    now = clock.now()
    async with transaction():
        case = await recording.hold_for(number, by=by, act=act)
        if said := await _said_before(case, by, words.details.get("once")):
            return Uttered(case.id, said.id, None)
        message = await _say(case, words, by, now)
        derived = await clocks.derived(case, now, by=by)
        told = Told({"message": message.id}, content_hash=message_hash(message))
        await recording.change(case, event, by=by, to={}, derived=derived, told=told)
        await database_engine.add(Kind.CASE, case.id, words.text)
    return Uttered(case.id, message.id, None)


async def _refuse_overtaken(case: Case, by: Actor, seen: int | None) -> None:
    """Raise Overtaken when somebody else said something on a held case after the event `seen`."""
    if seen is None:
        return
    newer = await Event.filter(case_id=case.id, id__gt=seen, name__in=_OF_OTHERS).order_by("id")
    others = [event for event in newer if not (event.actor_kind == "user" and event.actor_id == by.user_id)]
    if others:
        raise Overtaken(await viewing.entries_of_events(case, others))


async def _said_before(case: Case, by: Actor, once: str | None) -> Message | None:
    """Return what the actor said on a held case under the same mark, if that was not taken back since."""
    if not once:
        return None
    latest = await Message.filter(case_id=case.id, user_id=by.user_id).order_by("-id").limit(_LATEST)
    return next((each for each in latest if each.details.get("once") == once and not each.details.get("undone")), None)


def _marked(details: Mapping[str, Any], once: str | None) -> Mapping[str, Any]:
    return {**details, "once": once[:_LONGEST_MARK]} if once else details


async def _answered(case: Case, message: Message, mail: OutgoingMail, wished: Status | None, by: Actor) -> None:
    """Write what a reply does to its case: response met, status, owner. One that ends the case records that, too."""
    now, before = message.created_at, Category(case.status_category)
    category = lifecycle.after_agent_reply(before, wished.category if wished else None)
    ends = category in lifecycle.FINISHED and category != before
    name = wished.name if wished and wished.category == category else None
    to = {} if ends else await clocks.move_to(case, category, now, name=name)
    if case.owner_id is None and by.user_id is not None:
        to["owner_id"] = by.user_id
    await clocks.agent_replied(case, now)
    derived = {"last_reply_at": now, "excerpt": excerpt(message.text, 160)}
    derived |= await clocks.derived(case, now, by=by, **{**to, **derived})
    told = Told({"message": message.id, "mail": mail.id}, content_hash=message_hash(message))
    await recording.change(case, EventName.REPLY_SENT, by=by, to=to, derived=derived, told=told)
    if ends and wished is not None:
        await moving.move(case, wished, by=by, now=now, told=Told({"reply": message.id}))


async def _say(case: Case, words: _Words, by: Actor, now: datetime) -> Message:
    message = Message(
        created_at=now, case_id=case.id, kind=words.kind, public=words.kind == "reply",
        channel="phone" if words.kind == "call" else "web", user_id=by.user_id, author_name=by.name,
        author_email=by.email, text=words.text, html=words.html, details=dict(words.details), salt=journal.new_salt(),
    )  # fmt: skip
    await insert_row(message)
    await attaching.bind(words.attachments, case_id=case.id, message_id=message.id, by=by)
    return message


async def _recipient(case: Case) -> str:
    # Ids of our own: a number, or the NULL that no parameter compares with on PostgreSQL.
    of_contact = f"contact_id = {case.contact_id:d}" if case.contact_id else "contact_id IS NULL"
    wrote = await first(Message, f"case_id = ? AND kind = 'message' AND {of_contact} ORDER BY id DESC", case.id)
    if wrote is not None and recognising.is_address(wrote.author_email):
        return wrote.author_email
    person = await recognising.find_by_id(case.contact_id) if case.contact_id else None
    if person is None or not person.email:
        raise Invalid.field("contact", "this case has nobody to write to: give it a contact with an address first")
    return person.email


async def _queue_mail(case: Case, message: Message, recipient: str, now: datetime, undo_seconds: int) -> OutgoingMail:
    sender = await sender_of(case.mailbox_id)
    number = shown(case.prefix, case.id)
    public = "case_id = ? AND public AND mail_message_id IS NOT NULL ORDER BY id"
    thread = await many(Message, public, case.id)
    ids = [each.mail_message_id for each in thread if each.mail_message_id and not each.details.get("undone")]
    last = next((each for each in reversed(thread) if each.kind == "message"), None)
    subject = case.subject if case.subject.lower().startswith("re:") else f"Re: {case.subject}"
    if not await exists(CaseParticipant, "case_id = ? AND email = ?", case.id, recipient.lower()):
        await insert_one(CaseParticipant, {"case_id": case.id, "email": recipient.lower()})
    return await outbox.put(
        Letter(
            kind="reply",
            sender=sender,
            to=[recipient],
            subject=f"{subject} [{number}]" if f"[{number}]" not in subject else subject,
            text=message.text,
            html=message.html or text_to_html(message.text),
            case_id=case.id,
            message_id=message.id,
            token=reply_token(case.id, recipient),
            in_reply_to=last.mail_message_id if last else None,
            references=ids[-20:],
            attachments=[file.id for file in (await attaching.of_messages([message.id])).get(message.id, ())],
            not_before=now + timedelta(seconds=undo_seconds),
        )
    )


def _reopen_days() -> int:
    return operator.current().reopen_days


def _checked(text: str, html: str | None = None) -> tuple[str, str | None]:
    """Return text and cleaned HTML of what is said; raises Invalid when there is nothing or far too much."""
    cleaned = clean(html) if html else None
    text = text.strip() or (to_text(cleaned).strip() if cleaned else "")
    if not text:
        raise Invalid.field("text", "write something first")
    if len(text) > fields.LONGEST_TEXT:
        raise Invalid.field("text", _("at most %(most)s characters") % {"most": language.number(fields.LONGEST_TEXT)})
    return text, cleaned


async def _posted(said: Uttered, by: Actor) -> Posted:
    case = await viewing.case_by_id(said.case_id, by=by)
    return Posted(case, await viewing.message_entry(said.case_id, said.message_id, by=by), said.outgoing_id)
