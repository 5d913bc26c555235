"""Files of customers and colleagues, handed out to whoever may see their case."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from casedesk.cases import attaching
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.web import asking, forms, guard
from casedesk.web.console.case_views import KeptFile
from casedesk.web.downloads import file_answer


async def keep(request: Request) -> Response:
    """Keep a file for a message that is still being written; the answer names it."""
    form = await forms.read(request)
    chosen = form.files.get("file", ())
    if len(chosen) != 1:
        raise Invalid.field("file", _("send one file"))
    data = await chosen[0].read()
    by = guard.actor_of(request)
    kept = await attaching.upload(chosen[0].filename or "file", chosen[0].content_type or "", data, by=by)
    return JSONResponse({"id": kept.id, "name": kept.filename}, 201)


async def waiting(ids: Sequence[int], *, by: Actor) -> tuple[KeptFile, ...]:
    """Return those files of a draft that still wait for their message."""
    found = []
    for file_id in ids:
        try:
            found.append(KeptFile(file_id, (await attaching.fetch(file_id, by=by))[0].filename))
        except NotFound:  # it was swept after an hour; the words are still there
            continue
    return tuple(found)


async def download(request: Request) -> Response:
    """Hand out a file; `inline=1` shows a picture in the page, if its bytes say that it is one."""
    file, path = await attaching.fetch(asking.whole_id(request, "file"), by=guard.actor_of(request))
    return file_answer(file, path, inline=request.query_params.get("inline") == "1")
