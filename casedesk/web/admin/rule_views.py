"""A draft of rules as its page draws it: each rule in words, the one that is open as fields, and what trying it gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from casedesk.cases.fields import CATALOGUE
from casedesk.cases.trying import Trial
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.rules.actions import ActionKind, Audience
from casedesk.rules.catalogue import Field, FieldKind, Operator, operators_of
from casedesk.rules.conditions import Because
from casedesk.rules.lifecycle import Priority
from casedesk.rulesets.documents import RuleSetKind
from casedesk.web import condition_words, signs
from casedesk.web.admin.rule_drafts import OCCASIONS, Draft
from casedesk.web.views import Choice


@dataclass(frozen=True, slots=True)
class Names:
    """What rules may name, as choices: queues and letters by key, people by address, hours by key, events."""

    queues: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    letters: tuple[Choice, ...] = ()
    hours: tuple[Choice, ...] = ()
    events: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class TriedRow:
    """One condition on the case that was tried."""

    words: Markup
    held: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in words; `tried` is None before it was tried, `wins` the one whose outcome counts."""

    place: int
    name: str
    conditions: tuple[Markup, ...]
    any_of: bool
    outcome: tuple[str, ...]
    is_open: bool
    problems: tuple[str, ...] = ()
    held: bool | None = None
    wins: bool = False
    tried: tuple[TriedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionView:
    """One condition as fields; `values` are offered where the field has choices of its own."""

    field: str
    operators: tuple[Choice, ...]
    value: str
    values: tuple[Choice, ...]
    wants_value: bool
    several: bool
    hint: str


@dataclass(frozen=True, slots=True)
class ActionView:
    """One action as fields: `do` and its parameters by name."""

    do: str
    parameters: Mapping[str, str]
    values: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """One milestone of a service level as fields."""

    kind: str
    name: str
    minutes: Mapping[str, str]
    recurs: bool
    warn_before: str
    occasions: tuple[tuple[str, str, tuple[ActionView, ...]], ...]


@dataclass(frozen=True, slots=True)
class OpenRule:
    """The rule that is being edited; of its parts only those of its kind are drawn."""

    place: int
    values: Mapping[str, Any]
    conditions: tuple[ConditionView, ...] = ()
    actions: tuple[ActionView, ...] = ()
    milestones: tuple[MilestoneView, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An earlier version; the newest is in force."""

    number: int
    at: datetime
    who: str
    in_force: bool
    shown: bool = False


@dataclass(frozen=True, slots=True)
class TrialView:
    """What was tried, and what came out in a sentence; `facts` are offered to be typed: key, label, value, choices."""

    number: str = ""
    outcome: str = ""
    problem: str = ""
    facts: tuple[tuple[str, str, str, tuple[Choice, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class RulesPage:
    """A rule set with its draft. `changed` says that the draft is not what is in force."""

    kind: str
    title: str
    intro: str
    url: str
    document: str
    readable: str
    base: int
    open: OpenRule | None
    rows: tuple[RuleRow, ...]
    names: Names
    fields: tuple[Choice, ...]
    otherwise: str = ""
    changed: bool = False
    stale: bool = False
    adds: str = ""
    said: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    trial: TrialView = field(default_factory=TrialView)
    versions: tuple[VersionRow, ...] = ()


_NO_PARAMETERS = dict.fromkeys(
    ("queue", "user", "field", "value", "to", "template", "subject", "due_minutes", "owner", "webhook"), ""
)
_NOTHING: Mapping[str, Any] = {
    **dict.fromkeys(("name", "key", "business_hours", "match", "queue", "user", "priority", "tags", "template"), ""),
    **dict.fromkeys(("after_minutes", "clock", "since", "on", "every_minutes"), ""),
    "pause_when": (),
}
"""What a rule's form shows where the draft says nothing."""


def rows(
    draft: Draft, names: Names, problems: Mapping[int, tuple[str, ...]], trial: Trial | None
) -> tuple[RuleRow, ...]:
    """Return every rule in words, with what trying it gave."""
    winner = trial.route.rule if trial is not None and trial.route is not None else None
    found = []
    for place, entry in enumerate(draft.entries):
        tried = trial.rules[place] if trial is not None and place < len(trial.rules) else None
        found.append(
            RuleRow(
                place=place,
                name=str(entry.get("name") or _("without a name")),
                conditions=tuple(_condition_words(each) for each in dicts(entry.get("when"))),
                any_of=entry.get("match") == "any",
                outcome=tuple(_outcome(draft.kind, entry, names)),
                is_open=place == draft.open,
                problems=problems.get(place, ()),
                held=tried.held if tried else None,
                wins=tried is not None and (place == winner if trial and trial.route else tried.held),
                tried=tuple(_tried(each) for each in tried.because) if tried else (),
            )
        )
    return tuple(found)


def opened(draft: Draft, names: Names) -> OpenRule | None:
    """Return the open rule as fields."""
    if draft.open is None or draft.open >= len(draft.entries):
        return None
    entry = draft.entries[draft.open]
    then = entry.get("then")
    values = {**entry, **(then if isinstance(then, dict) else {})}
    values["tags"] = ", ".join(values.get("tags") or ()) if isinstance(values.get("tags"), list) else ""
    return OpenRule(
        place=draft.open,
        values={**_NOTHING, **{name: value for name, value in values.items() if value is not None}},
        conditions=tuple(_condition(each, names) for each in dicts(entry.get("when"))),
        actions=_actions(then if isinstance(then, list) else (), names),
        milestones=tuple(_milestone(each, names) for each in dicts(entry.get("milestones"))),
    )


def fields() -> tuple[Choice, ...]:
    """Return the fields of the catalogue."""
    return tuple(Choice(key, condition_words.label(key)) for key in CATALOGUE)


def settable() -> tuple[Choice, ...]:
    """Return the fields that a rule may set."""
    return tuple(Choice(key, condition_words.label(key)) for key, entry in CATALOGUE.items() if entry.settable)


def choices_of(entry: Field | None, names: Names) -> tuple[Choice, ...]:
    """Return what may be chosen as a field's value: its own choices, queues or people; none where anything may stand."""
    if entry is None:
        return ()
    if entry.choices:
        return tuple(Choice(each, signs.code_words(each)) for each in entry.choices)
    return {"queue": names.queues, "owner": names.people}.get(entry.key, ())


def places_of(problems: Sequence[tuple[str, str]]) -> tuple[dict[int, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Return what is wrong by rule, and the whole for the top of the page with where each leads."""
    by_rule: dict[int, tuple[str, ...]] = {}
    top: list[tuple[str, str]] = []
    for place, words in problems:
        head, _bracket, rest = place.partition("[")
        number = rest.partition("]")[0]
        if head in ("entries", "processes") and number.isdigit():
            inside = rest.partition("]")[2].lstrip(".")
            by_rule[int(number)] = (*by_rule.get(int(number), ()), f"{inside}: {words}" if inside else words)
            top.append(
                (f"rule-{number}", _("Rule %(number)s: %(problem)s") % {"number": int(number) + 1, "problem": words})
            )
        else:
            top.append(("otherwise" if head.startswith("otherwise") else "", words))
    return by_rule, tuple(top)


def _condition_words(asked: Mapping[str, Any]) -> Markup:
    wanted = Markup("<b>{}</b>").format(condition_words.value(asked.get("value"), str(asked.get("field"))))
    return condition_words.said(str(asked.get("field")), str(asked.get("operator")), wanted)


def _tried(each: Because) -> TriedRow:
    return TriedRow(condition_words.fact(each) if each.held else condition_words.missed(each), each.held)


def _outcome(kind: str, entry: Mapping[str, Any], names: Names) -> list[str]:
    """Say what a rule does."""
    then = entry.get("then")
    if kind == RuleSetKind.ENTITLEMENT_PROCESS:
        number = len(dicts(entry.get("milestones")))
        clocks = ngettext("%(n)s milestone", "%(n)s milestones", number) % {"n": number}
        return [clocks, _("in the hours %(hours)s") % {"hours": entry.get("business_hours") or "—"}]
    if isinstance(then, Mapping):
        said = {
            "queue": _("to the queue %(value)s") % {"value": _named(names.queues, then.get("queue"))},
            "user": _("to %(value)s") % {"value": _named(names.people, then.get("user"))},
            "priority": _("priority %(value)s") % {"value": then.get("priority")},
            "tags": _("tags %(value)s") % {"value": condition_words.value(then.get("tags"))},
            "template": _("with the letter %(value)s") % {"value": then.get("template")},
        }
        return [words for name, words in said.items() if then.get(name)]
    return [action_words(str(each.get("do")), each) for each in dicts(then)]


def action_words(do: str, act: Mapping[str, Any]) -> str:
    """Say an action in a few words."""
    words = {choice.value: choice.label for choice in action_kinds()}.get(do, do)
    details = [condition_words.value(act[name]) for name in act if name != "do" and act[name] not in (None, "")]
    return _("%(action)s: %(details)s") % {"action": words, "details": ", ".join(details)} if details else words


def action_kinds() -> tuple[Choice, ...]:
    """Return the actions there are."""
    words = {
        ActionKind.ASSIGN_QUEUE: _("move to a queue"),
        ActionKind.ASSIGN_USER: _("give to somebody"),
        ActionKind.SET_FIELD: _("set a field"),
        ActionKind.NOTIFY: _("tell"),
        ActionKind.SEND_TEMPLATE: _("send a letter"),
        ActionKind.ADD_TASK: _("add a task"),
        ActionKind.RAISE_LEVEL: _("raise the escalation level"),
    }
    return tuple(Choice(kind.value, label) for kind, label in words.items())


def audiences() -> tuple[Choice, ...]:
    """Return whom a rule may tell or write to, by their part in the case."""
    words = {
        Audience.OWNER: _("the owner"), Audience.QUEUE: _("the queue"), Audience.MANAGER: _("the manager"),
        Audience.CONTACT: _("the customer"),
    }  # fmt: skip
    return tuple(Choice(kind.value, label) for kind, label in words.items())


def _named(choices: Sequence[Choice], value: object) -> str:
    return next((each.label for each in choices if each.value == value), str(value or "—"))


def _condition(asked: Mapping[str, Any], names: Names) -> ConditionView:
    key, operator = str(asked.get("field", "")), str(asked.get("operator", ""))
    entry = CATALOGUE.get(key)
    known = operators_of(entry) if entry is not None else frozenset(Operator)
    several = operator in (Operator.IN, Operator.NOT_IN)
    kind = entry.kind if entry is not None else FieldKind.TEXT
    partial = operator in (Operator.CONTAINS, Operator.STARTS_WITH)
    value = asked.get("value")
    values: tuple[Choice, ...] = ()
    if operator in (Operator.IS_EMPTY, Operator.IS_TRUE):
        values = (Choice("yes", _("yes")), Choice("no", _("no")))
        value = "no" if value is False else "yes"
    else:
        values = () if partial or several else choices_of(entry, names)
    choices = choices_of(entry, names) if several else ()
    hint = _("one of %(choices)s") % {"choices": ", ".join(each.value for each in choices)} if choices else ""
    return ConditionView(
        field=key,
        operators=tuple(
            Choice(each.value, each.value.replace("_", " "), each.value == operator)
            for each in Operator
            if each in known
        ),
        value=_text(value),
        values=values,
        wants_value=True,
        several=several,
        hint=hint
        or (
            _("several, with commas between") if several else _("such as 2026-12-31") if kind is FieldKind.DATE else ""
        ),
    )


def _actions(given: Sequence[Any], names: Names) -> tuple[ActionView, ...]:
    found = []
    for act in dicts(given):
        parameters = _NO_PARAMETERS | {name: _text(value) for name, value in act.items() if name != "do"}
        entry = CATALOGUE.get(str(act.get("field", "")))
        found.append(ActionView(str(act.get("do", "")), parameters, choices_of(entry, names)))
    return tuple(found)


def _milestone(given: Mapping[str, Any], names: Names) -> MilestoneView:
    minutes = given.get("minutes")
    titles = {
        "on_warning": _("When the warning comes"),
        "on_violation": _("When it is missed"),
        "on_success": _("When it is met"),
    }
    return MilestoneView(
        kind=str(given.get("kind", "")),
        name=str(given.get("name", "")),
        minutes={each.value: _text(minutes.get(each.value)) for each in Priority}
        if isinstance(minutes, Mapping)
        else dict.fromkeys(Priority, ""),
        recurs=bool(given.get("recurs")),
        warn_before=_text(given.get("warn_before")),
        occasions=tuple((name, titles[name], _actions(given.get(name) or (), names)) for name in OCCASIONS),
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def dicts(given: Any) -> list[Mapping[str, Any]]:
    """Return the objects in what may be a list of them: a draft may have been written by hand."""
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list | tuple) else []
