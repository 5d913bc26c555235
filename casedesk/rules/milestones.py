"""Service clocks: when a milestone is due, how it stands, and which of its steps are to be taken now.

A milestone counts business time from its start, stands still in its pauses, and takes each of its steps (warnings
before the target, violation at it, success when it is met) once: steps carry a key, and taken keys are handed back in.
Storing milestones and doing the actions does not belong here.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from casedesk.rules.actions import Action
from casedesk.rules.business_hours import Pause, WorkingHours, add_working_time, working_seconds_between
from casedesk.rules.lifecycle import Category, Priority


class MilestoneKind(StrEnum):
    """What a milestone promises."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    OTHER = "other"


class MilestoneState(StrEnum):
    """How a milestone stands; missed stays missed, also when it is completed later."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Moment(StrEnum):
    """What happens to a case that may begin or complete milestones."""

    CREATED = "created"
    CUSTOMER_MESSAGE = "customer_message"
    AGENT_REPLY = "agent_reply"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class StepKind(StrEnum):
    """What a step tells."""

    WARNING = "warning"
    VIOLATION = "violation"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class MilestoneRule:
    """One milestone of a process.

    `minutes` are business minutes by priority, a missing priority has no such milestone; `warn_before` are business
    minutes before the target, largest first.
    """

    kind: MilestoneKind
    name: str
    minutes: Mapping[Priority, int]
    recurs: bool = False
    warn_before: tuple[int, ...] = ()
    on_warning: tuple[Action, ...] = ()
    on_violation: tuple[Action, ...] = ()
    on_success: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """An entitlement process: its calendar's key, the categories in which its clocks stand still, its milestones."""

    key: str
    name: str
    business_hours: str
    pause_when: frozenset[Category]
    milestones: tuple[MilestoneRule, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a milestone does at an instant; `key` ("warning:15", "violation", "success") is unique to it."""

    at: datetime
    kind: StepKind
    key: str


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A milestone to be started: `rule` is its index in the process, `steps` are in the order of time."""

    rule: int
    kind: MilestoneKind
    name: str
    minutes: int
    target_at: datetime
    steps: tuple[Step, ...]

    @property
    def next_action_at(self) -> datetime:
        """The instant of its first step."""
        return self.steps[0].at


@dataclass(frozen=True, slots=True)
class Milestone:
    """A started milestone as facts: `pauses` as in business_hours, the last may be open (until None)."""

    minutes: int
    started_at: datetime
    warn_before: tuple[int, ...] = ()
    pauses: tuple[Pause, ...] = ()
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How a milestone stands at an instant.

    `target_at` of a paused one is the target as it stood when the pause began (it moves on when the pause ends);
    `remaining_s` is negative once missed; `next_action_at` is when the next step not yet taken is due, None if none is.
    """

    state: MilestoneState
    target_at: datetime
    elapsed_s: int
    remaining_s: int
    next_action_at: datetime | None


_BEGINS: Mapping[Moment, frozenset[MilestoneKind]] = MappingProxyType(
    {
        Moment.CREATED: frozenset({MilestoneKind.FIRST_RESPONSE, MilestoneKind.RESOLUTION, MilestoneKind.OTHER}),
        Moment.CUSTOMER_MESSAGE: frozenset({MilestoneKind.NEXT_RESPONSE}),
        Moment.AGENT_REPLY: frozenset(),
        Moment.RESOLVED: frozenset(),
        Moment.REOPENED: frozenset({MilestoneKind.RESOLUTION}),
    }
)
_COMPLETES: Mapping[Moment, frozenset[MilestoneKind]] = MappingProxyType(
    {
        Moment.CREATED: frozenset(),
        Moment.CUSTOMER_MESSAGE: frozenset(),
        Moment.AGENT_REPLY: frozenset({MilestoneKind.FIRST_RESPONSE, MilestoneKind.NEXT_RESPONSE}),
        # Resolving tells the customer, so nothing is left to answer.
        Moment.RESOLVED: frozenset(MilestoneKind),
        Moment.REOPENED: frozenset(),
    }
)


def begins(rule: MilestoneRule, moment: Moment, *, ran_before: bool) -> bool:
    """Say whether a milestone of `rule` begins at `moment`; one that ran before begins again only if it recurs.

    A next response counts from the customer's message once the first response was given; while any response is
    still owed the caller starts no other.
    """
    return rule.kind in _BEGINS[moment] and (rule.recurs or not ran_before)


def completes(kind: MilestoneKind, moment: Moment) -> bool:
    """Say whether `moment` completes running milestones of `kind`."""
    return kind in _COMPLETES[moment]


def is_paused(process: Process, category: Category) -> bool:
    """Say whether the clocks of `process` stand still for a case in `category`."""
    return category in process.pause_when


def plan(
    process: Process,
    priority: Priority,
    start: datetime,
    hours: WorkingHours,
    *,
    pauses: Sequence[Pause] = (),
    moment: Moment = Moment.CREATED,
) -> tuple[PlannedMilestone, ...]:
    """Return the milestones that begin at `moment` for a case of `priority`, counted from `start`.

    `hours` is the calendar `process.business_hours` names; `pauses` must have ended. Raises NeverOpen as
    business_hours does.
    """
    planned = []
    for index, rule in enumerate(process.milestones):
        minutes = rule.minutes.get(priority)
        if minutes is None or not begins(rule, moment, ran_before=False):
            continue
        target_at = add_working_time(start, minutes, hours, pauses)
        facts = Milestone(minutes, start, rule.warn_before, tuple(pauses))
        steps = (*_warnings(facts, hours), Step(target_at, StepKind.VIOLATION, StepKind.VIOLATION.value))
        planned.append(PlannedMilestone(index, rule.kind, rule.name, minutes, target_at, steps))
    return tuple(planned)


def target(milestone: Milestone, hours: WorkingHours) -> datetime:
    """Return when `milestone` is due: its minutes counted again over all ended pauses.

    Call it after a pause ended, and when minutes, calendar or start were changed. An open pause is left out: the
    target stands as it was when the pause began. Raises NeverOpen as business_hours does.
    """
    return add_working_time(milestone.started_at, milestone.minutes, hours, _ended(milestone.pauses))


def progress(milestone: Milestone, hours: WorkingHours, now: datetime, taken: Collection[str] = ()) -> Progress:
    """Return how `milestone` stands at `now`; `taken` are the keys of steps already taken."""
    target_at = target(milestone, hours)
    state = _state(milestone, target_at, now)
    end = milestone.completed_at or milestone.cancelled_at or now
    elapsed = working_seconds_between(milestone.started_at, end, hours, milestone.pauses)
    next_step = next((step for step in _steps(milestone, target_at, hours) if step.key not in taken), None)
    next_action_at = next_step.at if next_step else None
    return Progress(state, target_at, elapsed, milestone.minutes * 60 - elapsed, next_action_at)


def next_action_at(milestone: Milestone, hours: WorkingHours, taken: Collection[str] = ()) -> datetime | None:
    """Return when the next step not yet taken is due, or None: what the sweep's index holds.

    None while paused (unless the target had passed before), and when all is done.
    """
    steps = _steps(milestone, target(milestone, hours), hours)
    return next((step.at for step in steps if step.key not in taken), None)


def steps_due(milestone: Milestone, hours: WorkingHours, taken: Collection[str], now: datetime) -> tuple[Step, ...]:
    """Return the steps to be taken now, in the order of time: due, and their keys not among `taken`.

    After a stop of the desk every step is still due once. A milestone completed late still owes its violation,
    never a warning; one completed in time owes its success.
    """
    steps = _steps(milestone, target(milestone, hours), hours)
    return tuple(step for step in steps if step.at <= now and step.key not in taken)


def _steps(milestone: Milestone, target_at: datetime, hours: WorkingHours) -> Iterator[Step]:
    """Yield what `milestone` will do or has done, in the order of time, as far as it is known."""
    if milestone.cancelled_at is not None:
        return
    completed_at = milestone.completed_at
    if completed_at is not None:
        if completed_at <= target_at:
            yield Step(completed_at, StepKind.SUCCESS, StepKind.SUCCESS.value)
        else:
            yield Step(target_at, StepKind.VIOLATION, StepKind.VIOLATION.value)
        return
    stopped_at = _stopped_at(milestone)
    for step in (*_warnings(milestone, hours), Step(target_at, StepKind.VIOLATION, StepKind.VIOLATION.value)):
        if stopped_at is None or step.at <= stopped_at:
            yield step


def _warnings(milestone: Milestone, hours: WorkingHours) -> list[Step]:
    """Return the warnings in the order of time; one that would precede the start is none for these minutes."""
    pauses = _ended(milestone.pauses)
    return [
        Step(
            add_working_time(milestone.started_at, milestone.minutes - before, hours, pauses),
            StepKind.WARNING,
            f"{StepKind.WARNING.value}:{before}",
        )
        for before in sorted(milestone.warn_before, reverse=True)
        if before < milestone.minutes
    ]


def _state(milestone: Milestone, target_at: datetime, now: datetime) -> MilestoneState:
    if milestone.cancelled_at is not None:
        return MilestoneState.CANCELLED
    if milestone.completed_at is not None:
        return MilestoneState.MET if milestone.completed_at <= target_at else MilestoneState.MISSED
    stopped_at = _stopped_at(milestone)
    if target_at <= (now if stopped_at is None else min(now, stopped_at)):
        return MilestoneState.MISSED
    return MilestoneState.RUNNING if stopped_at is None else MilestoneState.PAUSED


def _ended(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    return tuple(pause for pause in pauses if pause[1] is not None)


def _stopped_at(milestone: Milestone) -> datetime | None:
    """Return when the pause that has not ended began, None if the clock runs."""
    return min((begin for begin, end in milestone.pauses if end is None), default=None)
