"""A cell as the value a field takes: text, lists, dates in the ways people write them, words of a closed set.

Each reader takes what a cell holds (text, or what a spreadsheet or JSON gives) and returns the value or raises BadCell.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from casedesk.language import gettext as _
from casedesk.language import number as said

Reader = Callable[[Any], Any]

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_YES = frozenset({"1", "true", "yes", "y", "x", "ja", "j", "wahr", "on", "oui", "si"})
_NO = frozenset({"0", "false", "no", "n", "nein", "falsch", "off", "non"})
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_QUOTED_FORMULA = re.compile(r"^'(?=[=+\-@\t\r])")


class BadCell(Exception):
    """What is wrong with a cell, as words for people."""


def plain(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO has them, no control characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    words = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", _QUOTED_FORMULA.sub("", words)).strip()


def text(longest: int) -> Reader:
    """Return a reader of text of at most `longest` characters."""

    def read(value: Any) -> str:
        found = plain(value)
        if len(found) > longest:
            raise BadCell(_("is longer than %(most)s characters") % {"most": said(longest)})
        return found

    return read


def line(longest: int) -> Reader:
    """Return a reader of text on one line."""
    whole = text(longest)
    return lambda value: " ".join(whole(value).split())


def listed(longest: int, *, most: int = 200, commas: bool = True) -> Reader:
    """Return a reader of several texts: a list, or text cut at semicolons, line ends and (unless told not to) commas."""
    cut = re.compile(r"[;,\n|]" if commas else r"[;\n|]")
    one = line(longest)

    def read(value: Any) -> list[str]:
        given = value if isinstance(value, list) else cut.split(plain(value))
        found = list(dict.fromkeys(each for each in map(one, given) if each))
        if len(found) > most:
            raise BadCell(_("holds more than %(most)s values") % {"most": said(most)})
        return found

    return read


def choice(words: Mapping[str, str]) -> Reader:
    """Return a reader of one of a closed set; `words` gives the value of each way to say it, in lower case."""

    def read(value: Any) -> str:
        found = words.get(folded(plain(value)))
        if found is None:
            allowed = ", ".join(sorted(set(words.values())))
            raise BadCell(_("%(given)s is none of %(allowed)s") % {"given": plain(value)[:60], "allowed": allowed})
        return found

    return read


def folded(text: str) -> str:
    """Return words as they are compared: lower case, one blank between them, no underscores or hyphens."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def yes_or_no(value: Any) -> bool:
    """Read a truth in English, German or numbers."""
    said_so = plain(value).casefold()
    if said_so in _YES:
        return True
    if said_so in _NO:
        return False
    raise BadCell(_("%(given)s is neither yes nor no") % {"given": said_so[:60]})


def count(value: Any) -> int:
    """Read a whole number from 0 on."""
    try:
        found = int(plain(value))
    except ValueError:
        raise BadCell(_("%(given)s is not a whole number") % {"given": plain(value)[:60]}) from None
    if not 0 <= found < 2**31:
        raise BadCell(_("must lie between 0 and %(most)s") % {"most": said(2**31 - 1)})
    return found


def tier(value: Any) -> int:
    """Read a tier of support, 1 to 9."""
    found = count(value)
    if not 1 <= found <= 9:
        raise BadCell(_("must lie between 1 and 9"))
    return found


def language(value: Any) -> str:
    """Read a language such as de, pt-BR or de_DE."""
    found = plain(value).replace("_", "-")
    if len(found) > 20 or _LANGUAGE.fullmatch(found) is None:
        raise BadCell(_("%(given)s is no language code such as en or pt-BR") % {"given": found[:60]})
    return found


def languages(value: Any) -> list[str]:
    """Read several languages."""
    return [language(each) for each in listed(20)(value)]


def zone(value: Any) -> str:
    """Read a name of the tz database."""
    found = plain(value)
    if found not in _zones():
        raise BadCell(_("%(given)s is no zone such as Europe/Paris") % {"given": found[:60]})
    return found


def custom(value: Any) -> dict[str, Any]:
    """Read an object of names and values."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise BadCell(_("give a JSON object of names and values")) from None
    if not isinstance(value, dict):
        raise BadCell(_("give a JSON object of names and values"))
    return {str(key)[:60]: each for key, each in value.items()}


def day(value: Any) -> date:
    """Read a date: 2026-11-27, 27.11.2026, 11/27/2026 where only one reading is possible, or a spreadsheet's own."""
    if isinstance(value, datetime):
        return _near(value.date())
    if isinstance(value, date):
        return _near(value)
    words = plain(value)
    try:
        return _near(_day_written(words.split("T")[0].split()[0] if words else ""))
    except ValueError:
        raise BadCell(_("%(given)s is no date; write 2026-11-27") % {"given": words[:60]}) from None


def instant(value: Any) -> datetime:
    """Read a date with its time as aware UTC; without a zone it counts as UTC, without a time as noon."""
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return datetime.combine(_near(value), time(12), UTC)
    words = plain(value)
    try:
        return _instant_written(words)
    except (ValueError, OverflowError):
        raise BadCell(_("%(given)s is no time; write 2026-11-27T14:05:00Z") % {"given": words[:60]}) from None


def _instant_written(words: str) -> datetime:
    if len(words) > 10 and words[:4].isdigit():
        return _in_utc(datetime.fromisoformat(words.removesuffix(" UTC")))
    written, _blank, rest = words.replace(",", " ").partition(" ")
    on = _near(_day_written(written))
    if not rest.strip():
        return datetime.combine(on, time(12), UTC)
    found = _TIME.fullmatch(rest.strip())
    if found is None:
        raise ValueError(words)
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4].casefold() == "pm" else 0)
    return datetime.combine(on, time(hour, int(found[2]), int(found[3] or 0)), UTC)


def _day_written(words: str) -> date:
    if found := _DOTS.fullmatch(words):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHES.fullmatch(words):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first <= 12 and second <= 12 and first != second:
            # 03/04 is March in Boston and April in Berlin: a guess would be wrong for half of the world.
            raise BadCell(_("%(given)s can be read in two ways; write 2026-11-27") % {"given": words})
        return date(year, second, first) if first > 12 else date(year, first, second)
    return date.fromisoformat(words)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _in_utc(when: datetime) -> datetime:
    _near(when.date())
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _near(when: date) -> date:
    if not 1900 <= when.year <= 9000:
        raise BadCell(_("must lie between the years 1900 and 9000"))
    return when
