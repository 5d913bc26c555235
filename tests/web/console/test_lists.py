"""Lists while they are looked at, the search, and what is stuck."""

from casedesk.cases import assigning, closing
from casedesk.database import transaction
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.journal import pending, record
from intake import by_web, held, web_forms
from intake.by_web import Filled
from tests.web.api.counting import queries_of


async def test_rows_are_asked_for_by_id_and_say_why_they_left(world, sign_in, open_case) -> None:
    stays, taken, solved = await open_case(), await open_case(), await open_case()
    await assigning.take(taken.number, by=world.uma)
    await closing.resolve(solved.number, by=world.tess)
    tess = await sign_in(world.tess)

    ids = ",".join(str(case.id) for case in (stays, taken, solved))
    page = await tess.get(f"/console/v/unassigned/rows?ids={ids}")

    assert page.text.count("cd-case-row") == 3
    assert page.text.count("data-gone") == 2
    assert "Uma Rao has it" in page.text
    assert "Resolved" in page.text


async def test_a_page_that_missed_something_gets_the_first_page_too(world, sign_in, open_case) -> None:
    old, new = await open_case(), await open_case()
    tess = await sign_in(world.tess)

    page = await tess.get(f"/console/v/unassigned/rows?ids={old.id}&all=1")

    assert [f'id="row-{case.id}"' in page.text for case in (old, new)] == [True, True]


async def test_rows_ask_for_nothing_strange(world, sign_in, open_case) -> None:
    await open_case()
    tess = await sign_in(world.tess)

    answers = [
        await tess.get(f"/console/v/{path}") for path in ("all/rows?ids=x,-1,1e9,%00", "all/rows", "nowhere/rows?ids=1")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 404]


async def test_a_list_is_searched_and_paged_by_address(world, sign_in, open_case) -> None:
    case = await open_case(subject="Zebra in the lift")
    await open_case()
    tess = await sign_in(world.tess)

    found, wrong = await tess.get("/console/v/all?q=zebra"), await tess.get("/console/v/all?sort=sideways")

    assert found.text.count("cd-case-row") == 1
    assert f"/console/c/{case.number}?v=all&amp;q=zebra" in found.text
    assert wrong.status_code == 422


async def test_a_number_goes_straight_to_its_case(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    places = [
        (await tess.get(f"/console/search?q={text}")).headers.get("location")
        for text in (case.number, str(case.id), "99999999")
    ]

    assert places == [f"/console/c/{case.number}", f"/console/c/{case.number}", None]


async def test_search_finds_people_companies_and_things(world, sign_in, open_case) -> None:
    await open_case()
    tess = await sign_in(world.tess)

    pages = {
        words: (await tess.get(f"/console/search?q={words}")).text
        for words in ("Premier", "Ridgeline", "RL-77120-4", "silent")
    }

    assert "Ada Premier" in pages["Premier"]
    assert "/console/v/recent?q=Ridgeline" in pages["Ridgeline"]
    assert "Gateway 4 RL-77120-4" in pages["RL-77120-4"]
    assert "Gateway is silent" in pages["silent"]


async def test_a_dead_letter_is_shown_with_its_case_and_tried_again(world, sign_in, open_case) -> None:
    case = await open_case()
    async with transaction():
        event = await record(EventName.NOTIFICATION_ASKED_FOR, by=SYSTEM, case=case.id, data={"to": "owner"})
    for _ in range(len(pending.RETRY_SECONDS) + 1):
        await pending.failed(event, "tell", ValueError("nobody is there"))
    leader = await sign_in(world.max)
    letter = (await pending.dead_letters())[0]

    page = await leader.get("/console/setup/operations")
    again = await leader.post(f"/console/setup/operations/dead/{letter.id}")

    assert f"notification asked for, {case.number}" in page.text
    assert "ValueError: nobody is there" in page.text
    assert again.status_code == 303
    assert await pending.dead_letters() == []


async def test_what_is_stuck_costs_the_same_for_one_row_and_for_three(world, sign_in, open_case, monkeypatch) -> None:
    leader, counts = await sign_in(world.max), []
    for more in (1, 2):
        for _ in range(more):
            case = await open_case()
            async with transaction():
                event = await record(EventName.NOTIFICATION_ASKED_FOR, by=SYSTEM, case=case.id, data={"to": "owner"})
            for _try in range(len(pending.RETRY_SECONDS) + 1):
                await pending.failed(event, "tell", ValueError("nobody is there"))
        await leader.get("/console/setup/operations")
        counts.append(await queries_of(lambda: leader.get("/console/setup/operations"), monkeypatch))

    assert 0 < counts[0] == counts[1]


async def test_a_form_that_was_held_back_becomes_a_case_from_the_page(world, sign_in) -> None:
    values = {
        "name": "<i>Nell",
        "email": "nell@somewhere.example",
        "subject": "It hums",
        "description": "Since Monday.",
    }
    await by_web.receive(await web_forms.in_use("contact"), Filled(values, suspicion="too quick"))
    leader = await sign_in(world.max)
    (form,) = await held.waiting(by=world.max)

    page = await leader.get("/console/setup/operations")
    made = await leader.post(f"/console/setup/operations/held/{form.id}")
    told = await leader.get(made.headers["location"])
    again = await leader.post(f"/console/setup/operations/held/{form.id}")

    assert all(each in page.text for each in ("It hums", "&lt;i&gt;Nell", "too quick", "Make it a case"))
    assert "Max Brandt made a case of a form that was held back" in told.text
    assert (made.status_code, again.status_code) == (303, 404)


async def test_what_is_not_there_cannot_be_tried_again(world, sign_in) -> None:
    leader = await sign_in(world.max)

    answers = [
        await leader.post(f"/console/setup/operations/{path}")
        for path in ("dead/7", "dead/x", "mail/7", "mail/" + "9" * 30, "held/7")
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


async def test_choices_are_kept_and_wrong_ones_refused(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    kept = await tess.post("/console/me", data={"theme": "dark", "time_zone": "Europe/Paris", "undo_seconds": "5"})
    wrong = [
        await tess.post("/console/me", data=form)
        for form in ({"theme": "pink"}, {"time_zone": "Mars"}, {"undo_seconds": "99"})
    ]
    page = await tess.get("/console/me")

    assert kept.status_code == 303
    assert [answer.status_code for answer in wrong] == [422] * 3
    assert 'data-theme="dark"' in page.text
    assert 'value="Europe/Paris"' in page.text


async def test_an_agent_begins_with_their_own_cases_and_who_leads_with_all(world, sign_in) -> None:
    led = [await (await sign_in(who)).get("/console") for who in (world.tess, world.max)]

    assert [answer.headers["location"] for answer in led] == ["/console/v/mine", "/console/v/all"]
