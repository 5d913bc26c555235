"""What the other pages are handed: new case, solutions, search, operations, profile."""

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from casedesk.web.console.case_views import EntitlementCard, Fact, Suggestion
from casedesk.web.views import Choice, ClockChip, Person, Tab, Tone, ViewLink


@dataclass(frozen=True, slots=True)
class Field:
    """A form field as it stands: what was typed, and what is wrong with it."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    problem: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class CallerCase:
    """An open case that somebody may be asking about."""

    number: str
    subject: str
    url: str
    line: str = ""
    clock: ClockChip | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """One match for "Who is calling?"."""

    contact_id: int
    person: Person
    line: str
    url: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class NewCaseForm:
    """The new case page. `serves` is false for whoever logs a case on behalf of somebody and does no more.

    `contact` is the one chosen; without it `name` and `email` are asked. `once` makes a second send do nothing.
    """

    url: str
    once: str
    subject: Field
    words: Field
    priority: Field
    queue: Field
    name: Field
    email: Field
    searched: str = ""
    contact: Caller | None = None
    callers: tuple[Caller, ...] = ()
    cases: tuple[CallerCase, ...] = ()
    assets: tuple[Choice, ...] = ()
    entitlement: EntitlementCard | None = None
    suggestions: tuple[Suggestion, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    serves: bool = True


@dataclass(frozen=True, slots=True)
class SolutionRow:
    """One solution in a list."""

    id: int
    title: str
    url: str
    summary: str | Markup
    audience: str
    state: str
    state_tone: Tone
    worked: str = ""
    updated: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class SolutionsPage:
    """Browse and search solutions."""

    searched: str
    rows: tuple[SolutionRow, ...]
    categories: tuple[ViewLink, ...] = ()
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class SolutionPage:
    """One solution, to read. `body` is cleaned markup."""

    id: int
    title: str
    body: Markup
    state: str
    state_tone: Tone
    audience: str
    facts: tuple[Fact, ...] = ()
    worked: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of the search over everything; `snippet` may hold <mark>."""

    kind: str
    mark: str
    title: str
    url: str
    snippet: str | Markup = ""
    facts: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Search everything. `kinds` are the tabs with their counts."""

    searched: str
    kinds: tuple[Tab, ...]
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class MePage:
    """What somebody chose for themselves; `zone` is empty while the browser's (`found_zone`) counts."""

    name: str
    email: str
    languages: tuple[Choice, ...]
    themes: tuple[Choice, ...]
    keys: tuple[Choice, ...]
    undo: tuple[Choice, ...]
    zone: str
    found_zone: str
    saved: bool = False
