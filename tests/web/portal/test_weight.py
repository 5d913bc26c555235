"""A portal's pages are light: everything a cold browser loads for them, compressed as it is sent."""

import re

import pytest

from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.web.portal.customers import Visits, a_solution
from tests.world import World

COLD = 80 * 1024


@pytest.mark.parametrize("path", ["/", "/ask?q=gateway+stays+red", "/cases"])
async def test_the_first_view_is_light(visits: Visits, world: World, frozen: Frozen, path: str) -> None:
    await a_solution()
    for number in range(5):
        await a_case(world.tess, world.ada, subject=f"Case {number}")
    ada = await visits.of(world.ada)
    ada.client.headers["accept-encoding"] = "gzip"

    page = await ada.get(path)
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    scripts = ["/static/js/portal-ask.js", "/static/js/portal-files.js"] if "portal.js" in page.text else []
    loaded = [await ada.client.get(address) for address in (*linked, *scripts)]

    weights = {str(each.url): each.num_bytes_downloaded for each in (page, *loaded)}
    assert {each.status_code for each in loaded} == {200}
    assert sum(weights.values()) <= COLD, weights
