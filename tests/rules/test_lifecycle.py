"""The life of a case: which moves there are, what a message does, what a state forbids."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk.rules.lifecycle import (
    DEFAULT_STATUSES,
    Act,
    AfterCustomerMessage,
    Category,
    EscalationKind,
    EscalationLevel,
    MoveReason,
    after_agent_reply,
    after_customer_message,
    default_status,
    escalated,
    forbids,
    move,
    raised,
    refusal,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
LAST_MONTH = NOW - timedelta(days=30)
NEW, OPEN, WAITING, HOLD, RESOLVED, CLOSED = Category


@pytest.mark.parametrize(
    ("current", "wished", "closed_at", "expected"),
    [
        pytest.param(NEW, OPEN, None, (True, OPEN, ()), id="a new case is taken up"),
        pytest.param(OPEN, WAITING, None, (True, WAITING, ()), id="an open case waits for the customer"),
        pytest.param(WAITING, RESOLVED, None, (True, RESOLVED, ()), id="a waiting case is resolved"),
        pytest.param(OPEN, OPEN, None, (True, OPEN, ()), id="staying is allowed"),
        pytest.param(OPEN, NEW, None, (False, OPEN, ()), id="nothing becomes new again"),
        pytest.param(
            OPEN, CLOSED, None, (True, CLOSED, (RESOLVED,)), id="closing an open case passes through resolved"
        ),
        pytest.param(
            RESOLVED, CLOSED, None, (True, CLOSED, ()), id="closing a resolved case does not resolve it again"
        ),
        pytest.param(RESOLVED, OPEN, None, (True, OPEN, ()), id="a resolved case is reopened"),
        pytest.param(CLOSED, OPEN, YESTERDAY, (True, OPEN, ()), id="a case closed yesterday is reopened"),
        pytest.param(CLOSED, WAITING, YESTERDAY, (True, WAITING, ()), id="a case closed yesterday is reopened to wait"),
        pytest.param(CLOSED, OPEN, LAST_MONTH, (False, CLOSED, ()), id="a case closed last month stays closed"),
        pytest.param(CLOSED, OPEN, None, (False, CLOSED, ()), id="a case closed at an unknown time stays closed"),
        pytest.param(CLOSED, RESOLVED, YESTERDAY, (False, CLOSED, ()), id="a closed case does not go back to resolved"),
        pytest.param(CLOSED, CLOSED, LAST_MONTH, (True, CLOSED, ()), id="a closed case may stay closed"),
    ],
)
def test_moves(
    current: Category,
    wished: Category,
    closed_at: datetime | None,
    expected: tuple[bool, Category, tuple[Category, ...]],
) -> None:
    decided = move(current, wished, now=NOW, closed_at=closed_at)

    assert (decided.allowed, decided.to, decided.through) == expected


def test_a_refused_move_says_why() -> None:
    reasons = [
        move(OPEN, NEW, now=NOW).reason,
        move(CLOSED, OPEN, now=NOW, closed_at=LAST_MONTH).reason,
        move(CLOSED, RESOLVED, now=NOW, closed_at=YESTERDAY).reason,
    ]

    assert reasons == [
        MoveReason.NEVER_NEW_AGAIN,
        MoveReason.REOPEN_WINDOW_OVER,
        MoveReason.CLOSED_CASES_ONLY_REOPEN,
    ]


@pytest.mark.parametrize(
    ("category", "closed_at", "after"),
    [
        pytest.param(NEW, None, AfterCustomerMessage(NEW), id="a new case stays new"),
        pytest.param(OPEN, None, AfterCustomerMessage(OPEN), id="an open case stays open"),
        pytest.param(WAITING, None, AfterCustomerMessage(OPEN), id="the wait for the customer is over"),
        pytest.param(HOLD, None, AfterCustomerMessage(OPEN), id="a case on hold is looked at again"),
        pytest.param(RESOLVED, None, AfterCustomerMessage(OPEN), id="a resolved case is reopened"),
        pytest.param(CLOSED, YESTERDAY, AfterCustomerMessage(OPEN), id="a case closed yesterday is reopened"),
        pytest.param(
            CLOSED, NOW - timedelta(days=14), AfterCustomerMessage(OPEN), id="the fourteenth day is within the window"
        ),
        pytest.param(
            CLOSED,
            LAST_MONTH,
            AfterCustomerMessage(CLOSED, follow_up=True),
            id="a case closed last month gets a follow-up",
        ),
    ],
)
def test_a_customer_writes(category: Category, closed_at: datetime | None, after: AfterCustomerMessage) -> None:
    assert after_customer_message(category, now=NOW, closed_at=closed_at) == after


@pytest.mark.parametrize(
    ("category", "wished", "after"),
    [
        pytest.param(NEW, None, OPEN, id="an answered case is no longer new"),
        pytest.param(NEW, NEW, OPEN, id="an answered case is no longer new, whatever is wished"),
        pytest.param(OPEN, WAITING, WAITING, id="the agent says that the customer is asked"),
        pytest.param(WAITING, None, WAITING, id="another word while waiting still waits"),
        pytest.param(OPEN, RESOLVED, RESOLVED, id="the answer resolves the case"),
        pytest.param(RESOLVED, None, RESOLVED, id="a last word does not reopen"),
    ],
)
def test_an_agent_replies(category: Category, wished: Category | None, after: Category) -> None:
    assert after_agent_reply(category, wished) == after


def test_what_each_state_forbids() -> None:
    forbidden = {category: {act for act in Act if forbids(category, act)} for category in Category}

    unfinished = {Act.REOPEN}
    assert forbidden == {
        NEW: unfinished,
        OPEN: unfinished,
        WAITING: unfinished,
        HOLD: unfinished,
        RESOLVED: {Act.RESOLVE, Act.ESCALATE},
        CLOSED: {Act.REPLY, Act.CHANGE, Act.ASSIGN, Act.ESCALATE, Act.RESOLVE, Act.CLOSE, Act.MERGE},
    }


def test_a_refusal_tells_what_to_do() -> None:
    sentences = [refusal(OPEN, Act.REOPEN), refusal(RESOLVED, Act.RESOLVE), refusal(CLOSED, Act.REPLY)]

    assert sentences == [
        "Only a resolved or closed case can be reopened.",
        "This case is resolved already; reopen it first.",
        "This case is closed; reopen it first.",
    ]


def test_every_category_has_a_status_in_a_new_desk() -> None:
    assert [default_status(category) for category in Category] == list(DEFAULT_STATUSES)


def test_escalating_never_lowers_the_level() -> None:
    assert escalated(EscalationLevel.MANAGER, EscalationKind.TIER_2) == EscalationLevel.MANAGER
    assert escalated(EscalationLevel.NONE, EscalationKind.TIER_2) == EscalationLevel.TIER_2
    assert escalated(EscalationLevel.NONE, EscalationKind.TOOK_TOO_LONG) == EscalationLevel.RAISED


def test_raising_stops_at_the_manager() -> None:
    assert [raised(level) for level in range(4)] == [1, 2, 3, 3]
