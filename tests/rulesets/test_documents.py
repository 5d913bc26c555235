"""Rule-set documents: what is compiled, what is refused and where, and that a new desk's own rules pass."""

from copy import deepcopy
from typing import Any

import pytest

from casedesk.rules import actions
from casedesk.rules.business_hours import is_ever_open, working_hours
from casedesk.rules.catalogue import Catalogue, Field, FieldKind, catalogue_of
from casedesk.rules.conditions import Problem, holds
from casedesk.rules.lifecycle import Category, Priority
from casedesk.rules.milestones import MilestoneKind, MilestoneRule
from casedesk.rules.routing import Assignment, choose_queue
from casedesk.rulesets import defaults, documents
from casedesk.rulesets.documents import InvalidRuleSet, KnownNames, RuleSetKind

CATALOGUE: Catalogue = catalogue_of(
    Field("subject"),
    Field("description"),
    Field("origin", FieldKind.CHOICE, choices=("phone", "web", "email", "portal", "api")),
    Field("type"),
    Field("priority", FieldKind.CHOICE, choices=("urgent", "high", "normal", "low"), settable=True),
    Field("status"),
    Field("status_category", FieldKind.CHOICE, choices=tuple(category.value for category in Category)),
    Field("language"),
    Field("tags", FieldKind.LIST, settable=True),
    Field("custom.machine", settable=True),
    Field("account.region"),
    Field("contact.email"),
    Field("asset.warranty_until", FieldKind.DATE),
    Field("product.sku"),
    Field("entitlement.level"),
    Field("entitlement.status", FieldKind.CHOICE, choices=("entitled", "unentitled", "unknown")),
    Field("mailbox"),
    Field("escalation_level", FieldKind.NUMBER),
    Field("age_minutes", FieldKind.NUMBER),
    Field("milestone.minutes_left", FieldKind.NUMBER),
)
KNOWN = KnownNames(
    queues=frozenset(defaults.QUEUES),
    templates=frozenset(defaults.TEMPLATES),
    business_hours=frozenset(document["key"] for document in defaults.BUSINESS_HOURS),
    users=frozenset({"uma@halden.example"}),
    webhooks=frozenset({"pager"}),
    events=frozenset({"case.created"}),
)
ONE_OPERATOR = (
    "must be one of 'equals', 'not_equals', 'in', 'not_in', 'contains', 'starts_with', 'less', 'greater', "
    "'is_empty' or 'is_true'"
)
ONE_ACTION = (
    "must do one of assign_queue, assign_user, set_field, notify, send_template, add_task, raise_level, call_webhook"
)


def condition(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def assignment(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"entries": list(entries), "otherwise": {"queue": "standard"}, **more}


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "name": "US",
        "match": "all",
        "when": [condition("account.region", "equals", "US")],
        "then": {"queue": "us"},
    } | changes


def escalation(**changes: Any) -> dict[str, Any]:
    entry = {
        "name": "Slow",
        "match": "all",
        "when": [],
        "after_minutes": 60,
        "clock": "business",
        "since": "created",
        "then": [{"do": "raise_level"}],
    }
    return {"entries": [entry | changes]}


def process(**changes: Any) -> dict[str, Any]:
    return {
        "processes": [
            {"key": "gold", "name": "Gold", "business_hours": "standard", "pause_when": [], "milestones": [milestone()]}
            | changes
        ]
    }


def milestone(**changes: Any) -> dict[str, Any]:
    return {"kind": "resolution", "name": "Resolution", "minutes": {"urgent": 60, "low": 480}} | changes


def trigger(**changes: Any) -> dict[str, Any]:
    return {
        "entries": [
            {"name": "T", "match": "all", "when": [], "on": "case.created", "then": [{"do": "raise_level"}]} | changes
        ]
    }


def answer(**changes: Any) -> dict[str, Any]:
    return {"entries": [{"name": "A", "match": "all", "when": [], "then": {"template": "acknowledgement"}} | changes]}


