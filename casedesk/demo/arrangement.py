"""How Halden Instruments arranges its desk: queues, hours with their holidays, service levels, and twelve numbered rules.

Plain data in the shapes of the API, put in force through the same verbs as anybody's.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from casedesk.identity import SYSTEM
from casedesk.mail.first_letters import FIRST_LETTERS
from casedesk.milestones.calendars import CALENDARS
from casedesk.queues.arranging import QUEUES
from casedesk.rulesets import defaults, published
from casedesk.rulesets.defaults import service
from casedesk.rulesets.documents import KnownNames, RuleSetKind

MORE_QUEUES: Sequence[dict[str, Any]] = (
    {"key": "premier_emea", "name": "Premier EMEA", "level": "premier", "region": "EMEA"},
    {"key": "premier_us", "name": "Premier US", "level": "premier", "region": "US"},
    {"key": "standard_emea", "name": "Standard EMEA", "level": "standard", "region": "EMEA"},
    {"key": "standard_us", "name": "Standard US", "level": "standard", "region": "US"},
)
"""Beside the eight of every new desk."""

_ALL_DAY = [["00:00", "24:00"]]
_OFFICE = [["08:30", "17:30"]]
_WEEKDAYS = ("0", "1", "2", "3", "4")


async def arrange(today: date) -> None:
    """Add queues and hours and publish the rules, in the open transaction; holidays are those around `today`."""
    years = range(today.year - 1, today.year + 2)
    holidays = {
        "emea": sorted(day.isoformat() for year in years for day in french_holidays(year)),
        "us": sorted(day.isoformat() for year in years for day in american_holidays(year)),
    }
    for place, queue in enumerate(MORE_QUEUES, len(defaults.QUEUES)):
        await QUEUES.add({**queue, "position": place}, by=SYSTEM)
    for calendar in await CALENDARS.page(by=SYSTEM, limit=50):
        if calendar.key in holidays:
            await CALENDARS.change(calendar.id, {"holidays": holidays[calendar.key]}, by=SYSTEM)
    hours = (
        ("emea_24x5", "Day and night Monday to Friday, Paris", "Europe/Paris", _ALL_DAY, holidays["emea"]),
        ("emea_office", "Working days, Montpellier", "Europe/Paris", _OFFICE, holidays["emea"]),
        ("us_office", "Working days, Denver", "America/Denver", _OFFICE, holidays["us"]),
    )
    for key, name, zone, day, closed in hours:
        week = dict.fromkeys(_WEEKDAYS, day)
        await CALENDARS.add({"key": key, "name": name, "tz": zone, "week": week, "holidays": closed}, by=SYSTEM)
    await _publish()


async def _publish() -> None:
    known = KnownNames(
        queues={*defaults.QUEUES, *(queue["key"] for queue in MORE_QUEUES)},
        templates={letter.key for letter in FIRST_LETTERS},
        business_hours={calendar.key for calendar in await CALENDARS.page(by=SYSTEM, limit=50)},
        users=(),
        webhooks=(),
    )
    for kind, document in (
        (RuleSetKind.ENTITLEMENT_PROCESS, PROCESSES), (RuleSetKind.ASSIGNMENT, ASSIGNMENT),
    ):  # fmt: skip
        await published.publish(kind.value, document, known, by=SYSTEM)


def process_of(level: str, region: str, *, medical: bool) -> str:
    """Return the key of the process that a contract at this level, in this region, is served by."""
    if level == "premier":
        return "medical" if medical else "premier_us" if region == "US" else "premier_emea"
    return "standard_us" if region == "US" else "standard_emea"


def french_holidays(year: int) -> tuple[date, ...]:
    """Return the public holidays of France in a year."""
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (easter + timedelta(days=days) for days in (1, 39, 50))
    return (*(date(year, month, day) for month, day in fixed), *moving)


def american_holidays(year: int) -> tuple[date, ...]:
    """Return the federal holidays of the United States on which a company is closed, in a year."""
    thanksgiving = _nth(year, 11, 3, 4)
    fixed = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
    memorial = date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday())
    moving = (_nth(year, 1, 0, 3), _nth(year, 2, 0, 3), memorial, _nth(year, 9, 0, 1), thanksgiving)
    return (*(date(year, month, day) for month, day in fixed), *moving)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    """Return the `nth` day of a month that is `weekday` (0 is Monday)."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _easter(year: int) -> date:
    """Return Easter Sunday by the Gregorian rule (Meeus, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


PROCESSES: dict[str, Any] = {
    "processes": [
        *defaults.ENTITLEMENT_PROCESS["processes"],
        service("premier_us", "Premier 24x7 US", "always", (30, 60, 60, 240), (60, 120, 240, 480), (240, 480, 480, 2880)),
        service(
            "premier_emea", "Premier 24x5 EMEA", "emea_24x5", (30, 60, 60, 240), (60, 120, 240, 480), (240, 480, 480, 2880)
        ),
        service("medical", "Halden Medical", "always", (15, 30, 45, 120), (30, 60, 120, 240), (240, 360, 480, 1440)),
        service(
            "standard_emea", "Standard EMEA", "emea_office", (120, 240, 480, 960), (240, 480, 480, 960),
            (540, 1080, 1620, 2700),
        ),
        service(
            "standard_us", "Standard US", "us_office", (120, 240, 480, 960), (240, 480, 480, 960), (540, 1080, 1620, 2700)
        ),
    ]
}  # fmt: skip
"""The processes of every new desk, and those of the contracts Halden Instruments sells."""


def _is(field: str, value: str) -> dict[str, Any]:
    return {"field": field, "operator": "equals", "value": value}


def _rule(number: int, name: str, queue: str, *when: dict[str, Any], match: str = "all") -> dict[str, Any]:
    return {"name": f"{number}. {name}", "match": match, "when": list(when), "then": {"queue": queue}}


_BILLING = {"field": "mailbox", "operator": "starts_with", "value": "billing@"}
_MEDICAL = {"field": "mailbox", "operator": "starts_with", "value": "medical@"}
_UNCOVERED = {"field": "entitlement.status", "operator": "in", "value": ["unentitled", "unknown"]}
_PREMIER, _STANDARD, _WARRANTY = (_is("entitlement.level", level) for level in ("premier", "standard", "warranty"))
_EMEA, _US = _is("account.region", "EMEA"), _is("account.region", "US")

ASSIGNMENT: dict[str, Any] = {
    "entries": [
        _rule(1, "Questions about bills", "billing", _is("type", "billing_question"), _BILLING, match="any"),
        _rule(2, "Not entitled or not known: looked at first", "review", _UNCOVERED),
        _rule(3, "Halden Medical, Premier", "premier", _MEDICAL, _PREMIER),
        _rule(4, "Wishes and changes of Premier customers", "tier_1", _is("type", "account_update"), _PREMIER),
        _rule(5, "Premier in EMEA", "premier_emea", _PREMIER, _EMEA),
        _rule(6, "Premier in the US", "premier_us", _PREMIER, _US),
        _rule(7, "Premier anywhere else", "premier", _PREMIER),
        _rule(8, "Wishes for new features", "tier_1", _is("type", "feature_request")),
        _rule(9, "Standard in EMEA", "standard_emea", _STANDARD, _EMEA),
        _rule(10, "Standard in the US", "standard_us", _STANDARD, _US),
        _rule(11, "Warranty alone in the US", "us", _WARRANTY, _US),
        _rule(12, "Warranty alone in EMEA", "emea", _WARRANTY, _EMEA),
    ],
    "otherwise": {"queue": "standard"},
}
"""First match wins; what none of the twelve takes waits in Standard."""
