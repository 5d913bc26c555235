"""The ledger of arrivals by API: everything that ever came in, and what became of it."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import StringConstraints

from casedesk.permissions import Permission
from casedesk.web.api.operations import Answer, Call, Operation
from casedesk.web.api.schema import Instant, Listed, ListQuery
from intake import ledger


class Fate(StrEnum):
    """What became of an arrival."""

    PENDING = "pending"
    CREATED = "created"
    APPENDED = "appended"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"
    FAILED = "failed"


class LedgerQuery(ListQuery):
    """What the ledger is narrowed to; a message id with or without its angle brackets."""

    message_id: Annotated[str, StringConstraints(max_length=250)] | None = None
    since: Instant | None = None
    fate: Fate | None = None


async def listed(call: Call) -> Answer:
    """Answer with a page of the ledger, oldest first."""
    asked: LedgerQuery = call.query
    found = await ledger.entries(
        by=call.actor,
        message_id=asked.message_id,
        since=asked.since,
        fate=asked.fate.value if asked.fate else None,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return Answer(Listed.model_construct(items=[entry.as_json() for entry in found.items], next=found.next))


def operations() -> list[Operation]:
    """Return the operation on the ledger."""
    return [
        Operation("GET", "/intake", listed, "List what arrived and what became of it.", Permission.LEDGER_READ,
                  Listed[dict[str, Any]], query=LedgerQuery, tag="intake", name="list_arrivals"),
    ]  # fmt: skip
