"""The shapes of rule-set documents, as they come through the API and lie in the database.

Only what one document can tell by itself is checked here; whether the names in it exist is `documents`' business.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from casedesk.rules.actions import ActionKind, Audience
from casedesk.rules.catalogue import Operator
from casedesk.rules.conditions import Match
from casedesk.rules.escalation import Clock, Since
from casedesk.rules.lifecycle import Category, Priority
from casedesk.rules.milestones import MilestoneKind
from casedesk.rules.sentences import stated

MOST_ENTRIES = 500
MOST_CONDITIONS = 50
MOST_ACTIONS = 20
MOST_VALUES = 500
MOST_MINUTES = 10 * 366 * 24 * 60

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s]+@[^@\s]+$")]
Minutes = Annotated[int, Field(strict=True, ge=0, le=MOST_MINUTES)]


def _scalars(value: object) -> object:
    """Return a condition's value with lists as tuples; anything deeper is no value."""
    if isinstance(value, (list, tuple)):
        if len(value) > MOST_VALUES:
            raise ValueError(stated("must hold at most %(most)s values", most=MOST_VALUES))
        value = tuple(value)
    items = value if isinstance(value, tuple) else (value,)
    if not all(item is None or isinstance(item, (str, int, float, bool)) for item in items):
        raise ValueError(stated("must be text, a number, true, false, or a list of these"))
    return value


def _people(allowed: frozenset[Audience]) -> BeforeValidator:
    """Return the check of a `to`: one of `allowed`, or a list of e-mail addresses (which becomes a tuple)."""

    def check(value: object) -> object:
        if isinstance(value, str) and value in allowed:
            return Audience(value)
        if isinstance(value, (list, tuple)) and value and all(_is_address(item) for item in value):
            return tuple(item.strip().lower() for item in value)
        words = ", ".join(sorted(allowed))
        raise ValueError(stated("must be one of %(these)s, or a list of e-mail addresses", these=words))

    return BeforeValidator(check)


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.count("@") == 1 and not any(part == "" for part in value.strip().split("@"))


_STAFF = frozenset({Audience.OWNER, Audience.QUEUE, Audience.MANAGER})
_PEOPLE_SCHEMA = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
Scalars = Annotated[Any, BeforeValidator(_scalars)]
Staff = Annotated[Any, _people(_STAFF), _PEOPLE_SCHEMA]
Recipients = Annotated[Any, _people(frozenset(Audience)), _PEOPLE_SCHEMA]


