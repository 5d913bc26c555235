"""The one way a case changes: its columns, its version and the event that tells of it, together in one transaction.

Every ability of this slice writes through here, so that folding a case's events always gives its row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casedesk import clock, journal
from casedesk.cases.fields import JOURNALLED_CODES, JOURNALLED_WORDS
from casedesk.cases.models import Case
from casedesk.cases.numbering import parse
from casedesk.database import is_postgres
from casedesk.database.inserting import update_row
from casedesk.database.selecting import first
from casedesk.errors import Conflict, NotFound, Stale
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.rules import lifecycle
from casedesk.rules.lifecycle import Act, Category
from casedesk.scopes import case_scope

_CODES = frozenset(JOURNALLED_CODES)
_WORDS = frozenset(JOURNALLED_WORDS)


@dataclass(frozen=True, slots=True)
class Told:
    """What an event tells beside the columns that change: codes in `data`, words in `content`.

    `content_hash` covers words that live in a row of their own (a message); it excludes `content` and changed words.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)
    content_hash: str | None = None


NOTHING = Told()


async def hold(case_id: int) -> Case:
    """Return the case, held against other writers until the open transaction ends; raises NotFound.

    SQLite's transaction holds the whole database already, PostgreSQL's holds the row.
    """
    case = await first(Case, "id = ? FOR UPDATE" if is_postgres() else "id = ?", case_id)
    if case is None:
        raise NotFound("There is no such case, or it is not yours to see.")
    return case


async def hold_for(number: str, *, by: Actor, act: Act) -> Case:
    """Return the case with this number, held, if `by` may see it and its state allows `act`.

    Raises NotFound, and Conflict in the words of `rules.lifecycle`. The right to `act` itself is asked by the ability
    before.
    """
    case = await hold_seen(number, by=by)
    allow(case, act)
    return case


async def hold_seen(number: str, *, by: Actor, if_version: int | None = None) -> Case:
    """Return the case with this number, held, if `by` may see it; raises NotFound, and Stale at another version."""
    case = await hold(parse(number))
    if not case_scope(by).covers(case):
        raise NotFound("There is no such case, or it is not yours to see.")
    if if_version is not None and case.version != if_version:
        raise Stale("Somebody changed this case meanwhile; read it again and repeat your change.")
    return case


def allow(case: Case, act: Act) -> None:
    """Raise Conflict when the state of a case forbids `act`."""
    category = Category(case.status_category)
    if lifecycle.forbids(category, act):
        raise Conflict(lifecycle.refusal(category, act))


async def change(
    case: Case,
    name: EventName,
    *,
    by: Actor,
    to: Mapping[str, Any],
    derived: Mapping[str, Any] | None = None,
    told: Told = NOTHING,
) -> int:
    """Set `to` (journalled columns) and `derived` (columns that follow) on a held case; return the event's id.

    The event carries the new values under "set" and the old ones under "was", words in its content; columns that do not
    change are left out.
    """
    changed = {key: value for key, value in to.items() if getattr(case, key) != value}
    codes = {key: value for key, value in changed.items() if key in _CODES}
    words = {key: value for key, value in changed.items() if key in _WORDS}
    if len(codes) + len(words) != len(changed):
        raise ValueError(f"not journalled: {sorted(set(changed) - _CODES - _WORDS)}")
    data, content = dict(told.data), dict(told.content)
    if codes:
        data["set"] = {key: plain(value) for key, value in codes.items()}
        data["was"] = {key: plain(getattr(case, key)) for key in codes}
    if words:
        content["set"] = {key: plain(value) for key, value in words.items()}
        content["was"] = {key: plain(getattr(case, key)) for key in words}
    for key, value in {**changed, **(derived or {})}.items():
        setattr(case, key, value)
    case.version += 1
    case.updated_at = clock.now()
    await update_row(case, [*changed, *(key for key in derived or {} if key not in changed), "version", "updated_at"])
    return await journal.record(name, by=by, case=case.id, data=data, content=content, content_hash=told.content_hash)


def first_values(case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the codes and the words a new case begins with, as its first event carries them."""
    codes = {key: plain(getattr(case, key)) for key in JOURNALLED_CODES}
    words = {key: plain(getattr(case, key)) for key in JOURNALLED_WORDS}
    return codes, words


def plain(value: Any) -> Any:
    """Return a column's value as JSON has it: instants as ISO 8601 text, tuples as lists."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
