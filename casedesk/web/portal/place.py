"""Where a page of a portal is: which brand, who is here, in which language, and how its addresses are written."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, unquote, urlencode
from zoneinfo import available_timezones

from babel.core import negotiate_locale
from starlette.requests import Request

from casedesk.identity import Actor
from casedesk.language import Reader
from casedesk.permissions import Permission, can
from casedesk.portals import branding
from casedesk.portals.branding import PortalRecord
from casedesk.portals.sessions import Customer
from casedesk.web import cookies

LANGUAGE_COOKIE = "language"
ZONE_COOKIE = "zone"
_MOST_ACCEPTED = 20
_LONGEST_NEXT = 2000
_BRITISH = {"en": "en_GB"}
"""Where a language alone would mean another country's way of writing dates."""


@dataclass(frozen=True, slots=True)
class Place:
    """A portal as one request meets it; `customer` None is somebody who has not signed in."""

    portal: PortalRecord
    at_own_host: bool
    customer: Customer | None
    reader: Reader

    def url(self, path: str = "/", **query: object) -> str:
        """Return the address of a page of this portal: `url("/ask")`, `url("/search", q="gateway")`."""
        prefix = "" if self.at_own_host else f"/portal/{self.portal.slug}"
        given = {name: value for name, value in query.items() if value not in (None, "")}
        return prefix + path + (f"?{urlencode(given)}" if given else "")

    def door(self, wanted: str = "") -> str:
        """Return the address of the door, leading on to `wanted` (an address inside this portal)."""
        return self.url("/in") + (f"?next={quote(wanted, safe='')}" if wanted else "")

    def inside(self, wanted: str) -> str:
        """Return `wanted` if it is an address inside this portal to go on to, the portal's home for anything else."""
        home = self.url("/")
        plain = wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//")
        doors = tuple(self.url(path) for path in ("/in", "/out", "/register", "/forgot", "/reset", "/verify"))
        fine = plain and wanted.startswith(home) and len(wanted) <= _LONGEST_NEXT and not wanted.startswith(doors)
        return wanted if fine else home

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


def reader_of(request: Request, portal: PortalRecord, customer: Customer | None) -> Reader:
    """Return how somebody reads: as they chose, as the switch says, as their browser asks, as the brand speaks first."""
    chosen = (customer.language if customer else None) or ""
    wished = (chosen, cookies.value(request, LANGUAGE_COOKIE), *_accepted(request))
    code = next((known for each in wished if (known := offered(portal, each))), portal.languages[0])
    zone = (customer.time_zone if customer else None) or unquote(cookies.value(request, ZONE_COOKIE))
    return Reader(_BRITISH.get(code, code), zone if zone in _zones() else "UTC")


def offered(portal: PortalRecord, tag: str) -> str | None:
    """Return the portal's language that serves a reader of `tag` (`de-AT` is served by `de`), or None."""
    if not tag or len(tag) > 40:
        return None
    return negotiate_locale([tag.replace("-", "_")], portal.languages)


def _accepted(request: Request) -> list[str]:
    """Return the languages a browser asks for, the dearest first."""
    found = []
    for place, part in enumerate(request.headers.get("accept-language", "").split(",")[:_MOST_ACCEPTED]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            found.append((-float(weight or "1"), place, tag.strip()))
        except ValueError:
            continue
    return [tag for _weight, _place, tag in sorted(found) if tag]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
