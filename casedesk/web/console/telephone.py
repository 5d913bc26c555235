"""The telephone: the page of a call, its notes as they are typed, what becomes of it, and the bar of calls."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import clock, language, telephoning
from casedesk.accounts import numbers
from casedesk.calls import notes, ringing
from casedesk.calls.notes import CallNotes
from casedesk.calls.ringing import CallRecord
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.telephoning import Appointment, FollowUp, Leaving, Stranger
from casedesk.web import asking, forms, guard, pages, refusals, shell
from casedesk.web.console import call_lines, call_page, conversation
from casedesk.web.console.call_page import Asked
from casedesk.web.console.call_views import GivenPage
from casedesk.web.forms import Form

KEPT = (
    "who", "from", "contact", "account", "someone", "subject", "notes", "type", "impact", "callback", "asset", "name",
    "email", "used", "mail", "remind", "event", "event_subject", "event_at", "once",
)  # fmt: skip
"""The fields that are kept as notes of a call."""
_PROBLEMS = {"contact.email": "email", "contact": "email", "text": "notes", "description": "notes", "asset_id": "notes"}
_VISIT = timedelta(hours=1)


async def show(request: Request) -> Response:
    """Show the page of a call: one that was announced (`call_id`), one by its number (`from`), or one nobody told of."""
    by, query = guard.actor_of(request), request.query_params
    call = await ringing.call_named(query["call_id"], by=by) if query.get("call_id") else None
    kept: CallNotes | None
    if query.get("draft"):
        kept = await notes.find(asking.whole(query["draft"]), by=by)
        if not kept.mine:
            return await _given(request, kept)
        call = await ringing.call_named(str(kept.call_id), by=by) if kept.call_id else None
    else:
        kept = await notes.newest(by=by, call_id=call.id if call else None)
        if kept is not None and call is None and any(query.get(name) for name in ("from", "who", "contact", "subject")):
            kept = None  # another call, asked for by its own address
    return await _page(request, Asked(_form_of(request, call, kept), call, kept))


async def act(request: Request) -> Response:
    """Do what the button says: make the case, log the call on another, hand it over, look somebody up, discard."""
    by, form = guard.actor_of(request), await forms.read(request)
    call = await _call_of(form, by)
    form = _picked(form)
    if form.line("then") == "discard":
        await notes.discard(form.line("mark"), by=by)
        if call is not None:
            await ringing.set_aside(call.id, by=by)
        return RedirectResponse("/console", 303)
    kept = await _keep(form, call, by)
    try:
        return await _done(request, form, call, kept)
    except Invalid as refused:
        problems = refusals.problems_of(refused, _PROBLEMS)
        return await _page(request, Asked(form, call, kept, problems))


async def keep(request: Request) -> Response:
    """Keep what stands on the page, and answer with every part that follows from it."""
    by, form = guard.actor_of(request), _picked(await forms.read(request))
    call = await _call_of(form, by)
    kept = await _keep(form, call, by)
    drawn = await call_page.page(Asked(form, call, kept), by=by)
    return pages.render(request, "console/_call_parts.html", page=drawn)


async def take(request: Request) -> Response:
    """Take over a call that was handed to the reader or their queue."""
    by, form = guard.actor_of(request), await forms.read(request)
    taken = await notes.take(form.number("draft") or 0, by=by)
    return RedirectResponse(f"{call_page.URL}?draft={taken.id}", 303)


async def set_aside(request: Request) -> Response:
    """Take a call that ended off the reader's screen: nothing about it needs to be kept."""
    by, form = guard.actor_of(request), await forms.read(request)
    await ringing.set_aside(form.number("call") or 0, by=by)
    if asking.is_script(request):
        return Response(status_code=204)
    return RedirectResponse("/console", 303)


async def bar(request: Request) -> Response:
    """Answer with the calls that wait for the reader, for the bar above every page."""
    by = guard.actor_of(request)
    return pages.render(request, "console/_call_bar.html", lines=await call_lines.lines(by=by))


async def _done(request: Request, form: Form, call: CallRecord | None, kept: CallNotes) -> Response:
    by, then = guard.actor_of(request), form.line("then")
    if form.line("log"):
        words = form.text("notes").strip() or form.line("subject") or _("They called; nothing was noted.")
        leaving = Leaving(call=call, mark=kept.mark, used=call_page.used(form))
        case = await telephoning.log_on(form.line("log"), words, leaving, by=by, once=form.line("once") or None)
        return RedirectResponse(f"/console/c/{case.number}", 303)
    if then == "give":
        to = form.line("give_to")
        given = await notes.give(kept.mark, by=by, user_id=_id_after("u", to), queue_id=_id_after("q", to))
        return RedirectResponse(f"{call_page.URL}?draft={given.id}", 303)
    if then not in ("create", "escalate", "solved"):
        return RedirectResponse(f"{call_page.URL}?draft={kept.id}", 303)
    _check(form)
    chosen = await call_page.caller_of(form, by=by)
    new = call_page.new_case(form, chosen, by=by, kept=True)
    stranger = None
    if chosen.contact is None and (form.line("name") or form.line("email")):
        number = call.other_number if call else form.line("from")
        account_id = chosen.account.id if chosen.account else None
        stranger = Stranger(form.line("name"), form.line("email").lower(), number, account_id)
    leaving = _leaving(request, form, call, kept, chosen.contact.name if chosen.contact else form.line("name"))
    case = await telephoning.log_new(new, leaving, by=by, resolved=then == "solved", stranger=stranger)
    tail = "/escalation" if then == "escalate" else ""
    return RedirectResponse(f"/console/c/{case.number}{tail}", 303)


