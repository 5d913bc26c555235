"""The seven steps every case takes, with their times: created, entitled, assigned, solution, communicated, outcome, closed.

Codes alone: an agent and a customer are told the same steps in different words, which stand with their pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from casedesk.cases.shapes import CaseView
from casedesk.events import EventName
from casedesk.journal.models import Event
from casedesk.rules.lifecycle import FINISHED, Category


class StepName(StrEnum):
    """The steps in their order."""

    CREATED = "created"
    ENTITLED = "entitled"
    ASSIGNED = "assigned"
    SOLUTION = "solution"
    COMMUNICATED = "communicated"
    OUTCOME = "outcome"
    CLOSED = "closed"


class StepState(StrEnum):
    """How far a step is: `skipped` ones were passed without anybody recording them."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"
    SKIPPED = "skipped"


class Turn(StrEnum):
    """How the sixth step goes: what a case comes to, or what keeps it from it."""

    RESOLVED = "resolved"
    REWORKED = "reworked"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `at` is when it was taken, None while it was not.

    `told` is a code: the origin of the case, its verdict, `queue` or `owner`, `reply` or `call`, a `Turn`; empty where
    there is nothing to add. `who` is a name: the owner or queue of the third step.
    """

    name: StepName
    state: StepState
    at: datetime | None = None
    told: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to a case and counts for its steps."""

    name: EventName
    at: datetime
    data: dict[str, Any]


_COUNTED = (
    EventName.CASE_CREATED, EventName.CASE_ENTITLED, EventName.CASE_ASSIGNED, EventName.CASE_CHANGED,
    EventName.SOLUTION_USED, EventName.REPLY_SENT, EventName.REPLY_UNDONE, EventName.CALL_LOGGED,
    EventName.CASE_REOPENED, EventName.CASE_ESCALATED, EventName.MESSAGE_RECEIVED, EventName.CASE_RESOLVED,
    EventName.CASE_CLOSED,
)  # fmt: skip


async def of_case(case: CaseView) -> tuple[Step, ...]:
    """Return the steps of a case its reader may see; one query."""
    names = [name.value for name in _COUNTED]
    found = await Event.filter(case_id=case.id, name__in=names).order_by("id").only("id", "name", "created_at", "data")
    return steps(case, [Mark(EventName(row.name), row.created_at, dict(row.data)) for row in found])


def steps(case: CaseView, marks: Sequence[Mark]) -> tuple[Step, ...]:
    """Return the steps of a case from what happened to it, oldest first.

    After a reopening the solution and its telling are owed again: only what came later counts for them.
    """
    reopened = max((mark.at for mark in marks if _reopens(mark)), default=None)
    since = [mark for mark in marks if reopened is None or mark.at >= reopened]
    finished = Category(case.status_category) in FINISHED
    found = [
        Step(StepName.CREATED, StepState.DONE, case.created_at, case.origin),
        Step(StepName.ENTITLED, StepState.DONE, _entitled_at(case, marks), case.verdict),
        _assigned(case, marks),
        _solution(since),
        _communicated(case, since, finished),
        _outcome(case, marks, reopened),
        _closed(case),
    ]
    return _with_current([_passed(step) if finished else step for step in found], case)


def _with_current(found: list[Step], case: CaseView) -> tuple[Step, ...]:
    """Mark where the case stands: an escalation or a rework holds it at the sixth step, else the first not taken."""
    if Category(case.status_category) is Category.CLOSED:
        return tuple(found)
    held = next((step for step in found if step.told in (Turn.REWORKED, Turn.ESCALATED)), None)
    here = held or next((step for step in found if step.state is StepState.AHEAD), None)
    return tuple(replace(step, state=StepState.CURRENT) if step is here else step for step in found)


def _passed(step: Step) -> Step:
    ended = step.name in (StepName.OUTCOME, StepName.CLOSED)
    return replace(step, state=StepState.SKIPPED) if step.state is StepState.AHEAD and not ended else step


def _entitled_at(case: CaseView, marks: Sequence[Mark]) -> datetime:
    return max((mark.at for mark in marks if mark.name is EventName.CASE_ENTITLED), default=case.created_at)


def _assigned(case: CaseView, marks: Sequence[Mark]) -> Step:
    if case.owner is not None:
        given = [mark.at for mark in marks if dict(mark.data.get("set") or {}).get("owner_id") == case.owner.id]
        return Step(StepName.ASSIGNED, StepState.DONE, max(given, default=case.created_at), "owner", case.owner.name)
    queue = case.queue.name if case.queue else ""
    return Step(StepName.ASSIGNED, StepState.AHEAD, None, "queue" if queue else "", queue)


def _solution(since: Sequence[Mark]) -> Step:
    used = [mark.at for mark in since if mark.name is EventName.SOLUTION_USED]
    return Step(StepName.SOLUTION, StepState.DONE if used else StepState.AHEAD, max(used, default=None))


def _communicated(case: CaseView, since: Sequence[Mark], finished: bool) -> Step:
    undone = {mark.data.get("message") for mark in since if mark.name is EventName.REPLY_UNDONE}
    told = [
        mark
        for mark in since
        if (mark.name is EventName.REPLY_SENT and mark.data.get("message") not in undone)
        or (mark.name is EventName.CALL_LOGGED and (not mark.data.get("first") or finished))
    ]
    if not told:
        return Step(StepName.COMMUNICATED, StepState.AHEAD)
    how = "reply" if told[-1].name is EventName.REPLY_SENT else "call"
    return Step(StepName.COMMUNICATED, StepState.DONE, told[-1].at, how)


def _outcome(case: CaseView, marks: Sequence[Mark], reopened: datetime | None) -> Step:
    if Category(case.status_category) in FINISHED:
        return Step(StepName.OUTCOME, StepState.DONE, case.resolved_at or case.closed_at, Turn.RESOLVED.value)
    if case.escalation_level:
        raised = [mark.at for mark in marks if _sets(mark, "escalation_level")]
        return Step(StepName.OUTCOME, StepState.AHEAD, max(raised, default=None), Turn.ESCALATED.value)
    if reopened is not None:
        return Step(StepName.OUTCOME, StepState.AHEAD, reopened, Turn.REWORKED.value)
    return Step(StepName.OUTCOME, StepState.AHEAD)


def _closed(case: CaseView) -> Step:
    is_closed = Category(case.status_category) is Category.CLOSED
    return Step(StepName.CLOSED, StepState.DONE if is_closed else StepState.AHEAD, case.closed_at)


def _reopens(mark: Mark) -> bool:
    """Say whether a case was opened again by this: by hand, or by a customer's answer."""
    return _sets(mark, "reopened") and mark.name not in (EventName.CASE_CREATED, EventName.REPLY_UNDONE)


def _sets(mark: Mark, column: str) -> bool:
    return bool(dict(mark.data.get("set") or {}).get(column))
