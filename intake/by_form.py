"""What is sent by a form on a page, and its line in the ledger: the same for the portal and for forms on other sites.

A mail is promised with its 250 and worked later, so it waits in the spool. A form is answered while its sender looks on:
case, message and fate are one transaction, and a form that fails was never accepted. What each channel takes from its
form stands in a file of its own (`by_portal`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from casedesk.cases.attaching import NewFile
from casedesk.database.inserting import insert
from intake.message import Address, Incoming, as_json
from intake.models import Fate
from intake.receiving import Outcome

KEPT_FOR = timedelta(days=30)
"""How long a form that was held back can be made a case of, and its files are kept."""
HELD = "held"
"""Name of what is kept for that beside the received message's shape."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came in: `channel` is portal or web, `email` whose it says it is (empty: nobody's).

    `raw_sha256` covers all that was sent; `text`, and `held` with which the form can be worked after all, are kept in the
    ledger only while no message holds them (quarantined).
    """

    channel: str
    received_at: datetime
    name: str
    email: str
    subject: str
    language: str | None = None
    files: Sequence[NewFile] = ()
    raw_sha256: str = ""
    text: str = ""
    held: Mapping[str, Any] = field(default_factory=dict)


async def write_down(sent: Sent, outcome: Outcome) -> None:
    """Write the fate of a form in the open transaction; the words themselves stand in the message it became.

    A form that is held back (quarantined) keeps its text here, so that a person can still read what was wrongly held.
    """
    incoming = Incoming(
        sender=Address(sent.name, sent.email) if sent.email else None,
        subject=sent.subject,
        date=sent.received_at,
        language=sent.language,
    )
    shape = as_json(incoming)
    shape["attachments"] = [
        {"filename": each.filename, "content_type": each.content_type, "size": each.size, "sha256": each.sha256}
        for each in sent.files
    ]
    for key in ("text", "reply", "html"):
        shape.pop(key)  # see receiving.write_fate
    if outcome.fate == "quarantined":
        shape |= {"text": sent.text, HELD: dict(sent.held)}
    fate = {
        "arrival": None,
        "fate": outcome.fate,
        "reason": outcome.reason[:300],
        "case_id": outcome.case_id,
        "message_id": outcome.message_id,
        "shape": shape,
        "received_at": sent.received_at,
        "channel": sent.channel,
        "envelope_from": sent.email[:320],
        "raw_sha256": sent.raw_sha256,
    }
    await insert(Fate, [fate])
