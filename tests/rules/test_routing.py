"""Assignment: the first rule that holds wins, there is always a queue, and the trace is rebuilt for reading."""

import pytest

from casedesk.rules.auto_response import AutoResponseRule, AutoResponseRules, Response, choose_response
from casedesk.rules.catalogue import Field, FieldKind, Operator, catalogue_of
from casedesk.rules.conditions import Because, Condition, Match, When, compile_when
from casedesk.rules.lifecycle import Priority
from casedesk.rules.routing import Assignment, AssignmentRule, AssignmentRules, Route, RuleTrace, choose_queue, trace
from casedesk.rules.triggers import TriggerRule, triggered_by

CATALOGUE = catalogue_of(
    Field("type"), Field("entitlement.level"), Field("account.region"), Field("tags", FieldKind.LIST)
)


def when(*conditions: tuple[str, str], match: Match = Match.ALL) -> When:
    return compile_when(match, [Condition(field, Operator.EQUALS, value) for field, value in conditions], CATALOGUE)


RULES = AssignmentRules(
    rules=(
        AssignmentRule("Bills", when(("type", "billing_question")), Assignment(queue="billing")),
        AssignmentRule(
            "Premier in the US",
            when(("entitlement.level", "premier"), ("account.region", "US")),
            Assignment(queue="premier", user="uma@halden.example", priority=Priority.HIGH, tags=("vip",)),
        ),
        AssignmentRule("US", when(("account.region", "US")), Assignment(queue="us")),
        AssignmentRule("APAC", when(("account.region", "APAC")), Assignment(tags=("apac",))),
    ),
    otherwise="standard",
)


@pytest.mark.parametrize(
    ("facts", "route"),
    [
        pytest.param(
            {"type": "billing_question", "account.region": "US"},
            Route("billing", rule=0, rule_name="Bills"),
            id="the first rule wins",
        ),
        pytest.param(
            {"entitlement.level": "Premier", "account.region": "us"},
            Route("premier", "uma@halden.example", Priority.HIGH, ("vip",), 1, "Premier in the US", (0,)),
            id="a rule may name owner, priority and tags",
        ),
        pytest.param(
            {"entitlement.level": "premier", "account.region": "EMEA"},
            Route("standard", failed=(0, 1, 0, 0)),
            id="nobody wants it: otherwise",
        ),
        pytest.param(
            {"account.region": "US"},
            Route("us", rule=2, rule_name="US", failed=(0, 0)),
            id="the second rule failed at its level",
        ),
        pytest.param(
            {"account.region": "APAC"},
            Route("standard", tags=("apac",), rule=3, rule_name="APAC", failed=(0, 0, 0)),
            id="a rule without a queue keeps the queue of otherwise",
        ),
        pytest.param({}, Route("standard", failed=(0, 0, 0, 0)), id="nothing known still has a queue"),
    ],
)
def test_where_a_case_goes(facts: dict[str, str], route: Route) -> None:
    assert choose_queue(facts, RULES) == route


def test_the_trace_shows_every_rule_asked_up_to_the_one_that_held() -> None:
    assert trace({"account.region": "US", "entitlement.level": "standard"}, RULES) == (
        RuleTrace("Bills", False, (Because("type", "equals", "billing_question", None, False),)),
        RuleTrace(
            "Premier in the US",
            False,
            (
                Because("entitlement.level", "equals", "premier", "standard", False),
                Because("account.region", "equals", "US", "US", True),
            ),
        ),
        RuleTrace("US", True, (Because("account.region", "equals", "US", "US", True),)),
    )


def test_rules_name_the_facts_they_look_at() -> None:
    assert RULES.fields == {"type", "entitlement.level", "account.region"}


def test_the_first_response_rule_that_holds_chooses_the_letter() -> None:
    rules = AutoResponseRules(
        (
            AutoResponseRule("Premier", when(("entitlement.level", "premier")), "warm_welcome"),
            AutoResponseRule("US", when(("account.region", "US")), "hello"),
        )
    )

    assert choose_response({"account.region": "US"}, rules) == Response("hello", 1, "US", (0,))
    assert choose_response({}, rules) == Response(None, failed=(0, 0))
    assert rules.fields == {"entitlement.level", "account.region"}


def test_every_trigger_of_an_event_that_holds_runs_in_order() -> None:
    a = TriggerRule("a", "case.created", None, when(("account.region", "US")), ())
    b = TriggerRule("b", "case.closed", None, when(("account.region", "US")), ())
    c = TriggerRule("c", "case.created", None, when(), ())
    d = TriggerRule("d", None, 30, when(), ())

    assert triggered_by("case.created", {"account.region": "US"}, (a, b, c, d)) == (a, c)
    assert triggered_by("case.created", {}, (a, b, c, d)) == (c,)
