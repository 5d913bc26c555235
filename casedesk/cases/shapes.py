"""What a reader of cases is given: frozen views, the same for page, API, stream and export.

No queries here; `viewing` and `listing` fill these shapes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from casedesk.rules.conditions import Because

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class QueueRef:
    """A queue as a case names it."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class UserRef:
    """A member of staff as a case names them."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ContactRef:
    """A contact as a case names them; `email` is the address written to, empty when none is known."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account as a case names it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AssetRef:
    """An asset as a case names it."""

    id: int
    serial: str
    product: str = ""
    warranty_until: str | None = None


@dataclass(frozen=True, slots=True)
class EntitlementRef:
    """The entitlement a case is served under."""

    id: int
    level: str
    process: str
    ends_on: str | None = None
    incidents_allowed: int | None = None
    incidents_used: int = 0


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A service clock; `elapsed_s` and `remaining_s` are open, unpaused seconds (remaining is below zero when late)."""

    kind: str
    name: str
    process: str
    hours: str
    ruleset_version: int
    minutes: int
    started_at: datetime
    target_at: datetime
    completed_at: datetime | None
    state: str
    elapsed_s: int
    remaining_s: int
    warnings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class PauseView:
    """A span in which the clocks stood still; `ended_at` None while it lasts."""

    started_at: datetime
    ended_at: datetime | None
    cause: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page and the API show it. `last_event` is the newest event's id, `version` the ETag's number."""

    id: int
    number: str
    version: int
    subject: str
    description: str
    status: str
    status_category: str
    priority: str
    type: str | None
    origin: str
    language: str | None
    queue: QueueRef | None
    owner: UserRef | None
    contact: ContactRef | None
    account: AccountRef | None
    asset: AssetRef | None
    entitlement: EntitlementRef | None
    entitlement_status: str
    verdict: str
    level: str | None
    escalation_level: int
    milestones: tuple[MilestoneView, ...]
    pauses: tuple[PauseView, ...]
    tags: tuple[str, ...]
    custom: dict[str, Any]
    record_type: str
    logged_on_behalf: bool
    linked_to: str | None
    resolution: str | None
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    last_event: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a list shows it; `next_due_at` None when no clock runs, `paused` when they stand still."""

    id: int
    number: str
    subject: str
    excerpt: str
    status: str
    status_category: str
    priority: str
    origin: str
    level: str | None
    verdict: str
    queue: QueueRef | None
    owner: UserRef | None
    contact: ContactRef | None
    account: AccountRef | None
    next_due_at: datetime | None
    next_due_kind: str | None
    paused: bool
    created_at: datetime
    updated_at: datetime
    escalation_level: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a keyset-paged list; `next` is the cursor of the following part, None at the end."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """How many open cases each view holds."""

    mine: int
    unassigned: int
    due: int
    breached: int
    all: int
    queues: dict[int, int]


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment; its bytes come from `attaching.fetch`, `size` is in bytes."""

    id: int
    filename: str
    content_type: str
    size: int
    inline: bool = False
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class MailState:
    """How a message travels or travelled: `state` is received, waiting, sending, sent, failed or cancelled."""

    message_id: str | None
    state: str
    outgoing_id: int | None = None
    not_before: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a case before and after, as words for people (names, not ids)."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class TracedRule:
    """One rule of a decision with every condition and the fact it met."""

    rule: str
    matched: bool
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with its reasons; `kind`: entitlement, assignment, milestone, escalation, auto_response."""

    at: datetime
    kind: str
    outcome: str
    ruleset_version: int | None
    sentence: str
    trace: tuple[TracedRule, ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of a case's story, oldest first; `id` is "m…" for messages, "e…" for events, "d…" for decisions.

    `kind`: message, reply, note, call, change, decision. `body` is the whole text where quoted history was cut from
    `text`; `author_kind` is user, contact or system.
    """

    id: str
    at: datetime
    kind: str
    public: bool
    author: str
    author_kind: str
    text: str = ""
    body: str | None = None
    html: str | None = None
    files: tuple[FileView, ...] = ()
    mail: MailState | None = None
    event: str | None = None
    changes: tuple[Change, ...] = ()
    decision: DecisionView | None = None
    details: dict[str, Any] = field(default_factory=dict)
