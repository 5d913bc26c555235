"""What was changed on a record, when and by whom: its own events read back, each with the values before it.

Only reading. Taking a change back is the register's business, which knows what may be stored.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk import database

_MOST = 500
_EVENTS = """
SELECT e.id, e.name, e.created_at, e.actor_kind, e.token_id, e.data, c.body, u.name AS who
FROM events e
LEFT JOIN contents c ON c.id = e.content_id
LEFT JOIN users u ON u.id = e.actor_id AND e.actor_kind = 'user'
WHERE e.case_id IS NULL AND e.subject_kind = ? AND e.subject_id = ?
ORDER BY e.id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One event of a record. `who` is empty for casedesk itself; `by_token` says that a program of theirs did it.

    `values` are the fields it set, `before` what earlier events had set them to: a field that no earlier event names is
    missing there.
    """

    id: int
    name: str
    at: datetime
    who: str
    by_token: bool
    values: Mapping[str, Any]
    before: Mapping[str, Any]
    data: Mapping[str, Any]


async def of_record(noun: str, record_id: int) -> tuple[RecordChange, ...]:
    """Return what happened to a record, the newest first; at most the last five hundred events."""
    found = await database.rows(_EVENTS, noun, record_id, _MOST)
    known: dict[str, Any] = {}
    changes: list[RecordChange] = []
    for row in reversed(found):
        data = _json(row["data"])
        values = {**data.get("set", {}), **_json(row["body"])}
        before = {name: known[name] for name in values if name in known}
        known |= values
        changes.append(
            RecordChange(
                id=int(row["id"]),
                name=row["name"],
                at=_instant(row["created_at"]),
                who=row["who"] or "",
                by_token=row["token_id"] is not None,
                values=values,
                before=before,
                data=data,
            )
        )
    return tuple(reversed(changes))


def _json(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = json.loads(value)
    return dict(value) if value else {}


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
