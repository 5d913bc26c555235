"""The first page of a portal, the way from its bare address to it, and the switch of language."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import NotFound
from casedesk.portals import profile
from casedesk.web import cookies, guard
from casedesk.web.portal import pages
from casedesk.web.portal.guard import place_of
from casedesk.web.portal.place import LANGUAGE_COOKIE

_A_YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page: what the brand says, and the search."""

    tagline: str
    intro: str


async def show(request: Request) -> Response:
    """Show the first page."""
    portal = place_of(request).portal
    return pages.render(request, "portal/home.html", page=HomePage(portal.tagline, portal.intro))


async def enter(request: Request) -> Response:
    """Lead from the address without its last slash to the first page."""
    return RedirectResponse(place_of(request).url("/"), 303)


async def nothing(request: Request) -> Response:
    """Say in the portal's look that there is no such page."""
    raise NotFound


async def speak(request: Request) -> Response:
    """Remember the language somebody chose, in their browser and in their profile, and show the page they were on in it."""
    place, code = place_of(request), request.path_params["code"]
    if code not in place.portal.languages:
        raise NotFound
    if place.customer is not None:
        await profile.change(place.customer, {"language": code})
    back = urlsplit(request.headers.get("referer", ""))
    wanted = back.path + (f"?{back.query}" if back.query else "")
    answer = RedirectResponse(wanted if place.is_inside(wanted) else place.url("/"), 303)
    answer.set_cookie(
        LANGUAGE_COOKIE, code, max_age=_A_YEAR, path="/", secure=cookies.is_https(guard.settings_of(request)),
        httponly=True, samesite="lax",
    )  # fmt: skip
    return answer
