"""What a case is to the customer who asked."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk.rules.for_customers import CustomerFacts, CustomerState, NextStep, WhatNext, state_of, what_next
from casedesk.rules.lifecycle import Category

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("category", "state"),
    [
        pytest.param(Category.NEW, CustomerState.WORKING, id="a new case is worked on"),
        pytest.param(Category.OPEN, CustomerState.WORKING, id="an open case is worked on"),
        pytest.param(Category.ON_HOLD, CustomerState.WORKING, id="why we pause is ours to know: it is worked on"),
        pytest.param(Category.WAITING_ON_CUSTOMER, CustomerState.WAITING_FOR_YOU, id="a pending case waits for you"),
        pytest.param(Category.RESOLVED, CustomerState.SOLVED, id="a resolved case is solved"),
        pytest.param(Category.CLOSED, CustomerState.CLOSED, id="a closed case is closed"),
    ],
)
def test_a_category_is_one_of_four_states(category: Category, state: CustomerState) -> None:
    assert state_of(category) is state


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            CustomerFacts(Category.NEW, "first_response", SOON),
            WhatNext(NextStep.ANSWER_PROMISED, SOON),
            id="a first answer that is owed is promised",
        ),
        pytest.param(
            CustomerFacts(Category.OPEN, "next_response", NOW),
            WhatNext(NextStep.ANSWER_PROMISED, NOW),
            id="a promise holds until its very instant",
        ),
        pytest.param(
            CustomerFacts(Category.OPEN, "resolution", SOON),
            WhatNext(NextStep.SOLUTION_PROMISED, SOON),
            id="after the answer the solution is promised",
        ),
        pytest.param(
            CustomerFacts(Category.OPEN, "first_response", BEFORE),
            WhatNext(NextStep.LATE),
            id="a promise that was broken is not repeated",
        ),
        pytest.param(
            CustomerFacts(Category.OPEN), WhatNext(NextStep.NO_PROMISE), id="without a clock no time is named"
        ),
        pytest.param(
            CustomerFacts(Category.OPEN, "other", SOON),
            WhatNext(NextStep.NO_PROMISE),
            id="a milestone of the desk's own is no promise to the customer",
        ),
        pytest.param(
            CustomerFacts(Category.WAITING_ON_CUSTOMER, "resolution", SOON),
            WhatNext(NextStep.YOUR_TURN),
            id="who is asked has the next turn",
        ),
        pytest.param(CustomerFacts(Category.RESOLVED), WhatNext(NextStep.TELL_US_IF_NOT), id="solved may be disputed"),
        pytest.param(
            CustomerFacts(Category.CLOSED, closed_at=BEFORE, reopen_days=14),
            WhatNext(NextStep.MAY_REOPEN, BEFORE + timedelta(days=14)),
            id="closed may be opened again for some days",
        ),
        pytest.param(
            CustomerFacts(Category.CLOSED, closed_at=NOW - timedelta(days=15), reopen_days=14),
            WhatNext(NextStep.ASK_ANEW),
            id="after them a new case goes on with it",
        ),
    ],
)
def test_what_happens_next(facts: CustomerFacts, expected: WhatNext) -> None:
    assert what_next(facts, NOW) == expected
