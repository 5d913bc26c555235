"""Portals as places: every address asks first who is there, each brand looks like itself, a host shows its own."""

from dataclasses import replace

import pytest

from casedesk import settings as operator
from casedesk.identity import SYSTEM
from casedesk.permissions import OF_CUSTOMERS
from casedesk.portals import access, branding
from casedesk.portals.branding import PORTALS
from casedesk.web.portal.guard import CustomerRoute
from casedesk.web.routes import create_web, every_route
from tests.web.browser import policy_of, visitor
from tests.web.portal.conftest import HELP

PUMPS = {
    "slug": "pumps",
    "name": "Pump Care",
    "primary_colour": "#7a3e9d",
    "languages": ["de"],
    "host": "care.pumps.example",
}
FILLED = {"{portal}": "help", "{address}": "1", "{session}": "1"}


def _address(path: str, **other: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    while "{" in path:
        path = path[: path.index("{")] + "1" + path[path.index("}") + 1 :]
    return path


def _guarded() -> list[tuple[CustomerRoute, str]]:
    routes = [route for route in every_route() if isinstance(route, CustomerRoute)]
    return [(route, method) for route in routes for method, needs in route.needs.items() if needs is not None]


async def test_a_stranger_is_led_to_the_door_of_the_brand_everywhere(stranger) -> None:
    found = {}
    for route, method in _guarded():
        answer = await stranger.request(method, _address(route.path), data={"x": "y"} if method != "GET" else None)
        found[method, route.path] = (answer.status_code, answer.headers.get("location", "")[: len(HELP) + 3])

    assert found == {(method, route.path): (303, f"{HELP}/in") for route, method in _guarded()}


def test_every_right_a_page_asks_for_is_one_that_customers_have() -> None:
    assert {route.needs[method] for route, method in _guarded()} <= OF_CUSTOMERS


async def test_an_absent_brand_is_not_there_whoever_asks(stranger, world, enter) -> None:
    ada = await enter(world.ada)

    for browser in (stranger, ada):
        for path in ("/portal/nobody/", "/portal/nobody/me", "/portal/%00/", "/portal/HELP/", "/portal//"):
            assert (await browser.get(path)).status_code == 404, path


async def test_what_is_not_there_wears_the_brand_and_offers_a_search(stranger) -> None:
    answer = await stranger.get(f"{HELP}/nothing/of/the/kind")

    assert answer.status_code == 404
    assert f'action="{HELP}/search"' in answer.text
    assert 'class="cd-brand"' in answer.text


async def test_another_brand_looks_and_speaks_like_itself(stranger) -> None:
    await PORTALS.add(PUMPS, by=SYSTEM)

    page = await stranger.get("/portal/pumps/")

    assert "--accent:light-dark(#7a3e9d," in page.text
    assert '<html lang="de"' in page.text
    assert f"'nonce-{page.text.split('nonce=')[1].split(chr(34))[1]}'" in policy_of(page)["style-src"]


async def test_a_brand_that_speaks_what_we_have_no_words_for_is_served_in_english_words(stranger) -> None:
    await PORTALS.add({**PUMPS, "languages": ["fr"], "slug": "pompes"}, by=SYSTEM)

    page = await stranger.get("/portal/pompes/")

    assert '<html lang="en-GB"' in page.text
    assert "Search" in page.text


async def test_who_is_in_at_one_brand_is_a_stranger_at_another(world, enter) -> None:
    ada = await enter(world.ada)
    pumps = await PORTALS.add({**PUMPS, "host": None}, by=SYSTEM)

    before = await ada.get("/portal/pumps/me")
    await access.grant(world.ada.id, pumps.id, by=SYSTEM)
    after = await ada.get("/portal/pumps/me")

    assert (before.status_code, after.status_code) == (303, 200)


@pytest.fixture
def public(peopled, world):
    """Return the settings of this desk as the internet reaches it."""
    settings = peopled.model_copy(update={"url": "https://desk.example"})
    operator.use(settings)
    return settings


async def test_a_brand_is_served_at_the_root_of_its_own_host(public, world) -> None:
    await PORTALS.add(PUMPS, by=SYSTEM)
    app = create_web(public)
    async with visitor(app, host="care.pumps.example") as browser:
        home = await browser.get("/")
        door = await browser.get("/me")
        console = await browser.get("/console")
        api = await browser.get("/api/v1/cases")
        style = await browser.get("/static/css/portal.css")
        within = await browser.get("/portal/pumps/")
        other = await browser.get("/portal/help/")
    async with visitor(app, host="evil.example") as browser:
        unknown = await browser.get("/")

    assert (home.status_code, 'href="/solutions"' in home.text, "/portal/" in home.text) == (200, True, False)
    assert door.headers["location"] == "/in?next=%2Fme"
    assert [console.status_code, api.status_code, style.status_code, unknown.status_code] == [404, 404, 200, 421]
    assert [within.status_code, other.status_code] == [200, 404]


async def test_links_in_mail_are_built_from_the_brands_own_address(public, portal) -> None:
    pumps = await PORTALS.add(PUMPS, by=SYSTEM)

    assert branding.address_of(pumps) == "https://care.pumps.example"
    assert branding.address_of(portal) == "https://desk.example/portal/help"
    assert branding.address_of(replace(portal, host="help.example")) == "https://help.example"


async def test_over_tls_the_cookie_is_bound_to_its_host(public, world, portal) -> None:
    await access.grant(world.ada.id, portal.id, by=SYSTEM)
    app = create_web(public)
    async with visitor(app, host="desk.example") as browser:
        answer = await browser.post(f"{HELP}/lang/de")

    assert "Secure" in answer.headers["set-cookie"]


async def test_the_language_is_switched_for_good(stranger, world, enter) -> None:
    switched = await stranger.post(f"{HELP}/lang/de", headers={"referer": f"http://desk.example{HELP}/in"})
    german = await stranger.get(switched.headers["location"])
    ada = await enter(world.ada)
    await ada.post(f"{HELP}/lang/de")
    ada.cookies.delete("language")
    mine = await ada.get(f"{HELP}/me")
    unknown = await stranger.post(f"{HELP}/lang/tlh")

    assert (switched.headers["location"], '<html lang="de"' in german.text) == (f"{HELP}/in", True)
    assert '<html lang="de"' in mine.text
    assert unknown.status_code == 404
