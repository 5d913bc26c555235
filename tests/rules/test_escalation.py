"""Escalation rules: after so much time, on which clock, since what; once each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk.rules.actions import Notify, RaiseLevel, kind_of
from casedesk.rules.business_hours import working_hours
from casedesk.rules.catalogue import Field, Operator, catalogue_of
from casedesk.rules.conditions import Condition, Match, compile_when
from casedesk.rules.escalation import (
    CaseTimes,
    Clock,
    Escalation,
    EscalationRule,
    EscalationRules,
    Since,
    due_actions,
    due_at,
    next_due_at,
)
from casedesk.rules.lifecycle import Category

OFFICE = working_hours({"tz": "UTC", "week": {str(day): [["09:00", "17:00"]] for day in range(5)}})
FRIDAY = datetime(2026, 11, 6, 16, tzinfo=UTC)
URGENT = compile_when(Match.ALL, [Condition("priority", Operator.EQUALS, "urgent")], catalogue_of(Field("priority")))


def rule(**changes: Any) -> EscalationRule:
    terms = {
        "name": "Two hours",
        "when": URGENT,
        "after_minutes": 120,
        "clock": Clock.BUSINESS,
        "since": Since.CREATED,
        "then": (RaiseLevel(),),
    }
    return EscalationRule(**{**terms, **changes})


def times(**changes: Any) -> CaseTimes:
    return CaseTimes(**{"category": Category.OPEN, "created_at": FRIDAY, **changes})


@pytest.mark.parametrize(
    ("asked", "facts", "due"),
    [
        pytest.param(rule(), times(), "2026-11-09T10:00", id="business minutes stand still over the weekend"),
        pytest.param(rule(clock=Clock.CALENDAR), times(), "2026-11-06T18:00", id="calendar minutes do not"),
        pytest.param(
            rule(since=Since.LAST_CHANGE),
            times(last_change_at=FRIDAY + timedelta(minutes=30)),
            "2026-11-09T10:30",
            id="a change begins the time anew",
        ),
        pytest.param(
            rule(since=Since.LAST_CHANGE), times(), "2026-11-09T10:00", id="an unchanged case counts from its creation"
        ),
        pytest.param(
            rule(since=Since.LAST_CUSTOMER_MESSAGE), times(), None, id="without a customer's word nothing counts"
        ),
        pytest.param(
            rule(since=Since.LAST_CUSTOMER_MESSAGE),
            times(last_customer_message_at=FRIDAY),
            "2026-11-09T10:00",
            id="a customer's word begins the time",
        ),
        pytest.param(rule(), times(category=Category.RESOLVED), None, id="a resolved case does not escalate"),
        pytest.param(rule(), times(category=Category.CLOSED), None, id="a closed case does not escalate"),
        pytest.param(
            rule(),
            times(category=Category.WAITING_ON_CUSTOMER),
            "2026-11-09T10:00",
            id="a waiting case does, unless its rule says not",
        ),
    ],
)
def test_when_a_rule_is_due(asked: EscalationRule, facts: CaseTimes, due: str | None) -> None:
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None

    assert due_at(asked, facts, OFFICE) == expected


def test_without_a_calendar_every_minute_counts() -> None:
    assert due_at(rule(), times(), None) == FRIDAY + timedelta(hours=2)


MONDAY_TEN = datetime(2026, 11, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "taken", "now", "due"),
    [
        pytest.param({"priority": "urgent"}, [], MONDAY_TEN - timedelta(seconds=1), [], id="not a second early"),
        pytest.param({"priority": "urgent"}, [], MONDAY_TEN, ["Two hours"], id="on the second"),
        pytest.param({"priority": "urgent"}, ["Two hours"], MONDAY_TEN, [], id="once"),
        pytest.param({"priority": "low"}, [], MONDAY_TEN, [], id="only if its conditions hold"),
        pytest.param(
            {"priority": "urgent"},
            [],
            MONDAY_TEN + timedelta(days=9),
            ["Two hours"],
            id="also after a stop of the desk",
        ),
    ],
)
def test_the_actions_due(facts: dict[str, str], taken: list[str], now: datetime, due: list[str]) -> None:
    found = due_actions([rule()], facts, times(), OFFICE, taken=taken, now=now)

    assert [escalation.key for escalation in found] == due


def test_an_escalation_says_why() -> None:
    (found,) = due_actions([rule()], {"priority": "urgent"}, times(), OFFICE, taken=(), now=MONDAY_TEN)

    reason = {"after_minutes": 120, "clock": "business", "since": "created", "since_at": "2026-11-06T16:00:00+00:00"}
    assert found == Escalation("Two hours", "Two hours", MONDAY_TEN, (RaiseLevel(),), reason)


def test_a_second_silence_escalates_again() -> None:
    silence = rule(since=Since.LAST_CUSTOMER_MESSAGE, clock=Clock.CALENDAR)
    first, second = times(last_customer_message_at=FRIDAY), times(last_customer_message_at=FRIDAY + timedelta(days=1))
    (told,) = due_actions([silence], {"priority": "urgent"}, first, OFFICE, taken=(), now=MONDAY_TEN)

    again = due_actions([silence], {"priority": "urgent"}, second, OFFICE, taken={told.key}, now=MONDAY_TEN)

    assert due_actions([silence], {"priority": "urgent"}, first, OFFICE, taken={told.key}, now=MONDAY_TEN) == ()
    assert [escalation.rule for escalation in again] == ["Two hours"]


def test_several_rules_are_carried_out_in_the_order_they_were_due() -> None:
    late, early = rule(name="late"), rule(name="early", after_minutes=60)

    found = due_actions([late, early], {"priority": "urgent"}, times(), OFFICE, taken=(), now=MONDAY_TEN)

    assert [escalation.rule for escalation in found] == ["early", "late"]


def test_the_sweep_looks_for_the_earliest_rule_not_yet_taken() -> None:
    late, early = rule(name="late"), rule(name="early", after_minutes=60)
    earliest = FRIDAY + timedelta(hours=1)

    assert next_due_at([late, early], times(), OFFICE) == earliest
    assert next_due_at([late, early], times(), OFFICE, taken={"early"}) == MONDAY_TEN
    assert next_due_at([late, early], times(), OFFICE, after=earliest) == MONDAY_TEN
    assert next_due_at([late, early], times(), OFFICE, after=MONDAY_TEN) is None
    assert next_due_at([late, early], times(category=Category.CLOSED), OFFICE) is None


def test_rules_name_the_facts_they_look_at() -> None:
    assert EscalationRules((rule(),)).fields == {"priority"}


def test_an_action_knows_its_word() -> None:
    assert [kind_of(RaiseLevel()), kind_of(Notify(("a@b.example",)))] == ["raise_level", "notify"]
