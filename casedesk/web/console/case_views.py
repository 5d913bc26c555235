"""What the workspace of one case is handed: header, composer, service clock, people and things, dialogs."""

from dataclasses import dataclass
from datetime import datetime

from casedesk.rules.lifecycle import Priority
from casedesk.web.console.timeline_views import Timeline
from casedesk.web.views import Choice, ClockChip, Person, Tab, Tone


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a case. `owner_id` is "none" while nobody has it."""

    number: str
    url: str
    subject: str
    status: str
    status_tone: Tone
    priority: Priority
    clocks: tuple[ClockChip, ...]
    owner_id: str = "none"
    owner: Person | None = None
    mine: bool = False
    queue: str = ""
    position: str = ""
    previous_url: str = ""
    next_url: str = ""
    list_url: str = "/console"
    tabs: tuple[Tab, ...] = ()
    may_change: bool = True
    may_take: bool = False
    may_escalate: bool = True
    may_resolve: bool = True
    may_reopen: bool = False
    banner: str = ""
    banner_tone: Tone = Tone.INFO


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to send: the status the case gets, and the button's words ("Send, set Waiting on customer")."""

    status: str
    label: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was chosen and waits for its message."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What one agent has begun and not sent, by kind."""

    text: str = ""
    saved_at: datetime | None = None
    files: tuple[KeptFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Composer:
    """The composer. `kind` is the open tab: reply, note or call. `take_url` is set while nobody owns the case.

    `seen` is the newest event known when it was drawn, `once` makes a form sent twice one message.
    """

    number: str
    url: str
    drafts_url: str
    seen: int
    once: str
    to: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    kind: str = "reply"
    reply: Draft = Draft()
    note: Draft = Draft()
    call: Draft = Draft()
    language: str = ""
    take_url: str = ""
    may_reply: bool = True
    may_note: bool = True
    may_call: bool = True
    why_not: str = ""
    file_limit: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the clock's bar, in its 264 units: `kind` is run, pause or rest."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the clock's bar with its words: `kind` is start, pause, told, now or due; `anchor` as in SVG."""

    kind: str
    x: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class ClockFact:
    """One line of the clock's history, the table beside the drawing."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """One promise: `headline` ("Reply due 11:16"), `zone` ("Paris"), `left` ("14m left"), drawn and told."""

    headline: str
    left: str
    tone: Tone
    told: str
    zone: str = ""
    stretches: tuple[Stretch, ...] = ()
    ticks: tuple[Tick, ...] = ()
    facts: tuple[ClockFact, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """All promises of a case; `none` says why there are none."""

    number: str
    milestones: tuple[Milestone, ...]
    none: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of a card with its sign: ok a tick, bad a cross, warn a warning, plain a dot."""

    words: str
    tone: Tone = Tone.OK


@dataclass(frozen=True, slots=True)
class Meter:
    """A used-of-total bar: "Phone incidents this year", "7 of 10"."""

    label: str
    text: str
    used: int
    total: int


@dataclass(frozen=True, slots=True)
class EntitlementCard:
    """The verdict in plain words: `title` ("Entitled: Premier 24×5", "Not covered: warranty ended 3 Mar")."""

    title: str
    tone: Tone
    reasons: tuple[Reason, ...] = ()
    meters: tuple[Meter, ...] = ()
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value; `url` makes it a link."""

    label: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Who is asking: `role` ("Biomedical lead"), the account, and some facts."""

    person: Person
    role: str = ""
    account: str = ""
    phone: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class AssetCard:
    """The thing it is about."""

    name: str
    serial: str
    state: str = ""
    state_tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case with the way it belongs."""

    kind: str
    number: str
    subject: str
    url: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of the right pane that belong to the people and things of a case."""

    contact: ContactCard | None
    entitlement: EntitlementCard | None
    asset: AssetCard | None = None
    linked: tuple[Linked, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A solution that may fit. `steps` is plain text for the composer, `because` the words that matched.

    A `likely` one is also offered inside the composer; `aloud` are its first steps, to be read to a caller.
    """

    id: int
    title: str
    url: str
    steps: str
    audience: str = ""
    worked: str = ""
    because: str = ""
    used: bool = False
    likely: bool = False
    aloud: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The suggested solutions of a case; `search_url` opens the solutions with the case's words."""

    number: str
    items: tuple[Suggestion, ...]
    used_url: str
    search_url: str


@dataclass(frozen=True, slots=True)
class ProcessStep:
    """One step of the strip under the header: `state` is done, current, ahead or skipped, and `spoken` says so in words.

    `more` is what else there is to say of it ("By phone", the owner's name); `mark` names an icon.
    """

    label: str
    state: str
    spoken: str
    mark: str
    at: datetime | None = None
    when: str = ""
    more: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class EscalationWords:
    """What was typed into the escalate dialog, kept when it is refused."""

    tried: str = ""
    need: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EscalationForm:
    """The escalate dialog. `*_target` say where it goes for each reason, with the load there now.

    `reason` is late, tier_2 or manager; `changes` are sentences on what it does to queue, clock and people told;
    `problems` are (field id, sentence) pairs.
    """

    number: str
    url: str
    back_url: str
    late_target: str
    tier_2_target: str
    manager_target: str
    impacts: tuple[Choice, ...]
    changes: tuple[str, ...] = ()
    reason: str = "tier_2"
    typed: EscalationWords = EscalationWords()
    problems: tuple[tuple[str, str], ...] = ()

    def wrong(self, field: str) -> str:
        """Return the sentence that belongs to `field` (its name in the request), or nothing."""
        return dict(self.problems).get(f"escalate-{field}", "")


@dataclass(frozen=True, slots=True)
class ResolveForm:
    """The resolve dialog: how it was solved, the solution that was used, and whether a survey follows."""

    number: str
    url: str
    back_url: str
    solutions: tuple[Choice, ...] = ()
    survey: str = ""
    typed: str = ""
    problem: str = ""
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """Who else has the case open; `words` say it, `writing` that somebody of them types."""

    people: tuple[Person, ...] = ()
    words: str = ""
    writing: bool = False


@dataclass(frozen=True, slots=True)
class CaseMenus:
    """The choices of the case's menus; they stand outside the parts that are swapped."""

    statuses: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    queues: tuple[Choice, ...]
    priorities: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """The whole workspace of one case; `parts_url` answers with all parts of it that change while it is open."""

    parts_url: str
    header: Header
    timeline: Timeline
    composer: Composer
    clock: ServiceClock
    context: Context
    suggestions: Suggestions
    menus: CaseMenus
    escalation: EscalationForm
    resolution: ResolveForm
    process: tuple[ProcessStep, ...] = ()
    company: Company = Company()
