"""Records of setup: listed, added, changed, deleted; stale forms, wrong input, and changes taken back."""

import re

import pytest

from casedesk.queues.arranging import QUEUES
from tests.web.api.counting import queries_of

LISTS = (
    "queues", "mailboxes", "web-forms", "letters", "brands", "accounts", "contacts", "products", "assets", "contracts",
    "entitlements",
)  # fmt: skip
OF_ADMINISTRATORS = {"brands"}
OF_AGENTS = {"accounts", "contacts"}
ONE = {"entitlements": 1, "contracts": 1, "assets": 1, "products": 1, "contacts": 1, "accounts": 1, "brands": 1,
       "letters": 1, "mailboxes": 1, "web-forms": 1, "queues": 1}  # fmt: skip


def problems_in(html: str) -> list[str]:
    return re.findall(r'<li><a href="#f-\w+">([^<]*)</a>', html)


def value_of(html: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    assert found is not None, name
    return found[1]


@pytest.mark.parametrize("place", LISTS)
async def test_list_form_and_record_answer_an_administrator(world, sign_in, place) -> None:
    ines = await sign_in(world.ines)
    paths = [f"/console/setup/{place}{rest}" for rest in ("", "/new", f"/{ONE[place]}", f"/{ONE[place]}/removal")]

    assert [(await ines.get(path)).status_code for path in paths] == [200] * 4


@pytest.mark.parametrize("place", LISTS)
async def test_a_place_is_there_for_those_who_may_arrange_it_alone(world, sign_in, place) -> None:
    leader, tess, kim = await sign_in(world.max), await sign_in(world.tess), await sign_in(world.sally)

    found = [(await who.get(f"/console/setup/{place}")).status_code for who in (leader, tess, kim)]

    agents = 200 if place in OF_AGENTS else 404
    assert found == [404 if place in OF_ADMINISTRATORS else 200, agents, agents]


async def test_a_supervisor_may_read_a_mailbox_and_not_change_it(world, sign_in) -> None:
    leader = await sign_in(world.max)

    page = await leader.get("/console/setup/mailboxes/1")
    changed = await leader.post("/console/setup/mailboxes/1", data={"address": "x@example.com", "version": "1"})

    assert (page.status_code, '<fieldset class="cd-plain" disabled>' in page.text, changed.status_code) == (
        200,
        True,
        404,
    )


async def test_a_queue_is_added_and_found_in_the_list(world, sign_in) -> None:
    leader = await sign_in(world.max)

    given = {"name": "Night", "key": "night", "region": "EMEA", "members": [str(world.tess.id)]}
    answer = await leader.post("/console/setup/queues/new", data=given)

    made = (await QUEUES.page(by=world.max))[-1]
    assert answer.headers["location"] == f"/console/setup/queues/{made.id}?said=added"
    assert (made.key, made.region, made.level, made.members) == ("night", "EMEA", None, (world.tess.id,))


async def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(world, sign_in) -> None:
    leader = await sign_in(world.max)

    given = {"name": "Night & day", "key": "Night!", "tier": "many"}
    answer = await leader.post("/console/setup/queues/new", data=given)

    assert answer.status_code == 422
    assert problems_in(answer.text) == [
        "Key: use small letters, digits, - and _, at most 60", "Tier: give a whole number",
    ]  # fmt: skip
    assert [value_of(answer.text, name) for name in given] == ["Night &amp; day", "Night!", "many"]


async def test_a_stale_form_shows_both_values_and_keeps_what_was_typed(world, sign_in) -> None:
    leader, queue = await sign_in(world.max), world.queues["tier_1"]
    await QUEUES.change(queue, {"name": "Front desk"}, by=world.ines)

    given = {"name": "First line", "key": "tier_1", "version": "2", "members": [str(world.tess.id)]}
    answer = await leader.post(f"/console/setup/queues/{queue}", data=given)

    assert (answer.status_code, value_of(answer.text, "name")) == (409, "First line")
    assert "<bdi>Front desk</bdi></span>" in answer.text
    again = await leader.post(
        f"/console/setup/queues/{queue}", data={**given, "version": value_of(answer.text, "version")}
    )
    assert (again.status_code, (await QUEUES.find(queue, by=world.max)).name) == (303, "First line")


async def test_a_record_in_use_is_not_deleted_and_says_by_what(world, sign_in, open_case) -> None:
    await open_case()
    leader = await sign_in(world.max)

    answer = await leader.post(f"/console/setup/queues/{world.queues['premier']}/removal", data={})

    assert answer.status_code == 409
    assert "; this queue cannot be deleted." in answer.text or "change them first." in answer.text


async def test_a_record_that_nothing_uses_is_deleted(world, sign_in) -> None:
    leader = await sign_in(world.max)
    made = await QUEUES.add({"key": "night", "name": "Night"}, by=world.max)

    answer = await leader.post(f"/console/setup/queues/{made.id}/removal", data={"version": "1"})

    assert answer.headers["location"] == "/console/setup/queues?deleted=1"
    assert made.id not in [queue.id for queue in await QUEUES.page(by=world.max)]


async def test_the_page_says_what_uses_the_record(world, sign_in, open_case) -> None:
    case = await open_case()
    leader = await sign_in(world.max)

    page = (await leader.get(f"/console/setup/queues/{case.queue.id}")).text

    used = re.search(r'<p class="cd-affects">.*?</p>', page, re.DOTALL)
    assert used is not None
    assert re.findall(r"<b>([^<]*)</b>", used[0])[-2:] == ["1 open case", "1 case in all"]


async def test_a_change_is_told_and_taken_back(world, sign_in) -> None:
    leader = await sign_in(world.max)
    made = await QUEUES.add({"key": "night", "name": "Night"}, by=world.max)
    await QUEUES.change(made.id, {"name": "Day", "region": "EMEA"}, by=world.max)

    page = (await leader.get(f"/console/setup/queues/{made.id}")).text
    answer = await leader.post(
        f"/console/setup/queues/{made.id}/reversal", data={"event": value_of(page, "event"), "version": "2"}
    )

    told = re.findall(r"<dt>(.*?)</dt><dd><del><bdi>(.*?)</bdi>.*?<ins><bdi>(.*?)</bdi>", page, re.DOTALL)
    assert told == [("Name", "Night", "Day"), ("Region", "—", "EMEA")]
    back = await QUEUES.find(made.id, by=world.max)
    assert (answer.status_code, back.name, back.region) == (303, "Night", None)


async def test_an_event_of_another_record_takes_nothing_back(world, sign_in) -> None:
    leader = await sign_in(world.max)
    made = await QUEUES.add({"key": "night", "name": "Night"}, by=world.max)
    await QUEUES.change(made.id, {"name": "Day"}, by=world.max)
    event = value_of((await leader.get(f"/console/setup/queues/{made.id}")).text, "event")

    answer = await leader.post(f"/console/setup/queues/{world.queues['tier_1']}/reversal", data={"event": event})

    assert answer.status_code == 404


async def test_an_account_is_picked_by_its_name_or_its_number(world, sign_in) -> None:
    leader = await sign_in(world.max)
    dates = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "level": "premier", "name": "Gold"}

    answers = [
        await leader.post("/console/setup/contracts/new", data={**dates, "account_id": typed})
        for typed in ("ridgeline", f"Ridgeline #{world.ada.account_id}", "Nobody Ltd", "e")
    ]

    assert [answer.status_code for answer in answers] == [303, 303, 422, 422]
    assert problems_in(answers[2].text) == ["Account: nothing is called Nobody Ltd"]
    assert "several are called so" in problems_in(answers[3].text)[0]


