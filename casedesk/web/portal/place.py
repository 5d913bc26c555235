"""Where a page of a portal is: which brand, who is here, in which language, and how its addresses are written."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.requests import Request

from casedesk import language
from casedesk.identity import Actor
from casedesk.language import Reader
from casedesk.permissions import Permission, can
from casedesk.portals import branding
from casedesk.portals.branding import PortalRecord
from casedesk.portals.sessions import Customer
from casedesk.web import cookies, reading

LANGUAGE_COOKIE = "language"
_LONGEST_NEXT = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """A portal as one request meets it; `customer` None is somebody who has not signed in."""

    portal: PortalRecord
    at_own_host: bool
    customer: Customer | None
    reader: Reader
    language: str
    """The portal's language somebody is served in: solutions and letters come in it where they exist. The pages' own
    words come in it, too, if casedesk has them (see `reader`): a page never mixes two languages of its own."""

    def url(self, path: str = "/", **query: object) -> str:
        """Return the address of a page of this portal: `url("/ask")`, `url("/search", q="gateway")`."""
        prefix = "" if self.at_own_host else f"/portal/{self.portal.slug}"
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return prefix + path + (f"?{urlencode(given)}" if given else "")

    def door(self, wanted: str = "") -> str:
        """Return the address of the door, leading on to `wanted` (an address inside this portal)."""
        return self.url("/in") + (f"?next={quote(wanted, safe='')}" if wanted else "")

    def is_inside(self, wanted: str) -> bool:
        """Say whether `wanted` is an address of this portal and can lead nowhere else."""
        plain = wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//")
        return plain and wanted.startswith(self.url("/")) and len(wanted) <= _LONGEST_NEXT

    def inside(self, wanted: str) -> str:
        """Return `wanted` if somebody who came in can go on there, the portal's home for anything else."""
        doors = tuple(self.url(path) for path in ("/in", "/out", "/register", "/forgot", "/reset", "/verify"))
        return wanted if self.is_inside(wanted) and not wanted.startswith(doors) else self.url("/")

    def may(self, permission: Permission) -> bool:
        """Say whether who is here holds a right."""
        return can(self.actor, permission)

    @property
    def actor(self) -> Actor | None:
        """Return who is here, None for somebody who has not signed in."""
        return self.customer.actor if self.customer else None

    @property
    def address(self) -> str:
        """Return the base of links in mail of this brand."""
        return branding.address_of(self.portal)


def language_of(request: Request, portal: PortalRecord, customer: Customer | None) -> str:
    """Return the portal's language for somebody: as they chose, as the switch says, as their browser asks, else the first."""
    chosen = (customer.language if customer else None) or ""
    wished = (chosen, cookies.value(request, LANGUAGE_COOKIE), *reading.accepted(request))
    return next((code for each in wished if (code := offered(portal, each))), portal.languages[0])


def reader_of(request: Request, portal: PortalRecord, customer: Customer | None) -> Reader:
    """Return how somebody reads our own words: in their language where there is a catalogue, else in one of the brand's."""
    worded = tuple(code for code in portal.languages if reading.serving(code, language.languages()))
    wished = (language_of(request, portal, customer), *reading.accepted(request))
    zone = reading.zone_of(request, customer.time_zone if customer else None)
    return Reader(reading.best_locale(wished, worded or ("en",)), zone)


def offered(portal: PortalRecord, tag: str) -> str | None:
    """Return the portal's language that serves a reader of `tag` (`de-AT` is served by `de`), or None."""
    return reading.serving(tag, portal.languages)
