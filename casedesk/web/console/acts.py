"""What an agent does to a case: take, assign, change, escalate, resolve, close, reopen; each a small resource of its own.

A form of the page goes back to the case; htmx gets the new head and a toast that can take it back.
"""

import json
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from casedesk.cases import assigning, changing, closing, escalating, viewing
from casedesk.cases.shapes import CaseView
from casedesk.errors import Invalid, Stale
from casedesk.language import gettext as _
from casedesk.web import asking, forms, guard, pages, refusals, shell, signs
from casedesk.web.console import cases, head, offers, places
from casedesk.web.console.case_views import EscalationWords
from casedesk.web.forms import Form

_KINDS = {"late": "took_too_long", "tier_2": "tier_2", "manager": "manager"}
_CHANGED = ("status", "priority", "subject")


async def take(request: Request) -> Response:
    """Make the case the reader's own."""
    case = await assigning.take(request.path_params["number"], by=guard.actor_of(request))
    return await _done(request, case, _("The case is yours"), f"/console/c/{case.number}/assign?owner=none")


async def serve(request: Request) -> Response:
    """Give the reader the most urgent case they may take; where none waits, what nobody has is shown."""
    case = await assigning.serve_me(by=guard.actor_of(request))
    return RedirectResponse(f"/console/c/{case.number}?v=mine" if case else "/console/v/unassigned", 303)


async def assign(request: Request) -> Response:
    """Give the case to somebody (`owner`, none hands it back) or to a queue (`queue`)."""
    by, number = guard.actor_of(request), request.path_params["number"]
    given = await _given(request)
    before = await viewing.case(number, by=by)
    owner, queue = given.line("owner"), given.number("queue")
    if owner:
        _check_unchanged(
            given, str(before.owner.id) if before.owner else "none", before.owner.name if before.owner else _("nobody")
        )
    elif before.queue is not None:
        _check_unchanged(given, before.queue.name, before.queue.name)
    back = {"owner": str(before.owner.id) if before.owner else "none"}
    if queue is not None and before.queue is not None:
        back["queue"] = str(before.queue.id)
    user_id = None if owner in ("", "none") else given.number("owner")
    case = await assigning.assign(number, by=by, queue_id=queue, user_id=user_id, hand_back=owner == "none")
    if queue is not None and case.queue is not None:
        words = _("Moved to %(queue)s") % {"queue": case.queue.name}
    else:
        words = _("Given to %(name)s") % {"name": case.owner.name} if case.owner else _("Handed back")
    return await _done(request, case, words, f"/console/c/{case.number}/assign?{urlencode(back)}")


async def change(request: Request) -> Response:
    """Set status, priority or subject."""
    by, number = guard.actor_of(request), request.path_params["number"]
    given = await _given(request)
    values = {name: given.line(name) for name in _CHANGED if name in given.values}
    before = await viewing.case(number, by=by)
    for name in values:
        _check_unchanged(given, getattr(before, name), getattr(before, name))
    case = await changing.change(number, by=by, values=values, if_version=before.version)
    back = {name: getattr(before, name) for name in values}
    words = (
        _("Status: %(status)s") % {"status": signs.status_words(case.status)} if "status" in values else _("Changed")
    )
    return await _done(request, case, words, f"/console/c/{case.number}/fields?{urlencode(back)}")


async def close(request: Request) -> Response:
    """Close the case."""
    case = await closing.close(request.path_params["number"], by=guard.actor_of(request))
    return await _done(request, case, _("Closed"), f"/console/c/{case.number}/reopening")


async def reopen(request: Request) -> Response:
    """Open the case again."""
    case = await closing.reopen(request.path_params["number"], by=guard.actor_of(request))
    return await _done(request, case, _("Open again"), "")


async def show_escalation(request: Request) -> Response:
    """Show the escalate form as a page of its own."""
    case = await viewing.case(request.path_params["number"], by=guard.actor_of(request))
    return await _escalation_page(request, case, Form(), ())


