"""Calendars as the rules take them, by key, held in memory so that their opened days are worked out once."""

from casedesk.errors import NotFound
from casedesk.language import gettext as _
from casedesk.milestones.models import BusinessHours
from casedesk.remembering import Remembered
from casedesk.rules.business_hours import WorkingHours, working_hours


async def _load() -> dict[str, WorkingHours]:
    return {
        row.key: working_hours({"tz": row.tz, "week": row.week, "holidays": row.holidays})
        for row in await BusinessHours.all()
    }


_by_key = Remembered("business_hours", _load)


async def named(key: str) -> WorkingHours:
    """Return the calendar `key`; raises NotFound."""
    found = (await _by_key.get()).get(key)
    if found is None:
        raise NotFound(_("There are no business hours called %(key)s.") % {"key": key})
    return found


async def keys() -> frozenset[str]:
    """Return the keys of all calendars."""
    return frozenset(await _by_key.get())
