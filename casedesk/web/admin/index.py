"""The index of setup: everything there is, found by a few letters; and what a form's pickers ask while one types."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from casedesk.errors import NotFound
from casedesk.permissions import Permission, can
from casedesk.setup import census, checklist, picking
from casedesk.web import guard
from casedesk.web.admin import drawing, entries
from casedesk.web.admin.page_views import IndexPage

_LONGEST = 200


async def show(request: Request) -> Response:
    """Show the places this person may go to, narrowed by `q`."""
    text = request.query_params.get("q", "").strip()[:_LONGEST]
    found = entries.with_states(entries.groups(guard.actor_of(request)), await census.take())
    by, done = guard.actor_of(request), 0
    known: tuple[checklist.Step, ...] = ()
    if can(by, Permission.USER_CHANGE):
        known = await checklist.steps()
        done = sum(each.state is checklist.State.PROVEN for each in known)
    page = IndexPage(entries.matching(found, text) if text else found, text, done, len(known))
    return await drawing.page(request, "admin/index.html", here="", page=page)


async def find(request: Request) -> Response:
    """Answer a picker with up to twelve records."""
    what = request.path_params["what"]
    if what not in picking.KINDS:
        raise NotFound
    text = request.query_params.get("q", "").strip()[:_LONGEST]
    found = await picking.find(what, text, by=guard.actor_of(request))
    return JSONResponse([f"{each.name} #{each.id}" for each in found])
