"""How whoever asks reads: the language and the time zone they chose, else those of their browser.

Each area negotiates by these functions; `reader_of` is what staff, strangers and errors get.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from urllib.parse import unquote
from zoneinfo import available_timezones

from babel.core import negotiate_locale
from starlette.requests import Request

from casedesk import language
from casedesk.language import Reader
from casedesk.web import cookies

ZONE_COOKIE = "zone"
_MOST_ACCEPTED = 20
_LONGEST_TAG = 40
_BRITISH = {"en": "en_GB"}
"""Where a language alone would mean another country's way of writing dates."""


def reader_of(request: Request) -> Reader:
    """Return how whoever asks reads.

    An area with readers of its own (a portal) says who it is in `request.state.reader`; a member of staff reads as they
    chose; everybody else, and who chose nothing, as their browser asks, among the languages there are.
    """
    own = getattr(request.state, "reader", None)
    if isinstance(own, Reader):
        return own
    session = getattr(request.state, "session", None)
    chosen = session.preferences if session is not None else {}
    wanted = str(chosen.get("language") or "")
    locale = locale_of(wanted) if wanted else best_locale(accepted(request), language.languages())
    return Reader(locale, zone_of(request, str(chosen.get("time_zone") or "")))


def best_locale(wished: Iterable[str], offered: Sequence[str]) -> str:
    """Return the locale of the first of `wished` that one of the languages `offered` serves, else of their first."""
    return locale_of(next((code for tag in wished if (code := serving(tag, offered))), offered[0]))


def serving(tag: str, offered: Sequence[str]) -> str | None:
    """Return which of the languages `offered` serves a reader of `tag` (`de-AT` is served by `de`), or None."""
    if not tag or len(tag) > _LONGEST_TAG:
        return None
    return negotiate_locale([tag.replace("-", "_")], offered)


def locale_of(code: str) -> str:
    """Return the locale in which a language is written here."""
    return _BRITISH.get(code, code)


def accepted(request: Request) -> list[str]:
    """Return the languages a browser asks for, the dearest first."""
    found = []
    for place, part in enumerate(request.headers.get("accept-language", "").split(",")[:_MOST_ACCEPTED]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            dear = float(weight or "1")
        except ValueError:
            continue
        if tag and dear > 0:
            found.append((-dear, place, tag.strip()))
    return [tag for _dear, _place, tag in sorted(found)]


def zone_of(request: Request, chosen: str | None) -> str:
    """Return the time zone somebody chose, else the one their browser is in, else UTC."""
    zone = chosen or unquote(cookies.value(request, ZONE_COOKIE))
    return zone if zone in _zones() else "UTC"


@cache
def _zones() -> frozenset[str]:
    """Return the names of all zones; looking them up walks through a thousand files."""
    return frozenset(available_timezones())
