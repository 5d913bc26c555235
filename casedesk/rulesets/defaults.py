"""What a new desk starts with: calendars, service levels, assignment, escalation and auto-response, as documents.

Plain data in the shapes of the API; `documents` checks them like any other. The names in them are those below.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from casedesk.rulesets.documents import RuleSetKind

QUEUES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "standard": {"name": "Standard", "level": "standard"},
        "premier": {"name": "Premier", "level": "premier"},
        "us": {"name": "US", "region": "US"},
        "emea": {"name": "EMEA", "region": "EMEA"},
        "tier_1": {"name": "Tier 1", "tier": 1},
        "tier_2": {"name": "Tier 2", "tier": 2},
        "billing": {"name": "Billing"},
        "review": {"name": "Review"},
    }
)
"""The queues of a new desk by key, in the order they are shown."""

TEMPLATES = ("acknowledgement", "review_acknowledgement")
"""The keys of letters that the auto-response below sends; whoever sets a desk up writes them first."""

_WORKING_DAYS = ("0", "1", "2", "3", "4")
_NINE_TO_FIVE = [["09:00", "17:00"]]

BUSINESS_HOURS: tuple[dict[str, Any], ...] = (
    {
        "key": "standard",
        "name": "Working days, UTC",
        "tz": "UTC",
        "week": dict.fromkeys(_WORKING_DAYS, _NINE_TO_FIVE),
        "holidays": [],
    },
    {
        "key": "emea",
        "name": "Working days, Paris",
        "tz": "Europe/Paris",
        "week": dict.fromkeys(_WORKING_DAYS, _NINE_TO_FIVE),
        "holidays": [],
    },
    {
        "key": "us",
        "name": "Working days, Denver",
        "tz": "America/Denver",
        "week": dict.fromkeys(_WORKING_DAYS, _NINE_TO_FIVE),
        "holidays": [],
    },
    {
        "key": "always",
        "name": "Day and night",
        "tz": "UTC",
        "week": {str(day): [["00:00", "24:00"]] for day in range(7)},
        "holidays": [],
    },
)
"""The calendars of a new desk; holidays are the company's own and are entered by it."""


def _is(field: str, value: str) -> dict[str, Any]:
    return {"field": field, "operator": "equals", "value": value}


# Bills concern everybody, also those without a contract, so they are asked for first. Who is not covered or not known
# is reviewed before any level or region counts: nobody slips into a queue whose promises do not hold for him.
ASSIGNMENT: dict[str, Any] = {
    "entries": [
        {
            "name": "Questions about bills go to billing",
            "match": "any",
            "when": [
                _is("type", "billing_question"),
                {"field": "mailbox", "operator": "starts_with", "value": "billing@"},
            ],
            "then": {"queue": "billing"},
        },
        {
            "name": "Customers who are not entitled or not known are reviewed",
            "match": "all",
            "when": [{"field": "entitlement.status", "operator": "in", "value": ["unentitled", "unknown"]}],
            "then": {"queue": "review"},
        },
        {
            "name": "Premier customers go to premier",
            "match": "all",
            "when": [_is("entitlement.level", "premier")],
            "then": {"queue": "premier"},
        },
        {
            "name": "Customers in the US go to US",
            "match": "all",
            "when": [_is("account.region", "US")],
            "then": {"queue": "us"},
        },
        {
            "name": "Customers in EMEA go to EMEA",
            "match": "all",
            "when": [_is("account.region", "EMEA")],
            "then": {"queue": "emea"},
        },
    ],
    "otherwise": {"queue": "standard"},
}


Minutes = tuple[int, int, int, int]
"""For urgent, high, normal and low."""


def service(key: str, name: str, hours: str, first: Minutes, following: Minutes, solved: Minutes) -> dict[str, Any]:
    """Return a process that owes a first and each next response and a resolution, counted in open minutes of `hours`."""
    return {
        "key": key, "name": name, "business_hours": hours, "pause_when": list(_PAUSE_WHEN),
        "milestones": _milestones(first, following, solved),
    }  # fmt: skip


