"""The ledger: every arrival with its fate, for reading, by whatever channel it came."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from casedesk import permissions
from casedesk.cases.models import Case, Message
from casedesk.cases.numbering import shown
from casedesk.cases.shapes import Page
from casedesk.database import reading
from casedesk.errors import Invalid
from casedesk.identity import Actor
from casedesk.language import alternatives
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from intake.by_form import HELD
from intake.models import Fate
from intake.pipeline import last_worked
from intake.spool import Arrival, Spool

FATES = ("pending", "created", "appended", "ignored", "quarantined", "failed")
MOST = 200


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One arrival as the API shows it: the received message's shape with what became of it.

    `id` is the arrival's in the spool; what came by a form never stood there and has a number below zero.
    """

    id: int
    received_at: datetime
    channel: str
    envelope_from: str
    envelope_to: tuple[str, ...]
    raw_sha256: str
    fate: str
    reason: str
    case: str | None
    shape: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the entry in the API's words."""
        return {
            **self.shape,
            "id": self.id,
            "received_at": self.received_at.isoformat(),
            "channel": self.channel,
            "envelope_from": self.envelope_from,
            "envelope_to": list(self.envelope_to),
            "raw_sha256": self.raw_sha256,
            "fate": self.fate,
            "reason": self.reason,
            "case": self.case,
        }


_spools: list[Spool] = []


def use_spool(spool: Spool) -> None:
    """Take the open spool of this process, from which arrivals without a fate are told."""
    _spools[:] = [spool]


async def entries(
    *,
    by: Actor,
    message_id: str | None = None,
    since: datetime | None = None,
    fate: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[LedgerEntry]:
    """Return a page of the ledger, oldest first; `message_id` with or without its angle brackets.

    Raises Invalid for an unknown fate or a cursor that is not one of this list.
    """
    permissions.require(by, Permission.LEDGER_READ)
    if fate is not None and fate not in FATES:
        raise Invalid.field("fate", _("give one of %(these)s") % {"these": alternatives(FATES)})
    limit = max(1, min(limit, MOST))
    if fate == "pending":
        return await _pending(_after_arrival(cursor), limit)
    async with reading():
        query = Fate.filter(_after(cursor)).order_by("received_at", "id").limit(limit + 1)
        if message_id:
            bare = message_id.strip().strip("<>")
            query = query.filter(mail_message_id__in=[bare, f"<{bare}>"])
        if since is not None:
            query = query.filter(received_at__gte=since)
        if fate is not None:
            query = query.filter(fate=fate)
        found = await query
        shown_rows = found[:limit]
        words = {row.id: row for row in await Message.filter(id__in=[f.message_id for f in shown_rows if f.message_id])}
        numbers = {
            row.id: shown(row.prefix, row.id)
            for row in await Case.filter(id__in=[f.case_id for f in shown_rows if f.case_id])
        }
    items = tuple(_entry(row, words.get(row.message_id or 0), numbers.get(row.case_id or 0)) for row in shown_rows)
    last = shown_rows[-1] if len(found) > limit else None
    return Page(items, _cursor([last.received_at.isoformat(), last.id]) if last else None)


async def _pending(after: int, limit: int) -> Page[LedgerEntry]:
    """Return arrivals that have no fate yet; they have not been read, so their shape is empty."""
    newest = max(after, await last_worked())
    waiting = await _spools[0].list_on(newest, limit + 1) if _spools else []
    items = tuple(_waiting(arrival) for arrival in waiting[:limit])
    return Page(items, _cursor(waiting[limit - 1].id) if len(waiting) > limit else None)


def _waiting(arrival: Arrival) -> LedgerEntry:
    return LedgerEntry(
        arrival.id, arrival.received_at, arrival.channel, arrival.envelope_from, arrival.envelope_to,
        arrival.raw_sha256, "pending", "", None, {"message_id": None},
    )  # fmt: skip


def _entry(row: Fate, message: Message | None, number: str | None) -> LedgerEntry:
    shape = {name: value for name, value in row.shape.items() if name != HELD}
    if message is not None:
        shape |= {"text": message.body or message.text, "reply": message.text, "html": message.html}
    number_of_row = -row.id if row.arrival is None else row.arrival
    return LedgerEntry(
        number_of_row, row.received_at, row.channel, row.envelope_from, tuple(row.envelope_to), row.raw_sha256,
        row.fate, row.reason, number, shape,
    )  # fmt: skip


def _cursor(place: int | list[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(cursor: str | None) -> Q:
    """Return the condition of what follows a cursor, in the order of receiving."""
    match _opened(cursor):
        case None:
            return Q()
        case [str(at), int(last)] if 0 <= last < 2**63:
            try:
                received = datetime.fromisoformat(at)
            except ValueError:
                raise _not_a_cursor() from None
            return Q(received_at__gt=received) | Q(received_at=received, id__gt=last)
    raise _not_a_cursor()


def _after_arrival(cursor: str | None) -> int:
    """Return the arrival that a cursor of what waits stands at."""
    place = _opened(cursor)
    if place is None:
        return 0
    if not isinstance(place, int) or not 0 <= place < 2**63:
        raise _not_a_cursor()
    return place


def _opened(cursor: str | None) -> Any:
    if not cursor:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeError):
        raise _not_a_cursor() from None


def _not_a_cursor() -> Invalid:
    return Invalid.field("cursor", "this is not a cursor of this list")
