"""Rules on pages: moved, edited, tried on a case, published, taken back; nothing lost and nothing in force too early."""

import html
import json
import re

import pytest

from casedesk.cases import publishing, viewing
from casedesk.rulesets import published

KINDS = ("assignment", "service-levels", "escalation", "auto-response", "triggers")
PAGE = "/console/setup/assignment"


def hidden(page: str) -> dict[str, str]:
    """Return the fields of the draft that a page carries along."""
    return {
        name: html.unescape(found[1])
        for name in ("document", "base", "open")
        if (found := re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page))
    }


def document_in(page: str) -> dict:
    return json.loads(hidden(page)["document"])


def names_in(page: str) -> list[str]:
    return [entry["name"] for entry in document_in(page)["entries"]]


async def step(who, page: str, act: str, **given) -> str:
    """Press one button of the draft's page and return the next page."""
    answer = await who.post(PAGE, data={**hidden(page), **given, "act": act})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_rules_is_shown_to_leaders_alone(world, sign_in, kind) -> None:
    leader, tess = await sign_in(world.max), await sign_in(world.tess)
    path = f"/console/setup/{kind}"

    gets = [(await who.get(path)).status_code for who in (leader, tess)]
    posts = [(await tess.post(rest, data={"act": "publish"})).status_code for rest in (path, f"{path}/versions/1")]

    assert (gets, posts) == ([200, 404], [404, 404])


async def test_a_rule_is_moved_in_the_draft_and_not_in_force(world, sign_in) -> None:
    leader = await sign_in(world.max)
    first = (await leader.get(PAGE)).text

    moved = await step(leader, first, "down.0")

    before = names_in(first)
    assert names_in(moved) == [before[1], before[0], *before[2:]]
    assert "Draft, not in force" in moved
    assert (await published.current("assignment")).number == 1


async def test_a_rule_is_written_tried_and_published(world, sign_in, open_case) -> None:
    case = await open_case(subject="Invoice 77 is wrong")
    leader = await sign_in(world.max)

    page = await step(leader, (await leader.get(PAGE)).text, "add")
    fields = {"name": "Invoices to billing", "match": "all", "c0-field": "subject", "c0-operator": "contains",
              "c0-value": "invoice", "queue": "billing", "otherwise": "standard"}  # fmt: skip
    page = await step(leader, page, "close", **fields)
    for place in range(5, 0, -1):
        page = await step(leader, page, f"up.{place}")
    tried = await step(leader, page, "try", number=case.number)
    answer = await leader.post(PAGE, data={**hidden(tried), "act": "publish"})

    assert "To the queue Billing, because rule 1 held: Invoices to billing." in tried
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?said=2")
    now = await published.current("assignment")
    assert (now.number, now.document["entries"][0]["then"]) == (2, {"queue": "billing"})


@pytest.mark.parametrize("subject", ["Gateway is silent", "Invoice 5", "Pump"])
async def test_a_trial_says_what_really_happens(world, sign_in, open_case, subject) -> None:
    leader = await sign_in(world.max)
    cases = [await open_case(who, subject=subject) for who in (world.ada, world.bo, world.otto)]
    page = (await leader.get(PAGE)).text

    said = [await step(leader, page, "try", number=case.number) for case in cases]

    queues = [re.search(r"To the queue ([^,]*), because", each)[1] for each in said]
    assert queues == [case.queue.name for case in cases]


async def test_facts_are_typed_instead_of_a_case(world, sign_in) -> None:
    leader = await sign_in(world.max)
    page = (await leader.get(PAGE)).text

    tried = await step(leader, page, "try", **{"fact-account.region": "EMEA", "fact-entitlement.status": "entitled"})

    assert "To the queue EMEA, because rule 5 held" in tried
    assert re.search(r'name="fact-account.region" value="EMEA"', tried)


@pytest.mark.parametrize("number", ["CD-99999", "nothing", "9" * 30])
async def test_a_case_that_is_not_there_is_told_calmly(world, sign_in, number) -> None:
    leader = await sign_in(world.max)
    page = (await leader.get(PAGE)).text

    answer = await leader.post(PAGE, data={**hidden(page), "act": "try", "number": number})

    assert (answer.status_code, f"There is no case {number}." in answer.text) == (422, True)


async def test_rules_that_are_wrong_are_refused_naming_the_rule_and_kept(world, sign_in) -> None:
    leader = await sign_in(world.max)
    page = await step(leader, (await leader.get(PAGE)).text, "add")
    fields = {"name": "Broken", "match": "all", "c0-field": "age_minutes", "c0-operator": "less", "c0-value": "soon"}

    answer = await leader.post(PAGE, data={**hidden(page), **fields, "queue": "nowhere", "act": "publish"})

    assert (answer.status_code, names_in(answer.text)[-1]) == (422, "Broken")
    assert '<a href="#rule-5">Rule 6: ' in answer.text
    assert (await published.current("assignment")).number == 1


