"""How casedesk speaks to one reader: words by gettext, instants and sizes by Babel, in that reader's locale and zone.

The reader is a context variable that the web edge (or the composing of a mail) sets once; nothing here knows of
requests or people. No texts live here: the words stand where they are used, in English, as the catalogues' ids.
"""

import gettext as catalogues
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from casedesk.clock import now
from casedesk.rules.sentences import Sentence

CATALOGUES = Path(__file__).parent / "locale"

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is being spoken to: a CLDR locale (`en_GB`, `pt_BR`, `ja`) and an IANA zone."""

    locale: str = "en_GB"
    zone: str = "UTC"


_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)
_NOBODY_IN_PARTICULAR = Reader()


def reader() -> Reader:
    """Return the reader of this context; British English in UTC when none was set."""
    return _reader.get() or _NOBODY_IN_PARTICULAR


@contextmanager
def speaking_to(somebody: Reader) -> Iterator[None]:
    """Speak to `somebody` inside the block, for this context and the tasks started in it."""
    token = _reader.set(somebody)
    try:
        yield
    finally:
        _reader.reset(token)


def gettext(words: str) -> str:
    """Return `words` in the reader's language, or as they stand where no catalogue has them."""
    if isinstance(words, Sentence):
        figures = {name: gettext(each) if isinstance(each, Sentence) else each for name, each in words.figures.items()}
        return _catalogue(reader().locale).gettext(words.pattern) % figures
    # To no words at all a catalogue would answer with its own header.
    return _catalogue(reader().locale).gettext(words) if words else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of the words that fits `count` in the reader's language."""
    return _catalogue(reader().locale).ngettext(one, many, count)


def pgettext(context: str, words: str) -> str:
    """Return `words` as they are meant in `context` (a verb, a state): English has one word for both, others have not."""
    return _catalogue(reader().locale).pgettext(context, words)


_ = gettext


def marked(words: str) -> str:
    """Return `words` as they are: they stand in a table, and go through `gettext` where they are said."""
    return words


def add_catalogue(locale: str, words: catalogues.NullTranslations) -> None:
    """Say what readers with this very locale are told from `words`, which no file of ours holds."""
    _added[locale] = words
    _catalogue.cache_clear()
    languages.cache_clear()


def forget_catalogues() -> None:
    """Take back what `add_catalogue` brought."""
    _added.clear()
    _catalogue.cache_clear()
    languages.cache_clear()


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the languages that casedesk speaks: English, and those it has a catalogue of."""
    found = ["en", *sorted(folder.name for folder in CATALOGUES.iterdir() if folder.is_dir())]
    return (*found, *(locale for locale in _added if locale.partition("_")[0] not in found))


def language_tag() -> str:
    """Return the reader's language as HTML's `lang` wants it (RFC 5646)."""
    return str(_locale(reader().locale)).replace("_", "-")


def direction() -> str:
    """Return `ltr` or `rtl`, the way the reader's language runs."""
    return "rtl" if _locale(reader().locale).character_order == "right-to-left" else "ltr"


def local(instant: datetime) -> datetime:
    """Return an aware `instant` on the reader's wall clock."""
    if instant.tzinfo is None:
        raise ValueError("only aware instants can be told to a reader")
    return instant.astimezone(ZoneInfo(reader().zone))


def clock_time(instant: datetime, *, seconds: bool = False) -> str:
    """Say the time of day: 11:16, or 11:02:07 with seconds."""
    return _time_of_day(local(instant), "medium" if seconds else "short", reader().locale)


def day(when: datetime | date) -> str:
    """Say the day: 14 Mar 2028. A plain date is said as it is, without any zone."""
    return _date(_local_date(when), "medium", reader().locale)


def weekday(when: datetime | date) -> str:
    """Say the day in full: Saturday, 21 November 2026."""
    return _date(_local_date(when), "full", reader().locale)


def near_day(when: datetime) -> str:
    """Say the day of the week, shortly: Sat."""
    return _date(_local_date(when), "EEE", reader().locale)


def short_day(when: datetime) -> str:
    """Say the day without its year: 7 Nov."""
    return _date(_local_date(when), gettext("d MMM"), reader().locale)


def moment(instant: datetime) -> str:
    """Say day, time and zone in full, for those who point at a relative time."""
    return _moment(instant, reader())


def named_day(when: datetime) -> str:
    """Say Today, Yesterday, or the day itself: the rules between the days of a timeline."""
    behind = (local(now()).date() - _local_date(when)).days
    if behind == 0:
        return gettext("Today")
    if behind == 1:
        return gettext("Yesterday")
    return weekday(when)


