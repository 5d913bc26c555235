"""A case goes from one status to another: its clocks follow, and every move has the event of its kind.

Whether a move is allowed, and through which categories it passes, is decided by `rules.lifecycle`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casedesk import settings as operator
from casedesk.cases import clocks, recording
from casedesk.cases.models import Case
from casedesk.cases.recording import NOTHING, Told
from casedesk.errors import Conflict
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.rules import lifecycle
from casedesk.rules.lifecycle import Category, MoveReason, Status, default_status

_REFUSED = {
    MoveReason.NEVER_NEW_AGAIN: "A case that was taken up cannot be new again.",
    MoveReason.CLOSED_CASES_ONLY_REOPEN: "A closed case can only be reopened.",
    MoveReason.REOPEN_WINDOW_OVER: "This case was closed too long ago to be reopened; log a follow-up case.",
}


async def move(
    case: Case,
    status: Status,
    *,
    by: Actor,
    now: datetime,
    also: Mapping[str, Any] | None = None,
    told: Told = NOTHING,
) -> None:
    """Bring a held case into `status`, with `also` as further columns, in the open transaction.

    An unresolved case that is closed passes through resolved, so that its clocks are met and one survey goes out. Records
    nothing where nothing changes. Raises Conflict for a move that is not allowed.
    """
    decided = lifecycle.move(
        Category(case.status_category), status.category, now=now, closed_at=case.closed_at,
        reopen_days=operator.current().reopen_days,
    )  # fmt: skip
    if not decided.allowed:
        raise Conflict(_REFUSED[decided.reason])
    for passed in decided.through:
        await _enter(case, default_status(passed), by, now, also or {}, told)
        also = None
    await _enter(case, status, by, now, also or {}, told)


async def _enter(case: Case, status: Status, by: Actor, now: datetime, also: Mapping[str, Any], told: Told) -> None:
    before = Category(case.status_category)
    to = {**also, **await clocks.move_to(case, status.category, now, name=status.name)}
    if all(getattr(case, key) == value for key, value in to.items()):
        return
    derived = await clocks.derived(case, now, by=by, **to)
    await recording.change(case, _event(before, status.category), by=by, to=to, derived=derived, told=told)


def _event(before: Category, after: Category) -> EventName:
    if after == before:
        return EventName.CASE_CHANGED
    if after == Category.RESOLVED:
        return EventName.CASE_RESOLVED
    if after == Category.CLOSED:
        return EventName.CASE_CLOSED
    return EventName.CASE_REOPENED if before in lifecycle.FINISHED else EventName.CASE_CHANGED
