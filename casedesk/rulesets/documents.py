"""Rule-set documents checked against the desk and compiled to the rules' own shapes.

In goes a JSON document, out come the frozen rules `casedesk.rules` asks, or every problem with its place. Storing,
publishing and previewing do not belong here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from casedesk.rules import actions
from casedesk.rules.auto_response import AutoResponseRule, AutoResponseRules
from casedesk.rules.catalogue import Catalogue
from casedesk.rules.conditions import Condition, Problem, When, check_all, compile_when, wrong_fact
from casedesk.rules.escalation import EscalationRule, EscalationRules
from casedesk.rules.lifecycle import FINISHED, Category
from casedesk.rules.milestones import MilestoneRule, Process
from casedesk.rules.routing import Assignment, AssignmentRule, AssignmentRules
from casedesk.rules.sentences import stated
from casedesk.rules.triggers import TriggerRule, TriggerRules
from casedesk.rulesets import shapes


class RuleSetKind(StrEnum):
    """The kinds of rule set there are; the word of the API's path."""

    ASSIGNMENT = "assignment"
    ENTITLEMENT_PROCESS = "entitlement-process"
    ESCALATION = "escalation"
    AUTO_RESPONSE = "auto-response"
    TRIGGER = "trigger"


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names a document may use; None leaves that kind of name unchecked (a document published before).

    `processes_in_use` are keys that entitlements point at: a new version must still have them.
    """

    queues: Collection[str] | None = None
    templates: Collection[str] | None = None
    business_hours: Collection[str] | None = None
    users: Collection[str] | None = None
    webhooks: Collection[str] | None = None
    events: Collection[str] | None = None
    processes_in_use: Collection[str] = ()


Processes = Mapping[str, Process]
"""Compiled entitlement processes by key."""

Compiled = AssignmentRules | Processes | EscalationRules | AutoResponseRules | TriggerRules


class InvalidRuleSet(ValueError):
    """A document that cannot be published; `problems` name every place that is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.place}: {problem.message}" for problem in problems))


def validate(kind: RuleSetKind, document: object, catalogue: Catalogue, known: KnownNames) -> Compiled:
    """Return the compiled rules of a new document of `kind`; raises InvalidRuleSet with all its problems."""
    return _READERS[kind](document, catalogue, known)


def compile_document(kind: RuleSetKind, document: object, catalogue: Catalogue) -> Compiled:
    """Return the compiled rules of a document published before: the names in it were checked then, not again now."""
    return _READERS[kind](document, catalogue, KnownNames())


def read_assignment(document: object, catalogue: Catalogue, known: KnownNames) -> AssignmentRules:
    """Return compiled assignment rules; raises InvalidRuleSet."""
    shape = _shape(shapes.AssignmentShape, document)
    check = _Check(catalogue, known)
    check.entries(shape.entries)
    check.reachable(shape.entries)
    for index, entry in enumerate(shape.entries):
        check.name(f"entries[{index}].then.queue", stated("queue"), entry.then.queue, known.queues)
        check.name(f"entries[{index}].then.user", stated("user"), entry.then.user, known.users)
    check.name("otherwise.queue", "queue", shape.otherwise.queue, known.queues)
    check.finish()
    rules = tuple(AssignmentRule(entry.name, check.when(entry), _assignment(entry.then)) for entry in shape.entries)
    return AssignmentRules(rules, shape.otherwise.queue)


def read_processes(document: object, catalogue: Catalogue, known: KnownNames) -> Processes:
    """Return compiled entitlement processes; raises InvalidRuleSet."""
    shape = _shape(shapes.EntitlementProcessShape, document)
    check = _Check(catalogue, known)
    check.unique("processes", "key", [process.key for process in shape.processes])
    for index, process in enumerate(shape.processes):
        _check_process(check, f"processes[{index}]", process)
    missing = sorted(set(known.processes_in_use) - {process.key for process in shape.processes})
    if missing:
        check.problem("processes", stated("entitlements still use %(these)s", these=", ".join(missing)))
    check.finish()
    return {process.key: _process(process) for process in shape.processes}


def read_escalation(document: object, catalogue: Catalogue, known: KnownNames) -> EscalationRules:
    """Return compiled escalation rules; raises InvalidRuleSet."""
    shape = _shape(shapes.EscalationShape, document)
    check = _Check(catalogue, known)
    check.entries(shape.entries)
    for index, entry in enumerate(shape.entries):
        check.actions(f"entries[{index}].then", entry.then)
    check.finish()
    return EscalationRules(
        tuple(
            EscalationRule(
                entry.name, check.when(entry), entry.after_minutes, entry.clock, entry.since, _actions(entry.then)
            )
            for entry in shape.entries
        )
    )


def read_auto_response(document: object, catalogue: Catalogue, known: KnownNames) -> AutoResponseRules:
    """Return compiled auto-response rules; raises InvalidRuleSet."""
    shape = _shape(shapes.AutoResponseShape, document)
    check = _Check(catalogue, known)
    check.entries(shape.entries)
    check.reachable(shape.entries)
    for index, entry in enumerate(shape.entries):
        check.name(f"entries[{index}].then.template", stated("template"), entry.then.template, known.templates)
    check.finish()
    return AutoResponseRules(
        tuple(AutoResponseRule(entry.name, check.when(entry), entry.then.template) for entry in shape.entries)
    )


