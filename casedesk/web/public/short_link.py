"""The short address of a case in a mail, `/c/TOKEN`: it leads to the brand whose case it is."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import NotFound
from casedesk.portals import case_links


async def lead(request: Request) -> Response:
    """Lead to the case's page in its portal; a token that is none of ours is not there."""
    token = request.path_params["token"]
    slug = await case_links.portal_of(token)
    if slug is None:
        raise NotFound
    return RedirectResponse(f"/portal/{slug}/c/{token}", 303)
