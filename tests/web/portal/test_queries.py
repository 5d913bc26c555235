"""Pages of a portal ask the database as often for three rows as for one."""

import pytest

from casedesk.cases import conversing
from casedesk.entitlements.catalogue import ASSETS
from casedesk.identity import SYSTEM
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.web.api.counting import queries_of
from tests.web.portal.customers import Visits, a_solution
from tests.world import World


@pytest.mark.parametrize(
    "path",
    ["/", "/cases", "/cases?q=gateway&whose=company", "/cases.csv", "/products", "/solutions", "/search?q=stays"],
)
async def test_a_list_costs_the_same_for_one_row_and_for_three(
    visits: Visits, world: World, frozen: Frozen, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    ada = await visits.of(world.ada, sees_company=True)
    counts = []
    for more in (1, 2):
        for number in range(more):
            asset = {"serial": f"GW-{more}{number}77", "product_id": 1, "account_id": world.ada.account_id}
            await a_case(world.tess, world.ada, asset_id=(await ASSETS.add(asset, by=SYSTEM)).id)
            await a_solution(f"Gateway stays red {more} {number}", categories=("Gateways",))
        await ada.get(path)
        counts.append(await queries_of(lambda: ada.get(path), monkeypatch))

    assert 0 < counts[0] == counts[1]


async def test_a_case_costs_the_same_for_one_message_and_for_three(
    visits: Visits, world: World, frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await a_case(world.tess, world.ada)
    ada = await visits.of(world.ada)
    counts = []
    for more in (1, 2):
        for number in range(more):
            await conversing.reply(case.number, by=world.tess, text=f"Answer {more} {number}")
        await ada.get(f"/cases/{case.number}")
        counts.append(await queries_of(lambda: ada.get(f"/cases/{case.number}"), monkeypatch))

    assert 0 < counts[0] == counts[1]
