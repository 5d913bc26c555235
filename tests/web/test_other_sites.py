"""What another site's page could make a browser send changes nothing: every unsafe method of every URL, no exception unnamed."""

import re

import pytest

from casedesk.founding import found_desk
from casedesk.web.guard import SAFE, GuardedRoute
from casedesk.web.portal.guard import CustomerRoute
from casedesk.web.routes import every_route
from tests.web.browser import signed_in, visitor
from tests.web.portal.customers import HELP, Visits
from tests.world import World

FROM_ANYWHERE = {("POST", "/web-to-case"), ("POST", "/web-to-case/{form}"), ("POST", "/csp-report")}
"""Forms of other web sites, and the reports of browsers: neither looks at a cookie."""


def unsafe(of: type[GuardedRoute]) -> list[tuple[str, str]]:
    """Return method and path of all that could change something; the API knows no cookies, and is not among it."""
    return sorted(
        (method, route.path)
        for route in every_route()
        if type(route) is of and not route.path.startswith("/api/")
        for method in set(route.needs) - SAFE
    )


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "1", path)


@pytest.fixture
async def desk(configured) -> None:
    await found_desk(admin_email="founder@halden.example", admin_name="Founder", password_hash="x")


async def test_a_page_of_the_staff_wants_its_token_and_our_own_origin(app, desk, add_user) -> None:
    await add_user(role="administrator")
    admin = await signed_in(app, "tess@halden.example")
    token = admin.headers.pop("x-csrf-token")
    pages = [each for each in unsafe(GuardedRoute) if each not in FROM_ANYWHERE]
    guarded = [each for each in pages if each[1] not in ("/sign-in", "/invitation/{token}", "/s/{token}")]

    bare = {(method, path): (await admin.request(method, filled(path))).status_code for method, path in guarded}
    elsewhere = {"x-csrf-token": token, "sec-fetch-site": "cross-site"}
    foreign = {
        (method, path): (await admin.request(method, filled(path), headers=elsewhere)).status_code
        for method, path in pages
    }
    still_in = (await admin.get("/console/me")).status_code
    await admin.aclose()

    assert (bare, foreign, still_in) == (dict.fromkeys(guarded, 403), dict.fromkeys(pages, 403), 200)


async def test_a_page_of_a_portal_wants_its_token_and_our_own_origin(visits: Visits, world: World) -> None:
    ada = (await visits.of(world.ada)).client
    stranger = (await visits.stranger()).client
    pages = [(method, filled(path.replace("/portal/{portal}", HELP))) for method, path in unsafe(CustomerRoute)]
    elsewhere = {"sec-fetch-site": "cross-site"}

    bare = {each: (await ada.request(*each)).status_code for each in pages}
    foreign = {each: (await stranger.request(*each, headers=elsewhere)).status_code for each in pages}
    still_in = (await ada.get(f"{HELP}/me")).status_code

    assert (bare, still_in) == (dict.fromkeys(pages, 403), 200)
    assert set(foreign.values()) == {303, 403}
    assert {path for (_method, path), status in foreign.items() if status == 303} == {
        filled(route.path.replace("/portal/{portal}", HELP))
        for route in every_route()
        if isinstance(route, CustomerRoute) and route.needs.get("POST") is not None
    }


async def test_what_anybody_may_send_from_anywhere_looks_at_no_cookie(app, desk, add_user) -> None:
    await add_user(role="administrator")
    admin = await signed_in(app, "tess@halden.example")

    async with visitor(app) as stranger:
        for method, path in sorted(FROM_ANYWHERE):
            known, unknown = [
                await each.request(method, filled(path), headers={"sec-fetch-site": "cross-site"}, data={"x": "y"})
                for each in (admin, stranger)
            ]
            assert (known.status_code, "set-cookie" in known.headers) == (unknown.status_code, False), path
    await admin.aclose()


async def test_a_link_with_a_token_is_told_to_no_page_that_is_linked_to(app, desk) -> None:
    paths = [route.path for route in every_route() if "{token}" in route.path and "GET" in route.needs]
    at_once = [
        path for path in paths if path not in ("/s/{token}", "/c/{token}")
    ]  # these two are absent with a made-up one

    async with visitor(app) as stranger:
        looked = [await stranger.get(filled(path.replace("{portal}", "help"))) for path in at_once]

    assert len(looked) >= 5
    assert {answer.headers["referrer-policy"] for answer in looked} == {"no-referrer"}
