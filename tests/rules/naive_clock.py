"""Business time the slow way: look at the wall clock at every minute. Too simple to be wrong."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casedesk.rules.business_hours import Pause, WorkingHours

MINUTE = timedelta(minutes=1)


def due(
    start: datetime, minutes: int, hours: WorkingHours, pauses: Sequence[Pause], until: datetime
) -> datetime | None:
    """Return the minute at which `minutes` have passed, None if that is not before `until`."""
    left = minutes
    for instant in _every_minute(start, until):
        if left == 0:
            return instant
        left -= _counts(instant, hours, pauses)
    return None


def seconds(start: datetime, until: datetime, hours: WorkingHours, pauses: Sequence[Pause]) -> int:
    """Return the counted seconds between two whole minutes."""
    return 60 * sum(_counts(instant, hours, pauses) for instant in _every_minute(start, until))


def _every_minute(start: datetime, until: datetime) -> Iterator[datetime]:
    while start < until:
        yield start
        start += MINUTE


def _counts(instant: datetime, hours: WorkingHours, pauses: Sequence[Pause]) -> bool:
    wall = instant.astimezone(ZoneInfo(hours.zone))
    minute = wall.hour * 60 + wall.minute
    is_open = wall.date() not in hours.holidays and any(a <= minute < b for a, b in hours.week[wall.weekday()])
    return is_open and not any(begin <= instant and (end is None or instant < end) for begin, end in pauses)
