"""Brands: what one group of customers meets, its colours looked at before they are stored, and a small preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.portals import branding, colours
from casedesk.portals.branding import PORTALS, PortalRecord, Registration
from casedesk.portals.colours import Shades
from casedesk.web.admin.form_fields import Field, Kind
from casedesk.web.admin.kept import Kept, Names, Texts, Tried, Words
from casedesk.web.admin.nouns import KEY, languages_field
from casedesk.web.admin.page_views import Cell
from casedesk.web.forms import Form
from casedesk.web.views import Choice

_COLOUR = r"#[0-9A-Fa-f]{6}"
_FIRST = "#0c5a52"


@dataclass(frozen=True, slots=True)
class BrandPage:
    """What stands beside a brand: the shades in light and dark, whether links can be read, and its address."""

    name: str
    tagline: str
    day: Shades
    night: Shades
    ratio: str
    readable: bool
    least: str
    address: str = ""


async def _fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), required=True, longest=120, hint=_("Customers read it in mail and on the portal.")),
        Field("slug", _("Short name"), required=True, pattern=KEY, longest=60, hint=_("Stands in the portal's address."),
              cure=_("use small letters, digits, - and _, at most 60")),
        Field("case_prefix", _("Prefix of case numbers"), empty="", pattern=r"[A-Z][A-Z0-9]{0,9}", longest=10,
              hint=_("Such as HAL for HAL-20418; counts for cases made from now on."),
              cure=_("use capital letters and digits, at most 10, a letter first")),
        Field("host", _("Host of its own"), longest=253, hint=_("Such as help.example.com; empty: /portal/SHORT-NAME.")),
        Field("primary_colour", _("Colour of links and buttons"), Kind.COLOUR, required=True, pattern=_COLOUR, longest=7,
              cure=_("give a colour such as #0c5a52")),
        Field("bar_colour", _("Colour of the bar"), Kind.COLOUR, pattern=_COLOUR, longest=7, hint=_("Empty: the same."),
              cure=_("give a colour such as #0c5a52")),
        Field("tagline", _("Words above the search"), empty="", longest=200),
        Field("company", _("Company"), empty="", longest=120),
        Field("phone", _("Telephone"), empty="", longest=60),
        Field("opening", _("Opening hours, in words"), empty="", longest=120),
        languages_field("languages", _("Languages")),
        Field("registration", _("Who may register"), Kind.CHOICE, required=True, options=_registrations()),
        Field("intro", _("Introduction"), Kind.TEXT, empty="", longest=branding.LONGEST_INTRO, rows=5),
    )  # fmt: skip


def _registrations() -> tuple[Choice, ...]:
    return (
        Choice(Registration.OPEN, _("anybody with a mail address")),
        Choice(Registration.BY_INVITATION, _("whoever is invited")),
    )


def _cells(brand: PortalRecord, names: Names) -> tuple[Cell, ...]:
    return (
        Cell(brand.slug, mono=True, faint=True),
        Cell(brand.case_prefix or "—"),
        Cell(brand.host or "—"),
        Cell(", ".join(brand.languages)),
    )


async def _more(request: Request, brand: PortalRecord | None) -> BrandPage:
    if brand is None:
        return _page("", "", _FIRST, _FIRST)
    bar = brand.bar_colour or brand.primary_colour
    return _page(brand.name, brand.tagline, brand.primary_colour, bar, branding.address_of(brand))


def _page(name: str, tagline: str, primary: str, bar: str, address: str = "") -> BrandPage:
    ratio = colours.worst_on_paper(primary)
    return BrandPage(
        name=name or _("Your brand"),
        tagline=tagline or _("How can we help?"),
        day=colours.by_day(primary, bar),
        night=colours.by_night(primary, bar),
        ratio=f"{ratio:.1f}",
        readable=ratio >= colours.LEAST,
        least=str(colours.LEAST),
        address=address,
    )


async def _tried(request: Request, form: Form, texts: Texts) -> Tried:
    """Show the brand as it is typed."""
    primary, bar = (form.line(name).lower() for name in ("primary_colour", "bar_colour"))
    primary = primary if colours.is_colour(primary) else _FIRST
    return Tried(
        texts, _page(form.line("name"), form.line("tagline"), primary, bar if colours.is_colour(bar) else primary)
    )


def _stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**values, "languages": values["languages"] or list(branding.FIRST_LANGUAGES)}


BRANDS = Kept(
    key="brands",
    register=PORTALS,
    words=lambda: Words(
        _("Portal and brands"),
        _("Each brand is what one group of customers meets: its name in mail, its portal, its case numbers."),
        _("Add a brand"), _("There is no brand yet."), _("New brand"),
    ),
    fields=_fields,
    columns=lambda: (_("Short name"), _("Prefix"), _("Host"), _("Languages")),
    cells=_cells,
    named=lambda brand: brand.name,
    stored=_stored,
    more=_more,
    tries=_tried,
    beside="admin/brand.html",
)  # fmt: skip