async def test_a_draft_that_has_grown_old_is_kept_and_said_so(world, sign_in) -> None:
    leader = await sign_in(world.max)
    page = await step(leader, (await leader.get(PAGE)).text, "down.0")
    theirs = (await published.current("assignment")).document
    await publishing.publish("assignment", {**theirs, "entries": theirs["entries"][:2]}, by=world.ines)

    answer = await leader.post(PAGE, data={**hidden(page), "act": "publish"})

    assert (answer.status_code, "Somebody published version 2 meanwhile." in answer.text) == (409, True)
    assert names_in(answer.text) == names_in(page)
    again = await leader.post(PAGE, data={**hidden(answer.text), "act": "publish"})
    assert (again.status_code, (await published.current("assignment")).number) == (303, 3)


async def test_an_earlier_version_is_taken_back_as_a_new_one(world, sign_in) -> None:
    leader = await sign_in(world.max)
    first = (await published.current("assignment")).document
    await publishing.publish("assignment", {**first, "entries": []}, by=world.max)

    answer = await leader.post(f"{PAGE}/versions/1")

    now = await published.current("assignment")
    assert (answer.status_code, now.number, now.document) == (303, 3, first)


async def test_words_of_a_rule_bring_no_script_into_the_page(world, sign_in) -> None:
    leader, wicked = await sign_in(world.max), "<img src=x onerror=alert(1)>"
    page = await step(leader, (await leader.get(PAGE)).text, "add")
    fields = {"name": wicked, "match": "all", "c0-field": "subject", "c0-operator": "contains", "c0-value": wicked,
              "queue": "billing", "tags": wicked}  # fmt: skip

    shown = await step(leader, page, "close", **fields)
    tried = await step(leader, shown, "try", **{"fact-subject": wicked})

    assert (names_in(tried)[-1], wicked in shown, wicked in tried) == (wicked, False, False)


async def test_publishing_what_is_in_force_makes_no_new_version(world, sign_in) -> None:
    leader = await sign_in(world.max)
    page = await step(leader, (await leader.get(PAGE)).text, "open.0")

    answer = await leader.post(PAGE, data={**hidden(page), **_filled(page), "act": "publish"})

    assert (answer.status_code, (await published.current("assignment")).number) == (303, 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_opening_and_closing_each_rule_changes_nothing(world, sign_in, kind) -> None:
    leader, path = await sign_in(world.max), f"/console/setup/{kind}"
    page = (await leader.get(path)).text
    before = document_in(page)
    rules = before.get("entries", before.get("processes"))

    for place in range(len(rules)):
        opened = (await leader.post(path, data={**hidden(page), "act": f"open.{place}"})).text
        page = (await leader.post(path, data={**hidden(opened), **_filled(opened), "act": "close"})).text

    assert document_in(page) == _without_empty(before)


def _without_empty(document: dict) -> dict:
    return document


def _filled(page: str) -> dict[str, list[str]]:
    """Return what a browser would send of the open rule: inputs, chosen options and ticked boxes."""
    form = page[page.index('class="cd-stack cd-rule-form"') : page.index('id="f-text"')]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = [html.unescape(chosen[1])] if chosen else [""]
    return found


@pytest.mark.parametrize(
    "given",
    [
        {"document": "nothing"}, {"document": "[]"}, {"document": '{"entries": [1]}'}, {"document": '{"entries": {}}'},
        {"document": '{"entries": [{}]}', "open": "0", "c0-field": "x"}, {"document": "{}", "open": "999"},
        {"document": '{"entries": [{"when": 7, "then": 8}]}'}, {"document": '{"entries": []}', "base": "one"},
    ],
)  # fmt: skip
async def test_a_draft_made_by_hand_is_answered_and_not_published(world, sign_in, given) -> None:
    leader = await sign_in(world.max)
    acts = ("publish", "try", "open.0", "up.-1", "remove-condition.7", "json", "nothing", "add-action:9.x.0")

    answers = [await leader.post(PAGE, data={"base": "1", **given, "act": act}) for act in acts]

    assert {answer.status_code for answer in answers} <= {200, 400, 422}
    assert (await published.current("assignment")).number == 1


async def test_rules_written_as_json_are_taken_as_the_draft(world, sign_in) -> None:
    leader = await sign_in(world.max)
    page = (await leader.get(PAGE)).text

    taken = await step(leader, page, "json", text='{"entries": [], "otherwise": {"queue": "standard"}}')

    assert document_in(taken) == {"entries": [], "otherwise": {"queue": "standard"}}


async def test_the_case_of_a_trial_stays_as_it_was(world, sign_in, open_case) -> None:
    case = await open_case()
    leader = await sign_in(world.max)

    await step(leader, (await leader.get(PAGE)).text, "try", number=case.number)

    assert (await viewing.case(case.number, by=world.max)).version == case.version