def problems(kind: str, document: object, known: KnownNames = KNOWN) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRuleSet) as refusal:
        documents.validate(RuleSetKind(kind), document, CATALOGUE, known)
    return [(problem.place, problem.message) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("document", "place", "message"),
    [
        pytest.param({}, "entries", "is missing", id="an empty document"),
        pytest.param([], "", "must be an object", id="a list is no document"),
        pytest.param(None, "", "must be an object", id="nothing is no document"),
        pytest.param(assignment(colour="red"), "colour", "is not known here", id="an unknown key"),
        pytest.param(
            assignment(otherwise={"queue": "mars"}),
            "otherwise.queue",
            "there is no queue 'mars'",
            id="an unknown queue at the end",
        ),
        pytest.param(
            assignment(rule(then={"queue": "mars"})),
            "entries[0].then.queue",
            "there is no queue 'mars'",
            id="an unknown queue",
        ),
        pytest.param(
            assignment(rule(then={"user": "x@halden.example"})),
            "entries[0].then.user",
            "there is no user 'x@halden.example'",
            id="an unknown user",
        ),
        pytest.param(
            assignment(rule(then={"user": "Uma"})),
            "entries[0].then.user",
            "must be an e-mail address",
            id="a user is an address",
        ),
        pytest.param(
            assignment(rule(then={})),
            "entries[0].then",
            "must decide something: queue, user, priority or tags",
            id="a rule that decides nothing",
        ),
        pytest.param(
            assignment(rule(then={"priority": "super"})),
            "entries[0].then.priority",
            "must be one of 'urgent', 'high', 'normal' or 'low'",
            id="an unknown priority",
        ),
        pytest.param(assignment(rule(name=" ")), "entries[0].name", "must not be empty", id="a rule has a name"),
        pytest.param(
            assignment(rule(), rule(name="us")),
            "entries[1].name",
            "'us' is used twice",
            id="names are unique, without case",
        ),
        pytest.param(
            assignment(rule(match="some")), "entries[0].match", "must be one of 'all' or 'any'", id="all or any"
        ),
        pytest.param(
            assignment(rule(match="any", when=[])),
            "entries[0].when",
            "with match any there must be a condition, or it never holds",
            id="any of nothing",
        ),
        pytest.param(
            assignment(rule(when=[]), rule(name="b")),
            "entries[0].when",
            "without conditions it always holds, and no entry below is asked",
            id="a rule that hides those below",
        ),
        pytest.param(
            assignment(rule(when=[condition("colour", "equals", "red")])),
            "entries[0].when[0].field",
            "there is no field 'colour'",
            id="an unknown field",
        ),
        pytest.param(
            assignment(rule(when=[condition("tags", "is", "red")])),
            "entries[0].when[0].operator",
            ONE_OPERATOR,
            id="an unknown operator",
        ),
        pytest.param(
            assignment(rule(when=[condition("subject", "equals", {"a": 1})])),
            "entries[0].when[0].value",
            "must be text, a number, true, false, or a list of these",
            id="a value is plain",
        ),
        pytest.param(
            assignment(rule(when=[condition("priority", "equals", "low"), condition("priority", "equals", "high")])),
            "entries[0].when",
            "the conditions on priority contradict one another",
            id="a contradiction",
        ),
    ],
)
def test_an_assignment_that_is_refused(document: object, place: str, message: str) -> None:
    assert (place, message) in problems("assignment", document)


