"""What every page of a portal wears: the brand's colours, its navigation, the languages, who is here, the foot."""

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from casedesk import language
from casedesk.language import gettext as _
from casedesk.language import speaking_to
from casedesk.permissions import Permission
from casedesk.portals import colours
from casedesk.portals.branding import PortalRecord
from casedesk.web import pages
from casedesk.web.pages import ErrorPage
from casedesk.web.portal.place import Place, offered

_HUES = 8


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link of the bar; `here` marks the area that is open."""

    label: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language the portal speaks, by its own name."""

    code: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person as a face shows them: their initials on one of eight colours."""

    name: str
    initials: str
    hue: int


@dataclass(frozen=True, slots=True)
class Shell:
    """The portal around a page."""

    name: str
    initial: str
    company: str
    phone: str
    opening: str
    colours: Markup
    links: tuple[NavigationLink, ...]
    languages: tuple[LanguageChoice, ...]
    me: Somebody | None
    may_register: bool


def render(request: Request, template: str, *, area: str = "", status: int = 200, **values: object) -> HTMLResponse:
    """Return `template` as a page of the portal the request is in; it is handed `place` and `shell`, too.

    `area` names what is open in the navigation: solutions, cases, products, or nothing.
    """
    place: Place = request.state.place
    return pages.render(request, template, status=status, place=place, shell=shell_of(place, area), **values)


def dress_error(request: Request, page: ErrorPage) -> Response:
    """Return an error in the look of the portal it happened in, with a search to go on with."""
    place: Place = request.state.place
    with speaking_to(place.reader):
        return render(request, "portal/error.html", status=page.status, page=page)


def shell_of(place: Place, area: str) -> Shell:
    """Return the portal around a page."""
    portal, customer = place.portal, place.customer
    return Shell(
        name=portal.name,
        initial=portal.name[:1].upper(),
        company=portal.company or portal.name,
        phone=portal.phone,
        opening=portal.opening,
        colours=_style(portal.primary_colour, portal.bar_colour or portal.primary_colour),
        links=_links(place, area),
        languages=_languages(portal, place.language),
        me=somebody(customer.actor.name or customer.actor.email) if customer else None,
        may_register=portal.is_open,
    )


def somebody(name: str) -> Somebody:
    """Return a person as faces show them; the colour follows from the name."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()] or ["?"]
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
    return Somebody(name, initials, sum(name.encode()) % _HUES + 1)


def _links(place: Place, area: str) -> tuple[NavigationLink, ...]:
    # Strangers see the same bar: what is theirs alone leads them through the door and on.
    wanted = (
        ("solutions", _("Solutions"), "/solutions", None),
        ("cases", _("My cases"), "/cases", Permission.CASE_READ),
        ("products", _("My products"), "/products", Permission.PORTAL_USE),
    )
    return tuple(
        NavigationLink(label, place.url(path), name == area)
        for name, label, path, needs in wanted
        if needs is None or place.customer is None or place.may(needs)
    )


def _languages(portal: PortalRecord, locale: str) -> tuple[LanguageChoice, ...]:
    spoken = offered(portal, locale)
    return tuple(LanguageChoice(code, language.own_name(code), code == spoken) for code in portal.languages)


@lru_cache(maxsize=64)
def _style(primary: str, bar: str) -> Markup:
    """Return the custom properties of a brand; both themes stand side by side, as everywhere in the tokens."""
    day, night = colours.by_day(primary, bar), colours.by_night(primary, bar)
    names = {
        "brand": (day.bar, night.bar),
        "on-brand": (day.on_bar, night.on_bar),
        "accent": (day.accent, night.accent),
        "accent-hover": (day.accent_hover, night.accent_hover),
        "accent-soft": (day.accent_soft, night.accent_soft),
        "on-accent": (day.on_accent, night.on_accent),
        "focus": (day.accent, night.accent),
        "selected": (day.accent_soft, night.accent_soft),
    }
    properties = ";".join(f"--{name}:light-dark({light},{dark})" for name, (light, dark) in names.items())
    return Markup(f":root{{{properties}}}")  # noqa: S704  # only colours of six digits that were checked when saved
