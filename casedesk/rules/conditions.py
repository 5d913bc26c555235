"""Conditions over the facts of a case: checked against the field catalogue, compiled once, evaluated, explained.

Facts are flat: a mapping from catalogue keys ("account.region") to values; a missing key is the same as None. Text is
compared without regard to case, composition or surrounding space. A fact that is missing equals nothing, so only
`not_equals`, `not_in`, `is_empty` and the negations of `is_empty`'s kind hold for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from math import isfinite
from typing import Any
from unicodedata import normalize

from casedesk.rules.catalogue import Catalogue, Field, FieldKind, Operator, operators_of
from casedesk.rules.sentences import stated

Facts = Mapping[str, Any]
Scalar = str | int | float | bool | None
Value = Scalar | tuple[Scalar, ...]

LONGEST_SHOWN = 200
"""Characters of a fact that an explanation repeats; the whole of a long mail explains nothing more."""


class Match(StrEnum):
    """Whether all conditions must hold or one is enough."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a document: `place` as in `entries[0].when[1].value`, `message` says what would be right."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as the document has it; lists are tuples."""

    field: str
    operator: Operator
    value: Value = None


@dataclass(frozen=True, slots=True)
class Because:
    """One condition with the fact it met."""

    field: str
    operator: str
    expected: Any
    actual: Any
    held: bool


class Seen(dict[str, Any]):
    """Facts made comparable on first sight: text folded, lists as sets of folded text, everything else as it is."""

    __slots__ = ("facts",)

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.facts = facts

    def __missing__(self, key: str) -> Any:
        value = self.facts.get(key)
        if isinstance(value, str):
            value = fold(value)
        elif isinstance(value, (list, tuple, set, frozenset)):
            value = frozenset(fold(str(item)) for item in value)
        self[key] = value
        return value


Test = Callable[[Seen], bool]


@dataclass(frozen=True, slots=True)
class When:
    """Conditions ready to be asked. No conditions at all hold always with `all`, never with `any`."""

    match: Match
    conditions: tuple[Condition, ...]
    tests: tuple[Test, ...] = field(repr=False, compare=False)


def fold(text: str) -> str:
    """Return `text` as it is compared: composed, without case, without surrounding space."""
    return normalize("NFC", text).casefold().strip()


def check(condition: Condition, catalogue: Catalogue, place: str = "") -> list[Problem]:
    """Return what is wrong with one condition, in words; an empty list if it can be compiled."""
    entry = catalogue.get(condition.field)
    if entry is None:
        return [Problem(_at(place, "field"), stated("there is no field %(name)s", name=repr(condition.field)))]
    allowed = operators_of(entry)
    if condition.operator not in allowed:
        asked = {"field": entry.key, "operator": condition.operator, "these": ", ".join(sorted(allowed))}
        refused = stated("%(field)s cannot be asked %(operator)s; it knows %(these)s", **asked)
        return [Problem(_at(place, "operator"), refused)]
    message = _wrong_value(condition, entry)
    return [Problem(_at(place, "value"), message)] if message else []


def check_all(match: Match, conditions: Sequence[Condition], catalogue: Catalogue, place: str = "") -> list[Problem]:
    """Return what is wrong with a list of conditions: each for itself, and whether they can hold together at all."""
    problems = [
        problem
        for index, condition in enumerate(conditions)
        for problem in check(condition, catalogue, f"{place}[{index}]")
    ]
    if problems:
        return problems
    if match == Match.ANY and not conditions:
        return [Problem(place, stated("with match any there must be a condition, or it never holds"))]
    if match == Match.ALL:
        asked = dict.fromkeys(condition.field for condition in conditions)
        problems = [
            Problem(place, stated("the conditions on %(field)s contradict one another", field=key))
            for key in asked
            if _contradict([condition for condition in conditions if condition.field == key], catalogue[key])
        ]
    return problems


def wrong_fact(entry: Field, value: Value) -> str:
    """Return why `value` cannot be written to a field, in words; empty if it can. None empties the field."""
    if value is None:
        return ""
    if entry.kind is FieldKind.LIST:
        items = value if isinstance(value, tuple) else (None,)
        return (
            "" if all(isinstance(item, str) and item.strip() for item in items) else stated("must be a list of texts")
        )
    if isinstance(value, tuple):
        return stated("must be one value, not a list")
    return _wrong_scalar(value, Operator.EQUALS, entry)


def compile_when(match: Match, conditions: Sequence[Condition], catalogue: Catalogue) -> When:
    """Return `conditions` ready to be asked; raises ValueError with the first problem `check` would name."""
    for condition in conditions:
        for problem in check(condition, catalogue):
            raise ValueError(f"{problem.place}: {problem.message}")
    tests = tuple(_test(condition, catalogue[condition.field]) for condition in conditions)
    return When(match, tuple(conditions), tests)


def holds(when: When, facts: Facts) -> bool:
    """Say whether `when` holds for `facts`; hand in a `Seen` to share folded text among many questions."""
    return first_failure(when, facts if isinstance(facts, Seen) else Seen(facts)) is None


def first_failure(when: When, seen: Seen) -> int | None:
    """Return None if `when` holds, else the index of the condition that failed first (0 where none of `any` held)."""
    if when.match == "any":
        return None if any(test(seen) for test in when.tests) else 0
    index = 0
    for test in when.tests:
        if not test(seen):
            return index
        index += 1  # noqa: SIM113 - a fifth faster than enumerate, in what every rule of every case runs
    return None


def explain(when: When, facts: Facts) -> tuple[Because, ...]:
    """Return every condition of `when` with the fact it met and whether it held; long facts are cut."""
    seen = Seen(facts.facts if isinstance(facts, Seen) else facts)
    return tuple(
        Because(
            condition.field,
            condition.operator.value,
            list(condition.value) if isinstance(condition.value, tuple) else condition.value,
            _shown(seen.facts.get(condition.field)),
            test(seen),
        )
        for condition, test in zip(when.conditions, when.tests, strict=True)
    )


def fields_of(*questions: When) -> frozenset[str]:
    """Return the keys of all facts that `questions` may look at."""
    return frozenset(condition.field for when in questions for condition in when.conditions)


def _at(place: str, part: str) -> str:
    return f"{place}.{part}" if place else part


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    if isinstance(value, (set, frozenset)):
        return sorted(str(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def _wrong_value(condition: Condition, entry: Field) -> str:
    operator, value = condition.operator, condition.value
    if operator in {Operator.IS_EMPTY, Operator.IS_TRUE}:
        return "" if value is None or isinstance(value, bool) else stated("must be true, false or left out")
    many = isinstance(value, tuple)
    if operator in {Operator.IN, Operator.NOT_IN} and not many:
        return stated("must be a list")
    if many and operator not in {Operator.IN, Operator.NOT_IN, Operator.CONTAINS, Operator.STARTS_WITH}:
        return stated("must be one value, not a list")
    values = value if isinstance(value, tuple) else (value,)
    if not values:
        return stated("must not be an empty list")
    return next((message for item in values if (message := _wrong_scalar(item, operator, entry))), "")


def _wrong_scalar(value: Scalar, operator: Operator, entry: Field) -> str:
    if value is None:
        return stated("must not be null; ask is_empty instead")
    if entry.kind == FieldKind.NUMBER:
        return "" if _is_number(value) else stated("%(value)s is not a number", value=repr(value))
    if entry.kind == FieldKind.BOOL:
        return "" if isinstance(value, bool) else stated("%(value)s is neither true nor false", value=repr(value))
    if entry.kind == FieldKind.INSTANT:
        wrong = stated("%(value)s is not an instant such as 2026-11-21T09:00:00Z", value=repr(value))
        return "" if _instant(value) else wrong
    if entry.kind == FieldKind.DATE:
        return "" if _date(value) else stated("%(value)s is not a date such as 2026-11-21", value=repr(value))
    return _wrong_text(value, operator, entry)


def _wrong_text(value: Scalar, operator: Operator, entry: Field) -> str:
    if not isinstance(value, str):
        return stated("%(value)s is not text", value=repr(value))
    if not fold(value):
        return stated("must not be empty text; ask is_empty instead")
    partial = operator in {Operator.CONTAINS, Operator.STARTS_WITH}
    if entry.kind == FieldKind.CHOICE and entry.choices and not partial:
        choices = {fold(choice) for choice in entry.choices}
        if fold(value) not in choices:
            return stated("%(value)s is not one of %(these)s", value=repr(value), these=", ".join(entry.choices))
    return ""


def _test(condition: Condition, entry: Field) -> Test:
    key, operator = entry.key, condition.operator
    if operator is Operator.IS_EMPTY:
        wanted = condition.value is not False
        return lambda seen: _is_empty(seen[key]) is wanted
    if operator is Operator.IS_TRUE:
        wanted = condition.value is not False
        return lambda seen: (seen[key] is True) is wanted
    items = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if entry.kind is FieldKind.LIST:
        return _list_test(key, operator, frozenset(fold(str(item)) for item in items))
    if operator in {Operator.LESS, Operator.GREATER}:
        return _order_test(key, operator, _comparable(entry.kind))(items[0])
    if operator in {Operator.CONTAINS, Operator.STARTS_WITH}:
        return _part_test(key, operator, tuple(fold(str(item)) for item in items))
    return _equality_test(key, operator, items, entry.kind)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, frozenset)) and not value)


def _list_test(key: str, operator: Operator, wanted: frozenset[str]) -> Test:
    if operator is Operator.NOT_IN:
        return lambda seen: wanted.isdisjoint(_members(seen[key]))
    return lambda seen: not wanted.isdisjoint(_members(seen[key]))


def _part_test(key: str, operator: Operator, parts: tuple[str, ...]) -> Test:
    def starts(seen: Seen) -> bool:
        text = seen[key]
        return isinstance(text, str) and text.startswith(parts)

    def contains(seen: Seen) -> bool:
        text = seen[key]
        return isinstance(text, str) and any(part in text for part in parts)

    def contains_one(seen: Seen) -> bool:
        text = seen[key]
        return isinstance(text, str) and part in text

    if operator is Operator.STARTS_WITH:
        return starts
    part = parts[0]
    return contains_one if len(parts) == 1 else contains


def _order_test(key: str, operator: Operator, comparable: Callable[[Any], Any]) -> Callable[[Scalar], Test]:
    def test_against(bound: Scalar) -> Test:
        limit = comparable(bound)

        def below(seen: Seen) -> bool:
            value = comparable(seen[key])
            return value is not None and bool(value < limit)

        def above(seen: Seen) -> bool:
            value = comparable(seen[key])
            return value is not None and bool(value > limit)

        return below if operator is Operator.LESS else above

    return test_against


def _equality_test(key: str, operator: Operator, items: tuple[Scalar, ...], kind: FieldKind) -> Test:
    negative = operator in {Operator.NOT_EQUALS, Operator.NOT_IN}
    if kind in {FieldKind.TEXT, FieldKind.CHOICE}:
        texts = frozenset(fold(str(item)) for item in items)
        if negative:
            return lambda seen: seen[key] not in texts
        if len(texts) == 1:
            text = next(iter(texts))
            return lambda seen: seen[key] == text
        return lambda seen: seen[key] in texts
    comparable = _comparable(kind)
    wanted = frozenset(comparable(item) for item in items)
    if negative:
        return lambda seen: comparable(seen[key]) not in wanted
    return lambda seen: comparable(seen[key]) in wanted


def _comparable(kind: FieldKind) -> Callable[[Any], Any]:
    if kind is FieldKind.INSTANT:
        return _instant
    if kind is FieldKind.DATE:
        return _date
    if kind is FieldKind.BOOL:
        return lambda value: value if isinstance(value, bool) else None
    return lambda value: value if _is_number(value) else None


def _members(value: Any) -> frozenset[str]:
    if isinstance(value, frozenset):
        return value
    return frozenset({value}) if isinstance(value, str) else frozenset()


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _instant(value: Any) -> datetime | None:
    """Return an aware instant, of a datetime or of ISO 8601 text (facts read back from a decision are text)."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.upper())
        except ValueError:
            return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return None


