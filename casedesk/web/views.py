"""What the templates of staff pages are handed: frozen values, finished for the eye. Here: the shell and lists.

Every word a template prints that is not its own label stands here already chosen, counted and worded; templates only
place it. Instants stay instants (aware UTC), because only the page knows the reader's zone. Nothing here asks anybody.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casedesk.rules.lifecycle import Priority
from casedesk.web.demo_stand import DemoNote


class Tone(StrEnum):
    """How a chip, count or card is coloured; the words beside it always say the same."""

    PLAIN = "plain"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"
    ACCENT = "accent"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Person:
    """A face: `initials` of one or two letters, `hue` 1 to 8."""

    name: str
    initials: str
    hue: int


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One line of the views column. `count` is worded ("12", "99+"); `mark` names an icon, else `hue` draws a dot."""

    key: str
    label: str
    url: str
    count: str = ""
    tone: Tone = Tone.PLAIN
    mark: str = ""
    hue: int = 0


@dataclass(frozen=True, slots=True)
class ViewGroup:
    """A headed run of view links: My work, Queues, Saved views."""

    label: str
    links: tuple[ViewLink, ...]


@dataclass(frozen=True, slots=True)
class RailLink:
    """One icon of the rail; `badge` is a short count or empty, `key` its second letter after G."""

    label: str
    url: str
    mark: str
    key: str = ""
    badge: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """The console around a page: who is here, where one can go, and whether single-letter keys are on.

    `view` is the key of the view that is open (empty elsewhere), `pane` what a phone shows: list or case; `desk` is the
    name of the first brand, `zone` the time zone the page is drawn in unless its reader has chosen one.
    """

    me: Person
    rail: tuple[RailLink, ...]
    groups: tuple[ViewGroup, ...]
    view: str = ""
    letter_keys: bool = True
    pane: str = "list"
    desk: str = ""
    zone: str = ""
    may_serve: bool = False
    me_id: int = 0
    may_call: bool = True
    may_log: bool = True
    new_url: str = "/console/call"
    demo: DemoNote | None = None


@dataclass(frozen=True, slots=True)
class ClockChip:
    """One service clock in a chip: `label` ("Reply"), `text` ("14m", "12m over", "Waiting on customer").

    `fraction` is the share of the time used, 0 to 100. `due` and `started` are given while the clock runs, so that the
    page can go on counting; they are None while it is paused, met or switched off.
    """

    label: str
    text: str
    tone: Tone
    fraction: int
    due: datetime | None = None
    started: datetime | None = None


class Channel(StrEnum):
    """Where a message came from or went to."""

    MAIL = "mail"
    PHONE = "phone"
    PORTAL = "portal"
    WEB = "web"
    API = "api"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list. `who` is contact and account, `line` the last words said, `gone` why it left the view.

    `status` is shown where no clock runs, `unread` marks a case that nobody has taken up, `owner` has a face at its end.
    """

    id: int
    number: str
    url: str
    channel: Channel
    who: str
    subject: str
    line: str
    at: datetime
    clock: ClockChip | None = None
    priority: Priority = Priority.NORMAL
    level: str = ""
    owner: Person | None = None
    status: str = ""
    unread: bool = False
    here: bool = False
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the list as a chip; `clear_url` takes it away (empty: it is only shown)."""

    label: str
    active: bool = False
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select or menu."""

    value: str
    label: str
    chosen: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class CaseList:
    """The list pane. `count` is worded; `more_url` asks for the next page, `searched` is the text looked for.

    `rows_query` is what the rows that changed are asked for with ("?q=pump", before their ids).
    """

    key: str
    title: str
    url: str
    rows: tuple[CaseRow, ...]
    count: str = ""
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Choice, ...] = ()
    searched: str = ""
    more_url: str = ""
    empty: str = ""
    empty_hint: str = ""
    empty_url: str = ""
    rows_query: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab above a timeline or a list of results; `count` is worded."""

    label: str
    url: str
    count: str = ""
    here: bool = False
    mark: str = ""
