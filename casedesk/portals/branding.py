"""The brands customers meet: name, address, look, languages, and who may register there.

A new brand is a row: nothing in the code knows how many there are. Who may enter one stands in `access`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from babel.core import Locale, UnknownLocaleError

from casedesk import settings as operator
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import alternatives, number
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.portals import colours
from casedesk.portals.models import Portal
from casedesk.registers import Register, Use, Values
from casedesk.remembering import Remembered

FIRST_LANGUAGES = ("en", "de")
MOST_LANGUAGES = 12
LONGEST_INTRO = 2000


class Registration(StrEnum):
    """Who may get an account at a portal."""

    OPEN = "open"
    BY_INVITATION = "by_invitation"


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """A brand; `case_prefix` is put before the numbers of cases made from now on.

    `primary_colour` is that of links and buttons, `bar_colour` that of the bar at the top (None: the primary one).
    `tagline` stands above the search, `intro` below it; `company`, `phone` and `opening` at the foot. The first of
    `languages` is spoken to whoever reads none of them.
    """

    id: int
    version: int
    slug: str
    name: str
    case_prefix: str
    host: str | None
    primary_colour: str
    bar_colour: str | None
    tagline: str
    intro: str
    company: str
    phone: str
    opening: str
    languages: tuple[str, ...]
    registration: Registration
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Say whether anybody may register here."""
        return self.registration is Registration.OPEN


def _record(row: Portal) -> PortalRecord:
    return PortalRecord(
        id=row.id,
        version=row.version,
        slug=row.slug,
        name=row.name,
        case_prefix=row.case_prefix,
        host=row.host,
        primary_colour=row.primary_colour,
        bar_colour=row.bar_colour,
        tagline=row.tagline,
        intro=row.intro,
        company=row.company,
        phone=row.phone,
        opening=row.opening,
        languages=tuple(row.languages) or FIRST_LANGUAGES,
        registration=Registration(row.registration),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _portals(rows: Sequence[Portal]) -> tuple[PortalRecord, ...]:
    return tuple(_record(row) for row in rows)


async def _check(values: Values, row: Portal | None, by: Actor) -> Values:
    for name in ("primary_colour", "bar_colour"):
        if values.get(name) is not None:
            values[name] = values[name].strip().lower()
            if not colours.is_colour(values[name]):
                raise Invalid.field(name, "must be a colour such as #0c5a52")
    if "primary_colour" in values:
        _check_contrast(values["primary_colour"])
    if "host" in values:
        values["host"] = _host(values["host"])
    if "languages" in values:
        values["languages"] = _languages(values["languages"])
    if len(values.get("intro", "")) > LONGEST_INTRO:
        raise Invalid.field("intro", _("at most %(most)s characters") % {"most": number(LONGEST_INTRO)})
    if "registration" in values and values["registration"] not in list(Registration):
        raise Invalid.field("registration", _("give one of %(these)s") % {"these": alternatives(Registration)})
    return values


PORTALS: Register[Portal, PortalRecord] = Register(
    noun="portal",
    model=Portal,
    read=Permission.PORTAL_READ,
    write=Permission.PORTAL_CHANGE,
    show=_portals,
    check=_check,
    words=frozenset({"tagline", "intro", "company", "phone", "opening"}),
    unique=("slug", "host"),
    uses=(Use("mailboxes", "mailboxes", "portal_id"), Use("customers", "portal_access", "portal_id")),
    remembered=("senders", "portals"),
)
"""What mail calls itself comes from here, hence the senders are forgotten with each change."""


async def _load() -> tuple[PortalRecord, ...]:
    return await _portals(await Portal.all().order_by("id"))


_all = Remembered("portals", _load)


async def every() -> tuple[PortalRecord, ...]:
    """Return all brands, the oldest first."""
    return await _all.get()


async def by_slug(slug: str) -> PortalRecord:
    """Return the brand with this slug; raises NotFound."""
    found = next((portal for portal in await every() if portal.slug == slug), None)
    if found is None:
        raise NotFound
    return found


async def by_id(portal_id: int) -> PortalRecord:
    """Return the brand with this id; raises NotFound."""
    found = next((portal for portal in await every() if portal.id == portal_id), None)
    if found is None:
        raise NotFound
    return found


async def of_mailbox(portal_id: int | None) -> PortalRecord | None:
    """Return the brand a mailbox belongs to, the desk's first where it belongs to none; None on a desk without any."""
    portals = await every()
    return next((each for each in portals if each.id == portal_id), portals[0] if portals else None)


async def by_host(host: str) -> PortalRecord | None:
    """Return the brand that is served at a host (a Host header, its port does not count), or None."""
    name = host.lower().rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host.lower()
    return next((portal for portal in await every() if portal.host == name), None) if name else None


def address_of(portal: PortalRecord) -> str:
    """Return the base of this brand's links in mail, without a slash at its end.

    Its own host, under the scheme and port of the desk's public address; else its path on the desk's own.
    """
    base = operator.public_url()
    if not portal.host:
        return f"{base}/portal/{portal.slug}"
    parts = urlsplit(base)
    return f"{parts.scheme}://{portal.host}" + (f":{parts.port}" if parts.port else "")


def _check_contrast(colour: str) -> None:
    ratio = colours.worst_on_paper(colour)
    if ratio < colours.LEAST:
        words = _("has a contrast of %(ratio)s:1 on the page; links and buttons need at least %(least)s:1 to be read")
        # Cut, not rounded: 4.48 must not read as the 4.5 it misses.
        figures = {"ratio": number(math.floor(ratio * 10) / 10), "least": number(colours.LEAST)}
        raise Invalid.field("primary_colour", words % figures)


def _host(given: str | None) -> str | None:
    host = (given or "").strip().lower().rstrip(".")
    if not host:
        return None
    if host == (urlsplit(operator.current().url).hostname or ""):
        raise Invalid.field("host", "is the desk's own host; a portal needs one of its own")
    return host


def _languages(given: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(code.strip().replace("-", "_") for code in given if code.strip()))
    if not 0 < len(wanted) <= MOST_LANGUAGES:
        raise Invalid.field("languages", _("give 1 to %(most)s languages") % {"most": MOST_LANGUAGES})
    for code in wanted:
        try:
            Locale.parse(code)
        except (ValueError, UnknownLocaleError):
            raise Invalid.field(
                "languages", _("%(code)s is no language such as en or pt_BR") % {"code": code}
            ) from None
    return wanted
