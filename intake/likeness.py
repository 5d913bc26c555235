"""Is this the same mail again? A delivery repeated after a lost answer must not make a second case."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from intake.message import Incoming
from intake.models import Fate

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


async def first_of(mark: str, incoming: Incoming, received_at: datetime) -> Fate | None:
    """Return the fate of the first delivery with this likeness, or None when there was none before `received_at`."""
    query = Fate.filter(likeness=mark).exclude(fate="ignored", case_id__isnull=True)
    if incoming.message_id is None and incoming.date is None:
        query = query.filter(received_at__gt=received_at - NAMELESS_FOR)
    return await query.order_by("arrival").first()