async def escalate(request: Request) -> Response:
    """Bring the case up for a reason."""
    number, form = request.path_params["number"], await forms.read(request)
    try:
        case = await escalating.escalate(
            number, by=guard.actor_of(request), kind=_KINDS.get(form.line("reason"), ""), reason=form.text("note"),
            tried=form.text("tried") or None, need=form.text("need") or None, impact=form.line("impact") or None,
        )  # fmt: skip
    except Invalid as refused:
        named = {"reason": "note", "kind": "reason"}
        problems = refusals.problems_of(refused, named, prefix="escalate-")
        case = await viewing.case(number, by=guard.actor_of(request))
        return await _escalation_page(request, case, form, problems)
    return RedirectResponse(places.case_in_list(request, case.number), 303)


async def show_resolution(request: Request) -> Response:
    """Show the resolve form as a page of its own."""
    case = await viewing.case(request.path_params["number"], by=guard.actor_of(request))
    return await _resolution_page(request, case, "", ())


async def resolve(request: Request) -> Response:
    """Resolve the case with what solved it."""
    number, form = request.path_params["number"], await forms.read(request)
    try:
        case = await closing.resolve(
            number, by=guard.actor_of(request), resolution=form.text("resolution"), solution_id=form.number("solution")
        )
    except Invalid as refused:
        problems = refusals.problems_of(refused, prefix="resolve-")
        case = await viewing.case(number, by=guard.actor_of(request))
        return await _resolution_page(request, case, form.text("resolution"), problems)
    return RedirectResponse(places.case_in_list(request, case.number), 303)


async def _escalation_page(
    request: Request, case: CaseView, typed: Form, problems: tuple[tuple[str, str], ...]
) -> Response:
    around = await shell.surroundings(guard.actor_of(request))
    form = head.escalation_form(
        case, await cases.staff_of(around), reason=typed.line("reason") or "tier_2", impact=typed.line("impact"),
        typed=EscalationWords(typed.text("tried"), typed.text("need"), typed.text("note")), problems=problems,
    )  # fmt: skip
    own = shell.shell(request, around)
    return pages.render(request, "console/escalate.html", status=422 if problems else 200, shell=own, form=form)


async def _resolution_page(
    request: Request, case: CaseView, typed: str, problems: tuple[tuple[str, str], ...]
) -> Response:
    suggested = await offers.suggested(case, by=guard.actor_of(request))
    form = head.resolve_form(case, offers.choices(suggested), typed=typed, problems=problems)
    own = await shell.shell_for(request)
    return pages.render(request, "console/resolve.html", status=422 if problems else 200, shell=own, form=form)


async def _done(request: Request, case: CaseView, words: str, undo_url: str) -> Response:
    """Answer an act: the new head for htmx, JSON for a script, back to the case for a plain form."""
    if request.headers.get("hx-request") == "true":
        answer = await cases.header_part(request, case.number)
        toast = {"words": words, "undo": undo_url}
        answer.headers["hx-trigger"] = json.dumps({"toast": toast})  # ASCII alone: it is a header
        return answer
    if asking.is_script(request):
        return JSONResponse({"toast": words, "undo_url": undo_url, "case": case.number})
    return RedirectResponse(places.case_in_list(request, case.number), 303)


async def _given(request: Request) -> Form:
    """Return what the form says; an undo says it in the address, because a toast has no form."""
    form = await forms.read(request)
    said = {name: (value,) for name, value in request.query_params.items()}
    return Form({**said, **form.values}, form.files)


def _check_unchanged(given: Form, now: str, words: str) -> None:
    """Raise Stale when the value was another one when its reader chose a new one (`was`); both are named."""
    if "was" in given.values and given.text("was") != now:
        raise Stale(_("Somebody changed this to %(now)s meanwhile. Look, then choose again.") % {"now": words})