def _check(form: Form) -> None:
    problems = []
    if not form.line("subject"):
        problems.append(Invalid.field("subject", _("say it in a few words")).problems[0])
    if not any(form.line(name) for name in ("contact", "account", "name", "email")):
        problems.append(Invalid.field("who", _("say who calls: choose somebody, or give a name")).problems[0])
    if problems:
        raise Invalid(problems)


def _leaving(request: Request, form: Form, call: CallRecord | None, kept: CallNotes, name: str) -> Leaving:
    now, subject = clock.now(), form.line("subject")
    tomorrow = _at_nine(now + timedelta(days=1))
    wanted = []
    if form.is_ticked("remind"):
        wanted.append(FollowUp(_("Ask whether it stays solved: %(what)s") % {"what": subject}, tomorrow))
    if form.line("callback"):
        number = numbers.shown(call.other_number) if call else ""
        words = _("Call back %(name)s %(number)s: %(what)s") % {"name": name, "number": number, "what": subject}
        wanted.append(FollowUp(" ".join(words.split())[:300], now if form.line("callback") == "today" else tomorrow))
    appointment = None
    if form.is_ticked("event"):
        starts = _instant(form.line("event_at"))
        appointment = Appointment(form.line("event_subject") or subject, starts, starts + _VISIT)
    summary = ""
    if form.is_ticked("mail"):
        summary = _(
            "Hello %(name)s,\n\nthank you for your call. Your case has the number {number}: %(what)s.{solutions}\n\n"
            "Whenever you write to us about it, please answer this mail.\n\n%(me)s"
        ) % {"name": name, "what": subject, "me": guard.actor_of(request).name}
    return Leaving(
        call=call, mark=kept.mark, used=call_page.used(form), follow_ups=tuple(wanted), appointment=appointment,
        summary=summary, undo_seconds=conversation.undo_seconds(request),
    )  # fmt: skip


def _at_nine(when: datetime) -> datetime:
    return language.local(when).replace(hour=9, minute=0, second=0, microsecond=0)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(language.reader().zone))
    except ValueError:
        raise Invalid.field("event_at", _("give a day and a time")) from None


def _form_of(request: Request, call: CallRecord | None, kept: CallNotes | None) -> Form:
    """Return the form a page begins with: the notes that were kept, else what the address brings."""
    if kept is not None:
        return Form({name: (value,) for name, value in kept.form.items()})
    given = {name: request.query_params[name] for name in KEPT if request.query_params.get(name)}
    number = call.other_number if call else given.get("from", "")
    if number and "who" not in given:
        given["who"] = number
    if call is not None and call.contact_id is not None and "contact" not in given:
        given["contact"] = str(call.contact_id)
    return Form({name: (value[:2000],) for name, value in given.items()})


def _picked(form: Form) -> Form:
    """Return the form with what a button chose put in its place: who calls, or a solution that was used."""
    values, pick = dict(form.values), form.line("pick")
    if pick.startswith("c"):
        values |= {"contact": (pick[1:],), "account": ("",), "someone": ("",), "asset": ("",)}
    elif pick.startswith("a"):
        values |= {"contact": ("",), "account": (pick[1:],), "someone": ("",), "asset": ("",)}
    elif pick == "someone":
        values |= {"contact": ("",), "someone": ("1",)}
    if use := form.number("use"):
        marked = call_page.used(form)
        marked = tuple(each for each in marked if each != use) if use in marked else (*marked, use)
        values["used"] = (",".join(map(str, marked)),)
    return Form(values)


async def _keep(form: Form, call: CallRecord | None, by: Actor) -> CallNotes:
    values = {name: form.text(name) for name in KEPT if form.text(name)}
    return await notes.keep(form.line("mark"), values, by=by, call_id=call.id if call else None)


async def _call_of(form: Form, by: Actor) -> CallRecord | None:
    if not form.line("call"):
        return None
    try:
        return await ringing.call_named(form.line("call"), by=by)
    except NotFound:
        return None


def _id_after(kind: str, text: str) -> int | None:
    digits = text[1:] if text[:1] == kind else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


async def _page(request: Request, asked: Asked) -> Response:
    by = guard.actor_of(request)
    drawn = await call_page.page(asked, by=by)
    status = 422 if asked.problems else 200
    around = await shell.shell_for(request, rail="calls")
    return pages.render(request, "console/call.html", status=status, shell=around, page=drawn)


async def _given(request: Request, kept: CallNotes) -> Response:
    """Show whoever gave a call away what became of it; whoever may take it sees the way."""
    by = guard.actor_of(request)
    call = await ringing.call_named(str(kept.call_id), by=by) if kept.call_id else None
    chosen = await call_page.caller_of(Form({name: (value,) for name, value in kept.form.items()}), by=by)
    to = kept.taker or kept.queue or by.name
    taken = language.clock_time(kept.taken_at, seconds=True) if kept.taken_at else ""
    view = GivenPage(
        await call_page.bar(call, chosen, clock.now()), to, taken, kept.form.get("subject", ""),
        kept.form.get("notes", ""), kept.id if kept.giver and kept.waits else 0,
    )  # fmt: skip
    around = await shell.shell_for(request, rail="calls")
    return pages.render(request, "console/call_given.html", shell=around, page=view)


def lead_here(request: Request) -> Response:
    """Lead whoever asks for a new case by telephone to the page of a call, with what the address brought."""
    kept = {name: request.query_params[name] for name in KEPT if request.query_params.get(name)}
    return RedirectResponse(call_page.URL + (f"?{urlencode(kept)}" if kept else ""), 303)
