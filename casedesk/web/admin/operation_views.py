"""What the operations page is handed."""

from dataclasses import dataclass
from datetime import datetime

from casedesk.web.views import Tone


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number of the operations page."""

    label: str
    text: str
    tone: Tone = Tone.PLAIN
    hint: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A reaction that gave up."""

    id: int
    reaction: str
    event: str
    why: str
    tries: int
    at: datetime
    retry_url: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """A mail that waits, was refused or went."""

    id: int
    to: str
    subject: str
    state: str
    tone: Tone
    at: datetime
    tries: int
    why: str = ""
    case_number: str = ""
    case_url: str = ""
    retry_url: str = ""


@dataclass(frozen=True, slots=True)
class FailedArrival:
    """A mail that arrived and could not be read; it is kept as it came."""

    id: int
    sender: str
    to: str
    why: str
    at: datetime
    retry_url: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A form that was held back because a machine seemed to have sent it; `url` makes a case of it."""

    email: str
    name: str
    subject: str
    begins: str
    why: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class OperationsPage:
    """Setup, operations: is everything moving, and what is stuck. `refused` says why something could not be done."""

    gauges: tuple[Gauge, ...]
    dead_letters: tuple[DeadLetter, ...]
    outgoing: tuple[OutgoingRow, ...]
    arrivals: tuple[FailedArrival, ...] = ()
    held: tuple[HeldRow, ...] = ()
    refused: str = ""
