"""The journal: what happened, as history, audit and work order in one row; append-only.

An event is recorded inside the transaction of the change it tells of, born pending; the worker runs its reactions and
clears the mark. Codes and ids stand in the event, words in `contents`, covered by a salted hash, so that erasure can
empty them without breaking `casedesk verify`.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from casedesk import clock
from casedesk.database import after_commit, in_open_transaction
from casedesk.database.inserting import insert_one
from casedesk.database.selecting import exists
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.journal.models import Content, Event

_CANONICAL = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
_listeners: list[Callable[[], None]] = []
_only_history: ContextVar[bool] = ContextVar("only_history", default=False)
_dated: ContextVar[datetime | None] = ContextVar("dated", default=None)


def on_record(listener: Callable[[], None]) -> Callable[[], None]:
    """Call `listener` after each commit that recorded something (to wake the worker); returns the way to stop that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def _wake() -> None:
    for listener in list(_listeners):
        listener()


@contextmanager
def only_history(at: datetime | None = None) -> Iterator[None]:
    """Record events inside the block as what happened elsewhere (at the instant `at`): nothing follows, nobody is told."""
    history, dated = _only_history.set(True), _dated.set(at)
    try:
        yield
    finally:
        _only_history.reset(history)
        _dated.reset(dated)


def new_salt() -> str:
    """Return 128 random bits for hashing words that erasure may empty."""
    return secrets.token_hex(16)


def words_hash(salt: str, words: Mapping[str, Any]) -> str:
    """Return SHA-256 (hex) of `salt` and the canonical JSON of `words`."""
    return hashlib.sha256(f"{salt}{_CANONICAL.encode(words)}".encode()).hexdigest()


async def was_recorded(name: EventName, *, case: int) -> bool:
    """Say whether an event of this name stands in a case's history."""
    return await exists(Event, "case_id = ? AND name = ?", case, name.value)


async def record(
    name: EventName | str,
    *,
    by: Actor,
    case: int | None = None,
    subject: tuple[str, int] | None = None,
    data: Mapping[str, Any] | None = None,
    content: Mapping[str, Any] | None = None,
    content_hash: str | None = None,
) -> int:
    """Record one event in the open transaction and return its id.

    `data` holds codes and ids only, `content` the words; `content_hash` covers words that live in a row of their own (a
    message). Raises RuntimeError outside a transaction: an event without its change, or the reverse, would be a lie.
    """
    if not in_open_transaction():
        raise RuntimeError("an event is recorded inside the transaction of its change")
    kept = None
    if content:
        salt = new_salt()
        kept = await insert_one(Content, {"salt": salt, "body": dict(content)})
        content_hash = words_hash(salt, content)
    event = await insert_one(
        Event,
        {
            "name": str(EventName(name)),
            "created_at": _dated.get() or clock.now(),
            "case_id": case,
            "subject_kind": subject[0] if subject else None,
            "subject_id": subject[1] if subject else None,
            "actor_kind": by.kind.value,
            "actor_id": by.id,
            "token_id": by.token_id,
            "data": data or {},
            "content_id": kept,
            "content_hash": content_hash,
            "pending": not _only_history.get(),
        },
    )
    after_commit(_wake)
    return event
