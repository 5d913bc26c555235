"""Appointments: a visit, a callback at a fixed hour, a meeting about a case; add, change, remove, and those of a week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from casedesk.activities.models import CalendarEvent
from casedesk.activities.tasks import case_named, numbers_of
from casedesk.cases.numbering import parse
from casedesk.database import rows
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor, ActorKind, Role
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.registers import Reference, Register, Values

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CalendarEventRecord:
    """An appointment; `attendees` are ids of staff or contacts, `owner` of whoever wrote it down, `case` a number."""

    id: int
    version: int
    subject: str
    starts_at: datetime
    ends_at: datetime
    place: str | None
    attendees: tuple[int, ...]
    owner: int | None
    case: str | None
    contact_id: int | None
    account_id: int | None
    created_at: datetime
    updated_at: datetime


async def _events(found: Sequence[CalendarEvent]) -> tuple[CalendarEventRecord, ...]:
    numbers = await numbers_of([row.case_id for row in found if row.case_id is not None])
    return tuple(
        CalendarEventRecord(
            row.id, row.version, row.subject, row.starts_at, row.ends_at, row.place, tuple(row.attendees), row.owner_id,
            numbers.get(row.case_id) if row.case_id is not None else None, row.contact_id, row.account_id,
            row.created_at, row.updated_at,
        )
        for row in found
    )  # fmt: skip


async def _check(values: Values, row: CalendarEvent | None, by: Actor) -> Values:
    if row is None:
        values["owner_id"] = by.user_id
    if "case" in values:
        number = values.pop("case")
        values["case_id"] = None if number is None else await case_named(number, by)
    starts = values.get("starts_at", row.starts_at if row else None)
    ends = values.get("ends_at", row.ends_at if row else None)
    if starts is not None and ends is not None and not starts <= ends <= starts + LONGEST:
        raise Invalid.field("ends_at", "must lie after the start, within a year")
    if values.get("attendees"):
        values["attendees"] = await _people(values["attendees"])
    return values


async def _people(ids: Sequence[int]) -> list[int]:
    """Return the ids, each once; raises Invalid for one that is neither a member of staff nor a contact."""
    wanted = list(dict.fromkeys(ids))
    marks = ", ".join("?" * len(wanted))
    sql = f"SELECT id FROM users WHERE id IN ({marks}) UNION SELECT id FROM contacts WHERE id IN ({marks})"  # noqa: S608
    there = {row["id"] for row in await rows(sql, *wanted, *wanted)}
    if missing := [each for each in wanted if each not in there]:
        raise Invalid.field("attendees", _("there is nobody with the id %(number)s") % {"number": missing[0]})
    return wanted


def _scope(by: Actor) -> Q:
    """Return which appointments somebody sees: those who serve see all, others their own."""
    if by.kind is ActorKind.SYSTEM or by.role in (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR):
        return Q()
    return Q(owner_id=by.user_id)


def _of_case(number: str) -> Q:
    try:
        return Q(case_id=parse(number))
    except NotFound:
        return Q(pk__in=[])


EVENTS: Register[CalendarEvent, CalendarEventRecord] = Register(
    noun="calendar_event",
    model=CalendarEvent,
    read=Permission.EVENT_READ,
    write=Permission.EVENT_CHANGE,
    show=_events,
    check=_check,
    scope=_scope,
    words=frozenset({"subject", "place"}),
    references={"contact_id": Reference("contacts", "contact"), "account_id": Reference("accounts", "account")},
    filters={"case": _of_case, "since": lambda since: Q(ends_at__gte=since)},
)


async def between(start: datetime, end: datetime, *, by: Actor, limit: int = 50) -> tuple[CalendarEventRecord, ...]:
    """Return the actor's own appointments that touch the time from `start` to `end`, in their order."""
    if by.user_id is None:
        return ()
    found = await CalendarEvent.filter(owner_id=by.user_id, ends_at__gte=start, starts_at__lt=end).order_by(
        "starts_at", "id"
    ).limit(limit)  # fmt: skip
    return await _events(found)
