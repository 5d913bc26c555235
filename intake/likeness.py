"""Is this the same mail again? A delivery repeated after a lost answer must not make a second case."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casedesk.database import rows
from intake.message import Incoming

NAMELESS_FOR = timedelta(minutes=10)
"""How long two mails without Message-ID and Date count as one: long enough for a repeated delivery."""


def likeness(raw: bytes, incoming: Incoming, envelope_to: Sequence[str]) -> str:
    """Return the hash by which two deliveries are alike: recipients, Message-ID, From, To, Subject, Date, body.

    Trace headers (Received and their kind) do not count: each relay adds its own.
    """
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        head, gap, body = raw.partition(b"\n\n")
    named = json.dumps(
        [
            sorted(address.lower() for address in envelope_to),
            incoming.message_id,
            incoming.sender.email if incoming.sender else None,
            [address.email for address in incoming.to],
            incoming.subject,
            incoming.date.isoformat() if incoming.date else None,
        ]
    )
    return hashlib.sha256(named.encode() + b"\0" + hashlib.sha256(body if gap else head).digest()).hexdigest()


@dataclass(frozen=True, slots=True)
class FirstDelivery:
    """The first delivery of a mail: its arrival's id and the case it led to, None when it led to none."""

    arrival: int
    case_id: int | None


async def first_of(mark: str, incoming: Incoming, received_at: datetime) -> FirstDelivery | None:
    """Return the first delivery with this likeness, or None when there was none before `received_at`."""
    found = await rows(
        "SELECT arrival, case_id, received_at FROM fates WHERE likeness = ? AND (fate <> 'ignored' OR case_id IS NOT NULL) "
        "ORDER BY arrival",
        mark,
    )
    if incoming.message_id is None and incoming.date is None:
        found = [row for row in found if _instant(row["received_at"]) > received_at - NAMELESS_FOR]
    return FirstDelivery(found[0]["arrival"], found[0]["case_id"]) if found else None


def _instant(stored: datetime | str) -> datetime:
    """Return an instant as aware UTC; SQLite keeps it as text."""
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored
