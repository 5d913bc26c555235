"""Which triggers run: on a named event, or every so many minutes, for cases their conditions hold for."""

from collections.abc import Sequence
from dataclasses import dataclass

from casedesk.rules.actions import Action
from casedesk.rules.conditions import Facts, Seen, When, holds


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """One trigger: `on` is an event's name or None, then `every_minutes` says how often it is asked of all cases."""

    name: str
    on: str | None
    every_minutes: int | None
    when: When
    then: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class TriggerRules:
    """A compiled rule set."""

    rules: tuple[TriggerRule, ...]


def triggered_by(event: str, facts: Facts, rules: Sequence[TriggerRule]) -> tuple[TriggerRule, ...]:
    """Return the triggers that run when `event` happened to a case with these facts, in order."""
    seen = Seen(facts)
    return tuple(rule for rule in rules if rule.on == event and holds(rule.when, seen))