@pytest.mark.parametrize(
    ("kind", "document", "place", "message"),
    [
        pytest.param("entitlement-process", {"processes": []}, "processes", "must not be empty", id="no process"),
        pytest.param(
            "entitlement-process",
            process(business_hours="mars"),
            "processes[0].business_hours",
            "there is no business-hours calendar 'mars'",
            id="unknown hours",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[]),
            "processes[0].milestones",
            "must not be empty",
            id="a process without milestones",
        ),
        pytest.param(
            "entitlement-process",
            process(pause_when=["sleepy"]),
            "processes[0].pause_when[0]",
            "must be one of 'new', 'open', 'waiting_on_customer', 'on_hold', 'resolved' or 'closed'",
            id="an unknown category",
        ),
        pytest.param(
            "entitlement-process",
            process(pause_when=["new", "open", "waiting_on_customer", "on_hold"]),
            "processes[0].pause_when",
            "the clocks would stand still in every category",
            id="clocks that never run",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(), milestone()]),
            "processes[0].milestones[1].name",
            "'Resolution' is used twice",
            id="two milestones of a name",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(minutes={})]),
            "processes[0].milestones[0].minutes",
            "must give minutes for at least one priority",
            id="a milestone without minutes",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(minutes={"low": -1})]),
            "processes[0].milestones[0].minutes.low",
            "must be at least 0",
            id="negative minutes",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(minutes={"low": "60"})]),
            "processes[0].milestones[0].minutes.low",
            "must be a whole number",
            id="minutes are numbers",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(minutes={"super": 5})]),
            "processes[0].milestones[0].minutes.super",
            "is not known here",
            id="minutes of an unknown priority",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(warn_before=[480])]),
            "processes[0].milestones[0].warn_before[0]",
            "480 minutes before the target is before the clock starts",
            id="a warning that never comes",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(warn_before=[15, 15])]),
            "processes[0].milestones[0].warn_before[1]",
            "15 is given twice",
            id="a warning twice",
        ),
        pytest.param(
            "entitlement-process",
            process(milestones=[milestone(on_warning=[{"do": "fly"}])]),
            "processes[0].milestones[0].on_warning[0]",
            ONE_ACTION,
            id="an unknown action",
        ),
        pytest.param(
            "escalation",
            escalation(after_minutes=-1),
            "entries[0].after_minutes",
            "must be at least 0",
            id="escalation before the event",
        ),
        pytest.param(
            "escalation",
            escalation(then=[]),
            "entries[0].then",
            "must not be empty",
            id="an escalation that does nothing",
        ),
        pytest.param(
            "escalation",
            escalation(clock="lunar"),
            "entries[0].clock",
            "must be one of 'business' or 'calendar'",
            id="an unknown clock",
        ),
        pytest.param(
            "escalation",
            escalation(since="birth"),
            "entries[0].since",
            "must be one of 'created', 'last_change' or 'last_customer_message'",
            id="an unknown beginning",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "assign_queue"}]),
            "entries[0].then[0].queue",
            "is missing",
            id="an action lacks its queue",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"queue": "us"}]),
            "entries[0].then[0]",
            "must say what to do",
            id="an action without a verb",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "assign_queue", "queue": "mars"}]),
            "entries[0].then[0].queue",
            "there is no queue 'mars'",
            id="an action's unknown queue",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "assign_user", "user": "x@y.example"}]),
            "entries[0].then[0].user",
            "there is no user 'x@y.example'",
            id="an action's unknown user",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "assign_queue", "queue": "us"}, {"do": "assign_queue", "queue": "emea"}]),
            "entries[0].then[1]",
            "the queue is set twice by one rule",
            id="two queues at once",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "set_field", "field": "origin", "value": "web"}]),
            "entries[0].then[0].field",
            "there is no field 'origin' that a rule may set",
            id="a field no rule may set",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "set_field", "field": "priority", "value": "super"}]),
            "entries[0].then[0].value",
            "'super' is not one of urgent, high, normal, low",
            id="a value the field does not take",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "notify", "to": "everybody"}]),
            "entries[0].then[0].to",
            "must be one of manager, owner, queue, or a list of e-mail addresses",
            id="nobody to notify",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "notify", "to": []}]),
            "entries[0].then[0].to",
            "must be one of manager, owner, queue, or a list of e-mail addresses",
            id="an empty list to notify",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "send_template", "template": "poem"}]),
            "entries[0].then[0].template",
            "there is no template 'poem'",
            id="an unknown template",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "call_webhook", "webhook": "x"}]),
            "entries[0].then[0].webhook",
            "there is no webhook 'x'",
            id="an unknown webhook",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "add_task", "subject": "Call", "due_minutes": -5}]),
            "entries[0].then[0].due_minutes",
            "must be at least 0",
            id="a task due before",
        ),
        pytest.param(
            "escalation",
            escalation(then=[{"do": "add_task", "subject": "Call", "owner": "x@y.example"}]),
            "entries[0].then[0].owner",
            "there is no user 'x@y.example'",
            id="a task for nobody known",
        ),
        pytest.param(
            "auto-response",
            answer(then={"template": "poem"}),
            "entries[0].then.template",
            "there is no template 'poem'",
            id="an unknown answer",
        ),
        pytest.param(
            "trigger",
            trigger(on=None),
            "entries[0]",
            "must have either on (an event) or every_minutes",
            id="a trigger without an occasion",
        ),
        pytest.param(
            "trigger",
            trigger(every_minutes=5),
            "entries[0]",
            "must have either on (an event) or every_minutes",
            id="a trigger with two occasions",
        ),
        pytest.param(
            "trigger",
            trigger(on="case.eaten"),
            "entries[0].on",
            "there is no event 'case.eaten'",
            id="an unknown event",
        ),
    ],
)
def test_a_document_that_is_refused(kind: str, document: object, place: str, message: str) -> None:
    assert problems(kind, document) == [(place, message)]


