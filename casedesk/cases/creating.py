"""A case is made: verified, routed, its clocks started, in one transaction and the same way for every channel.

Gather, decide, record. Acknowledging, indexing and telling people follow from the event (see `casedesk.reactions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casedesk import clock, journal, language, permissions
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.accounts.recognising import Company, Person
from casedesk.cases import attaching, clocks, deciding, facts, fields, recording, viewing
from casedesk.cases.attaching import NewFile
from casedesk.cases.deciding import Taken
from casedesk.cases.facts import Around
from casedesk.cases.models import Case, CaseParticipant, Message
from casedesk.cases.shapes import CaseView
from casedesk.database import is_postgres, rows, transaction
from casedesk.database.inserting import insert_one, insert_row
from casedesk.entitlements import verifying
from casedesk.entitlements.verifying import InstalledAsset
from casedesk.errors import Invalid
from casedesk.events import EventName
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.mail.senders import prefix_of, sender_of
from casedesk.milestones import tracking
from casedesk.milestones.tracking import Planned
from casedesk.permissions import Permission
from casedesk.queues import known
from casedesk.records import NEVER
from casedesk.richtext import excerpt
from casedesk.rules import routing
from casedesk.rules.entitlement import Verdict
from casedesk.rules.lifecycle import Category
from casedesk.rules.milestones import Moment
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.rulesets.published import Published
from casedesk.users.directory import find_by_email as find_user

_LATEST_OF = "SELECT id FROM cases WHERE logged_by_id = ? ORDER BY id DESC LIMIT 10"


@dataclass(frozen=True, slots=True)
class FirstWords:
    """The message a case begins with. `text` is what was newly written, `body` the whole where history was cut away."""

    text: str
    body: str | None = None
    html: str | None = None
    author_name: str = ""
    author_email: str = ""
    mail_message_id: str | None = None
    to: Sequence[str] = ()
    cc: Sequence[str] = ()
    arrival: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything a new case starts from; what is None is found out or left open.

    `files` are ids of uploads that wait for their message, `mail_files` came with it; `default_queue` is taken when no
    rule wants the case; `automatic` mail is never acknowledged; `owner_id` keeps the case unless a rule names somebody. A case
    that was `elsewhere_until` it came here (or ended) is entitled as of then, and not timed: that was promised there.
    """

    subject: str
    origin: str
    words: FirstWords
    person: Person | None = None
    company: Company | None = None
    asset: InstalledAsset | None = None
    asset_given: bool = False
    type: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    mailbox_id: int | None = None
    linked_to: int | None = None
    on_behalf: bool = False
    files: tuple[int, ...] = ()
    record_type: str = "case"
    channel: str = "api"
    default_queue: str | None = None
    automatic: bool = False
    owner_id: int | None = None
    mail_files: tuple[NewFile, ...] = ()
    at: datetime | None = None
    elsewhere_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case somebody logs by page or API; a contact is given by id or by address (made when new).

    A form sent again with the same `once` is still one case. `owner_id` keeps it unless a rule names somebody.
    `details` are those of its first words (of a call: direction, duration_s, number, line, menu).
    """

    subject: str
    origin: str
    description: str = ""
    contact_id: int | None = None
    contact_email: str | None = None
    contact_name: str | None = None
    account_id: int | None = None
    asset_id: int | None = None
    type: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    record_type: str = "case"
    logged_on_behalf: bool = False
    attachments: tuple[int, ...] = ()
    owner_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What the rules make of an opening, before anything is written: a case that is not stored yet, and why so."""

    case: Case
    person: Person | None
    company: Company | None
    asset: InstalledAsset | None
    verdict: Verdict
    routed: Taken
    planned: list[Planned]
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A case just made and the message it begins with."""

    case: Case
    message: Message


async def create_case(new: NewCase, *, by: Actor) -> CaseView:
    """Make a case for somebody and return it; raises Invalid naming each wrong field."""
    permissions.require(by, Permission.CASE_CREATE)
    _check(new)
    async with transaction():
        if made := await made_before(new.once, by):
            return await viewing.case_by_id(made, by=by)
        opened = await open_case(await opening_of(new, await _person(new, by), by=by), by=by)
    return await viewing.case_by_id(opened.case.id, by=by)


async def opening_of(new: NewCase, person: Person | None, *, by: Actor) -> Opening:
    """Return what a logged case starts from, asked by `person`; raises Invalid for ids that lead nowhere."""
    if new.owner_id is not None:
        permissions.require(by, Permission.CASE_ASSIGN)
    company = await _company(new, person)
    asset = await verifying.asset(new.asset_id) if new.asset_id is not None else None
    if new.asset_id is not None and asset is None:
        raise Invalid.field("asset_id", "there is no such asset")
    words = FirstWords(
        text=new.description,
        author_name=person.name if person else by.name,
        author_email=person.email if person else "",
        details={**new.details, **({"once": new.once} if new.once else {})},
    )
    return Opening(
        subject=new.subject.strip(), origin=new.origin, words=words, person=person, company=company, asset=asset,
        asset_given=asset is not None, type=new.type, priority=new.priority, tags=tuple(new.tags), custom=new.custom,
        on_behalf=new.logged_on_behalf, files=tuple(new.attachments), record_type=new.record_type, channel="api",
        owner_id=new.owner_id,
    )  # fmt: skip


async def made_before(once: str | None, by: Actor) -> int | None:
    """Return the id of the case that the actor made under the same mark; inside the open transaction."""
    if not once or by.user_id is None:
        return None
    if is_postgres():
        # Two clicks at once wait for one another here; on SQLite the transaction itself does that.
        await rows("SELECT id FROM users WHERE id = ? FOR UPDATE", by.user_id)
    ids = [row["id"] for row in await rows(_LATEST_OF, by.user_id)]
    firsts = await Message.filter(case_id__in=ids).order_by("id")
    return next((each.case_id for each in firsts if each.details.get("once") == once), None)


async def open_case(opening: Opening, *, by: Actor, number: int | None = None) -> Opened:
    """Make the case, its first message, its decisions and its clocks in the open transaction, and return it.

    Nobody is dropped: the uncovered and the unknown get a case, marked so, and the queue the rules give them. `number`
    is one kept free for it (a case of the past); None takes the next.
    """
    decided = await decide(opening, by=by)
    case, now = decided.case, decided.at
    await insert_row(case, number)
    await tracking.save_new(case.id, decided.planned)
    message = await _first_message(case, opening, now, by)
    await _record(case, message, opening, by)
    await _keep_decisions(case, [deciding.entitlement(decided.verdict), decided.routed], decided.planned, now)
    if decided.verdict.entitlement_id is not None:
        await verifying.count_incident(decided.verdict.entitlement_id)
    searched = [case.subject, message.body or message.text, *_names(opening, decided.company, decided.asset)]
    await database_engine.put(Kind.CASE, case.id, "\n".join(searched))
    return Opened(case, message)


async def decide(opening: Opening, *, by: Actor) -> Decided:
    """Return what would be decided for a case that starts so: verdict, route and clocks. Reads, writes nothing."""
    now = opening.at or clock.now()
    asset, company = await _about(opening)
    processes = await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)
    verdict = await verifying.verify(
        opening.person, company, asset, now=opening.elsewhere_until or now, processes=processes.compiled,
        grace_days=operator.current().grace_days,
    )  # fmt: skip
    case = _draft(opening, company, asset, verdict, now, by)
    case.prefix = await prefix_of(opening.mailbox_id)
    routed = await _route(case, opening, Around(opening.person, company, asset), now)
    planned = [] if opening.elsewhere_until else await _plan_clocks(case, processes, now)
    case.next_escalation_at = await clocks.next_escalation(case, now, category=Category.NEW, changed={})
    return Decided(case, opening.person, company, asset, verdict, routed, planned, now)


async def _about(opening: Opening) -> tuple[InstalledAsset | None, Company | None]:
    """Return the asset and the company a case is about.

    A serial in the text finds the asset. Only an asset that a colleague gave tells the company, too: naming a serial
    entitles nobody.
    """
    asset, company = opening.asset, opening.company
    if asset is None and not opening.asset_given:
        text = f"{opening.subject}\n{opening.words.body or opening.words.text}"
        asset = await verifying.find_asset(text, company)
    if company is None and asset is not None and opening.person is None and opening.asset_given:
        company = await recognising.company(asset.account_id)
    return asset, company


def _draft(
    opening: Opening, company: Company | None, asset: InstalledAsset | None, verdict: Verdict, now: datetime, by: Actor
) -> Case:
    return Case(
        created_at=now,
        updated_at=now,
        record_type=opening.record_type,
        subject=opening.subject[:500] or "(no subject)",
        description=opening.words.text,
        origin=opening.origin,
        type=opening.type,
        priority=opening.priority or "normal",
        language=opening.language or (opening.person.language if opening.person else None),
        contact_id=opening.person.id if opening.person else None,
        account_id=company.id if company else None,
        owner_id=opening.owner_id,
        asset_id=asset.id if asset is not None and (company is None or asset.account_id == company.id) else None,
        entitlement_id=verdict.entitlement_id,
        verdict=verdict.outcome.value,
        level=verdict.level,
        process=verdict.process,
        tags=list(opening.tags),
        custom=dict(opening.custom),
        mailbox_id=opening.mailbox_id,
        linked_to_id=opening.linked_to,
        logged_on_behalf=opening.on_behalf,
        logged_by_id=by.user_id,
        excerpt=excerpt(opening.words.text, 160),
        last_customer_message_at=now,
        next_due_at=NEVER,
    )


async def _route(case: Case, opening: Opening, around: Around, now: datetime) -> Taken:
    """Give an unsaved case its queue (and owner, priority, tags) by the assignment rules; return the decision."""
    rules = await published.current(RuleSetKind.ASSIGNMENT.value)
    mailbox = (await sender_of(opening.mailbox_id)).address if opening.mailbox_id else None
    line, menu = facts.dialled(opening.words.details)
    known_facts = facts.of_case(case, replace(around, mailbox=mailbox, line=line, menu=menu), now=now)
    route = routing.choose_queue(known_facts, rules.compiled)
    key = opening.default_queue if route.rule is None and opening.default_queue else route.queue
    case.queue_id = (await known.by_key(key)).id
    if route.user:
        case.owner_id = (await find_user(route.user)).id
    if route.priority:
        case.priority = route.priority.value
    case.tags = [*case.tags, *(tag for tag in route.tags if tag not in case.tags)]
    kept = facts.kept(known_facts, rules.compiled.fields)
    detail = {"rule": route.rule, "name": route.rule_name, "user": route.user, "facts": kept}
    return Taken("assignment", key, rules.number, detail)


async def _plan_clocks(case: Case, processes: Published, now: datetime) -> list[Planned]:
    """Return the planned milestones of an unsaved case, and set what its list row sorts by."""
    process = processes.compiled.get(case.process) if case.process else None
    if process is None:
        return []
    planned = await tracking.plan_for(process, processes.number, case.priority, now, Moment.CREATED)
    if planned:
        first = min(planned, key=lambda row: row.target_at)
        case.next_due_at, case.next_due_kind = first.target_at, first.kind
    return planned


async def _keep_decisions(case: Case, taken: list[Taken], planned: list[Planned], now: datetime) -> None:
    """Keep the decisions of a new case: those `taken`, and one for each milestone planned."""
    for row in planned:
        detail = {
            "process": row.process, "kind": row.kind, "minutes": row.minutes, "priority": case.priority,
            "hours": row.hours, "start": now.isoformat(), "target": row.target_at.isoformat(),
        }  # fmt: skip
        taken.append(Taken("milestone", row.name, row.ruleset_version, detail))
    await deciding.keep(case.id, taken, now)


async def _first_message(case: Case, opening: Opening, now: datetime, by: Actor) -> Message:
    words = opening.words
    kind = "call" if opening.origin == "phone" else "message"
    message = Message(
        created_at=now, case_id=case.id, kind=kind, public=kind == "message", channel=opening.channel,
        contact_id=case.contact_id, author_name=words.author_name[:200], author_email=words.author_email[:320],
        text=words.text, body=words.body, html=words.html, mail_message_id=words.mail_message_id,
        mail_to=list(words.to), mail_cc=list(words.cc), arrival=words.arrival, details=dict(words.details),
        salt=journal.new_salt(),
    )  # fmt: skip
    await insert_row(message)
    await attaching.bind(opening.files, case_id=case.id, message_id=message.id, by=by)
    await attaching.add(opening.mail_files, case_id=case.id, message_id=message.id)
    return message


async def _record(case: Case, message: Message, opening: Opening, by: Actor) -> None:
    codes, words = recording.first_values(case)
    data = {"set": codes, "message": message.id, "automatic": opening.automatic}
    await journal.record(EventName.CASE_CREATED, by=by, case=case.id, data=data, content={"set": words})
    await journal.record(
        EventName.MESSAGE_RECEIVED if message.kind == "message" else EventName.CALL_LOGGED,
        by=by,
        case=case.id,
        data={"message": message.id, "first": True},
        content_hash=message_hash(message),
    )
    if opening.words.author_email:
        await insert_one(CaseParticipant, {"case_id": case.id, "email": opening.words.author_email.lower()[:320]})


def message_hash(message: Message) -> str:
    """Return the salted hash by which the journal covers a message's words."""
    return journal.words_hash(message.salt, {"text": message.text, "body": message.body, "html": message.html})


