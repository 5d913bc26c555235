"""What the timeline of a case is handed: messages, notes, calls, events with their reasons, and a collision."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from markupsafe import Markup

from casedesk.web.views import Channel, Person, Tone

NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; `preview_url` only for the image kinds that are served in place."""

    name: str
    url: str
    bytes: int
    preview_url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One line of a decision: what was found, and the rule that asked (`rule 3`, `skill + load`)."""

    words: str | Markup
    rule: str
    tone: Tone = Tone.OK


@dataclass(frozen=True, slots=True)
class Why:
    """Why a decision fell as it did: the facts that matched, and what the next better rule missed."""

    rows: tuple[WhyRow, ...]
    closing: str = ""


class EntryKind(StrEnum):
    """What a line of the timeline is."""

    MESSAGE = "message"
    NOTE = "note"
    CALL = "call"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline.

    `id` is its place in the page ("m-12", "e-34", "d-5"); `body` is already cleaned markup, `quoted` the folded rest of
    it; `words` is the sentence of an event. `day` is set on the first entry of a day and draws the rule above it.
    `state` says how an outgoing message fares ("Not delivered: mailbox full"); `unread` marks the first message that
    nobody has answered yet: there the page opens.
    """

    id: str
    kind: EntryKind
    at: datetime
    author: Person | None = None
    body: Markup = NOTHING
    quoted: Markup = NOTHING
    words: str | Markup = ""
    mark: str = "circle-dot"
    to: str = ""
    channel: Channel = Channel.MAIL
    attachments: tuple[Attachment, ...] = ()
    why: Why | None = None
    state: str = ""
    state_tone: Tone = Tone.PLAIN
    tone: Tone = Tone.PLAIN
    ours: bool = False
    unread: bool = False
    undo_url: str = ""
    day: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was said and done, oldest first. `seen` is the newest event's id: what a composer knows of when it sends."""

    number: str
    entries: tuple[Entry, ...]
    seen: int
    older_url: str = ""
    older_count: int = 0


@dataclass(frozen=True, slots=True)
class Collision:
    """What the composer did not know of when it sent (409): shown with Send anyway and Edit."""

    headline: str
    entries: tuple[Entry, ...]
    seen: int
