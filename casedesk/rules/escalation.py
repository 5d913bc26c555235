"""Which escalation rules are due for a case: so much time since it was made, changed, or last heard of.

A rule acts once for each instant it counts from: silence after a second customer message is a second silence.
`last_change_at` must count what people did, not what rules did, or a rule would wind itself up again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casedesk.rules.actions import Action
from casedesk.rules.business_hours import WorkingHours, add_working_time
from casedesk.rules.conditions import Facts, When, fields_of, holds
from casedesk.rules.lifecycle import FINISHED, Category


class Clock(StrEnum):
    """Which minutes count."""

    BUSINESS = "business"
    CALENDAR = "calendar"


class Since(StrEnum):
    """The instant a rule counts from."""

    CREATED = "created"
    LAST_CHANGE = "last_change"
    LAST_CUSTOMER_MESSAGE = "last_customer_message"


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """One rule: `name` is unique in its rule set."""

    name: str
    when: When
    after_minutes: int
    clock: Clock
    since: Since
    then: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class EscalationRules:
    """A compiled rule set."""

    rules: tuple[EscalationRule, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The keys of all facts these rules may look at."""
        return fields_of(*(rule.when for rule in self.rules))


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """The instants of a case that rules count from; None where it has not happened."""

    category: Category
    created_at: datetime
    last_change_at: datetime | None = None
    last_customer_message_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A rule that is due: `key` is unique to the rule and the instant it counted from; `reason` has its numbers."""

    rule: str
    key: str
    due_at: datetime
    actions: tuple[Action, ...]
    reason: Mapping[str, str | int]


def due_at(rule: EscalationRule, times: CaseTimes, hours: WorkingHours | None) -> datetime | None:
    """Return when `rule` is due for a case, None if it never is: finished cases, or nothing to count from.

    `hours` is the case's calendar; a business clock without one counts every minute. Its conditions are not asked.
    """
    begin = _since(rule, times)
    if begin is None or times.category in FINISHED:
        return None
    if rule.clock is Clock.CALENDAR or hours is None:
        return begin + timedelta(minutes=rule.after_minutes)
    return add_working_time(begin, rule.after_minutes, hours)


def next_due_at(
    rules: Sequence[EscalationRule],
    times: CaseTimes,
    hours: WorkingHours | None,
    *,
    taken: Collection[str] = (),
    after: datetime | None = None,
) -> datetime | None:
    """Return the earliest instant at which a rule not yet taken is due, None if there is none: the sweep's index.

    `after` leaves out what was due by then: a sweep that found conditions not holding asks for what comes later, and
    a change of the case asks again without `after`.
    """
    instants = [due_at(rule, times, hours) for rule in rules if _key(rule, times) not in taken]
    return min((at for at in instants if at is not None and (after is None or at > after)), default=None)


def past(
    rules: Sequence[EscalationRule], times: CaseTimes, hours: WorkingHours | None, *, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Return key and anchor of every rule that was due by `now`, whatever its conditions say."""
    found = []
    for rule in rules:
        instant = due_at(rule, times, hours)
        if instant is not None and instant <= now:
            found.append((_key(rule, times), str(_reason(rule, times)["since_at"])))
    return tuple(found)


def due_actions(
    rules: Sequence[EscalationRule],
    facts: Facts,
    times: CaseTimes,
    hours: WorkingHours | None,
    *,
    taken: Collection[str],
    now: datetime,
) -> tuple[Escalation, ...]:
    """Return the rules to carry out at `now`, earliest first: due, not among `taken`, and their conditions hold."""
    found = []
    for rule in rules:
        key = _key(rule, times)
        if key in taken:
            continue
        instant = due_at(rule, times, hours)
        if instant is None or instant > now or not holds(rule.when, facts):
            continue
        found.append(Escalation(rule.name, key, instant, rule.then, _reason(rule, times)))
    return tuple(sorted(found, key=lambda escalation: escalation.due_at))


def _since(rule: EscalationRule, times: CaseTimes) -> datetime | None:
    if rule.since is Since.CREATED:
        return times.created_at
    if rule.since is Since.LAST_CHANGE:
        return times.last_change_at or times.created_at
    return times.last_customer_message_at


def _key(rule: EscalationRule, times: CaseTimes) -> str:
    begin = _since(rule, times)
    if rule.since is Since.CREATED or begin is None:
        return rule.name
    return f"{rule.name}@{begin.isoformat()}"


def _reason(rule: EscalationRule, times: CaseTimes) -> Mapping[str, str | int]:
    begin = _since(rule, times)
    return {
        "after_minutes": rule.after_minutes,
        "clock": rule.clock.value,
        "since": rule.since.value,
        "since_at": begin.isoformat() if begin else "",
    }
