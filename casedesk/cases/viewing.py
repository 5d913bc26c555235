"""One case for reading: itself, its story, its decisions; always within what the reader may see.

The only queries of the case page and of GET /cases/N.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from casedesk import clock, permissions
from casedesk.cases import attaching, deciding
from casedesk.cases.models import Case, Message
from casedesk.cases.numbering import parse, shown
from casedesk.cases.shapes import (
    AccountRef,
    AssetRef,
    CaseView,
    Change,
    ContactRef,
    DecisionView,
    EntitlementRef,
    FileView,
    MailState,
    MilestoneView,
    PauseView,
    QueueRef,
    TimelineEntry,
    UserRef,
)
from casedesk.database import reading, rows
from casedesk.errors import NotFound
from casedesk.events import SENTENCES, EventName
from casedesk.identity import Actor
from casedesk.journal.models import Content, Event
from casedesk.mail.models import OutgoingMail
from casedesk.milestones import tracking
from casedesk.milestones.models import ClockPause, Milestone
from casedesk.permissions import Permission
from casedesk.queues import known
from casedesk.rules.entitlement import Outcome, status_of
from casedesk.scopes import case_scope

_SPOKEN = frozenset({EventName.MESSAGE_RECEIVED, EventName.REPLY_SENT, EventName.NOTE_ADDED, EventName.CALL_LOGGED})
_SILENT = frozenset({EventName.MAIL_QUEUED, EventName.MAIL_SENT})
"""Events that a message's own entry shows already."""

_ABOUT = """
SELECT c.id,
       u.id AS owner_id, u.name AS owner_name, u.email AS owner_email,
       k.id AS contact_id, k.name AS contact_name,
       (SELECT e.email FROM contact_emails e WHERE e.contact_id = k.id ORDER BY e.id LIMIT 1) AS contact_email,
       a.id AS account_id, a.name AS account_name,
       s.id AS asset_id, s.serial AS asset_serial, s.warranty_until, p.name AS product_name,
       n.id AS entitlement_id, n.level AS entitlement_level, n.process AS entitlement_process, n.ends_on,
       n.incidents_allowed, n.incidents_used,
       l.prefix AS linked_prefix,
       (SELECT MAX(v.id) FROM events v WHERE v.case_id = c.id) AS last_event
FROM cases c
LEFT JOIN users u ON u.id = c.owner_id
LEFT JOIN contacts k ON k.id = c.contact_id
LEFT JOIN accounts a ON a.id = c.account_id
LEFT JOIN assets s ON s.id = c.asset_id
LEFT JOIN products p ON p.id = s.product_id
LEFT JOIN entitlements n ON n.id = c.entitlement_id
LEFT JOIN cases l ON l.id = c.linked_to_id
WHERE c.id IN"""


async def case(number: str, *, by: Actor) -> CaseView:
    """Return the case with this number for staff; raises NotFound when there is none or it is not theirs to see."""
    return await case_by_id(parse(number), by=by)


async def case_by_id(case_id: int, *, by: Actor) -> CaseView:
    """Return the case with this id, as `case` does."""
    async with reading():
        return await view_of(await _seen(case_id, by))


async def numbers(case_ids: Iterable[int | None], *, by: Actor) -> dict[int | None, str]:
    """Return the numbers of those cases that somebody may see, by id, in one question."""
    permissions.require(by, Permission.CASE_READ)
    async with reading():
        found = await Case.filter(case_scope(by).filter(), id__in={each for each in case_ids if each is not None})
    return {row.id: shown(row.prefix, row.id) for row in found}


async def view_of(row: Case) -> CaseView:
    """Return a stored case as it is shown."""
    return (await views_of([row]))[0]


async def views_of(stored: Sequence[Case]) -> list[CaseView]:
    """Return stored cases as they are shown, in order, with as many queries as for one."""
    if not stored:
        return []
    ids = [row.id for row in stored]
    marks = ", ".join("?" * len(ids))
    about = {each["id"]: each for each in await rows(f"{_ABOUT} ({marks})", *ids)}
    milestones, pauses = await tracking.milestones_of_many(ids), await tracking.pauses_of_many(ids)
    return [
        await _view(row, about[row.id], milestones.get(row.id, []), pauses.get(row.id, []))
        for row in stored
        if row.id in about
    ]


