"""The list of a view, as a page and as the rows that changed while it was looked at."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import clock
from casedesk.cases import listing
from casedesk.cases.listing import CaseFilter
from casedesk.cases.shapes import QueueRef
from casedesk.errors import NotFound
from casedesk.identity import Actor
from casedesk.permissions import Permission, can
from casedesk.setup import checklist
from casedesk.web import asking, guard, pages, shell
from casedesk.web.console import behalf, case_list, places
from casedesk.web.console.case_list import Asked
from casedesk.web.shell import Surroundings
from casedesk.web.views import CaseList, CaseRow

AT_ONCE = 50


async def home(request: Request) -> Response:
    """Send everybody to their own cases, who leads to all open ones; whoever only logs cases for others sees those.

    The administrator of a desk without any case is led to its first steps.
    """
    by = guard.actor_of(request)
    if not can(by, Permission.DESK_WORK):
        return await behalf.show(request)
    if can(by, Permission.USER_CHANGE) and await checklist.is_offered():
        return RedirectResponse("/console/setup/checklist", 303)
    view = "all" if can(by, Permission.OPERATIONS_READ) else "mine"
    return RedirectResponse(f"/console/v/{view}", 303)


async def show(request: Request) -> Response:
    """Show a view."""
    asked = places.asked_list(request)
    around = await shell.surroundings(guard.actor_of(request))
    found = await behind(asked, around, by=guard.actor_of(request))
    return pages.render(
        request, "console/view.html", shell=shell.shell(request, around, view=asked.view), list=found
    )  # fmt: skip


async def views_part(request: Request) -> Response:
    """Answer with the views and their counts alone."""
    here = request.query_params.get("here", "")
    return pages.render(request, "console/_views.html", shell=await shell.shell_for(request, view=here))


async def changed_rows(request: Request) -> Response:
    """Answer with the rows of the cases `ids`: as they are now, or greyed with the reason when they left the view.

    `all=1` adds the first page of the view, for a page that does not know what it missed.
    """
    asked, by, now = places.asked_list(request), guard.actor_of(request), clock.now()
    ids = asking.ids_in(request.query_params.get("ids", ""))
    wanted = _filter(asked)
    inside = (await listing.list_rows(_among(wanted, ids), by=by, limit=asking.MOST_IDS)).items if ids else ()
    if request.query_params.get("all"):
        first = (await listing.list_rows(wanted, by=by, limit=AT_ONCE)).items
        inside = (*inside, *(row for row in first if row.id not in {each.id for each in inside}))
    left = set(ids) - {row.id for row in inside}
    outside = (
        (await listing.list_rows(_among(CaseFilter(), tuple(left)), by=by, limit=asking.MOST_IDS)).items if left else ()
    )
    rows: list[CaseRow] = [case_list.case_row(row, asked.place, now=now) for row in inside]
    rows += [case_list.case_row(row, asked.place, now=now, gone=case_list.why_gone(row, asked.view)) for row in outside]
    return pages.render(request, "console/_rows.html", rows=tuple(rows))


async def behind(asked: Asked, around: Surroundings, *, by: Actor, here: str = "") -> CaseList:
    """Return the list pane of a view; raises NotFound for a view that does not exist."""
    title = title_of(asked.view, around.queues)
    page = await listing.list_rows(_filter(asked), by=by, cursor=asked.cursor or None, limit=AT_ONCE)
    count = shell.count_of(asked.view, around.counts, around.queues)
    return case_list.case_list(asked, title, page, count=count, now=clock.now(), here=here)


def title_of(view: str, queues: tuple[QueueRef, ...]) -> str:
    """Return the title of a view; raises NotFound for one that does not exist."""
    title = shell.titles(queues).get(view)
    if title is None:
        raise NotFound("There is no such view.")
    return title


def _filter(asked: Asked) -> CaseFilter:
    return CaseFilter(view=asked.view, q=asked.words or None, sort=asked.sort or None)


def _among(wanted: CaseFilter, ids: tuple[int, ...]) -> CaseFilter:
    return CaseFilter(view=wanted.view, q=wanted.q, sort=wanted.sort, ids=ids)
