"""Every page with everybody who may not see it: strangers, roles without the right, salespeople at others' cases."""

import pytest

from casedesk.cases import creating
from casedesk.cases.creating import NewCase
from casedesk.founding import found_desk
from casedesk.identity import SYSTEM, Role
from casedesk.permissions import ROLES
from casedesk.web.guard import GuardedRoute
from casedesk.web.portal.guard import CustomerRoute
from casedesk.web.routes import every_route
from tests.web.browser import signed_in, visitor

ABSENT = "999999999"
FILLED = {"{view}": "mine", "{outgoing}": "1", "{file}": "1", "{id}": "1", "{token}": "x", "{solution}": "1"}


def pages() -> list[tuple[GuardedRoute, str]]:
    """Return every guarded page of the staff with each of its methods; API and portals have tests of their own."""
    found = []
    for route in every_route():
        assert isinstance(route, GuardedRoute)
        if not route.path.startswith("/api/") and not isinstance(route, CustomerRoute):
            found += [(route, method) for method, needs in route.needs.items() if needs is not None]
    return found


def address(path: str, number: str = "1") -> str:
    for name, value in {"{number}": number, **FILLED}.items():
        path = path.replace(name, value)
    return path


@pytest.fixture
async def desk(configured) -> None:
    await found_desk(admin_email="founder@halden.example", admin_name="Founder", password_hash="x")


async def test_a_stranger_is_shown_the_door_everywhere(app, desk) -> None:
    async with visitor(app) as stranger:
        found = {}
        for route, method in pages():
            answer = await stranger.request(
                method, address(route.path), data={"nonsense": "x"} if method != "GET" else None
            )
            found[method, route.path] = (
                answer.status_code if method != "GET" else answer.headers.get("location", "")[:9]
            )

    assert found == {(method, route.path): "/sign-in?" if method == "GET" else 401 for route, method in pages()}


@pytest.mark.parametrize("role", list(Role))
async def test_a_page_without_its_right_is_not_there_whatever_is_sent(app, desk, add_user, role: Role) -> None:
    await add_user(role=role.value)
    somebody = await signed_in(app, "tess@halden.example")

    found = {}
    for route, method in pages():
        needs = route.needs[method]
        if needs is not None and role not in ROLES[needs]:
            answer = await somebody.request(method, address(route.path), data={"nonsense": "x"})
            found[method, route.path] = answer.status_code
    await somebody.aclose()

    assert set(found.values()) <= {404}


async def test_a_salesperson_cannot_tell_anothers_case_from_an_absent_one(app, desk, add_user) -> None:
    case = await creating.create_case(NewCase(subject="The secret of Ridgeline", origin="phone"), by=SYSTEM)
    await add_user("otto@halden.example", role="sales")
    otto = await signed_in(app, "otto@halden.example")

    for route, method in pages():
        if "{number}" not in route.path:
            continue
        filled = {"text": "x", "kind": "note", "note": "x", "reason": "x", "resolution": "x"}
        for form in [filled, {"nonsense": "x"}] if method != "GET" else [None]:
            there = await otto.request(method, address(route.path, str(case.id)), data=form)
            absent = await otto.request(method, address(route.path, ABSENT), data=form)
            assert (there.status_code, absent.status_code) == (404, 404), (method, route.path, form)
            assert "secret" not in there.text
    listed = await otto.get("/console/v/all")
    await otto.aclose()

    assert "secret" not in listed.text


async def test_no_page_breaks_on_a_number_of_any_shape(app, desk, add_user) -> None:
    await add_user(role="administrator")
    admin = await signed_in(app, "tess@halden.example")

    for route, method in pages():
        if method != "GET" or not any(part in route.path for part in ("{number}", "{file}")):
            continue
        for number in ("0", "-1", "x", "9" * 40, "%00", "HAL-", "1.5", "٣"):
            path = address(route.path.replace("{file}", "{number}"), number)
            assert (await admin.get(path)).status_code == 404, path
    await admin.aclose()
