"""My profile: who I am here, my addresses, my password, and the browsers I am signed in on."""

import re
from collections.abc import Awaitable
from functools import cache
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import language
from casedesk.accounts import recognising
from casedesk.errors import Conflict, Invalid, NotFound, TooMany
from casedesk.language import gettext as _
from casedesk.portals import profile, sessions
from casedesk.portals.sessions import Customer, SessionView
from casedesk.web import forms, refusals
from casedesk.web.portal import pages, sentences
from casedesk.web.portal.door_views import AddressRow, Choice, ProfilePage, SessionRow
from casedesk.web.portal.guard import customer_of, place_of
from casedesk.web.portal.place import offered

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_ZONE = re.compile(r"(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/|UTC$")


async def show(request: Request) -> Response:
    """Show the profile; `said` in the address names what was just done."""
    said = {
        "kept": _("Your profile is saved."),
        "mail": _("We have sent a mail to the new address. It counts once its link is opened."),
        "address": _("The address is confirmed and counts from now on."),
        "first": _("From now on we write to this address."),
        "dropped": _("The address is gone from your account."),
        "password": _("Your password is changed, and your other sessions have ended."),
        "ended": _("That session has ended."),
    }.get(request.query_params.get("said", ""), "")
    return await _page(request, said=said)


async def keep(request: Request) -> Response:
    """Save name, language, time zone and telephones."""
    place, form = place_of(request), await forms.read(request)
    given: dict[str, object] = {
        "name": form.line("name")[:200],
        "time_zone": form.line("time_zone") or None,
        "phones": [line for each in form.texts("phone") if (line := " ".join(each.split())[:60])],
    }
    if form.line("language"):
        given["language"] = offered(place.portal, form.line("language"))
    return await _done(request, "kept", profile.change(customer_of(request), given))


async def add_address(request: Request) -> Response:
    """Ask for a further address to be confirmed."""
    place, form = place_of(request), await forms.read(request)
    asking = profile.ask_for_address(
        customer_of(request), place.portal, form.line("email")[:400], address=request.client.host if request.client else "",
        language=place.language.partition("_")[0],
    )  # fmt: skip
    return await _done(request, "mail", asking, new_address=form.line("email")[:400])


async def change_address(request: Request) -> Response:
    """Write to this address first, or take it away."""
    address, customer = _whole(request, "address"), customer_of(request)
    if (await forms.read(request)).line("act") == "first":
        return await _done(request, "first", profile.write_first_to(customer, address))
    return await _done(request, "dropped", profile.drop_address(customer, address))


async def change_password(request: Request) -> Response:
    """Set a new password."""
    place, form = place_of(request), await forms.read(request)
    changing = profile.change_password(
        customer_of(request), place.portal, old=form.text("old"), new=form.text("new"),
        language=place.language.partition("_")[0],
    )  # fmt: skip
    return await _done(request, "password", changing)


async def end_session(request: Request) -> Response:
    """End one session, or with `others` every one but this."""
    customer = customer_of(request)
    if request.path_params["session"] == "others":
        await sessions.end_others(by=customer)
    else:
        await sessions.end_one(_whole(request, "session"), by=customer)
    return RedirectResponse(place_of(request).url("/me", said="ended"), 303)


async def _done(request: Request, said: str, act: Awaitable[object], *, new_address: str = "") -> Response:
    """Do one thing to the profile and show it; what is wrong is said at its field with everything kept."""
    try:
        await act
    except Invalid as wrong:
        return await _page(
            request, problems=sentences.by_field(wrong), new_address=new_address, status=wrong.http_status
        )
    except (Conflict, TooMany) as refused:
        problems = {"": refusals.sentence(refused.message)}
        return await _page(request, problems=problems, new_address=new_address, status=refused.http_status)
    return RedirectResponse(place_of(request).url("/me", said=said), 303)


async def _page(
    request: Request,
    *,
    said: str = "",
    problems: dict[str, str] | None = None,
    new_address: str = "",
    status: int = 200,
) -> Response:
    place, customer = place_of(request), customer_of(request)
    mine = await profile.of(customer)
    spoken = offered(place.portal, mine.language or place.language)
    company = await recognising.company(customer.account_id) if customer.account_id is not None else None
    page = ProfilePage(
        name=mine.name,
        company=company.name if company else "",
        languages=tuple(Choice(code, language.own_name(code), code == spoken) for code in place.portal.languages),
        zone=mine.time_zone or "",
        found_zone=place.reader.zone,
        zones=_zones(),
        phones=mine.phones,
        addresses=await _addresses(customer),
        sessions=tuple(_session(each) for each in await sessions.of(customer)),
        has_password=await profile.has_password(customer),
        new_address=new_address,
        said=said,
        problems=problems or {},
    )
    return pages.render(request, "portal/me.html", area="me", status=status, page=page)


async def _addresses(customer: Customer) -> tuple[AddressRow, ...]:
    known = await profile.addresses(customer)
    verified = sum(each.is_verified for each in known)
    return tuple(
        AddressRow(each.id, each.email, each.is_verified, each.is_first, verified - each.is_verified > 0)
        for each in known
    )


def _session(session: SessionView) -> SessionRow:
    browser = next((name for mark, name in _BROWSERS if mark in session.agent), _("A browser"))
    system = next((name for mark, name in _SYSTEMS if mark in session.agent), "")
    words = _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
    return SessionRow(session.id, words, session.address, session.began_at, session.seen_at, session.is_this)


def _whole(request: Request, name: str) -> int:
    text = str(request.path_params[name])
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound
    return int(text)


@cache
def _zones() -> tuple[str, ...]:
    """Return the zones people live in, without the many old names for them."""
    return tuple(sorted(zone for zone in available_timezones() if _ZONE.match(zone)))
