"""A case logged by an agent: on the telephone, or on behalf of somebody who wrote another way."""

from urllib.parse import urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import clock
from casedesk.accounts.directory import CONTACTS, ContactRecord
from casedesk.cases import assigning, closing, creating
from casedesk.cases.creating import NewCase
from casedesk.errors import Invalid
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission, can
from casedesk.rules.lifecycle import Priority
from casedesk.web import forms, guard, pages, refusals, shell, signs
from casedesk.web.console import around, callers, offers
from casedesk.web.console.page_views import Field, NewCaseForm
from casedesk.web.forms import Form
from casedesk.web.shell import Surroundings
from casedesk.web.views import Choice

URL = "/console/new"
_FIELDS = {"contact.email": "email", "contact.id": "email", "description": "words", "asset_id": "asset"}


async def show(request: Request) -> Response:
    """Show the form; the address may bring who asks, what about, and what was said."""
    given: dict[str, tuple[str, ...]] = {name: (value,) for name, value in request.query_params.items()}
    return await _page(request, Form(given), ())


async def create(request: Request) -> Response:
    """Make the case; on the telephone it may be resolved in the same breath."""
    by, form = guard.actor_of(request), await forms.read(request)
    phone = form.line("channel") == "phone"
    try:
        case = await creating.create_case(_new(form, phone=phone), by=by)
    except Invalid as refused:
        return await _page(request, form, refusals.problems_of(refused, _FIELDS))
    queue = form.number("queue")
    if queue is not None and can(by, Permission.CASE_ASSIGN):
        await assigning.assign(case.number, by=by, queue_id=queue)
    if form.line("then") == "resolve" and can(by, Permission.CASE_CLOSE):
        await closing.resolve(case.number, by=by, resolution=form.text("words"))
    return RedirectResponse(f"/console/c/{case.number}", 303)


def _new(form: Form, *, phone: bool) -> NewCase:
    contact, email = form.number("contact"), form.line("email").lower()
    problems = []
    if not form.line("subject"):
        problems.append(Invalid.field("subject", _("say it in a few words")).problems[0])
    if contact is None and not email:
        problems.append(Invalid.field("email", _("say who asks: choose a contact, or give an address")).problems[0])
    if problems:
        raise Invalid(problems)
    return NewCase(
        subject=form.line("subject"),
        origin="phone" if phone else "web",
        description=form.text("words"),
        contact_id=contact,
        contact_email=email or None,
        contact_name=form.line("name") or None,
        asset_id=form.number("asset"),
        priority=form.line("priority") or None,
        logged_on_behalf=not phone,
        once=form.line("once") or None,
    )


async def _page(request: Request, form: Form, problems: tuple[tuple[str, str], ...]) -> Response:
    own = await shell.surroundings(guard.actor_of(request))
    page = await _form(request, form, problems, own)
    drawn = shell.shell(request, own)
    return pages.render(request, "console/new.html", status=422 if problems else 200, shell=drawn, form=page)


async def _form(request: Request, form: Form, problems: tuple[tuple[str, str], ...], own: Surroundings) -> NewCaseForm:
    by, wrong = guard.actor_of(request), dict(problems)
    phone, searched = form.line("channel") == "phone", form.line("who")
    kept = {name: form.line(name) for name in ("channel", "who", "subject") if form.line(name)}
    query = f"{urlencode(kept)}&" if kept else ""
    contact = await _chosen(form, by)
    found = await callers.found_by(searched, by=by) if searched else ()
    subject, words = form.line("subject"), form.text("words")
    suggestions = await offers.for_words(subject, words, language=None, by=by) if subject else ()
    return NewCaseForm(
        phone=phone,
        url=URL,
        once=form.line("once") or uuid4().hex,
        subject=Field("subject", _("In a few words"), subject, problem=wrong.get("subject", "")),
        words=Field("words", _("What happened?"), words, problem=wrong.get("words", "")),
        priority=Field("priority", _("Priority"), choices=_priorities(form.line("priority") or "normal")),
        queue=Field("queue", _("Queue"), choices=_queues(own, form.line("queue"))),
        name=Field("name", _("Name"), form.line("name")),
        email=Field("email", _("Email"), form.line("email"), problem=wrong.get("email", "")),
        searched=searched,
        contact=await callers.caller(contact, by=by, query=query, chosen=True) if contact else None,
        callers=tuple([await callers.caller(each, by=by, query=query, chosen=each == contact) for each in found]),
        cases=await callers.open_cases(contact, by=by, now=clock.now()) if contact else (),
        assets=await callers.assets_of(contact, by=by, chosen=form.line("asset")) if contact else (),
        entitlement=await around.entitlement_of(contact, form.number("asset")) if contact else None,
        suggestions=suggestions,
        problems=problems,
        may_resolve=phone and can(by, Permission.CASE_CLOSE),
    )


async def _chosen(form: Form, by: Actor) -> ContactRecord | None:
    contact = form.number("contact")
    return await CONTACTS.find(contact, by=by) if contact is not None else None


def _priorities(chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(each.value, signs.priority_words(each), each.value == chosen) for each in Priority)


def _queues(own: Surroundings, chosen: str) -> tuple[Choice, ...]:
    by_rules = Choice("", _("By the rules"), not chosen)
    return (by_rules, *(Choice(str(each.id), each.name, str(each.id) == chosen) for each in own.queues))
