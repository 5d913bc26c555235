"""Files of customers and colleagues, handed out to whoever may see their case."""

from starlette.requests import Request
from starlette.responses import Response

from casedesk.cases import attaching
from casedesk.web import guard
from casedesk.web.console import places
from casedesk.web.downloads import file_answer


async def download(request: Request) -> Response:
    """Hand out a file; `inline=1` shows a picture in the page, if its bytes say that it is one."""
    file, path = await attaching.fetch(places.whole_id(request, "file"), by=guard.actor_of(request))
    return file_answer(file, path, inline=request.query_params.get("inline") == "1")
