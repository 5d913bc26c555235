"""Where a page was asked from: the list behind a case, as its address says it."""

from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request

from casedesk.cases.shapes import CaseView
from casedesk.permissions import Permission, can
from casedesk.web import guard
from casedesk.web.console.case_list import Asked

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


def case_in_list(request: Request, number: str) -> str:
    """Return the address of a case that keeps the list which the form's page showed beside it."""
    query = page_query(request)
    kept = {name: query[name][:_LONGEST] for name in ("v", "q", "sort") if query.get(name)}
    return f"/console/c/{number}" + (f"?{urlencode(kept)}" if kept else "")


def list_behind(request: Request, case: CaseView) -> Asked:
    """Return the list a case was opened from; where the address does not say, the one the reader would look in.

    Whoever sees no lists has none behind a case.
    """
    if not can(guard.actor_of(request), Permission.DESK_WORK):
        return Asked("")
    query = page_query(request)
    view = query.get("v", "")
    if not view:
        mine = case.owner is not None and case.owner.id == guard.actor_of(request).user_id
        view = "mine" if mine else f"q-{case.queue.key}" if case.queue else "all"
    return Asked(view, query.get("q", "")[:_LONGEST], query.get("sort", ""))
