"""What somebody was told: the lines of their own inbox, each about a case they may see; read once, then quiet."""

from dataclasses import dataclass
from datetime import datetime

from casedesk import clock
from casedesk.cases.models import Case, Notification
from casedesk.cases.numbering import shown
from casedesk.database import transaction
from casedesk.identity import Actor
from casedesk.scopes import case_scope


@dataclass(frozen=True, slots=True)
class Notice:
    """One line; `reason` is a code: `replied`, `resolved`, `closed`, `assigned`, the name of an event."""

    id: int
    reason: str
    number: str
    subject: str
    at: datetime
    read: bool


async def latest(*, by: Actor, limit: int = 20) -> tuple[Notice, ...]:
    """Return the newest lines about cases that the actor may (still) see."""
    if by.user_id is None:
        return ()
    found = await Notification.filter(user_id=by.user_id).order_by("-created_at", "-id").limit(limit)
    scope = Case.filter(case_scope(by).filter(), id__in=[each.case_id for each in found])
    cases = {case.id: case for case in await scope.only("id", "prefix", "subject")}
    return tuple(
        Notice(
            each.id, each.reason, shown(cases[each.case_id].prefix, each.case_id), cases[each.case_id].subject,
            each.created_at, each.read_at is not None,
        )
        for each in found
        if each.case_id in cases
    )  # fmt: skip


async def mark_read(*, by: Actor) -> None:
    """Mark everything as read. Safe twice."""
    async with transaction():
        await Notification.filter(user_id=by.user_id or 0, read_at=None).update(read_at=clock.now())
