"""Conditions: what each operator says of a fact, what a checker refuses, how an answer explains itself."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from casedesk.rules.catalogue import OPERATORS_OF_KIND, Field, FieldKind, Operator, catalogue_of, operators_of
from casedesk.rules.conditions import (
    Because,
    Condition,
    Match,
    Problem,
    Seen,
    check,
    check_all,
    compile_when,
    explain,
    fields_of,
    first_failure,
    holds,
    wrong_fact,
)

CATALOGUE = catalogue_of(
    Field("subject"),
    Field("priority", FieldKind.CHOICE, choices=("urgent", "high", "normal", "low")),
    Field("account.region"),
    Field("tags", FieldKind.LIST),
    Field("escalation_level", FieldKind.NUMBER),
    Field("age_minutes", FieldKind.NUMBER),
    Field("contact.is_named", FieldKind.BOOL),
    Field("asset.warranty_until", FieldKind.DATE),
    Field("created_at", FieldKind.INSTANT),
    Field("mailbox", operators=frozenset({Operator.EQUALS})),
)
FACTS: dict[str, Any] = {
    "subject": "  Drucker GRÜßT nicht  ",
    "priority": "high",
    "account.region": "EMEA",
    "tags": ["VIP", "printer"],
    "escalation_level": 2,
    "contact.is_named": True,
    "asset.warranty_until": date(2026, 12, 31),
    "created_at": datetime(2026, 11, 21, 9, tzinfo=UTC),
}


def when(field: str, operator: Operator, value: Any = None) -> Any:
    return compile_when(Match.ALL, [Condition(field, operator, value)], CATALOGUE)


@pytest.mark.parametrize(
    ("field", "operator", "value", "held"),
    [
        pytest.param("account.region", Operator.EQUALS, "emea", True, id="text is compared without case"),
        pytest.param(
            "subject", Operator.EQUALS, "drucker grüsst nicht", True, id="ß and ss are the same letter without case"
        ),
        pytest.param(
            "subject", Operator.CONTAINS, "gru\u0308ßt", True, id="letters are the same however they are composed"
        ),
        pytest.param("account.region", Operator.EQUALS, "US", False, id="another text is not equal"),
        pytest.param("account.region", Operator.NOT_EQUALS, "US", True, id="another text is unequal"),
        pytest.param("account.region", Operator.IN, ("us", "emea"), True, id="one of several"),
        pytest.param("account.region", Operator.NOT_IN, ("us", "apac"), True, id="none of several"),
        pytest.param("subject", Operator.STARTS_WITH, "drucker", True, id="starts with"),
        pytest.param("subject", Operator.STARTS_WITH, "grüßt", False, id="starts with is not contains"),
        pytest.param("subject", Operator.CONTAINS, ("invoice", "drucker"), True, id="contains one of several"),
        pytest.param("subject", Operator.STARTS_WITH, ("invoice", "drucker"), True, id="starts with one of several"),
        pytest.param("priority", Operator.EQUALS, "HIGH", True, id="a choice is compared without case"),
        pytest.param("tags", Operator.CONTAINS, "vip", True, id="a list contains its member"),
        pytest.param("tags", Operator.CONTAINS, "print", False, id="a list does not contain a part of its member"),
        pytest.param("tags", Operator.IN, ("gold", "PRINTER"), True, id="one member is among several"),
        pytest.param("tags", Operator.NOT_IN, ("gold", "silver"), True, id="no member is among several"),
        pytest.param("escalation_level", Operator.GREATER, 1, True, id="greater"),
        pytest.param("escalation_level", Operator.GREATER, 2, False, id="greater is not equal"),
        pytest.param("escalation_level", Operator.LESS, 2.5, True, id="less"),
        pytest.param("escalation_level", Operator.EQUALS, 2, True, id="numbers are equal"),
        pytest.param("escalation_level", Operator.IN, (1, 2), True, id="one of several numbers"),
        pytest.param("contact.is_named", Operator.IS_TRUE, None, True, id="true"),
        pytest.param("contact.is_named", Operator.IS_TRUE, False, False, id="asked for not true"),
        pytest.param("contact.is_named", Operator.EQUALS, True, True, id="equals true"),
        pytest.param("asset.warranty_until", Operator.GREATER, "2026-11-21", True, id="a later date"),
        pytest.param(
            "created_at", Operator.LESS, "2026-11-21T11:00:00+01:00", True, id="an earlier instant, in any zone"
        ),
        pytest.param(
            "created_at", Operator.EQUALS, "2026-11-21T10:00:00+01:00", True, id="the same instant, in any zone"
        ),
        pytest.param("subject", Operator.IS_EMPTY, None, False, id="a text is not empty"),
        pytest.param("age_minutes", Operator.IS_EMPTY, None, True, id="a missing fact is empty"),
        pytest.param("age_minutes", Operator.IS_EMPTY, False, False, id="a missing fact is not filled"),
        pytest.param("age_minutes", Operator.GREATER, 5, False, id="a missing number is not greater"),
        pytest.param("age_minutes", Operator.LESS, 5, False, id="a missing number is not less"),
        pytest.param("age_minutes", Operator.EQUALS, 0, False, id="a missing number is not zero"),
        pytest.param("age_minutes", Operator.NOT_EQUALS, 5, True, id="a missing number is unequal"),
        pytest.param("mailbox", Operator.EQUALS, "support@example.com", False, id="a missing text equals nothing"),
    ],
)
def test_what_an_operator_says(field: str, operator: Operator, value: Any, held: bool) -> None:
    assert holds(when(field, operator, value), FACTS) is held


@pytest.mark.parametrize("value", [None, [], (), "", "   "])
def test_nothing_and_blank_are_empty(value: object) -> None:
    assert holds(when("subject", Operator.IS_EMPTY), {"subject": value})


def test_zero_and_false_are_not_empty() -> None:
    assert not holds(when("escalation_level", Operator.IS_EMPTY), {"escalation_level": 0})
    assert not holds(when("contact.is_named", Operator.IS_EMPTY), {"contact.is_named": False})


def test_true_is_no_number() -> None:
    assert not holds(when("escalation_level", Operator.EQUALS, 1), {"escalation_level": True})


def test_facts_kept_with_a_decision_are_understood_as_text() -> None:
    kept = {"asset.warranty_until": "2026-12-31", "created_at": "2026-11-21T09:00:00+00:00"}

    assert holds(when("asset.warranty_until", Operator.GREATER, "2026-12-30"), kept)
    assert holds(when("created_at", Operator.LESS, "2026-11-21T09:00:01Z"), kept)


def test_all_needs_every_condition_and_any_needs_one() -> None:
    conditions = [
        Condition("priority", Operator.EQUALS, "high"),
        Condition("account.region", Operator.EQUALS, "US"),
        Condition("tags", Operator.CONTAINS, "gold"),
    ]
    every, one = (compile_when(match, conditions, CATALOGUE) for match in (Match.ALL, Match.ANY))

    assert [holds(every, FACTS), holds(one, FACTS)] == [False, True]
    assert first_failure(every, Seen(FACTS)) == 1
    assert first_failure(one, Seen({})) == 0


def test_no_conditions_hold_always() -> None:
    assert holds(compile_when(Match.ALL, [], CATALOGUE), {})


def test_an_explanation_shows_every_condition_with_its_fact() -> None:
    conditions = [
        Condition("account.region", Operator.IN, ("us", "apac")),
        Condition("tags", Operator.CONTAINS, "vip"),
        Condition("asset.warranty_until", Operator.LESS, "2026-01-01"),
        Condition("age_minutes", Operator.GREATER, 60),
    ]

    assert explain(compile_when(Match.ALL, conditions, CATALOGUE), FACTS) == (
        Because("account.region", "in", ["us", "apac"], "EMEA", held=False),
        Because("tags", "contains", "vip", ["VIP", "printer"], held=True),
        Because("asset.warranty_until", "less", "2026-01-01", "2026-12-31", held=False),
        Because("age_minutes", "greater", 60, None, held=False),
    )


def test_an_explanation_cuts_long_text() -> None:
    (because,) = explain(when("subject", Operator.CONTAINS, "zz"), {"subject": "a" * 5_000 + "zz"})

    assert because == Because("subject", "contains", "zz", "a" * 199 + "…", held=True)


def test_conditions_name_the_facts_they_look_at() -> None:
    assert fields_of(when("subject", Operator.IS_EMPTY), when("tags", Operator.IS_EMPTY)) == {"subject", "tags"}


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        pytest.param(
            Condition("colour", Operator.EQUALS, "red"),
            Problem("field", "there is no field 'colour'"),
            id="an unknown field",
        ),
        pytest.param(
            Condition("tags", Operator.LESS, "a"),
            Problem("operator", "tags cannot be asked less; it knows contains, in, is_empty, not_in"),
            id="an operator the kind does not know",
        ),
        pytest.param(
            Condition("mailbox", Operator.CONTAINS, "a"),
            Problem("operator", "mailbox cannot be asked contains; it knows equals"),
            id="an operator the field does not know",
        ),
        pytest.param(Condition("subject", Operator.IN, "red"), Problem("value", "must be a list"), id="in asks a list"),
        pytest.param(
            Condition("subject", Operator.IN, ()), Problem("value", "must not be an empty list"), id="in asks something"
        ),
        pytest.param(
            Condition("subject", Operator.EQUALS, ("a", "b")),
            Problem("value", "must be one value, not a list"),
            id="equals asks one",
        ),
        pytest.param(
            Condition("subject", Operator.EQUALS, None),
            Problem("value", "must not be null; ask is_empty instead"),
            id="nothing is empty",
        ),
        pytest.param(
            Condition("subject", Operator.CONTAINS, " "),
            Problem("value", "must not be empty text; ask is_empty instead"),
            id="everything contains nothing",
        ),
        pytest.param(
            Condition("subject", Operator.EQUALS, 5), Problem("value", "5 is not text"), id="text is asked text"
        ),
        pytest.param(
            Condition("priority", Operator.EQUALS, "super"),
            Problem("value", "'super' is not one of urgent, high, normal, low"),
            id="a choice is one of its choices",
        ),
        pytest.param(
            Condition("age_minutes", Operator.LESS, "5"),
            Problem("value", "'5' is not a number"),
            id="a number is no text",
        ),
        pytest.param(
            Condition("age_minutes", Operator.LESS, float("nan")),
            Problem("value", "nan is not a number"),
            id="a number is one",
        ),
        pytest.param(
            Condition("age_minutes", Operator.LESS, True),
            Problem("value", "True is not a number"),
            id="true is no number",
        ),
        pytest.param(
            Condition("contact.is_named", Operator.EQUALS, "yes"),
            Problem("value", "'yes' is neither true nor false"),
            id="yes is not true",
        ),
        pytest.param(
            Condition("contact.is_named", Operator.IS_TRUE, "yes"),
            Problem("value", "must be true, false or left out"),
            id="is true asks no text",
        ),
        pytest.param(
            Condition("created_at", Operator.LESS, "2026-11-21T09:00:00"),
            Problem("value", "'2026-11-21T09:00:00' is not an instant such as 2026-11-21T09:00:00Z"),
            id="an instant has a zone",
        ),
        pytest.param(
            Condition("asset.warranty_until", Operator.LESS, "soon"),
            Problem("value", "'soon' is not a date such as 2026-11-21"),
            id="a date is one",
        ),
    ],
)
def test_what_a_checker_refuses(condition: Condition, problem: Problem) -> None:
    assert check(condition, CATALOGUE) == [problem]


def test_a_checker_names_the_place() -> None:
    conditions = [Condition("subject", Operator.EQUALS, "a"), Condition("colour", Operator.EQUALS, "red")]

    assert check_all(Match.ALL, conditions, CATALOGUE, "when") == [
        Problem("when[1].field", "there is no field 'colour'")
    ]


def test_compiling_what_is_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match="field: there is no field 'colour'"):
        compile_when(Match.ALL, [Condition("colour", Operator.EQUALS, "red")], CATALOGUE)


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [
        pytest.param(("subject", "equals", "a"), ("subject", "equals", "A "), False, id="the same text twice"),
        pytest.param(("subject", "equals", "a"), ("subject", "equals", "b"), True, id="two texts at once"),
        pytest.param(("subject", "equals", "a"), ("priority", "equals", "low"), False, id="two fields"),
        pytest.param(("subject", "equals", "a"), ("subject", "not_equals", "a"), True, id="equal and unequal"),
        pytest.param(("subject", "in", ("a", "b")), ("subject", "in", ("b", "c")), False, id="lists that meet"),
        pytest.param(("subject", "in", ("a", "b")), ("subject", "not_in", ("a", "b")), True, id="in and not in"),
        pytest.param(("subject", "is_empty", None), ("subject", "contains", "a"), True, id="empty and containing"),
        pytest.param(("subject", "is_empty", None), ("subject", "is_empty", False), True, id="empty and not empty"),
        pytest.param(("subject", "is_empty", None), ("subject", "not_equals", "a"), False, id="empty and unequal"),
        pytest.param(("tags", "contains", "a"), ("tags", "contains", "b"), False, id="two tags at once"),
        pytest.param(("tags", "contains", "a"), ("tags", "is_empty", None), True, id="a tag and no tags"),
        pytest.param(("age_minutes", "greater", 5), ("age_minutes", "less", 5), True, id="above and below the same"),
        pytest.param(("age_minutes", "greater", 5), ("age_minutes", "less", 9), False, id="between two"),
        pytest.param(("age_minutes", "equals", 5), ("age_minutes", "greater", 9), True, id="five and above nine"),
        pytest.param(
            ("contact.is_named", "is_true", None), ("contact.is_named", "equals", False), True, id="true and false"
        ),
        pytest.param(
            ("created_at", "greater", "2026-02-01T00:00:00Z"),
            ("created_at", "less", "2026-01-01T00:00:00Z"),
            True,
            id="after and before",
        ),
    ],
)
def test_conditions_that_cannot_hold_together(first: Any, second: Any, contradict: bool) -> None:
    conditions = [Condition(field, Operator(operator), value) for field, operator, value in (first, second)]

    problems = check_all(Match.ALL, conditions, CATALOGUE, "when")

    expected = [Problem("when", f"the conditions on {first[0]} contradict one another")]
    assert problems == (expected if contradict else [])
    assert check_all(Match.ANY, conditions, CATALOGUE, "when") == []


def test_any_of_no_conditions_never_holds_and_is_refused() -> None:
    message = "with match any there must be a condition, or it never holds"

    assert check_all(Match.ANY, [], CATALOGUE, "when") == [Problem("when", message)]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("priority", "low", ""),
        ("priority", None, ""),
        ("priority", "super", "'super' is not one of urgent, high, normal, low"),
        ("priority", ("low",), "must be one value, not a list"),
        ("tags", ("a", "b"), ""),
        ("tags", "a", "must be a list of texts"),
        ("tags", ("a", 1), "must be a list of texts"),
        ("escalation_level", 2, ""),
    ],
)
def test_what_a_rule_may_write(key: str, value: Any, message: str) -> None:
    assert wrong_fact(CATALOGUE[key], value) == message


def test_a_field_may_narrow_but_never_widen_what_its_kind_knows() -> None:
    assert operators_of(Field("x", FieldKind.BOOL, operators=frozenset({Operator.IS_TRUE, Operator.LESS}))) == {
        Operator.IS_TRUE
    }
    assert set(OPERATORS_OF_KIND) == set(FieldKind)
