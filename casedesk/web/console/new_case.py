"""A case logged for somebody who did not call here: by an agent for one who wrote another way, by sales on behalf of one."""

from datetime import date
from urllib.parse import urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import clock
from casedesk.accounts.directory import CONTACTS, ContactRecord
from casedesk.cases import assigning, beside
from casedesk.cases.creating import NewCase
from casedesk.entitlements.catalogue import ASSETS, PRODUCTS
from casedesk.errors import Invalid
from casedesk.identity import Actor
from casedesk.language import day
from casedesk.language import gettext as _
from casedesk.permissions import Permission, can
from casedesk.rules.lifecycle import Priority
from casedesk.web import forms, guard, pages, refusals, shell, signs
from casedesk.web.console import around, callers, case_list, offers, telephone
from casedesk.web.console.page_views import CallerCase, Field, NewCaseForm
from casedesk.web.forms import Form
from casedesk.web.shell import Surroundings
from casedesk.web.views import Choice

URL = "/console/new"
_FIELDS = {
    "contact.email": "email",
    "queue_id": "queue",
    "contact.id": "email",
    "description": "words",
    "asset_id": "asset",
}
_MOST_ASSETS = 30


async def show(request: Request) -> Response:
    """Show the form; the address may bring who asks, what about, and what was said."""
    if request.query_params.get("channel") == "phone" and can(guard.actor_of(request), Permission.DESK_WORK):
        return telephone.lead_here(request)
    given: dict[str, tuple[str, ...]] = {name: (value,) for name, value in request.query_params.items()}
    return await _page(request, Form(given), ())


async def create(request: Request) -> Response:
    """Make the case."""
    by, form = guard.actor_of(request), await forms.read(request)
    try:
        case = await assigning.create_in_queue(_new(form, by), form.number("queue"), by=by)
    except Invalid as refused:
        problems = refusals.problems_of(refused, _FIELDS)
        return await _page(request, form, problems)
    return RedirectResponse(f"/console/c/{case.number}", 303)


def _new(form: Form, by: Actor) -> NewCase:
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
        origin="web" if can(by, Permission.DESK_WORK) else "phone",
        description=form.text("words"),
        contact_id=contact,
        contact_email=email or None,
        contact_name=form.line("name") or None,
        asset_id=form.number("asset"),
        priority=form.line("priority") or None,
        logged_on_behalf=True,
        once=form.line("once") or None,
    )


async def _page(request: Request, form: Form, problems: tuple[tuple[str, str], ...]) -> Response:
    own = await shell.surroundings(guard.actor_of(request))
    page = await _form(request, form, problems, own)
    drawn = shell.shell(request, own)
    return pages.render(request, "console/new.html", status=422 if problems else 200, shell=drawn, form=page)


async def _form(request: Request, form: Form, problems: tuple[tuple[str, str], ...], own: Surroundings) -> NewCaseForm:
    by, wrong = guard.actor_of(request), dict(problems)
    serves, searched = can(by, Permission.DESK_WORK), form.line("who")
    kept = {name: form.line(name) for name in ("who", "subject") if form.line(name)}
    query = f"{urlencode(kept)}&" if kept else ""
    contact = await _chosen(form, by)
    found = await callers.found_by(searched, by=by) if searched else ()
    subject, words = form.line("subject"), form.text("words")
    suggestions = await offers.for_words(subject, words, language=None, by=by) if subject and serves else ()
    return NewCaseForm(
        url=URL,
        once=form.line("once") or uuid4().hex,
        subject=Field("subject", _("In a few words"), subject, problem=wrong.get("subject", "")),
        words=Field("words", _("What happened?"), words, problem=wrong.get("words", "")),
        priority=Field("priority", _("Priority"), choices=_priorities(form.line("priority") or "normal")),
        queue=Field("queue", _("Queue"), choices=_queues(own, form.line("queue")) if serves else ()),
        name=Field("name", _("Name"), form.line("name")),
        email=Field("email", _("Email"), form.line("email"), problem=wrong.get("email", "")),
        searched=searched,
        contact=await callers.caller(contact, by=by, query=query, chosen=True) if contact else None,
        callers=tuple([await callers.caller(each, by=by, query=query, chosen=each == contact) for each in found]),
        cases=await _open_cases(contact, by) if contact else (),
        assets=await _assets_of(contact, by=by, chosen=form.line("asset")) if contact else (),
        entitlement=await around.entitlement_of(contact, form.number("asset")) if contact else None,
        suggestions=suggestions,
        problems=problems,
        serves=serves,
    )


async def _open_cases(contact: ContactRecord, by: Actor) -> tuple[CallerCase, ...]:
    """Return the open cases a contact may be asking about, of those the reader may see."""
    found, now = [], clock.now()
    for each in await beside.open_about(by=by, contact_id=contact.id, account_id=contact.account_id, asset_id=None):
        shown = case_list.case_row(each.row, "", now=now)
        found.append(CallerCase(shown.number, shown.subject, shown.url, shown.line, shown.clock, shown.status))
    return tuple(found)


async def _assets_of(contact: ContactRecord, *, by: Actor, chosen: str) -> tuple[Choice, ...]:
    """Return what the contact's company has installed, as choices."""
    if contact.account_id is None:
        return ()
    found = await ASSETS.page(by=by, narrowed={"account_id": contact.account_id}, limit=_MOST_ASSETS)
    choices = []
    for asset in found:
        product = await PRODUCTS.find(asset.product_id, by=by)
        hint = " · ".join(part for part in (asset.serial, asset.site or "", _warranty(asset.warranty_until)) if part)
        is_only = len(found) == 1 and not chosen
        choices.append(Choice(str(asset.id), product.name, is_only or str(asset.id) == chosen, hint))
    return tuple(choices)


def _warranty(until: date | None) -> str:
    if until is None:
        return ""
    if until >= clock.now().date():
        return _("in warranty to %(day)s") % {"day": day(until)}
    return _("warranty ended %(day)s") % {"day": day(until)}


async def _chosen(form: Form, by: Actor) -> ContactRecord | None:
    contact = form.number("contact")
    return await CONTACTS.find(contact, by=by) if contact is not None else None


def _priorities(chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(each.value, signs.priority_words(each), each.value == chosen) for each in Priority)


def _queues(own: Surroundings, chosen: str) -> tuple[Choice, ...]:
    by_rules = Choice("", _("By the rules"), not chosen)
    return (by_rules, *(Choice(str(each.id), each.name, str(each.id) == chosen) for each in own.queues))
