"""The index of setup: found by a few letters, showing each what they may arrange."""

import re

import pytest

from casedesk.cases import publishing
from casedesk.queues.arranging import QUEUES
from casedesk.rulesets import published
from tests.web.api.counting import queries_of

LEADER = [
    "queues", "assignment", "hours", "service-levels", "escalation", "auto-response", "triggers",
    "mailboxes", "web-forms", "letters", "accounts", "contacts", "entitlements", "contracts", "assets",
    "products", "imports", "operations",
]  # fmt: skip


def entries_in(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/console/setup/([a-z-]+)">', html)


async def test_an_administrator_finds_every_place(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    found = entries_in((await ines.get("/console/setup")).text)

    assert found == ["people", *LEADER[:10], "brands", *LEADER[10:-2], "checklist", *LEADER[-2:]]


async def test_a_supervisor_finds_what_a_leader_may_arrange(world, sign_in) -> None:
    leader = await sign_in(world.max)

    assert entries_in((await leader.get("/console/setup")).text) == LEADER


async def test_an_agent_finds_customers_alone_and_no_link_in_the_rail(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    page = (await tess.get("/console/setup")).text

    assert (entries_in(page), 'aria-label="Setup" title="Setup"' in page) == (["accounts", "contacts"], False)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("SLA", ["hours", "service-levels", "escalation", "entitlements", "contracts"]),
        ("agents", ["people"]),
        ("email", ["auto-response", "mailboxes", "letters", "contacts"]),
        ("routing", ["assignment"]),
        ("case numbers", ["brands"]),
        ("zebra", []),
    ],
)
async def test_words_that_people_use_find_the_place(world, sign_in, asked, found) -> None:
    ines = await sign_in(world.ines)

    page = await ines.get("/console/setup", params={"q": asked})

    assert entries_in(page.text) == found


async def test_the_index_costs_as_many_queries_for_a_larger_desk(world, sign_in, monkeypatch) -> None:
    ines, paths = await sign_in(world.ines), ("/console/setup", "/console/setup/assignment", "/console/setup/people")
    await _publish(world, "standard")
    for path in paths:
        await ines.get(path)
    before = [await queries_of(lambda path=path: ines.get(path), monkeypatch) for path in paths]
    for number in range(3):
        await QUEUES.add({"key": f"more-{number}", "name": "More"}, by=world.max)
        await _publish(world, f"more-{number}")
    for path in paths:
        await ines.get(path)

    after = [await queries_of(lambda path=path: ines.get(path), monkeypatch) for path in paths]

    assert (after, max(after) <= 12) == (before, True)


async def _publish(world, queue: str) -> None:
    rules = (await published.current("assignment")).document
    await publishing.publish("assignment", {**rules, "otherwise": {"queue": queue}}, by=world.max)


async def test_each_place_says_how_it_stands(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    page = (await ines.get("/console/setup")).text

    states = re.findall(r'<h3><a href="/console/setup/(\w+)">.*?<bdi>([^<]*)</bdi>', page)
    assert dict(states)["mailboxes"] == "2 mailboxes, 2 never received mail"