def _names(opening: Opening, company: Company | None, asset: InstalledAsset | None) -> list[str]:
    names = [opening.words.author_name, opening.words.author_email]
    return [*names, company.name if company else "", asset.serial if asset else ""]


def _check(new: NewCase) -> None:
    values: dict[str, Any] = {
        "subject": new.subject,
        "description": new.description,
        "tags": list(new.tags),
        "custom": new.custom,
    }
    if new.priority is not None:
        values["priority"] = new.priority
    if new.type is not None:
        values["type"] = new.type
    fields.check_values(values)
    if new.origin not in fields.ORIGINS:
        raise Invalid.field("origin", _("give one of %(these)s") % {"these": language.alternatives(fields.ORIGINS)})
    if new.record_type not in published.CATALOGUES:
        raise Invalid.field("record_type", "there is no such record type")


async def _person(new: NewCase, by: Actor) -> Person | None:
    if new.contact_id is not None:
        person = await recognising.find_by_id(new.contact_id)
        if person is None:
            raise Invalid.field("contact.id", "there is no such contact")
        return person
    if new.contact_email:
        return await recognising.find_or_create(new.contact_email, new.contact_name or "", by=by)
    return None


async def _company(new: NewCase, person: Person | None) -> Company | None:
    if new.account_id is None:
        return person.company if person else None
    company = await recognising.company(new.account_id)
    if company is None:
        raise Invalid.field("account_id", "there is no such account")
    return company
