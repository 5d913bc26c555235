"""Lists ask the database as often for three rows as for one."""

import pytest

from tests.web.api.counting import queries_of


@pytest.mark.parametrize(
    "path",
    [
        "/console/v/all",
        "/console/v/all/rows?all=1",
        "/console/v/q-premier",
        "/console/search?q=gateway",
        "/console/call?contact=1",
    ],
)
async def test_a_list_costs_the_same_for_one_row_and_for_three(
    world, sign_in, open_case, monkeypatch, path: str
) -> None:
    tess = await sign_in(world.tess)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            await open_case()
        await tess.get(path)
        counts.append(await queries_of(lambda: tess.get(path), monkeypatch))

    assert 0 < counts[0] == counts[1]


async def test_a_case_costs_the_same_for_one_message_and_for_three(world, sign_in, open_case, monkeypatch) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    counts = []
    for more in (1, 2):
        for place in range(more):
            form = {"kind": "note", "text": f"note {more} {place}"}
            await tess.post(f"/console/c/{case.number}/messages", data=form)
        counts.append(await queries_of(lambda: tess.get(f"/console/c/{case.number}/parts"), monkeypatch))

    assert 0 < counts[0] == counts[1]


async def test_home_of_sales_costs_the_same_for_one_case_and_for_three(world, sign_in, open_case, monkeypatch) -> None:
    sally = await sign_in(world.sally)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            await open_case(by=world.sally)
        await sally.get("/console")
        counts.append(await queries_of(lambda: sally.get("/console"), monkeypatch))

    assert 0 < counts[0] == counts[1]


async def test_tasks_cost_the_same_for_one_and_for_three(world, sign_in, open_case, monkeypatch) -> None:
    case, tess, counts = await open_case(), await sign_in(world.tess), []
    for more in (1, 2):
        for _ in range(more):
            await tess.post("/console/tasks", data={"subject": "Ring back", "due": "today", "case": case.number})
        counts.append(await queries_of(lambda: tess.get("/console/tasks"), monkeypatch))

    assert 0 < counts[0] == counts[1]
