"""When customers write: working days with a hump before and one after noon where they are, and little at weekends.

Pure: the same chance and the same present give the same instant.
"""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

_WEEKDAYS = (1.15, 1.05, 1.0, 1.0, 0.9, 0.16, 0.11)
_NOBODY_SLEEPS = 0.06
"""Share of what is written at any hour of day or night."""


def days_of(cases: int) -> int:
    """Return over how many days so many cases are spread."""
    return min(90, max(14, cases * 90 // 2000))


def hours_ago(chance: Random, zone: str, now: datetime, days: int) -> float:
    """Return how long before `now` somebody in `zone` wrote, within the last `days`."""
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    while True:
        day = today - timedelta(days=chance.randrange(days))
        if chance.random() * max(_WEEKDAYS) > _WEEKDAYS[day.weekday()]:
            continue
        hour = _hour(chance)
        at = datetime.combine(day, time(), here).astimezone(UTC) + timedelta(hours=hour)
        if at < now:
            return (now - at).total_seconds() / 3600


def _hour(chance: Random) -> float:
    if chance.random() < _NOBODY_SLEEPS:
        return chance.uniform(0, 24)
    morning = chance.random() < 0.58
    return min(max(chance.gauss(9.9, 1.2) if morning else chance.gauss(14.6, 1.5), 0.0), 23.9)
