"""The doors of a portal: sign in, register, ask for a link, what a link opens, sign out.

Looking at a link does nothing (scanners of mail open every one); its form does. Whatever the address, asking for a mail
answers the same.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import CasedeskError, Invalid, NotFound, SignInNeeded, TooMany
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.portals import doors, links, sessions
from casedesk.portals.doors import CONFIRMING, Browser
from casedesk.portals.links import Link, Purpose, Wish
from casedesk.web import cookies, forms, guard, refusals
from casedesk.web import sign_in as staff_door
from casedesk.web.portal import pages, sentences
from casedesk.web.portal.door_views import DoorPage, LinkPage, SentPage
from casedesk.web.portal.guard import place_of

_DOOR = "portal/in.html"
_REGISTER = "portal/register.html"
_FORGOT = "portal/forgot.html"
_LONGEST_LINE = 400
"""More of what a stranger typed into a line is neither looked at nor shown again."""


async def show(request: Request) -> Response:
    """Show the door; whoever is signed in goes on at once."""
    place = place_of(request)
    wanted = place.inside(request.query_params.get("next", ""))
    if place.customer is not None:
        return RedirectResponse(wanted, 303)
    return _door(request, DoorPage(_("Sign in"), next=wanted))


async def enter(request: Request) -> Response:
    """Sign in by password."""
    place, form = place_of(request), await forms.read(request)
    email, password, wanted = form.line("email")[:_LONGEST_LINE], form.text("password"), place.inside(form.text("next"))
    try:
        staff_door.refuse_samples_elsewhere(request, password)
        secret = await doors.sign_in(place.portal, email, password, browser=_browser(request))
    except (SignInNeeded, TooMany) as refused:
        page = DoorPage(_("Sign in"), next=wanted, email=email, refused=_refusal(refused))
        return _door(request, page, status=refused.http_status)
    return await _entered(request, secret, wanted)


async def show_registration(request: Request) -> Response:
    """Show the form for an account, or say how one gets one here."""
    if place_of(request).customer is not None:
        return RedirectResponse(place_of(request).url("/"), 303)
    return pages.render(request, _REGISTER, page=DoorPage(_("Create an account")))


async def register(request: Request) -> Response:
    """Ask for an account: a mail goes to the address, and its link decides."""
    form = await forms.read(request)
    page = DoorPage(
        _("Create an account"), email=form.line("email")[:_LONGEST_LINE], name=form.line("name")[:_LONGEST_LINE]
    )
    return await _asked(request, page, Purpose.REGISTER, _REGISTER)


async def ask_for_link(request: Request) -> Response:
    """Ask for a link to sign in with."""
    place, form = place_of(request), await forms.read(request)
    page = DoorPage(_("Sign in"), next=place.inside(form.text("next")), email=form.line("email")[:_LONGEST_LINE])
    return await _asked(request, page, Purpose.SIGN_IN, _DOOR)


async def show_forgotten(request: Request) -> Response:
    """Show the form for a new password."""
    return pages.render(request, _FORGOT, page=DoorPage(_("Set a new password")))


async def forgotten(request: Request) -> Response:
    """Ask for a link to set a new password with."""
    form = await forms.read(request)
    page = DoorPage(_("Set a new password"), email=form.line("email")[:_LONGEST_LINE])
    return await _asked(request, page, Purpose.RESET, _FORGOT)


async def show_sent(request: Request) -> Response:
    """Say that a mail is on its way, if there is anybody to write to."""
    kinds = {
        "register": (_("Check your mail"), _("We have sent you a mail with a link that confirms your address.")),
        "link": (_("Check your mail"), _("If there is an account with this address, a link to sign in is on its way.")),
        "reset": (_("Check your mail"), _("If there is an account with this address, a link for a new password is on its way.")),
        "case": (_("Check your mail"), _("If this was a link of ours, a new one is on its way to the address it went to.")),
    }  # fmt: skip
    again = {"register": "/register", "link": "/in", "reset": "/forgot", "case": "/in"}
    kind = request.path_params["kind"]
    if kind not in kinds:
        raise NotFound
    title, words = kinds[kind]
    lasts = _("It works for 30 days.") if kind == "case" else _("It works once, for 30 minutes.")
    page = SentPage(title, words, lasts, place_of(request).url(again[kind]))
    return pages.render(request, "portal/sent.html", page=page)


async def show_verification(request: Request) -> Response:
    """Show what confirming an address will do."""
    return await _shown(request, *CONFIRMING, Purpose.ADDRESS)


async def verify(request: Request) -> Response:
    """Confirm an address: of a new account, whose session begins, or a further one of an account there is."""
    place, form = place_of(request), await forms.read(request)
    link = await _living(request, *CONFIRMING, Purpose.ADDRESS)
    if link is None:
        return _expired(request)
    token = request.path_params["token"]
    if link.purpose is Purpose.ADDRESS:
        await doors.verify_address(place.portal, token)
        return RedirectResponse(place.url("/me", said="address") if place.customer else place.door(), 303)

    async def confirmed() -> str:
        name, password = form.line("name")[:_LONGEST_LINE], form.text("password")
        return await doors.confirm(place.portal, token, name=name, password=password, browser=_browser(request))

    return await _opened(request, link, confirmed)


async def show_link(request: Request) -> Response:
    """Show the button of a sign-in link."""
    return await _shown(request, Purpose.SIGN_IN)


async def enter_by_link(request: Request) -> Response:
    """Sign in by a mailed link."""
    place = place_of(request)
    try:
        found = await doors.sign_in_by_link(place.portal, request.path_params["token"], browser=_browser(request))
    except NotFound:
        return _expired(request)
    secret, wanted = found
    return await _entered(request, secret, place.inside(wanted))


async def show_reset(request: Request) -> Response:
    """Show the form for a new password."""
    return await _shown(request, Purpose.RESET)


async def reset(request: Request) -> Response:
    """Set a new password by a mailed link."""
    place, form = place_of(request), await forms.read(request)
    link = await _living(request, Purpose.RESET)
    if link is None:
        return _expired(request)

    async def set_anew() -> str:
        token, password = request.path_params["token"], form.text("password")
        return await doors.reset(place.portal, token, password, browser=_browser(request))

    return await _opened(request, link, set_anew)


async def leave(request: Request) -> Response:
    """Sign out and forget the cookie; who is out already is out."""
    place, settings = place_of(request), guard.settings_of(request)
    if place.customer is not None:
        await sessions.sign_out(place.customer)
    answer = RedirectResponse(place.url("/"), 303)
    cookies.forget(answer, settings, cookies.of_customers(settings))
    return answer


async def _asked(request: Request, page: DoorPage, purpose: Purpose, template: str) -> Response:
    """Note who asked for which mail and lead to the one page that follows, or show the form again."""
    place = place_of(request)
    kind = {Purpose.REGISTER: "register", Purpose.SIGN_IN: "link", Purpose.RESET: "reset"}[purpose]
    detail = {"name": page.name[:200], "next": page.next}
    wish = Wish(purpose, place.portal.id, page.email, place.language.partition("_")[0], detail=detail)
    try:
        if purpose is Purpose.REGISTER:
            (await forms.read(request)).require("name", "email")
        await links.ask(wish, address=_browser(request).address)
    except (Invalid, TooMany) as refused:
        problems = sentences.by_field(refused) if isinstance(refused, Invalid) else {}
        shown = DoorPage(
            page.title, next=page.next, email=page.email, name=page.name, problems=problems,
            refused=_refusal(refused) if isinstance(refused, TooMany) else "",
        )  # fmt: skip
        return pages.render(request, template, status=refused.http_status, page=shown)
    return RedirectResponse(place.url(f"/sent/{kind}"), 303)


async def _shown(request: Request, *purposes: Purpose) -> Response:
    link = await _living(request, *purposes)
    if link is None:
        return _expired(request)
    return pages.render(request, "portal/link.html", page=_page(request, link))


async def _living(request: Request, *purposes: Purpose) -> Link | None:
    try:
        return await links.look(request.path_params["token"], *purposes, portal_id=place_of(request).portal.id)
    except NotFound:
        return None


async def _opened(request: Request, link: Link, act: Callable[[], Awaitable[str]]) -> Response:
    """Do what a link is for and go in; a bad password is said at its field, and the link stays good."""
    try:
        secret = await act()
    except NotFound:
        return _expired(request)
    except Invalid as wrong:
        name = (await forms.read(request)).line("name")
        page = _page(request, link, name=name, problems=sentences.by_field(wrong))
        return pages.render(request, "portal/link.html", status=wrong.http_status, page=page)
    return await _entered(request, secret, place_of(request).url("/"))


async def _entered(request: Request, secret: str, wanted: str) -> Response:
    """Go on inside with the new session; the one this browser had before ends."""
    customer, settings = place_of(request).customer, guard.settings_of(request)
    if customer is not None:
        await sessions.sign_out(customer)
    answer = RedirectResponse(wanted, 303)
    cookies.keep(answer, settings, cookies.of_customers(settings), secret)
    return answer


def _page(request: Request, link: Link, *, name: str = "", problems: dict[str, str] | None = None) -> LinkPage:
    """Return the page of a link by what it is for."""
    portal, url = place_of(request).portal.name, place_of(request).url(_inside(request))
    given: dict[str, Any] = {"url": url, "email": link.email, "problems": problems or {}}
    if link.purpose is Purpose.SIGN_IN:
        lead = _("One click and you are signed in to %(portal)s.") % {"portal": portal}
        return LinkPage(_("Sign in"), lead, button=_("Sign in"), **given)
    if link.purpose is Purpose.RESET:
        lead = _("Your other sessions end, and you are signed in here.")
        return LinkPage(_("Set a new password"), lead, button=_("Save and sign in"), asks_password=True, **given)
    if link.purpose is Purpose.ADDRESS:
        lead = _("From then on, cases from this address are yours here, too.")
        return LinkPage(_("Confirm this address"), lead, button=_("Confirm"), **given)
    lead = _("Confirm that this address is yours, and your account at %(portal)s is ready.") % {"portal": portal}
    return LinkPage(
        _("Welcome"), lead, button=_("Confirm and sign in"), name=name or link.detail.get("name", ""), asks_name=True,
        asks_password=True, optional=True, **given,
    )  # fmt: skip


def _expired(request: Request) -> Response:
    """Say that a link does not work any more; the same for one that was used, is too old, or never was."""
    return pages.render(request, "portal/link_expired.html", status=NotFound.http_status)


def _door(request: Request, page: DoorPage, *, status: int = 200) -> Response:
    samples = staff_door.samples_of(request, place_of(request).portal.slug)
    shown = DoorPage(
        page.title, next=page.next, email=page.email, refused=page.refused, problems=page.problems, samples=samples,
        sample_password=staff_door.SAMPLE_PASSWORD if samples else "",
    )  # fmt: skip
    return pages.render(request, _DOOR, status=status, page=shown)


def _refusal(refused: CasedeskError) -> str:
    if not isinstance(refused, TooMany):
        return refusals.sentence(refused.message)
    minutes = max(1, -(-refused.retry_after // 60))
    words = ngettext(
        "That was asked for too often. Please try again in %(n)s minute.",
        "That was asked for too often. Please try again in %(n)s minutes.",
        minutes,
    )
    return words % {"n": minutes}


def _browser(request: Request) -> Browser:
    hours = guard.settings_of(request).session_hours
    address = request.client.host if request.client else ""
    return Browser(address, request.headers.get("user-agent", ""), hours)


def _inside(request: Request) -> str:
    return request.url.path.removeprefix(f"/portal/{place_of(request).portal.slug}")