def _date(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _contradict(conditions: list[Condition], entry: Field) -> bool:
    """Say whether no value of one field can satisfy all `conditions` on it (those that are easy to see)."""
    tests = [_test(condition, entry) for condition in conditions]
    candidates = _candidates(conditions, entry)
    if candidates is not None:
        return not any(all(test(Seen({entry.key: value})) for test in tests) for value in candidates)
    comparable = _comparable(entry.kind)
    floors = [comparable(condition.value) for condition in conditions if condition.operator is Operator.GREATER]
    ceilings = [comparable(condition.value) for condition in conditions if condition.operator is Operator.LESS]
    return bool(floors and ceilings) and bool(max(floors) >= min(ceilings))


def _candidates(conditions: list[Condition], entry: Field) -> Sequence[Any] | None:
    """Return the only values that can satisfy one of `conditions`, or None if they are without number."""
    for condition in conditions:
        if condition.operator is Operator.IS_EMPTY and condition.value is not False:
            return [None]
    if entry.kind is FieldKind.BOOL:
        return [True, False, None]
    if entry.kind is FieldKind.LIST:
        return None
    for condition in conditions:
        if condition.operator is Operator.EQUALS:
            return [condition.value]
        if condition.operator is Operator.IN and isinstance(condition.value, tuple):
            return condition.value
    return None
