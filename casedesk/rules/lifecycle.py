"""The life of a case: categories of status, allowed moves, what a message does to it, what its state forbids.

A desk may name its statuses as it likes; the rules look at the category alone. Who may make a move is a question of
permissions and does not belong here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Category(StrEnum):
    """What a status means to the clocks and the rules."""

    NEW = "new"
    OPEN = "open"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Priority(StrEnum):
    """How urgent a case is, most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class EscalationLevel(IntEnum):
    """How far a case has been brought up; rules compare the number."""

    NONE = 0
    RAISED = 1
    TIER_2 = 2
    MANAGER = 3


class EscalationKind(StrEnum):
    """Why a person escalates."""

    TOOK_TOO_LONG = "took_too_long"
    TIER_2 = "tier_2"
    MANAGER = "manager"


class Act(StrEnum):
    """What can be done to a case that its state may forbid."""

    REPLY = "reply"
    NOTE = "note"
    CALL = "call"
    CHANGE = "change"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"
    SPLIT = "split"


class MoveReason(StrEnum):
    """Why a move is allowed or refused."""

    ALLOWED = "allowed"
    ALREADY_THERE = "already_there"
    NEVER_NEW_AGAIN = "never_new_again"
    CLOSED_CASES_ONLY_REOPEN = "closed_cases_only_reopen"
    REOPEN_WINDOW_OVER = "reopen_window_over"


@dataclass(frozen=True, slots=True)
class Status:
    """A named status and the category it belongs to."""

    name: str
    category: Category


@dataclass(frozen=True, slots=True)
class Move:
    """Whether a case may go to category `to`; `through` lists the categories it passes on the way, in order."""

    allowed: bool
    to: Category
    reason: MoveReason
    through: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class AfterCustomerMessage:
    """What a customer's message does: the category the case is in afterwards, or a follow-up case instead."""

    to: Category
    follow_up: bool = False


DEFAULT_STATUSES = (
    Status("New", Category.NEW),
    Status("Open", Category.OPEN),
    Status("Waiting on customer", Category.WAITING_ON_CUSTOMER),
    Status("On hold", Category.ON_HOLD),
    Status("Resolved", Category.RESOLVED),
    Status("Closed", Category.CLOSED),
)
"""The statuses of a new desk, one for each category."""

DEFAULT_TYPES = ("technical_support", "billing_question", "feature_request", "account_update")
"""The types of case of a new desk."""

FINISHED = frozenset({Category.RESOLVED, Category.CLOSED})
"""Categories in which nobody owes the customer anything more."""

DEFAULT_REOPEN_DAYS = 14

_FORBIDDEN: Mapping[Category, frozenset[Act]] = MappingProxyType(
    {
        Category.NEW: frozenset({Act.REOPEN}),
        Category.OPEN: frozenset({Act.REOPEN}),
        Category.WAITING_ON_CUSTOMER: frozenset({Act.REOPEN}),
        Category.ON_HOLD: frozenset({Act.REOPEN}),
        Category.RESOLVED: frozenset({Act.RESOLVE, Act.ESCALATE}),
        # Words may still be added to a closed case (a call that came late); what was promised and done stays.
        Category.CLOSED: frozenset(Act) - {Act.NOTE, Act.CALL, Act.REOPEN, Act.SPLIT},
    }
)

_LEVEL_OF_KIND = MappingProxyType(
    {
        EscalationKind.TOOK_TOO_LONG: EscalationLevel.RAISED,
        EscalationKind.TIER_2: EscalationLevel.TIER_2,
        EscalationKind.MANAGER: EscalationLevel.MANAGER,
    }
)


def move(
    current: Category,
    wished: Category,
    *,
    now: datetime,
    closed_at: datetime | None = None,
    reopen_days: int = DEFAULT_REOPEN_DAYS,
) -> Move:
    """Decide whether a case may go from category `current` to `wished`.

    Closing an unresolved case passes through resolved, so that its clocks are met and one survey goes out. A closed
    case may only be reopened, and only within `reopen_days` of `closed_at`; after that a follow-up case is due.
    """
    if wished == current:
        return Move(True, wished, MoveReason.ALREADY_THERE)
    if wished == Category.NEW:
        return Move(False, current, MoveReason.NEVER_NEW_AGAIN)
    if current == Category.CLOSED:
        return _leave_closed(wished, _window_open(now, closed_at, reopen_days))
    if wished == Category.CLOSED and current != Category.RESOLVED:
        return Move(True, wished, MoveReason.ALLOWED, through=(Category.RESOLVED,))
    return Move(True, wished, MoveReason.ALLOWED)


def after_customer_message(
    category: Category,
    *,
    now: datetime,
    closed_at: datetime | None = None,
    reopen_days: int = DEFAULT_REOPEN_DAYS,
) -> AfterCustomerMessage:
    """Decide what a customer's message does to a case.

    It ends a wait, takes a case off hold, and reopens a resolved one; a closed one within `reopen_days` of
    `closed_at`, later the message starts a follow-up case and the old one stays closed.
    """
    if category == Category.CLOSED:
        if _window_open(now, closed_at, reopen_days):
            return AfterCustomerMessage(Category.OPEN)
        return AfterCustomerMessage(Category.CLOSED, follow_up=True)
    if category == Category.NEW:
        return AfterCustomerMessage(Category.NEW)
    return AfterCustomerMessage(Category.OPEN)


def after_agent_reply(category: Category, wished: Category | None = None) -> Category:
    """Return the category after a reply to the customer: the one wished for, else open for a new case, else the same.

    A reply wished to leave a case new leaves it open: somebody has taken it up. Ask `forbids` first for closed cases.
    """
    to = wished if wished is not None else category
    return Category.OPEN if to == Category.NEW else to


def forbids(category: Category, act: Act) -> bool:
    """Say whether a case in `category` refuses `act` (the API answers 409)."""
    return act in _FORBIDDEN[category]


def refusal(category: Category, act: Act) -> str:
    """Return the English sentence that tells a person why `act` is refused in `category`."""
    if act == Act.REOPEN:
        return "Only a resolved or closed case can be reopened."
    if category == Category.RESOLVED:
        return "This case is resolved already; reopen it first."
    return "This case is closed; reopen it first."


def escalated(level: int, kind: EscalationKind) -> EscalationLevel:
    """Return the level after a person escalates for `kind`; it never falls."""
    return EscalationLevel(max(level, _LEVEL_OF_KIND[kind]))


def raised(level: int) -> EscalationLevel:
    """Return the level one step up, at most the manager's."""
    return EscalationLevel(min(level + 1, EscalationLevel.MANAGER))


def default_status(category: Category) -> Status:
    """Return the status of a new desk that stands for `category`."""
    return next(status for status in DEFAULT_STATUSES if status.category == category)


def _window_open(now: datetime, closed_at: datetime | None, reopen_days: int) -> bool:
    return closed_at is not None and now <= closed_at + timedelta(days=reopen_days)


def _leave_closed(wished: Category, window_open: bool) -> Move:
    if wished == Category.RESOLVED:
        return Move(False, Category.CLOSED, MoveReason.CLOSED_CASES_ONLY_REOPEN)
    if not window_open:
        return Move(False, Category.CLOSED, MoveReason.REOPEN_WINDOW_OVER)
    return Move(True, wished, MoveReason.ALLOWED)
