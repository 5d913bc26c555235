"""Business hours as a manager keeps them: the week, the holidays, the zone; counting them is `rules.business_hours`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.errors import Conflict, Invalid
from casedesk.identity import Actor
from casedesk.milestones.models import BusinessHours
from casedesk.permissions import Permission
from casedesk.registers import Register, Use, Values
from casedesk.rules.business_hours import InvalidHours, working_hours
from casedesk.rulesets import naming

Week = dict[str, list[list[str]]]
"""Opening hours by weekday, "0" is Monday: pairs of "HH:MM"; a missing day is closed."""


@dataclass(frozen=True, slots=True)
class BusinessHoursRecord:
    """A calendar; `holidays` are days (ISO dates) that stay closed."""

    id: int
    version: int
    key: str
    name: str
    tz: str
    week: Week
    holidays: tuple[str, ...]
    created_at: datetime
    updated_at: datetime


async def _calendars(rows: Sequence[BusinessHours]) -> tuple[BusinessHoursRecord, ...]:
    return tuple(
        BusinessHoursRecord(
            id=row.id,
            version=row.version,
            key=row.key,
            name=row.name,
            tz=row.tz,
            week=row.week,
            holidays=tuple(row.holidays),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check(values: Values, row: BusinessHours | None, by: Actor) -> Values:
    if row is not None and values.get("key", row.key) != row.key and await naming.names("business_hours", row.key):
        raise Conflict("A service level names these hours by their key; change it before the key.")
    document = {name: values.get(name, getattr(row, name, None)) for name in ("tz", "week", "holidays")}
    try:
        working_hours(document)
    except InvalidHours as error:
        raise Invalid.field(error.place, error.message) from None
    return values


async def _check_removal(row: BusinessHours) -> None:
    if await naming.names("business_hours", row.key):
        raise Conflict("A service level counts in these hours; change it first.")


CALENDARS: Register[BusinessHours, BusinessHoursRecord] = Register(
    noun="business_hours",
    model=BusinessHours,
    read=Permission.HOURS_READ,
    write=Permission.HOURS_CHANGE,
    show=_calendars,
    check=_check,
    unique=("key",),
    uses=(Use("milestones", "milestones", "hours", of="key"),),
    removable=_check_removal,
    remembered=("business_hours",),
)