def read_triggers(document: object, catalogue: Catalogue, known: KnownNames) -> TriggerRules:
    """Return compiled triggers; raises InvalidRuleSet."""
    shape = _shape(shapes.TriggerShape, document)
    check = _Check(catalogue, known)
    check.entries(shape.entries)
    for index, entry in enumerate(shape.entries):
        check.name(f"entries[{index}].on", stated("event"), entry.on, known.events)
        check.actions(f"entries[{index}].then", entry.then)
    check.finish()
    return TriggerRules(
        tuple(
            TriggerRule(entry.name, entry.on, entry.every_minutes, check.when(entry), _actions(entry.then))
            for entry in shape.entries
        )
    )


_READERS: Mapping[RuleSetKind, Callable[[object, Catalogue, KnownNames], Compiled]] = {
    RuleSetKind.ASSIGNMENT: read_assignment,
    RuleSetKind.ENTITLEMENT_PROCESS: read_processes,
    RuleSetKind.ESCALATION: read_escalation,
    RuleSetKind.AUTO_RESPONSE: read_auto_response,
    RuleSetKind.TRIGGER: read_triggers,
}


class _Check:
    """Collects the problems of one document, so that its author sees all of them at once."""

    def __init__(self, catalogue: Catalogue, known: KnownNames) -> None:
        self.catalogue = catalogue
        self.known = known
        self.problems: list[Problem] = []

    def problem(self, place: str, message: str) -> None:
        self.problems.append(Problem(place, message))

    def finish(self) -> None:
        if self.problems:
            raise InvalidRuleSet(self.problems)

    def name(self, place: str, noun: str, name: str | None, known: Collection[str] | None) -> None:
        if name is not None and known is not None and name not in known:
            self.problem(place, stated("there is no %(what)s %(name)s", what=noun, name=repr(name)))

    def unique(self, place: str, part: str, names: Sequence[str]) -> None:
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name.casefold() in seen:
                self.problem(f"{place}[{index}].{part}", stated("%(name)s is used twice", name=repr(name)))
            seen.add(name.casefold())

    def entries(self, entries: Sequence[shapes.EntryShape]) -> None:
        self.unique("entries", "name", [entry.name for entry in entries])
        for index, entry in enumerate(entries):
            place = f"entries[{index}].when"
            self.problems += check_all(entry.match, _conditions(entry), self.catalogue, place)

    def reachable(self, entries: Sequence[shapes.EntryShape]) -> None:
        """Where the first match wins, nothing may stand below an entry without conditions."""
        for index, entry in enumerate(entries[:-1]):
            if not entry.when:
                self.problem(
                    f"entries[{index}].when", stated("without conditions it always holds, and no entry below is asked")
                )
                return

    def actions(self, place: str, acts: Sequence[shapes.ActionShape]) -> None:
        written: set[str] = set()
        for index, act in enumerate(acts):
            at = f"{place}[{index}]"
            target = self._action(at, act)
            if target in written:
                self.problem(at, stated("%(what)s is set twice by one rule", what=target))
            if target:
                written.add(target)

    def _action(self, at: str, act: shapes.ActionShape) -> str:
        """Check one action and return what it overwrites, empty if nothing."""
        known = self.known
        if isinstance(act, shapes.AssignQueueShape):
            self.name(f"{at}.queue", stated("queue"), act.queue, known.queues)
            return stated("the queue")
        if isinstance(act, shapes.AssignUserShape):
            self.name(f"{at}.user", stated("user"), act.user, known.users)
            return stated("the owner")
        if isinstance(act, shapes.SetFieldShape):
            self._set_field(at, act)
            return act.field
        if isinstance(act, shapes.SendTemplateShape):
            self.name(f"{at}.template", stated("template"), act.template, known.templates)
        elif isinstance(act, shapes.CallWebhookShape):
            self.name(f"{at}.webhook", stated("webhook"), act.webhook, known.webhooks)
        elif isinstance(act, shapes.AddTaskShape) and act.owner and "@" in act.owner:
            self.name(f"{at}.owner", stated("user"), act.owner, known.users)
        return ""

    def _set_field(self, at: str, act: shapes.SetFieldShape) -> None:
        entry = self.catalogue.get(act.field)
        if entry is None or not entry.settable:
            self.problem(f"{at}.field", stated("there is no field %(name)s that a rule may set", name=repr(act.field)))
            return
        message = wrong_fact(entry, act.value)
        if message:
            self.problem(f"{at}.value", message)

    def when(self, entry: shapes.EntryShape) -> When:
        return compile_when(entry.match, _conditions(entry), self.catalogue)


_UNFINISHED = frozenset(Category) - FINISHED


