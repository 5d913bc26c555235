"""Files that customers send: kept the moment they arrive, so that neither an error nor a second page loses them."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from casedesk.cases import attaching
from casedesk.cases.shapes import FileView
from casedesk.errors import Invalid, TooLarge, TooMany
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.web import asking, forms, refusals
from casedesk.web.downloads import file_answer
from casedesk.web.forms import Form
from casedesk.web.portal.guard import actor_of
from casedesk.web.portal.page_views import FileLine
from casedesk.web.portal.place import Place

SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")


async def keep_all(form: Form, *, by: Actor) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Keep the files that came with a form; return the ids of all it has now, and a sentence for each not taken as sent.

    Ids of files kept before stand in the field `kept`; those in `remove` are taken away.
    """
    away = set(form.numbers("remove"))
    if away:
        await attaching.take_away(list(away), by=by)
    ids, told = [each for each in form.numbers("kept") if each not in away], list[str]()
    for upload in form.files.get("file", ()):
        name = attaching.safe_name(upload.filename or "")
        try:
            data = await upload.read()
            kept = await attaching.upload(name, upload.content_type or "", data, by=by)
        except (TooLarge, TooMany) as refusal:
            told.append(
                _("%(file)s was not taken. %(reason)s") % {"file": name, "reason": refusals.sentence(refusal.message)}
            )
            continue
        ids.append(kept.id)
        if _is_drawing(name, kept.content_type):
            told.append(_("%(file)s is kept as a file: pictures of this kind are not shown in pages.") % {"file": name})
    waiting = await attaching.waiting_of(by, ids)
    return tuple(file.id for file in waiting), tuple(told)


async def keep_one(request: Request) -> Response:
    """Keep a file that was pasted or dropped; the answer names it."""
    form = await forms.read(request)
    chosen = form.files.get("file", ())
    if len(chosen) != 1:
        raise Invalid.field("file", _("Send one file."))
    ids, told = await keep_all(Form(files=form.files), by=actor_of(request))
    kept = await attaching.waiting_of(actor_of(request), ids)
    if not kept:
        return JSONResponse({"detail": told[0] if told else ""}, 413)
    return JSONResponse(
        {"id": kept[0].id, "name": kept[0].filename, "size": kept[0].size, "notice": " ".join(told)}, 201
    )


async def download(request: Request) -> Response:
    """Hand out a file of a case the customer may see; a picture is shown in the page if its bytes say that it is one."""
    file, path = await attaching.fetch(asking.whole_id(request, "file"), by=actor_of(request))
    return file_answer(file, path, inline=request.query_params.get("inline") == "1")


async def waiting_lines(ids: Sequence[int], *, by: Actor) -> tuple[FileLine, ...]:
    """Return files that wait to be sent as lines of a form."""
    return tuple(FileLine(file.id, file.filename, file.size) for file in await attaching.waiting_of(by, ids))


def file_line(file: FileView, place: Place) -> FileLine:
    """Return a file of a message; only four kinds of picture are shown, and only where their bytes agree."""
    url = place.url(f"/files/{file.id}")
    return FileLine(file.id, file.filename, file.size, url, f"{url}?inline=1" if file.content_type in SHOWN else "")


def _is_drawing(name: str, content_type: str) -> bool:
    return "svg" in content_type or name.lower().endswith((".svg", ".svgz"))
