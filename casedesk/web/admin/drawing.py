"""A page of setup inside the console's shell, with the places of setup where the console has its views."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from casedesk.web import guard, pages, shell
from casedesk.web.admin import entries
from casedesk.web.views import ViewGroup, ViewLink


async def page(request: Request, template: str, *, here: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return `template` as a page; `here` is the key of the place that is open."""
    by = guard.actor_of(request)
    around = await shell.shell_for(request, rail="operations" if here == "operations" else "setup")
    places = tuple(
        ViewGroup(group.title, tuple(ViewLink(e.key, e.title, e.url, mark=e.mark) for e in group.entries))
        for group in entries.groups(by)
    )
    return pages.render(request, template, status=status, shell=around, places=places, here=here, **values)