def _check_process(check: _Check, place: str, process: shapes.ProcessShape) -> None:
    check.name(
        f"{place}.business_hours", stated("business-hours calendar"), process.business_hours, check.known.business_hours
    )
    if set(process.pause_when) >= _UNFINISHED:
        check.problem(f"{place}.pause_when", stated("the clocks would stand still in every category"))
    check.unique(f"{place}.milestones", "name", [milestone.name for milestone in process.milestones])
    for index, milestone in enumerate(process.milestones):
        _check_milestone(check, f"{place}.milestones[{index}]", milestone)


def _check_milestone(check: _Check, at: str, milestone: shapes.MilestoneShape) -> None:
    minutes = milestone.minutes.by_priority()
    if not minutes:
        check.problem(f"{at}.minutes", stated("must give minutes for at least one priority"))
    for index, before in enumerate(milestone.warn_before):
        if minutes and before >= max(minutes.values()):
            late = stated("%(minutes)s minutes before the target is before the clock starts", minutes=before)
            check.problem(f"{at}.warn_before[{index}]", late)
        if before in milestone.warn_before[:index]:
            check.problem(f"{at}.warn_before[{index}]", stated("%(minutes)s is given twice", minutes=before))
    check.actions(f"{at}.on_warning", milestone.on_warning)
    check.actions(f"{at}.on_violation", milestone.on_violation)
    check.actions(f"{at}.on_success", milestone.on_success)


def _conditions(entry: shapes.EntryShape) -> tuple[Condition, ...]:
    return tuple(Condition(condition.field, condition.operator, condition.value) for condition in entry.when)


def _assignment(then: shapes.AssignmentThenShape) -> Assignment:
    return Assignment(then.queue, then.user, then.priority, tuple(then.tags))


def _process(process: shapes.ProcessShape) -> Process:
    return Process(
        key=process.key,
        name=process.name,
        business_hours=process.business_hours,
        pause_when=frozenset(process.pause_when),
        milestones=tuple(_milestone(milestone) for milestone in process.milestones),
    )


def _milestone(milestone: shapes.MilestoneShape) -> MilestoneRule:
    return MilestoneRule(
        kind=milestone.kind,
        name=milestone.name,
        minutes=milestone.minutes.by_priority(),
        recurs=milestone.recurs,
        warn_before=tuple(sorted(milestone.warn_before, reverse=True)),
        on_warning=_actions(milestone.on_warning),
        on_violation=_actions(milestone.on_violation),
        on_success=_actions(milestone.on_success),
    )


def _actions(acts: Sequence[shapes.ActionShape]) -> tuple[actions.Action, ...]:
    return tuple(_action(act) for act in acts)


def _action(act: shapes.ActionShape) -> actions.Action:
    match act:
        case shapes.AssignQueueShape():
            return actions.AssignQueue(act.queue)
        case shapes.AssignUserShape():
            return actions.AssignUser(act.user)
        case shapes.SetFieldShape():
            return actions.SetField(act.field, act.value)
        case shapes.NotifyShape():
            return actions.Notify(act.to)
        case shapes.SendTemplateShape():
            return actions.SendTemplate(act.template, act.to)
        case shapes.AddTaskShape():
            return actions.AddTask(act.subject, act.due_minutes, act.owner)
        case shapes.RaiseLevelShape():
            return actions.RaiseLevel()
        case shapes.CallWebhookShape():
            return actions.CallWebhook(act.webhook)


_Shape = TypeVar("_Shape", bound=shapes.Shape)


def _shape(shape: type[_Shape], document: object) -> _Shape:
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        raise InvalidRuleSet([_problem(detail) for detail in error.errors(include_url=False)]) from None


MESSAGES: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "model_attributes_type": "must be an object",
    "enum": "must be one of %(expected)s",
    "literal_error": "must be one of %(expected)s",
    "union_tag_invalid": "must do one of %(acts)s",
    "union_tag_not_found": "must say what to do",
    "greater_than_equal": "must be at least %(ge)s",
    "less_than_equal": "must be at most %(le)s",
    "too_short": "must not be empty",
    "too_long": "must hold at most %(max_length)s",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most %(max_length)s characters",
    "string_pattern_mismatch": "must be an e-mail address",
}


"""What is wrong with a shape, by pydantic's name for it: the source texts of translations."""


def _problem(detail: ErrorDetails) -> Problem:
    context: dict[str, Any] = detail.get("ctx", {})
    place, pattern = _place(detail["loc"]), MESSAGES.get(detail["type"])
    if pattern:
        return Problem(place, stated(pattern, acts=", ".join(actions.ActionKind), **context))
    error = context.get("error")
    return Problem(place, error.args[0] if isinstance(error, ValueError) and error.args else detail["msg"])


def _place(location: tuple[int | str, ...]) -> str:
    """Return the place in a document in words: `entries[0].then[1].queue`, without the marks of unions."""
    place = ""
    for index, part in enumerate(location):
        if isinstance(part, int):
            place += f"[{part}]"
        elif index and isinstance(location[index - 1], int) and part in set(actions.ActionKind):
            continue
        elif "[" not in part and "(" not in part:
            place += f".{part}" if place else part
    return place
