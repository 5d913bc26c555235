"""What a case is to the customer who asked: its state in four words, and what happens next.

A customer is told whose turn it is and what was promised; how a desk calls its statuses, and which rule acted, is not
theirs to see. The words themselves stand in the pages.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casedesk.rules.lifecycle import DEFAULT_REOPEN_DAYS, Category
from casedesk.rules.milestones import MilestoneKind


class CustomerState(StrEnum):
    """Whose turn it is: we work, the customer is asked, it is solved, it is over."""

    WORKING = "working"
    WAITING_FOR_YOU = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"


class NextStep(StrEnum):
    """What the customer can expect or do now."""

    ANSWER_PROMISED = "answer_promised"
    SOLUTION_PROMISED = "solution_promised"
    LATE = "late"
    NO_PROMISE = "no_promise"
    YOUR_TURN = "your_turn"
    TELL_US_IF_NOT = "tell_us_if_not"
    MAY_REOPEN = "may_reopen"
    ASK_ANEW = "ask_anew"


@dataclass(frozen=True, slots=True)
class WhatNext:
    """What happens next; `at` is the promised instant, or until when a case may be opened again, None for neither."""

    step: NextStep
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is looked at. `owed_kind` and `owed_at` are the milestone that is due first, None where none runs."""

    category: Category
    owed_kind: str | None = None
    owed_at: datetime | None = None
    closed_at: datetime | None = None
    reopen_days: int = DEFAULT_REOPEN_DAYS


_STATES = {
    Category.WAITING_ON_CUSTOMER: CustomerState.WAITING_FOR_YOU,
    Category.RESOLVED: CustomerState.SOLVED,
    Category.CLOSED: CustomerState.CLOSED,
}
_PROMISES = {
    MilestoneKind.FIRST_RESPONSE.value: NextStep.ANSWER_PROMISED,
    MilestoneKind.NEXT_RESPONSE.value: NextStep.ANSWER_PROMISED,
    MilestoneKind.RESOLUTION.value: NextStep.SOLUTION_PROMISED,
}


def state_of(category: Category) -> CustomerState:
    """Return the state of a case in the customer's words; what is new, open or on hold is worked on."""
    return _STATES.get(category, CustomerState.WORKING)


def what_next(facts: CustomerFacts, now: datetime) -> WhatNext:
    """Return what happens next. A promise whose time has passed is not repeated: we say that we are late."""
    state = state_of(facts.category)
    if state is CustomerState.WAITING_FOR_YOU:
        return WhatNext(NextStep.YOUR_TURN)
    if state is CustomerState.SOLVED:
        return WhatNext(NextStep.TELL_US_IF_NOT)
    if state is CustomerState.CLOSED:
        until = facts.closed_at + timedelta(days=facts.reopen_days) if facts.closed_at else None
        return WhatNext(NextStep.MAY_REOPEN, until) if until and now <= until else WhatNext(NextStep.ASK_ANEW)
    promise = _PROMISES.get(facts.owed_kind or "")
    if promise is None or facts.owed_at is None:
        return WhatNext(NextStep.NO_PROMISE)
    return WhatNext(promise, facts.owed_at) if now <= facts.owed_at else WhatNext(NextStep.LATE)