class Shape(BaseModel):
    """Base of all shapes: unknown keys are refused, and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ConditionShape(Shape):
    """One condition over the field catalogue."""

    field: Name
    operator: Operator
    value: Scalars = None


class AssignQueueShape(Shape):
    """Move the case to a queue."""

    do: Literal[ActionKind.ASSIGN_QUEUE]
    queue: Key


class AssignUserShape(Shape):
    """Give the case to a user, by e-mail address."""

    do: Literal[ActionKind.ASSIGN_USER]
    user: Email


class SetFieldShape(Shape):
    """Set a field of the case; null empties it."""

    do: Literal[ActionKind.SET_FIELD]
    field: Name
    value: Scalars


class NotifyShape(Shape):
    """Tell the owner, the queue, the manager, or people by address."""

    do: Literal[ActionKind.NOTIFY]
    to: Staff


class SendTemplateShape(Shape):
    """Send mail from a template."""

    do: Literal[ActionKind.SEND_TEMPLATE]
    template: Key
    to: Recipients = Audience.CONTACT


class AddTaskShape(Shape):
    """Add a task; `owner` is "owner", "manager", an e-mail address, or nobody yet."""

    do: Literal[ActionKind.ADD_TASK]
    subject: Name
    due_minutes: Minutes | None = None
    owner: Literal["owner", "manager"] | Email | None = None


class RaiseLevelShape(Shape):
    """Raise the escalation level by one."""

    do: Literal[ActionKind.RAISE_LEVEL]


class CallWebhookShape(Shape):
    """Call a webhook by its name."""

    do: Literal[ActionKind.CALL_WEBHOOK]
    webhook: Name


ActionShape = Annotated[
    AssignQueueShape
    | AssignUserShape
    | SetFieldShape
    | NotifyShape
    | SendTemplateShape
    | AddTaskShape
    | RaiseLevelShape
    | CallWebhookShape,
    Field(discriminator="do"),
]
Actions = Annotated[list[ActionShape], Field(max_length=MOST_ACTIONS)]
SomeActions = Annotated[list[ActionShape], Field(min_length=1, max_length=MOST_ACTIONS)]


class EntryShape(Shape):
    """What every rule with conditions has."""

    name: Name
    match: Match = Match.ALL
    when: Annotated[list[ConditionShape], Field(max_length=MOST_CONDITIONS)] = []


class AssignmentThenShape(Shape):
    """What an assignment rule decides; at least one thing."""

    queue: Key | None = None
    user: Email | None = None
    priority: Priority | None = None
    tags: Annotated[list[Key], Field(max_length=50)] = []

    @model_validator(mode="after")
    def _decides_something(self) -> "AssignmentThenShape":
        if not (self.queue or self.user or self.priority or self.tags):
            raise ValueError(stated("must decide something: queue, user, priority or tags"))
        return self


class AssignmentEntryShape(EntryShape):
    """One assignment rule."""

    then: AssignmentThenShape


class OtherwiseShape(Shape):
    """Where cases go that no rule wants."""

    queue: Key


class AssignmentShape(Shape):
    """Which queue a case goes to: the first entry that holds wins."""

    entries: Annotated[list[AssignmentEntryShape], Field(max_length=MOST_ENTRIES)]
    otherwise: OtherwiseShape


class PriorityMinutesShape(Shape):
    """Business minutes by priority; a priority left out has no such milestone."""

    urgent: Minutes | None = None
    high: Minutes | None = None
    normal: Minutes | None = None
    low: Minutes | None = None

    def by_priority(self) -> dict[Priority, int]:
        """Return the minutes of the priorities that have some."""
        found = {priority: getattr(self, priority.value) for priority in Priority}
        return {priority: minutes for priority, minutes in found.items() if minutes is not None}


class MilestoneShape(Shape):
    """One milestone of an entitlement process."""

    kind: MilestoneKind
    name: Name
    minutes: PriorityMinutesShape
    recurs: Annotated[bool, Field(strict=True)] = False
    warn_before: Annotated[list[Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)]], Field(max_length=10)] = []
    on_warning: Actions = []
    on_violation: Actions = []
    on_success: Actions = []


class ProcessShape(Shape):
    """One entitlement process."""

    key: Key
    name: Name
    business_hours: Key
    pause_when: list[Category] = []
    milestones: Annotated[list[MilestoneShape], Field(min_length=1, max_length=20)]


class EntitlementProcessShape(Shape):
    """The service levels: which clocks run for which entitlement."""

    processes: Annotated[list[ProcessShape], Field(min_length=1, max_length=100)]


class EscalationEntryShape(EntryShape):
    """One escalation rule."""

    after_minutes: Minutes
    clock: Clock = Clock.BUSINESS
    since: Since = Since.CREATED
    then: SomeActions


class EscalationShape(Shape):
    """What happens to cases that take too long; no entries is none."""

    entries: Annotated[list[EscalationEntryShape], Field(max_length=MOST_ENTRIES)]


class AutoResponseThenShape(Shape):
    """Which letter answers."""

    template: Key


class AutoResponseEntryShape(EntryShape):
    """One auto-response rule."""

    then: AutoResponseThenShape


class AutoResponseShape(Shape):
    """Which letter acknowledges a new case: the first entry that holds wins; no entries is none."""

    entries: Annotated[list[AutoResponseEntryShape], Field(max_length=MOST_ENTRIES)]


class TriggerEntryShape(EntryShape):
    """One trigger: on an event by name, or every so many minutes."""

    on: Name | None = None
    every_minutes: Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)] | None = None
    then: SomeActions

    @model_validator(mode="after")
    def _has_one_occasion(self) -> "TriggerEntryShape":
        if (self.on is None) == (self.every_minutes is None):
            raise ValueError(stated("must have either on (an event) or every_minutes"))
        return self


class TriggerShape(Shape):
    """What follows an event or recurs; no entries is nothing."""

    entries: Annotated[list[TriggerEntryShape], Field(max_length=MOST_ENTRIES)]