def _milestones(first: Minutes, following: Minutes, solved: Minutes) -> list[dict[str, Any]]:
    return [
        {
            "kind": "first_response",
            "name": "First response",
            "minutes": _by_priority(first),
            "warn_before": [15],
            "on_warning": [{"do": "notify", "to": "owner"}, {"do": "notify", "to": "queue"}],
            "on_violation": [{"do": "raise_level"}, {"do": "notify", "to": "manager"}],
        },
        {
            "kind": "next_response",
            "name": "Next response",
            "minutes": _by_priority(following),
            "recurs": True,
            "warn_before": [15],
            "on_warning": [{"do": "notify", "to": "owner"}],
            "on_violation": [{"do": "notify", "to": "manager"}],
        },
        {
            "kind": "resolution",
            "name": "Resolution",
            "minutes": _by_priority(solved),
            "warn_before": [60],
            "on_warning": [{"do": "notify", "to": "owner"}, {"do": "notify", "to": "queue"}],
            "on_violation": [{"do": "raise_level"}, {"do": "notify", "to": "manager"}],
        },
    ]


def _by_priority(minutes: tuple[int, int, int, int]) -> dict[str, int]:
    return dict(zip(("urgent", "high", "normal", "low"), minutes, strict=True))


_PAUSE_WHEN = ["waiting_on_customer", "on_hold"]

ENTITLEMENT_PROCESS: dict[str, Any] = {
    "processes": [
        service("standard", "Standard", "standard", (120, 240, 480, 960), (240, 480, 480, 960), (480, 960, 1440, 2400)),
        service("premier", "Premier", "always", (30, 60, 240, 480), (60, 120, 480, 960), (240, 480, 1440, 2880)),
        service(
            "warranty", "Warranty", "standard", (240, 480, 960, 1440), (480, 480, 960, 1440), (960, 1440, 2400, 4800)
        ),
    ]
}

ESCALATION: dict[str, Any] = {
    "entries": [
        {
            "name": "An urgent case untouched for an hour is brought to the manager",
            "match": "all",
            "when": [_is("priority", "urgent"), _is("status_category", "new")],
            "after_minutes": 60,
            "clock": "business",
            "since": "created",
            "then": [{"do": "raise_level"}, {"do": "notify", "to": "manager"}],
        },
        {
            "name": "A case nobody has taken up for a working day is shown to its queue",
            "match": "all",
            "when": [_is("status_category", "new")],
            "after_minutes": 480,
            "clock": "business",
            "since": "created",
            "then": [{"do": "notify", "to": "queue"}],
        },
        {
            "name": "An open case without a word for three working days is brought to the manager",
            "match": "all",
            "when": [_is("status_category", "open")],
            "after_minutes": 1440,
            "clock": "business",
            "since": "last_change",
            "then": [{"do": "raise_level"}, {"do": "notify", "to": "manager"}],
        },
    ]
}

AUTO_RESPONSE: dict[str, Any] = {
    "entries": [
        {
            "name": "Customers under review are told that their case is looked at",
            "match": "all",
            "when": [{"field": "entitlement.status", "operator": "in", "value": ["unentitled", "unknown"]}],
            "then": {"template": "review_acknowledgement"},
        },
        {
            "name": "Everybody else gets the case number and suggested solutions",
            "match": "all",
            "when": [],
            "then": {"template": "acknowledgement"},
        },
    ]
}

TRIGGER: dict[str, Any] = {"entries": []}

DOCUMENTS: Mapping[RuleSetKind, dict[str, Any]] = MappingProxyType(
    {
        RuleSetKind.ASSIGNMENT: ASSIGNMENT,
        RuleSetKind.ENTITLEMENT_PROCESS: ENTITLEMENT_PROCESS,
        RuleSetKind.ESCALATION: ESCALATION,
        RuleSetKind.AUTO_RESPONSE: AUTO_RESPONSE,
        RuleSetKind.TRIGGER: TRIGGER,
    }
)
"""The documents a new desk publishes as version 1."""
