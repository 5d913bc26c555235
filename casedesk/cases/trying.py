"""Rules tried on a case before they are published: every rule with each of its conditions, and what would come out.

By the very rules that decide; nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casedesk import clock
from casedesk.cases import facts, publishing, viewing
from casedesk.cases.fields import CATALOGUE
from casedesk.cases.models import Case
from casedesk.database import reading
from casedesk.errors import FieldProblem, Invalid
from casedesk.identity import Actor
from casedesk.permissions import Permission, require
from casedesk.rules.conditions import Because, Facts, explain, holds
from casedesk.rules.routing import AssignmentRules, Route, choose_queue
from casedesk.rulesets.documents import InvalidRuleSet, RuleSetKind, validate

_BEFORE_ROUTING = {"queue": None, "owner": None}
"""What no case has yet when its queue is chosen."""


@dataclass(frozen=True, slots=True)
class TriedRule:
    """One rule with every condition and the fact it met; `held` whether it would act on this case."""

    name: str
    held: bool
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What rules would say about a case; `route` is given for assignment rules alone, where the first that holds wins."""

    rules: tuple[TriedRule, ...]
    route: Route | None = None


async def facts_of(number: str, *, by: Actor) -> dict[str, Any]:
    """Return the facts of a case as they were when its queue was chosen; raises NotFound for a case that is not there."""
    require(by, Permission.RULES_CHANGE)
    async with reading():
        seen = await viewing.case(number, by=by)
        gathered = await facts.gather(await Case.get(id=seen.id), now=clock.now())
    return {**gathered, **_BEFORE_ROUTING}


async def trial(kind: str, document: Mapping[str, Any], known_facts: Facts, *, by: Actor) -> Trial:
    """Try a document of rules with conditions on facts; raises Invalid with each wrong place of the document."""
    require(by, Permission.RULES_CHANGE)
    try:
        rules: Any = validate(RuleSetKind(kind), document, CATALOGUE, await publishing.names())
    except InvalidRuleSet as error:
        raise Invalid([FieldProblem(problem.place, problem.message) for problem in error.problems]) from None
    tried = tuple(
        TriedRule(each.name, holds(each.when, known_facts), explain(each.when, known_facts)) for each in rules.rules
    )
    return Trial(tried, choose_queue(known_facts, rules) if isinstance(rules, AssignmentRules) else None)
