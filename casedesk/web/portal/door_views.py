"""View models of the doors and the profile: finished values, no decisions left for a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casedesk.web.pages import SampleSignIn


@dataclass(frozen=True, slots=True)
class DoorPage:
    """A form of a door with what was typed; `problems` by field, `refused` a sentence about the whole."""

    title: str
    next: str = ""
    email: str = ""
    name: str = ""
    refused: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    samples: tuple[SampleSignIn, ...] = ()
    sample_password: str = ""


@dataclass(frozen=True, slots=True)
class SentPage:
    """After asking for a mail: the same page whoever asked for whatever address."""

    title: str
    words: str
    lasts: str
    again: str


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What a mailed link opens: its button does it, looking at the page does nothing.

    `asks_name` and `asks_password` say what the form holds; `optional` that the password may stay empty.
    """

    title: str
    lead: str
    url: str
    button: str
    email: str
    name: str = ""
    asks_name: bool = False
    asks_password: bool = False
    optional: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One of the customer's addresses, with what may be done to it."""

    id: int
    email: str
    is_verified: bool
    is_first: bool
    may_be_dropped: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser in a few words."""

    id: int
    words: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """My profile; `said` is one sentence about what was just done, `problems` by field."""

    name: str
    company: str
    languages: tuple[Choice, ...]
    zone: str
    found_zone: str
    zones: tuple[str, ...]
    phones: tuple[str, ...]
    addresses: tuple[AddressRow, ...]
    sessions: tuple[SessionRow, ...]
    has_password: bool
    new_address: str = ""
    said: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
