"""Pages of members of staff: each speaks the language of who asks, in their time zone, and names its right."""

from collections.abc import Mapping
from functools import cache
from urllib.parse import unquote
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from casedesk.language import Reader, speaking_to
from casedesk.permissions import Permission
from casedesk.web import cookies, guard
from casedesk.web.guard import Handler

ZONE_COOKIE = "zone"


def page(
    path: str, handlers: Handler | Mapping[str, Handler], needs: Permission | Mapping[str, Permission]
) -> BaseRoute:
    """Return the route of a page for staff who hold `needs`; one handler alone serves GET."""
    by_method = handlers if isinstance(handlers, Mapping) else {"GET": handlers}
    return guard.page(path, {method: _spoken(each) for method, each in by_method.items()}, needs=needs)


def reader_of(request: Request) -> Reader:
    """Return how the signed-in person reads: what they chose, else the zone their browser is in."""
    chosen = guard.session_of(request).preferences
    zone = str(chosen.get("time_zone") or unquote(cookies.value(request, ZONE_COOKIE)))
    locale = str(chosen.get("language") or "en_GB")
    return Reader(locale, zone if zone in _zones() else "UTC")


def _spoken(handler: Handler) -> Handler:
    """Return the handler speaking the language of who asks, in their time zone."""

    async def speaking(request: Request) -> Response:
        with speaking_to(reader_of(request)):
            return await handler(request)

    return speaking


@cache
def _zones() -> frozenset[str]:
    """Return the names of all zones; looking them up walks through a thousand files."""
    return frozenset(available_timezones())
