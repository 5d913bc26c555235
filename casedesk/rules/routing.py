"""Which queue a new case goes to: ordered assignment rules, the first that holds wins, and there is always an answer.

A decision keeps, for each rule asked, only the condition that failed first; `trace` rebuilds the rest for reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casedesk.rules.conditions import Because, Facts, Seen, When, explain, fields_of, first_failure
from casedesk.rules.lifecycle import Priority


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a rule decides; None leaves that as it is, and no queue means the queue of `otherwise`."""

    queue: str | None = None
    user: str | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """One rule: `name` is unique in its rule set."""

    name: str
    when: When
    then: Assignment


@dataclass(frozen=True, slots=True)
class AssignmentRules:
    """A compiled rule set: rules in order and the queue for cases that none of them wants."""

    rules: tuple[AssignmentRule, ...]
    otherwise: str

    @property
    def fields(self) -> frozenset[str]:
        """The keys of all facts these rules may look at."""
        return fields_of(*(rule.when for rule in self.rules))


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case goes and why.

    `queue` is never empty; `rule` is the index of the rule that held and `rule_name` its name, both None when none
    did; `failed` holds, for each rule asked before, the index of the condition that failed first.
    """

    queue: str
    user: str | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    rule: int | None = None
    rule_name: str | None = None
    failed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule that was asked: whether it held, and each condition with the fact it met."""

    rule: str
    matched: bool
    because: tuple[Because, ...]


def choose_queue(facts: Facts, rules: AssignmentRules) -> Route:
    """Return the route of a case with these facts: the first rule that holds decides, else `otherwise`."""
    seen = Seen(facts)
    failed: list[int] = []
    for index, rule in enumerate(rules.rules):
        failure = first_failure(rule.when, seen)
        if failure is None:
            then = rule.then
            queue = then.queue or rules.otherwise
            return Route(queue, then.user, then.priority, then.tags, index, rule.name, tuple(failed))
        failed.append(failure)
    return Route(rules.otherwise, failed=tuple(failed))


def trace(facts: Facts, rules: AssignmentRules) -> tuple[RuleTrace, ...]:
    """Return every rule that `choose_queue` asks for these facts, in order, up to and with the one that holds.

    The facts may be those kept with a decision: instants and dates as ISO text are understood.
    """
    return trace_until_match([(rule.name, rule.when) for rule in rules.rules], facts)


def trace_until_match(questions: Sequence[tuple[str, When]], facts: Facts) -> tuple[RuleTrace, ...]:
    """Return the traces of named conditions asked in order until one holds."""
    seen = Seen(facts)
    traces: list[RuleTrace] = []
    for name, when in questions:
        matched = first_failure(when, seen) is None
        traces.append(RuleTrace(name, matched, explain(when, facts)))
        if matched:
            break
    return tuple(traces)
