"""The way from a portal's bare address to its first page, the switch of language, and what leads nowhere."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import NotFound
from casedesk.portals import profile
from casedesk.web import cookies, guard
from casedesk.web.portal.guard import place_of
from casedesk.web.portal.place import LANGUAGE_COOKIE

_A_YEAR = 31_536_000


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
