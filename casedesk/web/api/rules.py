"""Rule sets by API, and the deadline preview of the business-hours page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, RootModel

from casedesk.cases import publishing
from casedesk.errors import Invalid, NotFound
from casedesk.permissions import Permission
from casedesk.rules.business_hours import (
    BusinessTimeError,
    InvalidHours,
    add_working_time,
    working_hours,
    working_seconds_between,
)
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.rulesets.published import Published
from casedesk.web.api.operations import Answer, Call, Operation
from casedesk.web.api.schema import Count, Instant, Shape, Short

MOST_PAUSES = 1000


class RuleSetDocument(RootModel[dict[str, Any]]):
    """A rule set; its shape depends on its kind."""


class CalendarShape(Shape):
    """Opening hours: a zone, the week ("0" is Monday), days that stay closed."""

    tz: Short
    week: dict[str, list[list[str]]] = {}
    holidays: Annotated[list[str], Field(max_length=2000)] = []


class BusinessTimeQuestion(Shape):
    """When have so many open minutes passed, and how much open time lies until an instant?"""

    calendar: CalendarShape
    start: Instant
    minutes: Count
    pauses: Annotated[
        list[Annotated[list[Instant | None], Field(min_length=2, max_length=2)]], Field(max_length=MOST_PAUSES)
    ] = []
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class BusinessTime:
    """The answer; `elapsed_s` is null when no `until` was asked for."""

    due: datetime
    elapsed_s: int | None


async def find(call: Call) -> Published:
    """Return the rule set of the path in force; raises NotFound for a kind there is not."""
    kind = call.param("kind")
    if kind not in list(RuleSetKind):
        raise NotFound
    return await published.current(kind)


async def shown(call: Call) -> Answer:
    """Answer with the rule set in force."""
    return _answer(call.found)


async def put(call: Call) -> Answer:
    """Publish a new version."""
    if "if-match" in call.request.headers:
        call.require_match(call.found.number)
    document = {key: value for key, value in call.body.root.items() if key not in _ABOUT}
    return _answer(await publishing.publish(call.found.kind, document, by=call.actor))


async def reckoned(call: Call) -> Answer:
    """Answer when so much business time has passed."""
    asked: BusinessTimeQuestion = call.body
    pauses = []
    for place, (begin, end) in enumerate(asked.pauses):
        if begin is None or (end is not None and end < begin):
            raise Invalid.field(f"pauses.{place}", "must be [from, to] with to after from, or null")
        pauses.append((begin, end))
    try:
        hours = working_hours(asked.calendar.model_dump())
        due = add_working_time(asked.start, asked.minutes, hours, pauses)
        elapsed = working_seconds_between(asked.start, asked.until, hours, pauses) if asked.until else None
    except InvalidHours as error:
        raise Invalid.field(f"calendar.{error.place}", error.message) from None
    except BusinessTimeError as error:
        raise Invalid.field("minutes", str(error)) from None
    return Answer(BusinessTime(due, elapsed))


def operations() -> list[Operation]:
    """Return the operations on rule sets and business time."""
    return [
        Operation("GET", "/rulesets/{kind}", shown, "Read the rule set in force.", Permission.RULES_READ,
                  dict[str, Any], find=find, tag="rules", name="read_rule_set"),
        Operation("PUT", "/rulesets/{kind}", put, "Publish a new version of a rule set.", Permission.RULES_CHANGE,
                  dict[str, Any], body=RuleSetDocument, find=find, tag="rules", name="publish_rule_set"),
        Operation("POST", "/business-time", reckoned, "Reckon a deadline and elapsed business time.",
                  Permission.HOURS_READ, BusinessTime, body=BusinessTimeQuestion, at_once=True, tag="rules",
                  name="reckon_business_time"),
    ]  # fmt: skip


_ABOUT = ("kind", "version", "published_at")


def _answer(found: Published) -> Answer:
    about = {"kind": found.kind, "version": found.number, "published_at": found.effective_at}
    return Answer({**found.document, **about}, found.number)
