"""Every URL of a portal names its right: `page()` for signed-in customers, `open_page()` for everybody.

The brand comes first (an unknown one is not there), then who asks, then the right, and only then what was sent. Inside,
handlers find it all in `place_of(request)`; the reader's language is set before they are called.
"""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import NotFound, SignInNeeded
from casedesk.identity import Actor
from casedesk.language import speaking_to
from casedesk.permissions import Permission
from casedesk.portals import branding, sessions
from casedesk.portals.sessions import Customer
from casedesk.web import cookies
from casedesk.web.guard import SAFE, GuardedRoute, Handler, check_origin, check_origin_and_token, settings_of, unlinked
from casedesk.web.portal import pages
from casedesk.web.portal.place import Place, language_of, reader_of

PREFIX = "/portal/{portal}"


class CustomerRoute(GuardedRoute):
    """A route of a portal; `needs` holds the right of customers by method, None for what everybody may open."""


def page(
    path: str, handler: Handler | Mapping[str, Handler], *, needs: Permission | Mapping[str, Permission]
) -> CustomerRoute:
    """Return the route of a page for customers who hold `needs`; `path` is that inside the portal, such as `/cases`.

    A stranger is sent to the portal's door and back; a missing right looks like a missing page.
    """
    handlers = dict(handler) if isinstance(handler, Mapping) else {"GET": handler}
    rights = dict(needs) if isinstance(needs, Mapping) else dict.fromkeys(handlers, needs)
    if handlers.keys() != rights.keys():
        raise ValueError(f"{path}: every method needs a handler and a right")

    async def guarded(request: Request, method: str) -> Response:
        place = place_of(request)
        if place.customer is None:
            return _to_the_door(request, place)
        if not place.may(rights[method]):
            raise NotFound
        if request.method not in SAFE:
            await check_origin_and_token(request, place.customer)
        return await handlers[method](request)

    return _route(path, guarded, rights)


def open_page(path: str, handler: Handler | Mapping[str, Handler]) -> CustomerRoute:
    """Return the route of a page for everybody; who is signed in is known there.

    A method that changes something must come from our own pages, and carry the token of whoever is signed in.
    """
    handlers = dict(handler) if isinstance(handler, Mapping) else {"GET": handler}

    async def opened(request: Request, method: str) -> Response:
        customer = place_of(request).customer
        if request.method not in SAFE:
            if customer is None:
                check_origin(request)
            else:
                await check_origin_and_token(request, customer)
        return await handlers[method](request)

    return _route(path, opened, dict.fromkeys(handlers))


def place_of(request: Request) -> Place:
    """Return where this request is: the brand, who asks, and how addresses are written."""
    place: Place = request.state.place
    return place


def customer_of(request: Request) -> Customer:
    """Return who asks; raises SignInNeeded where nobody is signed in."""
    customer = place_of(request).customer
    if customer is None:
        raise SignInNeeded
    return customer


def actor_of(request: Request) -> Actor:
    """Return who asks as somebody who acts; raises SignInNeeded where nobody is signed in."""
    return customer_of(request).actor


def _route(
    path: str, answer: Callable[[Request, str], Awaitable[Response]], rights: Mapping[str, Permission | None]
) -> CustomerRoute:
    async def placed(request: Request) -> Response:
        place = await _arrive(request)
        method = "GET" if request.method == "HEAD" else request.method
        with speaking_to(place.reader):
            try:
                return unlinked(path, await answer(request, method))
            finally:
                await request.close()

    route = CustomerRoute(PREFIX + path, placed, methods=list(rights))
    route.needs = dict(rights)
    return route


async def _arrive(request: Request) -> Place:
    """Find out which brand is asked for and who asks, and keep it in the request's state; raises NotFound."""
    portal = await branding.by_slug(str(request.path_params["portal"]))
    settings = settings_of(request)
    secret = cookies.value(request, cookies.of_customers(settings))
    customer = await sessions.customer_of(secret, portal.id, hours=settings.session_hours) if secret else None
    at_own_host = getattr(request.state, "at_own_host", "") == portal.slug
    place = Place(
        portal, at_own_host, customer, reader_of(request, portal, customer), language_of(request, portal, customer)
    )
    request.state.place = place
    request.state.reader = place.reader
    request.state.session = customer
    request.state.dress_error = pages.dress_error
    return place


def _to_the_door(request: Request, place: Place) -> Response:
    """Send a stranger who wants to look to the door and back; whoever posts goes on at the page they posted from."""
    if request.headers.get("hx-request"):
        raise SignInNeeded
    if request.method in SAFE:
        inside = request.url.path.removeprefix(f"/portal/{place.portal.slug}")
        wanted = place.url(inside) + (f"?{request.url.query}" if request.url.query else "")
    else:
        wanted = urlsplit(request.headers.get("referer", "")).path
    return RedirectResponse(place.door(place.inside(wanted) if wanted else ""), 303)