def test_all_problems_are_named_at_once() -> None:
    document = assignment(
        rule(when=[condition("colour", "equals", "red")], then={"queue": "mars"}), otherwise={"queue": "venus"}
    )

    assert problems("assignment", document) == [
        ("entries[0].when[0].field", "there is no field 'colour'"),
        ("entries[0].then.queue", "there is no queue 'mars'"),
        ("otherwise.queue", "there is no queue 'venus'"),
    ]


def test_a_process_that_entitlements_use_may_not_go() -> None:
    known = KnownNames(processes_in_use=("gold", "silver"))

    assert problems("entitlement-process", process(), known) == [("processes", "entitlements still use silver")]


def test_too_many_entries_are_refused() -> None:
    entries = [rule(name=f"rule {number}") for number in range(501)]

    assert problems("assignment", assignment(*entries)) == [("entries", "must hold at most 500")]


def test_no_entries_are_a_rule_set_that_asks_nothing() -> None:
    kinds = [RuleSetKind.ESCALATION, RuleSetKind.AUTO_RESPONSE, RuleSetKind.TRIGGER]

    compiled: list[Any] = [documents.validate(kind, {"entries": []}, CATALOGUE, KNOWN) for kind in kinds]

    assert [rules.rules for rules in compiled] == [(), (), ()]
    assert choose_queue({}, documents.read_assignment(assignment(), CATALOGUE, KNOWN)).queue == "standard"


def test_an_assignment_is_compiled_in_its_order() -> None:
    document = assignment(
        rule(then={"queue": "us", "user": "Uma@Halden.example", "priority": "high", "tags": ["vip"]}),
        rule(name="Region unknown", when=[condition("account.region", "is_empty")]),
    )

    compiled = documents.read_assignment(document, CATALOGUE, KNOWN)

    assert [entry.name for entry in compiled.rules] == ["US", "Region unknown"]
    assert compiled.rules[0].then == Assignment("us", "uma@halden.example", Priority.HIGH, ("vip",))
    assert holds(compiled.rules[1].when, {})


