"""Where a page was asked from: the list behind a case, as its address says it, and the reader's own way of reading."""

from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import available_timezones

from starlette.requests import Request

from casedesk.cases.shapes import CaseView
from casedesk.errors import NotFound
from casedesk.language import Reader
from casedesk.web import guard
from casedesk.web.console.case_list import Asked

ZONE_COOKIE = "zone"
MOST_IDS = 200
_LONGEST = 200


def asked_list(request: Request) -> Asked:
    """Return the list that the address itself asks for."""
    query = request.query_params
    return Asked(
        request.path_params["view"],
        query.get("q", "").strip()[:_LONGEST],
        query.get("sort", ""),
        query.get("cursor", ""),
    )


def page_query(request: Request) -> dict[str, str]:
    """Return the query of the page that asks: of its own address, or for a form of the page that sent it."""
    query = request.url.query
    if request.method not in guard.SAFE:
        query = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer") or "").query
    return {name: values[-1] for name, values in parse_qs(query).items()}


def list_behind(request: Request, case: CaseView) -> Asked:
    """Return the list a case was opened from; where the address does not say, the one the reader would look in."""
    query = page_query(request)
    view = query.get("v", "")
    if not view:
        mine = case.owner is not None and case.owner.id == guard.actor_of(request).user_id
        view = "mine" if mine else f"q-{case.queue.key}" if case.queue else "all"
    return Asked(view, query.get("q", "")[:_LONGEST], query.get("sort", ""))


def reader_of(request: Request) -> Reader:
    """Return how the signed-in person reads: what they chose, else the zone their browser is in."""
    chosen = guard.session_of(request).preferences
    zone = str(chosen.get("time_zone") or unquote(guard.cookie(request, ZONE_COOKIE)))
    locale = str(chosen.get("language") or "en_GB")
    return Reader(locale, zone if zone in _zones() else "UTC")


@cache
def _zones() -> frozenset[str]:
    """Return the names of all zones; looking them up walks through a thousand files."""
    return frozenset(available_timezones())


def wants_part(request: Request, target: str) -> bool:
    """Say whether htmx asks for the part with this id alone."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-target") == target


def is_script(request: Request) -> bool:
    """Say whether a script of ours asks and wants JSON."""
    return request.headers.get("accept", "").startswith("application/json")


def ids_in(text: str) -> tuple[int, ...]:
    """Return the ids in a comma-separated text, each once; what is none is left out."""
    given = [part for part in text.split(",")[:MOST_IDS] if part.isascii() and part.isdigit() and len(part) <= 18]
    return tuple(dict.fromkeys(int(part) for part in given))


def whole_id(request: Request, name: str) -> int:
    """Return an id in the address; raises NotFound for anything that cannot be one."""
    text = str(request.path_params[name])
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound
    return int(text)
