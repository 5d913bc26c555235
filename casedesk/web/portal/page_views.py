"""What the pages of a portal are handed: finished values, nothing of the staff's among them."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from casedesk.web.markdown import Section
from casedesk.web.portal.words import Tone


@dataclass(frozen=True, slots=True)
class Link:
    """An address and its words; `note` stands beside it, `here` marks the one that is open."""

    label: str
    url: str
    note: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list; `asked_by` is empty for the reader's own."""

    number: str
    url: str
    subject: str
    state: str
    tone: Tone
    mark: str
    next: str
    product: str
    asked_by: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ProductCard:
    """An installed product; `left` is the share of its warranty that is left (0 to 100), None where none is known."""

    id: int
    name: str
    detail: str
    serial: str
    site: str
    warranty: str
    tone: Tone
    left: int | None
    open_cases: str
    cases_url: str
    ask_url: str


@dataclass(frozen=True, slots=True)
class SolutionLine:
    """A solution in a list."""

    title: Markup
    url: str
    summary: str
    helped: str
    minutes: str
    updated: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page; the lists are empty for those who have not signed in."""

    tagline: str
    intro: str
    cases: tuple[CaseLine, ...]
    more_cases: str
    waiting: str
    products: tuple[ProductCard, ...]
    solutions: tuple[SolutionLine, ...]
    categories: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Solutions: all of them, those of a category, or those that words find."""

    title: str
    searched: str
    lines: tuple[SolutionLine, ...]
    categories: tuple[Link, ...]
    more_url: str
    ask_url: str
    is_search: bool


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """One solution. `said` is yes, no or empty; `question_url` leads back to the question it was opened from."""

    id: int
    title: str
    language: str
    sections: tuple[Section, ...]
    contents: tuple[Link, ...]
    helped: str
    minutes: str
    updated: str
    categories: tuple[Link, ...]
    related: tuple[Link, ...]
    said: str
    reasons: tuple[tuple[str, str], ...]
    asks_reason: bool
    thanks: bool
    ask_url: str
    rate_url: str
    question: str
    question_url: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a message, or one that waits to be sent; `url` is empty for the latter."""

    id: int
    name: str
    size: int
    url: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """What somebody said; `more` is the whole where quoted history was cut away."""

    id: int
    who: str
    hue: int
    initials: str
    ours: bool
    mine: bool
    at: datetime
    body: Markup
    more: Markup | None
    files: tuple[FileLine, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A dated step of a case; `state` is done, current or ahead."""

    label: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case of a customer's. `problems` are (field, words) pairs of an answer that could not be taken."""

    number: str
    url: str
    subject: str
    state: str
    tone: Tone
    mark: str
    next: str
    is_own: bool
    is_open: bool
    asked_by: str
    asked_at: datetime
    product: str
    product_detail: str
    follows: bool
    linked_number: str
    linked_url: str
    entries: tuple[ThreadEntry, ...]
    last: int
    steps: tuple[StepLine, ...]
    may_add: bool
    may_close: bool
    may_reopen: bool
    follow_up_url: str
    mark_once: str
    text: str = ""
    files: tuple[FileLine, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class CasesPage:
    """My cases, or my company's, as a list with its filters."""

    lines: tuple[CaseLine, ...]
    states: tuple[Link, ...]
    whose: tuple[Link, ...]
    searched: str
    state: str
    who: str
    about: str
    about_id: int | None
    plain_url: str
    csv_url: str
    more_url: str
    is_filtered: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A product card of the form."""

    value: str
    name: str
    detail: str
    chosen: bool
    mark: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A solution beside a question."""

    id: int
    title: Markup
    url: str
    helped: str
    minutes: str
    updated: str
    snippet: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """A colleague's open case about the same product."""

    who: str
    number: str
    url: str
    follow_url: str


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """What is promised before sending; `covered` False for the plain words of the uncovered."""

    covered: bool
    head: str
    before: Markup
    after: str


@dataclass(frozen=True, slots=True)
class AskPage:
    """The form of a question, and what stands beside it. `seen` holds the words whose answers are in sight now."""

    mark: str
    subject: str
    text: str
    asset: str
    follows: str
    choices: tuple[Choice, ...]
    rest: tuple[Choice, ...]
    files: tuple[FileLine, ...]
    answers: tuple[Answer, ...]
    count: str
    colleague: Colleague | None
    promise: PromiseWords | None
    email: str
    saved_at: datetime | None
    problems: tuple[tuple[str, str], ...] = ()
    notice: str = ""
    seen: str = ""
