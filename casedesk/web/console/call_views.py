"""What the telephone page and the bar of calls are handed."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from casedesk.web.console.case_views import EntitlementCard, Suggestion
from casedesk.web.console.page_views import Field
from casedesk.web.views import Choice, ClockChip, Person, Tone

_NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class CallBar:
    """The bar above the page. `state` is ringing, answered, ended, or manual where no exchange told of the call.

    `started` is what the timer counts from; `lasted` stands instead once the call has ended.
    """

    state: str
    title: str
    company: str = ""
    facts: str = ""
    started: datetime | None = None
    lasted: str = ""
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody or some company that what was typed may mean. `pick` is what choosing them sends."""

    pick: str
    person: Person
    name: str
    line: str
    found: Markup = _NOTHING
    mark: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class MaybeAbout:
    """An open case the caller may be asking about; `key` is the digit that logs the call on it."""

    number: str
    subject: str
    url: str
    line: str
    key: int
    clock: ClockChip | None = None
    status: str = ""
    first: bool = False


@dataclass(frozen=True, slots=True)
class ProductCard:
    """Something installed at the caller's company, with its warranty."""

    id: int
    name: str
    serial: str
    warranty: str
    tone: Tone
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class LastContact:
    """One line of what was lately between us."""

    mark: str
    words: str
    when: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Foretold:
    """Where the case will go, as one sentence, with the reasons behind "Why?"."""

    sentence: Markup
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggested solution with its steps to read aloud; `used` says that it worked."""

    solution: Suggestion
    steps: tuple[str, ...]
    used: bool
    key: int


@dataclass(frozen=True, slots=True)
class CallPage:
    """The telephone page. Everything a key can change is a part of its own; `saved` is when the notes were kept."""

    bar: CallBar
    url: str
    mark: str
    once: str
    call_id: int | None
    searched: str
    matches: tuple[Match, ...]
    contact: Match | None
    stranger: bool
    company: str
    name: Field
    email: Field
    about: tuple[MaybeAbout, ...]
    last: tuple[LastContact, ...]
    products: tuple[ProductCard, ...]
    more_products: tuple[ProductCard, ...]
    subject: Field
    notes: Field
    reason: Field
    impact: Field
    callback: Field
    mail_label: str
    mail: bool
    remind_label: str
    remind: bool
    event: bool
    event_subject: str
    event_at: str
    foretold: Foretold | None
    entitlement: EntitlementCard | None
    ways_out: tuple[str, ...]
    offers: tuple[Offered, ...]
    search_url: str
    give: tuple[Choice, ...]
    may_solve: bool
    saved: datetime | None = None
    draft_id: int | None = None
    handed_by: str = ""
    contact_id: int | None = None
    account_id: int | None = None
    used: str = ""
    someone: bool = False
    said: str = ""
    saved_words: str = ""
    problems: tuple[tuple[str, str], ...] = ()

    def wrong(self, field: str) -> str:
        """Return the sentence that belongs to a field, or nothing."""
        return dict(self.problems).get(field, "")


@dataclass(frozen=True, slots=True)
class GivenPage:
    """A call that was handed over, as others see it; `draft` is what may be taken over, 0 where it may not."""

    bar: CallBar
    to: str
    taken: str
    subject: str
    notes: str
    draft: int = 0


@dataclass(frozen=True, slots=True)
class CallLine:
    """One line of the bar that every page may show: a call, a call handed over, or what became of one given away.

    `draft` is the notes to take over (0: none), `url` opens the page, `call` names the call it is about (0: none told of).
    """

    title: str
    facts: str
    state: str
    url: str = ""
    draft: int = 0
    call: int = 0