async def test_pickers_are_offered_names(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    found = await tess.get("/console/setup/find/account", params={"q": "ridge"})

    assert found.json() == [f"Ridgeline #{world.ada.account_id}"]
    assert (await tess.get("/console/setup/find/password")).status_code == 404


@pytest.mark.parametrize("given", [{"version": "x"}, {"event": "9" * 19}, {"event": "-1"}])
async def test_numbers_that_are_none_are_refused_calmly(world, sign_in, given) -> None:
    leader = await sign_in(world.max)

    answer = await leader.post(f"/console/setup/queues/{world.queues['tier_1']}/reversal", data=given)

    assert answer.status_code in (404, 422)


async def test_a_list_costs_as_many_queries_for_more_records(world, sign_in, monkeypatch) -> None:
    leader = await sign_in(world.max)
    paths = ("/console/setup/queues", "/console/setup/entitlements", "/console/setup/contacts")
    for path in paths:
        await leader.get(path)
    before = [await queries_of(lambda path=path: leader.get(path), monkeypatch) for path in paths]
    for number in range(3):
        await QUEUES.add({"key": f"more-{number}", "name": "More", "members": [world.tess.id]}, by=world.max)
        dates = {"account_id": f"#{world.bo.account_id}", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
        await leader.post("/console/setup/entitlements/new", data={**dates, "level": "standard", "process": "standard"})
        await leader.post("/console/setup/contacts/new", data={"name": f"N{number}", "account_id": dates["account_id"]})
    for path in paths:
        await leader.get(path)

    after = [await queries_of(lambda path=path: leader.get(path), monkeypatch) for path in paths]

    assert after == before
