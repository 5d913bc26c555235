"""What staff have to do beside a case: add, change, finish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q

from casedesk.activities.models import Task
from casedesk.cases.models import Case
from casedesk.cases.numbering import parse, shown
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor, ActorKind, Role
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.registers import Reference, Register, Values
from casedesk.rules.lifecycle import Priority
from casedesk.scopes import visible_cases


class TaskStatus(StrEnum):
    """Whether a task is still to be done."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """Something to be done; `owner` and `assigned_by` are ids of members of staff, `case` is a case's number."""

    id: int
    version: int
    subject: str
    due_at: datetime | None
    priority: Priority
    status: TaskStatus
    owner: int | None
    assigned_by: int | None
    case: str | None
    contact_id: int | None
    account_id: int | None
    notes: str | None
    created_at: datetime
    updated_at: datetime


async def _tasks(rows: Sequence[Task]) -> tuple[TaskRecord, ...]:
    numbers = await numbers_of([row.case_id for row in rows if row.case_id is not None])
    return tuple(
        TaskRecord(
            id=row.id,
            version=row.version,
            subject=row.subject,
            due_at=row.due_at,
            priority=Priority(row.priority),
            status=TaskStatus(row.status),
            owner=row.owner_id,
            assigned_by=row.assigned_by_id,
            case=None if row.case_id is None else numbers.get(row.case_id),
            contact_id=row.contact_id,
            account_id=row.account_id,
            notes=row.notes,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def numbers_of(case_ids: Sequence[int]) -> dict[int, str]:
    """Return the numbers of these cases by id."""
    if not case_ids:
        return {}
    return {case.id: shown(case.prefix, case.id) for case in await Case.filter(id__in=case_ids).only("id", "prefix")}


async def _check(values: Values, row: Task | None, by: Actor) -> Values:
    if row is None:
        values.setdefault("owner", by.user_id)
        values["assigned_by_id"] = by.user_id
    if "case" in values:
        number = values.pop("case")
        values["case_id"] = None if number is None else await case_named(number, by)
    return values


async def case_named(number: str, by: Actor) -> int:
    """Return the id of a case that `by` may see; raises Invalid for any other, in the same words for all of them."""
    try:
        wanted = parse(number)
    except NotFound:
        raise Invalid.field("case", _("there is no case %(number)s") % {"number": number}) from None
    if not await visible_cases(by, [wanted]) or not await Case.filter(id=wanted).exists():
        raise Invalid.field("case", _("there is no case %(number)s") % {"number": number})
    return wanted


def _scope(by: Actor) -> Q:
    """Return which tasks somebody sees: those who serve see all, others what is theirs or what they gave away."""
    if by.kind is ActorKind.SYSTEM or by.role in (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR):
        return Q()
    return Q(owner_id=by.user_id) | Q(assigned_by_id=by.user_id)


TASKS: Register[Task, TaskRecord] = Register(
    noun="task",
    model=Task,
    read=Permission.TASK_READ,
    write=Permission.TASK_CHANGE,
    show=_tasks,
    check=_check,
    scope=_scope,
    words=frozenset({"subject", "notes"}),
    references={
        "owner": Reference("users", "user", stores="owner_id"),
        "contact_id": Reference("contacts", "contact"),
        "account_id": Reference("accounts", "account"),
    },
    filters={
        "owner": lambda owner: Q(owner_id=owner),
        "status": lambda status: Q(status=status),
    },
)


async def agenda_of(by: Actor, *, limit: int = 200) -> tuple[TaskRecord, ...]:
    """Return what somebody still has to do, what is due first at the top, what has no date at the end."""
    found = await Task.filter(owner_id=by.user_id or 0, status=TaskStatus.OPEN.value).limit(limit)
    return await _tasks(sorted(found, key=lambda row: (row.due_at is None, row.due_at, row.id)))
