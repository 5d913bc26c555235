"""The list and the case's page, as they answer."""


async def test_the_list_shows_the_cases_of_a_view_and_leads_to_them(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    page = await tess.get("/console/v/unassigned")

    assert page.status_code == 200
    assert f'href="/console/c/{case.number}?v=unassigned"' in page.text


async def test_case(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    page = await tess.get(f"/console/c/{case.number}")
    assert page.status_code == 200
    page = await tess.get(f"/console/c/{case.number}/parts")
    assert page.status_code == 200
