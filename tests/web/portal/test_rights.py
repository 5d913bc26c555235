"""Whoever lost their access is a stranger on every page, from the next request on."""

from casedesk.identity import SYSTEM
from casedesk.portals import access, branding
from casedesk.web.portal.guard import CustomerRoute
from casedesk.web.routes import every_route
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.web.portal.customers import HELP, Visits
from tests.world import World

PAGES = [
    (route.path.replace("/portal/{portal}", ""), method)
    for route in every_route()
    if isinstance(route, CustomerRoute)
    for method, needs in route.needs.items()
    if needs is not None
]


def filled(path: str, number: str) -> str:
    return path.replace("{number}", number).replace("{file}", "1").replace("{address}", "1").replace("{session}", "1")


async def test_whoever_lost_their_access_is_led_to_the_door_everywhere(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    case = await a_case(world.tess, world.ada, subject="A secret of Ada's")
    browser = await visits.of(world.ada)
    await access.suspend(world.ada.id, (await branding.every())[0].id, by=SYSTEM)

    answers = {
        (path, method): await browser.client.request(
            method, HELP + filled(path, case.number), data={"text": "x"} if method == "POST" else None
        )
        for path, method in PAGES
    }

    assert len(answers) > 20
    assert {(each.status_code, each.headers["location"].partition("?")[0]) for each in answers.values()} == {
        (303, f"{HELP}/in")
    }