def test_a_process_is_compiled_with_its_actions() -> None:
    document = process(
        pause_when=["on_hold"],
        milestones=[
            milestone(
                warn_before=[15, 60],
                recurs=True,
                on_warning=[{"do": "notify", "to": "owner"}, {"do": "notify", "to": ["A@b.example"]}],
                on_violation=[
                    {"do": "raise_level"},
                    {"do": "assign_queue", "queue": "tier_2"},
                    {"do": "assign_user", "user": "uma@halden.example"},
                    {"do": "set_field", "field": "tags", "value": ["late"]},
                    {"do": "add_task", "subject": "Call back", "due_minutes": 30, "owner": "owner"},
                ],
                on_success=[
                    {"do": "send_template", "template": "acknowledgement"},
                    {"do": "call_webhook", "webhook": "pager"},
                ],
            )
        ],
    )

    gold = documents.read_processes(document, CATALOGUE, KNOWN)["gold"]

    assert (gold.business_hours, gold.pause_when) == ("standard", frozenset({Category.ON_HOLD}))
    assert gold.milestones == (
        MilestoneRule(
            MilestoneKind.RESOLUTION,
            "Resolution",
            {Priority.URGENT: 60, Priority.LOW: 480},
            recurs=True,
            warn_before=(60, 15),
            on_warning=(actions.Notify(actions.Audience.OWNER), actions.Notify(("a@b.example",))),
            on_violation=(
                actions.RaiseLevel(),
                actions.AssignQueue("tier_2"),
                actions.AssignUser("uma@halden.example"),
                actions.SetField("tags", ("late",)),
                actions.AddTask("Call back", 30, "owner"),
            ),
            on_success=(
                actions.SendTemplate("acknowledgement", actions.Audience.CONTACT),
                actions.CallWebhook("pager"),
            ),
        ),
    )


def test_a_document_published_before_is_compiled_though_its_names_have_gone() -> None:
    document = assignment(rule(then={"queue": "gone"}))

    compiled = documents.compile_document(RuleSetKind.ASSIGNMENT, document, CATALOGUE)

    assert choose_queue({"account.region": "us"}, compiled).queue == "gone"  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(RuleSetKind))
def test_the_rules_of_a_new_desk_pass_their_own_check_and_stay_as_they_are(kind: RuleSetKind) -> None:
    before = deepcopy(defaults.DOCUMENTS[kind])

    documents.validate(kind, defaults.DOCUMENTS[kind], CATALOGUE, KNOWN)

    assert defaults.DOCUMENTS[kind] == before


def test_the_calendars_of_a_new_desk_are_open() -> None:
    assert all(is_ever_open(working_hours(document)) for document in defaults.BUSINESS_HOURS)


@pytest.mark.parametrize(
    ("facts", "queue"),
    [
        pytest.param(
            {"type": "billing_question", "entitlement.status": "unknown"},
            "billing",
            id="anybody's bill goes to billing",
        ),
        pytest.param(
            {"mailbox": "billing@example.com", "entitlement.status": "entitled"},
            "billing",
            id="mail to billing@ goes to billing",
        ),
        pytest.param({"entitlement.status": "unknown"}, "review", id="strangers are reviewed"),
        pytest.param(
            {"entitlement.status": "unentitled", "account.region": "US"},
            "review",
            id="the uncovered are reviewed, wherever they are",
        ),
        pytest.param(
            {"entitlement.status": "entitled", "entitlement.level": "premier", "account.region": "US"},
            "premier",
            id="premier comes before region",
        ),
        pytest.param(
            {"entitlement.status": "entitled", "entitlement.level": "standard", "account.region": "us"},
            "us",
            id="the US goes to us",
        ),
        pytest.param(
            {"entitlement.status": "entitled", "entitlement.level": "standard", "account.region": "EMEA"},
            "emea",
            id="EMEA goes to emea",
        ),
        pytest.param(
            {"entitlement.status": "entitled", "entitlement.level": "warranty"},
            "standard",
            id="everybody else goes to standard",
        ),
    ],
)
def test_where_a_new_desk_sends_a_case(facts: dict[str, str], queue: str) -> None:
    rules = documents.read_assignment(defaults.ASSIGNMENT, CATALOGUE, KNOWN)

    assert choose_queue(facts, rules).queue == queue


def test_a_refusal_reads_as_one_line() -> None:
    assert (
        str(InvalidRuleSet([Problem("a", "is missing"), Problem("b", "is not known here")]))
        == "a: is missing; b: is not known here"
    )