async def _view(
    row: Case, about: dict[str, Any], milestones: Sequence[Milestone], pauses: Sequence[ClockPause]
) -> CaseView:
    queue = await known.by_id(row.queue_id) if row.queue_id else None
    return CaseView(
        id=row.id,
        number=shown(row.prefix, row.id),
        version=row.version,
        subject=row.subject,
        description=row.description,
        status=row.status,
        status_category=row.status_category,
        priority=row.priority,
        type=row.type,
        origin=row.origin,
        language=row.language,
        queue=QueueRef(queue.id, queue.key, queue.name) if queue else None,
        owner=UserRef(about["owner_id"], about["owner_name"], about["owner_email"]) if about["owner_id"] else None,
        contact=_contact(about),
        account=AccountRef(about["account_id"], about["account_name"]) if about["account_id"] else None,
        asset=_asset(about),
        entitlement=_entitlement(about),
        entitlement_status=status_of(Outcome(row.verdict)).value,
        verdict=row.verdict,
        level=row.level,
        escalation_level=row.escalation_level,
        milestones=await _milestones(milestones, pauses),
        pauses=tuple(PauseView(each.started_at, each.ended_at, each.cause) for each in pauses),
        tags=tuple(row.tags),
        custom=dict(row.custom),
        record_type=row.record_type,
        logged_on_behalf=row.logged_on_behalf,
        linked_to=shown(about["linked_prefix"] or "", row.linked_to_id) if row.linked_to_id else None,
        resolution=row.resolution,
        created_at=row.created_at,
        updated_at=row.updated_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        last_event=about["last_event"] or 0,
    )


async def timeline(number: str, *, by: Actor, limit: int = 200, before: str | None = None) -> tuple[TimelineEntry, ...]:
    """Return the newest `limit` entries of a case's story, oldest first; `before` an entry's id gives older ones."""
    async with reading():
        row = await _seen(parse(number), by)
        entries = await _entries(row, by)
    if before is not None:
        place = next((index for index, entry in enumerate(entries) if entry.id == before), len(entries))
        entries = entries[:place]
    return tuple(entries[-limit:])


async def decisions(number: str, *, by: Actor) -> tuple[DecisionView, ...]:
    """Return every decision about a case with its reasons, oldest first."""
    async with reading():
        row = await _seen(parse(number), by)
        return await deciding.decisions_of(row.id)


async def message_entry(case_id: int, message_id: int, *, by: Actor) -> TimelineEntry:
    """Return the entry of one message."""
    async with reading():
        row = await _seen(case_id, by)
        message = await Message.get(id=message_id, case_id=row.id)
        return (await _of_messages([message]))[0]


async def entries_of_events(case: Case, events: Sequence[Event]) -> tuple[TimelineEntry, ...]:
    """Return the entries of events that told of messages."""
    ids = [event.data["message"] for event in events if "message" in event.data]
    return tuple(await _of_messages(await Message.filter(id__in=ids, case_id=case.id).order_by("id")))


async def _seen(case_id: int, by: Actor) -> Case:
    permissions.require_staff(by, Permission.CASE_READ)
    row = await Case.get_or_none(id=case_id)
    if row is None or not case_scope(by).covers(row):
        raise NotFound("There is no such case, or it is not yours to see.")
    return row


async def _entries(row: Case, by: Actor) -> list[TimelineEntry]:
    """Return the whole story in order: an event, then the words and decisions that came with it."""
    events = await Event.filter(case_id=row.id).order_by("id")
    messages = {entry.id: entry for entry in await _of_messages(await Message.filter(case_id=row.id).order_by("id"))}
    names = await _Names.gather(events)
    contents = {each.id: each for each in await Content.filter(id__in=[e.content_id for e in events if e.content_id])}
    entries: list[TimelineEntry] = []
    for event in events:
        if event.name in _SPOKEN:
            entry = messages.pop(f"m{event.data.get('message')}", None)
            if entry is not None:
                entries.append(entry)
            continue
        if event.name not in _SILENT:
            words = contents[event.content_id].body if event.content_id in contents else None
            entries.append(names.entry(event, words or {}))
    told = [
        TimelineEntry(f"d{index}", each.at, "decision", False, "casedesk", "system", text=each.sentence, decision=each)
        for index, each in enumerate(await deciding.decisions_of(row.id), 1)
    ]
    # Stable: what carries the same instant keeps the order in which it was recorded, decisions after their case.
    return sorted([*entries, *told], key=lambda entry: entry.at)


async def _of_messages(messages: Sequence[Message]) -> list[TimelineEntry]:
    ids = [message.id for message in messages]
    files = await attaching.of_messages(ids)
    mails = {mail.message_id: mail for mail in await OutgoingMail.filter(message_id__in=ids)}
    return [
        _of_message(each, files.get(each.id, ()), mails.get(each.id))
        for each in messages
        if not each.details.get("undone")
    ]


def _of_message(message: Message, files: tuple[FileView, ...], mail: OutgoingMail | None) -> TimelineEntry:
    state = None
    if mail is not None:
        state = MailState(mail.mail_message_id, mail.state, mail.id, mail.next_try_at, mail.last_error)
    elif message.mail_message_id:
        state = MailState(message.mail_message_id, "received")
    return TimelineEntry(
        id=f"m{message.id}",
        at=message.created_at,
        kind=message.kind,
        public=message.public,
        author=message.author_name or message.author_email or "somebody",
        author_kind="user" if message.user_id else "contact",
        text=message.text,
        body=message.body,
        html=message.html,
        files=files,
        mail=state,
        details={**message.details, "email": message.author_email, "channel": message.channel},
    )


