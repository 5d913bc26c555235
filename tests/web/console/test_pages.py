"""Every page of the console answers with what is really there, and leads on."""

import pytest

from tests.web.browser import visitor

PAGES = (
    "/console/v/mine", "/console/v/unassigned", "/console/v/due", "/console/v/breached", "/console/v/all",
    "/console/v/recent", "/console/v/q-premier", "/console/views?here=mine", "/console/search", "/console/search?q=gateway",
    "/console/new", "/console/call?who=ada", "/console/solutions", "/console/me",
)  # fmt: skip
PARTS = ("", "/parts", "/older?before=m-1", "/escalation", "/resolution")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_answers_an_agent(world, sign_in, open_case, path: str) -> None:
    await open_case()
    tess = await sign_in(world.tess)

    assert (await tess.get(path)).status_code == 200


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_of_a_case_answers_an_agent(world, sign_in, open_case, part: str) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    assert (await tess.get(f"/console/c/{case.number}{part}")).status_code == 200


async def test_operations_answers_a_supervisor_alone(world, sign_in) -> None:
    leader, tess = await sign_in(world.max), await sign_in(world.tess)

    answers = [await someone.get("/console/setup/operations") for someone in (leader, tess)]

    assert [answer.status_code for answer in answers] == [200, 404]


@pytest.mark.parametrize("path", PAGES)
async def test_a_stranger_is_sent_to_the_door(app, path: str) -> None:
    async with visitor(app) as stranger:
        answer = await stranger.get(path)

    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")


async def test_the_list_shows_the_cases_of_a_view_and_leads_to_them(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    page = await tess.get("/console/v/unassigned")

    assert f'href="/console/c/{case.number}?v=unassigned"' in page.text
