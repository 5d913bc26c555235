"""Every URL of the program names the right it needs, or says aloud that it is public."""

from collections import Counter

from starlette.routing import Route

from casedesk.permissions import ROLES, Permission
from casedesk.web.routes import every_route


def test_every_url_names_its_right() -> None:
    nameless = [str(route) for route in every_route() if not isinstance(route, Route) or not hasattr(route, "needs")]

    assert nameless == []


def test_every_address_has_one_route_so_that_allow_is_right() -> None:
    paths = Counter(route.path for route in every_route() if isinstance(route, Route))

    assert [path for path, number in paths.items() if number > 1] == []


def test_every_right_has_its_roles() -> None:
    assert set(ROLES) == set(Permission)
