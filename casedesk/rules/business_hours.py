"""Business time: when a desk is open, when so many open minutes have passed, how much open time lies between.

A calendar is opening hours as local wall times of one zone, and days that stay closed. An instant is open when the
clock on the wall of that zone then shows an open time on an open day: an hour the wall clock shows twice counts
twice, one it skips counts not at all, and so with skipped days. Storing calendars does not belong here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from casedesk.rules.sentences import stated

Span = tuple[int, int]
"""A half-open stretch [from, until) in microseconds since the epoch."""

Minutes = tuple[int, int]
"""Opening hours on one weekday: [from, until) in minutes since local midnight, 0 to 1440."""

Pause = tuple[datetime, datetime | None]
"""A half-open stretch of aware UTC in which the clock stands; `None` means it still stands."""

LONGEST_CLOSURE_DAYS = 366
"""A calendar without an open minute for so long counts as never open."""

REACH_DAYS = 40 * 366
"""Deadlines and stretches further apart than this are refused: a week of one open minute would be walked for ever."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 86_400 * _SECOND
_MIDNIGHT = 24 * 60
_MOST_OPENED_DAYS = 20_000
_FIRST_YEAR, _LAST_YEAR = 1900, 9900


class BusinessTimeError(ValueError):
    """A question about business time that has no answer."""


class NeverOpen(BusinessTimeError):
    """The instant asked for never comes: the calendar stays closed, the pause has no end, or it lies beyond reach."""