class _Names:
    """Names for the ids in events, gathered in a few queries for a whole story."""

    def __init__(self) -> None:
        self.of: dict[tuple[str, int], str] = {}

    @classmethod
    async def gather(cls, events: Sequence[Event]) -> "_Names":
        names, wanted = cls(), {"users": set[int](), "contacts": set[int](), "accounts": set[int]()}
        columns = {"owner_id": "users", "contact_id": "contacts", "account_id": "accounts"}
        for event in events:
            if event.actor_id is not None:
                wanted["users" if event.actor_kind == "user" else "contacts"].add(event.actor_id)
            for side in ("set", "was"):
                for column, table in columns.items():
                    value = dict(event.data.get(side) or {}).get(column)  # type: ignore[call-overload]
                    if value is not None:
                        wanted[table].add(value)
        for table, ids in wanted.items():
            if ids:
                marks = ", ".join("?" for _ in ids)
                for row in await rows(f"SELECT id, name FROM {table} WHERE id IN ({marks})", *ids):  # noqa: S608
                    names.of[table, row["id"]] = row["name"]
        for queue in await known.every():
            names.of["queues", queue.id] = queue.name
        return names

    def entry(self, event: Event, words: dict[str, Any]) -> TimelineEntry:
        """Return a change's entry: who, and each field before and after, as names."""
        kind = "decision" if event.name in _DECIDED else "change"
        actor = self.of.get(("users" if event.actor_kind == "user" else "contacts", event.actor_id or 0), "casedesk")
        first = event.name == EventName.CASE_CREATED
        changes = () if first else (*self._changes(event.data), *self._changes(words))
        details = {key: value for key, value in event.data.items() if key not in ("set", "was")}
        details |= {key: value for key, value in words.items() if key not in ("set", "was")}
        author_kind = event.actor_kind if event.actor_id is not None else "system"
        told = SENTENCES[EventName(event.name)] if kind == "decision" else ""
        return TimelineEntry(
            f"e{event.id}", event.created_at, kind, False, actor, author_kind, event=event.name, changes=changes,
            details=details, text=str(words.get("reason", "")) or told,
        )  # fmt: skip

    def _changes(self, data: dict[str, Any]) -> tuple[Change, ...]:
        new, old = data.get("set") or {}, data.get("was") or {}
        shown_fields = [key for key in new if key not in _UNSHOWN]
        return tuple(
            Change(_LABEL.get(key, key), self._named(key, old.get(key)), self._named(key, new[key]))
            for key in shown_fields
        )

    def _named(self, key: str, value: Any) -> Any:
        table = {"owner_id": "users", "contact_id": "contacts", "account_id": "accounts", "queue_id": "queues"}.get(key)
        return self.of.get((table, value), value) if table and value is not None else value


_DECIDED = frozenset({EventName.MILESTONE_MET, EventName.MILESTONE_MISSED, EventName.MILESTONE_WARNED})
_UNSHOWN = frozenset({"status_category", "resolved_at", "closed_at", "reopened", "process", "record_type", "prefix"})
_LABEL = {
    "owner_id": "owner", "queue_id": "queue", "contact_id": "contact", "account_id": "account", "asset_id": "asset",
    "entitlement_id": "entitlement", "linked_to_id": "linked_to",
}  # fmt: skip


async def _milestones(stored: Sequence[Milestone], pauses: Sequence[ClockPause]) -> tuple[MilestoneView, ...]:
    now, found = clock.now(), []
    for row in stored:
        stand, warnings = await tracking.progress_of(row, pauses, now)
        found.append(
            MilestoneView(
                row.kind, row.name, row.process, row.hours, row.ruleset_version, row.minutes, row.started_at,
                stand.target_at, row.completed_at, stand.state.value, stand.elapsed_s, stand.remaining_s, warnings,
            )
        )  # fmt: skip
    return tuple(found)


def _contact(about: dict[str, Any]) -> ContactRef | None:
    return (
        ContactRef(about["contact_id"], about["contact_name"], about["contact_email"] or "")
        if about["contact_id"]
        else None
    )


def _asset(about: dict[str, Any]) -> AssetRef | None:
    if not about["asset_id"]:
        return None
    return AssetRef(about["asset_id"], about["asset_serial"], about["product_name"], _day(about["warranty_until"]))


def _entitlement(about: dict[str, Any]) -> EntitlementRef | None:
    if not about["entitlement_id"]:
        return None
    return EntitlementRef(
        about["entitlement_id"], about["entitlement_level"], about["entitlement_process"], _day(about["ends_on"]),
        about["incidents_allowed"], about["incidents_used"],
    )  # fmt: skip


def _day(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)[:10]


def instant(value: Any) -> datetime | None:
    """Return a stored instant as both engines give it in plain rows (text on SQLite) as aware UTC."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))