def span(seconds: float) -> str:
    """Say how long, shortly: 45s, 14m, 6h 12m, 3d 4h. The sign is dropped."""
    whole = int(abs(seconds))
    if whole < MINUTE:
        return gettext("%(n)ds") % {"n": whole}
    if whole < HOUR:
        return gettext("%(n)dm") % {"n": whole // MINUTE}
    if whole < DAY:
        return gettext("%(h)dh %(m)02dm") % {"h": whole // HOUR, "m": whole % HOUR // MINUTE}
    return gettext("%(d)dd %(h)dh") % {"d": whole // DAY, "h": whole % DAY // HOUR}


def relative(instant: datetime) -> str:
    """Say how far away an instant is in one short word: now, 57m, 3h, 1d; beyond a week the day."""
    away = abs(now() - instant.astimezone(UTC))
    if away < timedelta(minutes=1):
        return gettext("now")
    if away < timedelta(hours=1):
        return gettext("%(n)dm") % {"n": away // timedelta(minutes=1)}
    if away < timedelta(days=1):
        return gettext("%(n)dh") % {"n": away // timedelta(hours=1)}
    if away < timedelta(days=7):
        return gettext("%(n)dd") % {"n": away.days}
    return short_day(instant)


def units() -> str:
    """Return the patterns of `span` and `relative` as JSON, for pages that go on counting by themselves."""
    return json.dumps(
        {
            "now": gettext("now"),
            "minutes": gettext("%(n)dm"),
            "hours": gettext("%(n)dh"),
            "days": gettext("%(n)dd"),
            "hours_minutes": gettext("%(h)dh %(m)02dm"),
            "days_hours": gettext("%(d)dd %(h)dh"),
        },
        ensure_ascii=False,
    )


def size(count: int) -> str:
    """Say a number of bytes as people do: 48 KB, 1.2 MB (decimal multiples)."""
    for unit, many in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= many:
            pattern = "0.#" if many > 10**3 else "0"
            return f"{format_decimal(count / many, format=pattern, locale=_locale(reader().locale))} {unit}"
    return gettext("%(n)d bytes") % {"n": count}


def language_name(tag: str) -> str:
    """Say the name of a language (`fr`, `pt-BR`) in the reader's own; a tag that is none stays as it is."""
    try:
        return str(Locale.parse(tag.replace("-", "_")).get_display_name(_locale(reader().locale)) or tag)
    except (UnknownLocaleError, ValueError):
        return tag


def own_name(tag: str) -> str:
    """Say the name of a language in itself (Deutsch, English, 日本語); a tag that is none stays as it is."""
    try:
        name = str(Locale.parse(tag.replace("-", "_")).get_display_name() or tag)
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:]


def listed(names: Iterable[str]) -> str:
    """Say several names one after the other: a, b and c."""
    return str(format_list(list(names), locale=_locale(reader().locale)))


def alternatives(names: Iterable[str]) -> str:
    """Say several names of which one is meant: a, b or c."""
    return str(format_list(list(names), style="or", locale=_locale(reader().locale)))


def number(value: float) -> str:
    """Say a number with the reader's separators."""
    return str(format_decimal(value, locale=_locale(reader().locale)))


# The same instants stand on page after page, and working a pattern through costs some 50 µs: what was said is remembered.


@lru_cache(maxsize=20_000)
def _moment(instant: datetime, somebody: Reader) -> str:
    with speaking_to(somebody):
        on_the_wall, pattern = local(instant), gettext("EEE d MMM y, HH:mm")
    words = format_datetime(on_the_wall, pattern, locale=_locale(somebody.locale))
    return f"{words} {on_the_wall.tzname()}"


@lru_cache(maxsize=5_000)
def _time_of_day(on_the_wall: datetime, pattern: str, locale: str) -> str:
    return str(format_time(on_the_wall, pattern, locale=_locale(locale)))


@lru_cache(maxsize=5_000)
def _date(when: date, pattern: str, locale: str) -> str:
    return str(format_date(when, pattern, locale=_locale(locale)))


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_NOBODY_IN_PARTICULAR.locale)


_added: dict[str, catalogues.NullTranslations] = {}


@lru_cache(maxsize=64)
def _catalogue(locale: str) -> catalogues.NullTranslations:
    if locale in _added:
        return _added[locale]
    wanted = [locale.replace("-", "_"), locale.replace("-", "_").split("_")[0]]
    return catalogues.translation("casedesk", localedir=str(CATALOGUES), languages=wanted, fallback=True)


def _local_date(when: datetime | date) -> date:
    return local(when).date() if isinstance(when, datetime) else when