class InvalidHours(BusinessTimeError):
    """A calendar document that cannot be used; `place` names the part (`week.0`, `holidays[2]`), `message` says why."""

    def __init__(self, place: str, message: str) -> None:
        self.place = place
        self.message = message
        super().__init__(f"{place}: {message}")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Opening hours of one calendar.

    `zone` is an IANA name; `week` holds seven days from Monday, each its open `Minutes` in any order, overlaps
    allowed; `holidays` are local dates that stay closed. Make one from a document with `working_hours()`.
    """

    zone: str
    week: tuple[tuple[Minutes, ...], ...]
    holidays: frozenset[date] = frozenset()
    # Open stretches of UTC days already worked out. It only ever repeats what the fields above say, so the record
    # stays a value: it takes no part in comparing or hashing.
    _opened: dict[int, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)


def working_hours(document: Mapping[str, Any]) -> WorkingHours:
    """Read a calendar document `{tz, week: {"0": [["09:00", "17:00"]]}, holidays: ["2026-12-25"]}`.

    Weekday 0 is Monday, a missing day is closed, intervals come in any order and may overlap, "24:00" may end one.
    Other keys (id, key, name) are left alone. Raises InvalidHours naming the first part that is wrong.
    """
    zone = document.get("tz")
    if not isinstance(zone, str) or not _is_zone(zone):
        raise InvalidHours("tz", stated("%(value)s is not a time zone name such as Europe/Paris", value=repr(zone)))
    week = document.get("week", {})
    if not isinstance(week, Mapping):
        raise InvalidHours("week", stated("must map weekdays 0 (Monday) to 6 to lists of opening hours"))
    days: list[tuple[Minutes, ...]] = [()] * 7
    for day, intervals in week.items():
        if str(day) not in {"0", "1", "2", "3", "4", "5", "6"}:
            raise InvalidHours(f"week.{day}", stated("weekdays are 0 (Monday) to 6 (Sunday)"))
        days[int(day)] = _intervals(f"week.{day}", intervals)
    return WorkingHours(zone=zone, week=tuple(days), holidays=_holidays(document.get("holidays") or []))


def add_working_time(start: datetime, minutes: int, hours: WorkingHours, pauses: Sequence[Pause] = ()) -> datetime:
    """Return the first instant at which `minutes` of open, unpaused time have passed since `start`.

    0 minutes is `start` itself; a deadline that falls on closing time is closing time, not the next opening.
    Raises NeverOpen if `hours` has no open minute for 366 days, a pause without end holds the clock, or the instant
    lies more than 40 years on; ValueError for negative minutes, TypeError for naive instants.
    """
    if minutes < 0:
        raise ValueError("working time is added, so minutes must not be negative")
    if minutes == 0:
        return start
    begin = _micros(start)
    left = minutes * _MINUTE
    spans = _open_spans(begin, hours)
    if pauses:
        spans = _without(spans, _stretches(pauses))
    for opens, closes in spans:
        if closes - opens >= left:
            return _EPOCH + timedelta(microseconds=opens + left)
        left -= closes - opens
    raise NeverOpen("the clock is stopped by a pause that has not ended")


def working_seconds_between(start: datetime, until: datetime, hours: WorkingHours, pauses: Sequence[Pause] = ()) -> int:
    """Return the whole seconds of open, unpaused time from `start` to `until`; 0 if `until` is not later.

    Raises BusinessTimeError when the two lie more than 40 years apart, TypeError for naive instants.
    """
    begin, end = _micros(start), _micros(until)
    if end - begin > REACH_DAYS * _DAY:
        raise BusinessTimeError("business time is counted over at most 40 years")
    spans = _spans_between(begin, end, hours)
    if pauses:
        spans = _without(spans, _stretches(pauses))
    return sum(closes - opens for opens, closes in spans) // _SECOND


def is_open(instant: datetime, hours: WorkingHours) -> bool:
    """Say whether `hours` is open at `instant` (aware UTC)."""
    at = _micros(instant)
    return any(opens <= at < closes for opens, closes in _opened_on(at // _DAY, hours))


def next_opening(instant: datetime, hours: WorkingHours) -> datetime:
    """Return `instant` if `hours` is open then, else when it opens next; raises NeverOpen if it does not."""
    opens, _ = next(_open_spans(_micros(instant), hours))
    return _EPOCH + timedelta(microseconds=opens)


def is_ever_open(hours: WorkingHours) -> bool:
    """Say whether the week of `hours` has any open minute at all (holidays aside)."""
    return any(hours.week)


def _open_spans(begin: int, hours: WorkingHours) -> Iterator[Span]:
    """Yield the open stretches from `begin` on, day after day; raise NeverOpen where they end."""
    day = last_open = begin // _DAY
    furthest = day + REACH_DAYS
    opened = hours._opened
    while day - last_open <= LONGEST_CLOSURE_DAYS:
        spans = opened.get(day)
        if spans is None:
            spans = _opened_on(day, hours)
        for opens, closes in spans:
            if closes > begin:
                last_open = day
                yield (opens if opens > begin else begin), closes
        day += 1
        if day > furthest:
            raise NeverOpen("the deadline lies more than 40 years away")
    raise NeverOpen(f"these business hours have no open minute for {LONGEST_CLOSURE_DAYS} days")


def _spans_between(begin: int, end: int, hours: WorkingHours) -> Iterator[Span]:
    for day in range(begin // _DAY, (end - 1) // _DAY + 1):
        for opens, closes in _opened_on(day, hours):
            first, last = max(opens, begin), min(closes, end)
            if first < last:
                yield first, last


def _opened_on(day: int, hours: WorkingHours) -> tuple[Span, ...]:
    """Return the open stretches within one UTC day (days since the epoch), in order, worked out once."""
    opened = hours._opened
    spans = opened.get(day)
    if spans is None:
        if len(opened) >= _MOST_OPENED_DAYS:
            opened.clear()
        spans = opened[day] = _open_day(day, hours)
    return spans


def _open_day(day: int, hours: WorkingHours) -> tuple[Span, ...]:
    found: list[Span] = []
    for begin, end, offset in _offsets(day, _zone(hours.zone)):
        # The wall clock of this piece runs from `begin + offset`: it touches one or two local dates.
        for local_day in range((begin + offset) // _DAY, (end - 1 + offset) // _DAY + 1):
            if date.fromordinal(_EPOCH_ORDINAL + local_day) in hours.holidays:
                continue
            midnight = local_day * _DAY - offset
            # Day 0 of the epoch was a Thursday, weekday 3.
            for opens, closes in hours.week[(local_day + 3) % 7]:
                first, last = max(midnight + opens * _MINUTE, begin), min(midnight + closes * _MINUTE, end)
                if first < last:
                    found.append((first, last))
    return tuple(_merged(found))


def _offsets(day: int, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """Return the pieces (from, until, offset from UTC) of one UTC day, in microseconds.

    Two changes of a zone's offset have never been less than six days apart since 1970 (tz database 2025), so a day
    that ends with the offset it began with has one piece, and any other has two.
    """
    begin, end = day * _DAY, (day + 1) * _DAY
    before, after = _offset_at(begin, zone), _offset_at(end - _SECOND, zone)
    if before == after:
        return [(begin, end, before)]
    low, high = begin // _SECOND, end // _SECOND - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_at(middle * _SECOND, zone) == before:
            low = middle
        else:
            high = middle
    change = high * _SECOND
    return [(begin, change, before), (change, end, after)]


def _offset_at(instant: int, zone: ZoneInfo) -> int:
    offset = (_EPOCH + timedelta(microseconds=instant)).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)


def _without(spans: Iterator[Span], closed: list[Span]) -> Iterator[Span]:
    """Yield what is left of `spans` (in order) outside `closed` (in order, apart); ends where `closed` has no end."""
    place, count = 0, len(closed)
    for opens, closes in spans:
        begin = opens
        while place < count and closed[place][1] <= begin:
            place += 1
        ahead = place
        while ahead < count and closed[ahead][0] < closes:
            pause_from, pause_until = closed[ahead]
            if pause_from > begin:
                yield begin, pause_from
            begin = pause_until
            if begin >= closes:
                break
            ahead += 1
        if begin < closes:
            yield begin, closes
        elif begin >= _NEVER:
            return


_NEVER = 1 << 62


def _stretches(pauses: Sequence[Pause]) -> list[Span]:
    """Return `pauses` in order without overlaps; one without an end runs to `_NEVER`."""
    return _merged([(_micros(begin), _NEVER if end is None else _micros(end)) for begin, end in pauses])


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if begin >= end:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def _micros(instant: datetime) -> int:
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise BusinessTimeError(f"business time is known from {_FIRST_YEAR} to {_LAST_YEAR}")
    passed = instant - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * _SECOND + passed.microseconds


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _is_zone(name: str) -> bool:
    try:
        _zone(name)
    except (ValueError, KeyError, OSError):
        return False
    return True


def _intervals(place: str, intervals: object) -> tuple[Minutes, ...]:
    if not isinstance(intervals, Sequence) or isinstance(intervals, str):
        raise InvalidHours(place, stated('must be a list of ["09:00", "17:00"] pairs'))
    return tuple(_interval(f"{place}[{index}]", interval) for index, interval in enumerate(intervals))


def _interval(place: str, interval: object) -> Minutes:
    if not isinstance(interval, Sequence) or isinstance(interval, str) or len(interval) != 2:
        raise InvalidHours(place, stated('must be a pair of times such as ["09:00", "17:00"]'))
    opens, closes = (_minute_of_day(place, text) for text in interval)
    if opens >= closes:
        first, last = interval
        message = stated("%(first)s is not before %(last)s; split hours over midnight at 24:00", first=first, last=last)
        raise InvalidHours(place, message)
    return opens, closes


def _minute_of_day(place: str, text: object) -> int:
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) == 2 and all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
        minute = int(parts[0]) * 60 + int(parts[1])
        if minute <= _MIDNIGHT and int(parts[1]) < 60:
            return minute
    raise InvalidHours(place, stated("%(value)s is not a time from 00:00 to 24:00", value=repr(text)))


def _holidays(dates: object) -> frozenset[date]:
    if not isinstance(dates, Sequence) or isinstance(dates, str):
        raise InvalidHours("holidays", stated('must be a list of dates such as "2026-12-25"'))
    return frozenset(_holiday(f"holidays[{index}]", text) for index, text in enumerate(dates))


def _holiday(place: str, text: object) -> date:
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    try:
        return date.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        raise InvalidHours(place, stated("%(value)s is not a date such as 2026-12-25", value=repr(text))) from None
