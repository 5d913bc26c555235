"""The shapes of what comes in: pydantic models that refuse unknown fields and name what is wrong."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    create_model,
)

from casedesk.accounts.directory import AccountKind
from casedesk.activities.tasks import TaskStatus
from casedesk.identity import Role
from casedesk.portals.branding import Registration
from casedesk.rules.lifecycle import Priority
from casedesk.web.paging import MOST, USUAL

T = TypeVar("T")

LARGEST_ID = 10**18 - 1
LARGEST_NUMBER = 2**31 - 1


def _whole(value: object) -> object:
    """Take 1.0 for 1, as JSON Schema does."""
    return int(value) if type(value) is float and value.is_integer() else value


def _in_reach(instant: datetime) -> datetime:
    """Refuse instants so far away that a change of zone would leave the calendar."""
    if not 1900 <= instant.year <= 9000:
        raise ValueError("must lie between the years 1900 and 9000")
    return instant.astimezone(UTC)


def _near(day: date) -> date:
    if not 1900 <= day.year <= 9000:
        raise ValueError("must lie between the years 1900 and 9000")
    return day


# Limits come before the conversion: the other way round they would be kept, but missing in the document.
Id = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=0, le=LARGEST_NUMBER), BeforeValidator(_whole)]
Tier = Annotated[int, Field(ge=1, le=9), BeforeValidator(_whole)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Level = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
LongWords = Annotated[str, StringConstraints(max_length=1_000_000)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")
]
Domain = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=253)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Sku = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_reach)]
Day = Annotated[date, AfterValidator(_near)]
Phones = Annotated[list[Phone], Field(max_length=50)]
Tags = Annotated[list[Word], Field(max_length=50)]


class Shape(BaseModel):
    """Base of what comes in: strict types, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Query(BaseModel):
    """Base of query strings, where everything is text at first."""

    model_config = ConfigDict(extra="forbid")


class ListQuery(Query):
    """What every list takes."""

    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=400)


class Listed(BaseModel, Generic[T]):
    """A part of a list; `next` is the cursor of the following part."""

    items: Sequence[T]
    next: str | None


class AccountNew(Shape):
    """A company to add."""

    name: Name
    number: Short | None = None
    kind: AccountKind = AccountKind.CUSTOMER
    region: Short = ""
    time_zone: Word = "UTC"
    domains: Annotated[list[Domain], Field(max_length=200)] = []
    phones: Phones = []
    address: Words | None = None
    notes: Words | None = None
    external_id: Word | None = None


class ContactNew(Shape):
    """A person to add; a name, an address or a phone number is enough."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    email: Email | None = None
    emails: Annotated[list[Email], Field(max_length=50)] = []
    phones: Phones = []
    account_id: Id | None = None
    role: Word | None = None
    title: Word | None = None
    language: Language | None = None
    time_zone: Word | None = None
    address: Words | None = None
    external_id: Word | None = None


class ProductNew(Shape):
    """A product to add."""

    name: Name
    sku: Sku


class AssetNew(Shape):
    """An installed product to add."""

    serial: Sku
    product_id: Id
    account_id: Id
    contact_id: Id | None = None
    warranty_until: Day | None = None
    site: Name | None = None


class ContractNew(Shape):
    """A contract to add."""

    account_id: Id
    name: Name
    level: Level
    starts_on: Day
    ends_on: Day


class EntitlementNew(Shape):
    """An entitlement to add."""

    account_id: Id
    contract_id: Id | None = None
    asset_id: Id | None = None
    level: Level
    process: Key
    starts_on: Day
    ends_on: Day
    named_contacts: Annotated[list[Id], Field(max_length=500)] | None = None
    incidents_allowed: Count | None = None
    incidents_used: Count = 0


class BusinessHoursNew(Shape):
    """A calendar to add."""

    key: Key
    name: Word
    tz: Short = "UTC"
    week: dict[str, list[list[str]]] = {}
    holidays: Annotated[list[str], Field(max_length=2000)] = []


class QueueNew(Shape):
    """A queue to add."""

    key: Key
    name: Word
    region: Short | None = None
    level: Level | None = None
    tier: Tier | None = None
    position: Count = 0
    members: Annotated[list[Id], Field(max_length=2000)] = []


class UserNew(Shape):
    """A member of staff to add."""

    name: Name
    email: Email
    password: Annotated[str, StringConstraints(min_length=8, max_length=512)] | None = None
    role: Role = Role.AGENT
    tier: Tier | None = None
    skills: Annotated[list[Word], Field(max_length=100)] = []
    languages: Annotated[list[Language], Field(max_length=50)] = []
    active: bool = True


class MailboxNew(Shape):
    """A mailbox to add."""

    address: Email
    queue: Key | None = None
    origin: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")] = "email"
    priority: Priority | None = None
    portal: Key | None = None
    template: Key | None = None


class TemplateNew(Shape):
    """A letter's words to add."""

    key: Key
    language: Language = "en"
    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    text: LongWords
    html: LongWords | None = None


class PortalNew(Shape):
    """A brand to add."""

    slug: Key
    name: Word
    case_prefix: Annotated[str, StringConstraints(pattern=r"^([A-Z][A-Z0-9]{0,9})?$")] = ""
    host: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")] | None = None
    primary_colour: Colour = "#0c5a52"
    bar_colour: Colour | None = None
    tagline: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    intro: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    company: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    opening: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    languages: Annotated[list[Annotated[str, StringConstraints(max_length=20)]], Field(min_length=1, max_length=12)] = (
        Field(default_factory=lambda: ["en", "de"])
    )
    registration: Registration = Registration.OPEN


class TaskNew(Shape):
    """A task to add; without an owner it is for whoever adds it."""

    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    due_at: Instant | None = None
    priority: Priority = Priority.NORMAL
    status: TaskStatus = TaskStatus.OPEN
    owner: Id | None = None
    case: Annotated[str, StringConstraints(max_length=30)] | None = None
    contact_id: Id | None = None
    account_id: Id | None = None
    notes: Words | None = None


class CalendarEventNew(Shape):
    """An appointment to add; attendees are ids of staff or contacts."""

    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    starts_at: Instant
    ends_at: Instant
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = None
    attendees: Annotated[list[Id], Field(max_length=100)] = []
    case: Annotated[str, StringConstraints(max_length=30)] | None = None
    contact_id: Id | None = None
    account_id: Id | None = None


def changes_of(new: type[Shape]) -> type[Shape]:
    """Return the model of a PATCH: the same fields, each of which may be left out."""
    fields: dict[str, Any] = {}
    for name, info in new.model_fields.items():
        # What is not given stays as it is: only `exclude_unset` is read, so the default is never seen.
        kept = cast(Any, Annotated)[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        fields[name] = (kept, Field(default_factory=lambda: None))
    title = re.sub(r"New$", "Change", new.__name__)
    return create_model(title, __base__=Shape, __doc__="What to change; fields left out stay.", **fields)
