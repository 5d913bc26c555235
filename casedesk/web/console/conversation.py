"""What an agent says on a case: sent once, held when something newer came, taken back within its time; and drafts."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from casedesk import language
from casedesk.cases import attaching, conversing, drafts, taking_back, viewing
from casedesk.cases.conversing import Overtaken, Posted
from casedesk.errors import Invalid, NotFound
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.web import asking, forms, guard, pages
from casedesk.web.console import story
from casedesk.web.console.timeline_views import Collision
from casedesk.web.forms import Form

_LONGEST_CALL = 24 * 60
MOST_UNDO_SECONDS = 30


async def say(request: Request) -> Response:
    """Send a reply, add a note or log a call, as the form's `kind` says; a script gets JSON, a form goes back to the case."""
    number, form = request.path_params["number"], await forms.read(request)
    kind = form.line("kind")
    try:
        posted = await _post(request, number, kind, form)
    except Overtaken as overtaken:
        return await _collision(request, number, overtaken)
    await drafts.discard(posted.case.number, by=guard.actor_of(request), kind=kind)
    url = f"/console/c/{posted.case.number}"
    if not asking.is_script(request):
        return RedirectResponse(f"{url}#{posted.entry.id[:1]}-{posted.entry.id[1:]}", 303)
    can_undo = kind == "reply" and posted.outgoing_id is not None
    told = {
        "toast": _toast(kind, posted),
        "undo_url": f"{url}/undo/{posted.outgoing_id}" if can_undo else "",
        "undo_seconds": undo_seconds(request) if can_undo else 0,
        "seen": posted.case.last_event,
    }
    return JSONResponse(told, 201)


async def undo(request: Request) -> Response:
    """Take a reply back before its mail leaves; its words and files stand in the composer again."""
    by = guard.actor_of(request)
    case = await viewing.case(request.path_params["number"], by=by)
    undone = await taking_back.undo(asking.whole_id(request, "outgoing"), by=by)
    details = {"files": list(undone.attachments)}
    await drafts.save(undone.number, by=by, kind="reply", text=undone.text, details=details)
    if not asking.is_script(request):
        return RedirectResponse(f"/console/c/{case.number}#composer", 303)
    files = [
        {"id": file_id, "name": (await attaching.fetch(file_id, by=by))[0].filename} for file_id in undone.attachments
    ]
    return JSONResponse({"kind": "reply", "text": undone.text, "files": files, "case": undone.number})


async def keep_draft(request: Request) -> Response:
    """Keep what was typed and not sent."""
    form = await forms.read(request)
    number, by = request.path_params["number"], guard.actor_of(request)
    details = {"files": list(form.numbers("kept"))}
    await drafts.save(number, by=by, kind=form.line("kind"), text=form.text("text"), details=details)
    return Response(status_code=204)


async def discard_draft(request: Request) -> Response:
    """Forget what was typed."""
    form = await forms.read(request)
    await drafts.discard(request.path_params["number"], by=guard.actor_of(request), kind=form.line("kind"))
    return Response(status_code=204)


def undo_seconds(request: Request) -> int:
    """Return how long a reply of this reader can be taken back: their own choice, else the desk's."""
    chosen = guard.session_of(request).preferences.get("undo_seconds")
    if isinstance(chosen, int) and 0 <= chosen <= MOST_UNDO_SECONDS:
        return chosen
    return guard.settings_of(request).undo_seconds


async def _post(request: Request, number: str, kind: str, form: Form) -> Posted:
    by, text = guard.actor_of(request), form.text("text")
    once = f"{kind}-{form.line('once')}" if form.line("once") else None
    await viewing.case(number, by=by)  # rights before input; and who may not see the case leaves no file behind
    files = form.numbers("kept")
    if not text.strip():
        raise Invalid.field("text", _("write something first"))
    for upload in form.files.get("files", ()):
        kept = await attaching.upload(upload.filename or "file", upload.content_type or "", await upload.read(), by=by)
        files = (*files, kept.id)
    if kind == "note":
        return await conversing.note(number, by=by, text=text, attachments=files, once=once)
    if kind == "call":
        return await conversing.log_call(number, by=by, text=text, details=_call(form), once=once)
    if kind != "reply":
        raise Invalid.field("kind", "give reply, note or call")
    seen = None if form.is_ticked("anyway") else form.number("seen")
    return await conversing.reply(
        number, by=by, text=text, attachments=files, status=form.line("status") or None, seen=seen,
        undo_seconds=undo_seconds(request), once=once,
    )  # fmt: skip


def _call(form: Form) -> dict[str, object]:
    minutes = form.number("minutes")
    if minutes is not None and minutes > _LONGEST_CALL:
        raise Invalid.field("minutes", _("a call lasts a day at most"))
    direction = "out" if form.line("direction") == "out" else "in"
    return {"direction": direction, "duration_s": minutes * 60} if minutes is not None else {"direction": direction}


async def _collision(request: Request, number: str, overtaken: Overtaken) -> Response:
    """Answer 409 with what the sender had not seen; without a script the text is kept as a draft beside it."""
    by = guard.actor_of(request)
    case = await viewing.case(number, by=by)
    entries = tuple(story.entry_of(entry, case=case, me=by.email, queues={}) for entry in overtaken.entries)
    if not entries:
        raise NotFound
    names = sorted({entry.author.name for entry in entries if entry.author})
    words = ngettext("%(names)s wrote while you were writing", "%(names)s wrote while you were writing", len(names))
    collision = Collision(words % {"names": language.listed(names)}, entries, case.last_event)
    if asking.is_script(request):
        return pages.render(request, "console/_collision.html", status=409, collision=collision)
    form = await forms.read(request)
    await drafts.save(number, by=by, kind="reply", text=form.text("text"))
    return RedirectResponse(f"/console/c/{case.number}#{entries[-1].id}", 303)


def _toast(kind: str, posted: Posted) -> str:
    contact = posted.case.contact
    if kind == "reply":
        return _("Reply to %(name)s") % {"name": contact.name if contact else ""}
    return _("Note added") if kind == "note" else _("Call logged")
