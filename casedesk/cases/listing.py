"""Lists of cases: views, filters, order, keyset pages and counts; always through the reader's scope.

A list reads exactly the columns it shows, along an index, without counting what it does not show.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casedesk import clock, language, permissions
from casedesk.cases import fields, viewing
from casedesk.cases.models import Case
from casedesk.cases.numbering import shown
from casedesk.cases.shapes import AccountRef, CaseRow, CaseView, ContactRef, Page, QueueRef, UserRef, ViewCounts
from casedesk.cases.viewing import instant
from casedesk.database import is_postgres, reading, rows
from casedesk.errors import Invalid, NotFound
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.queues import known
from casedesk.records import NEVER
from casedesk.scopes import case_scope

MOST = 200
DUE_SOON = timedelta(hours=1)
_SORTS = {"sla": ("next_due_at", "ASC"), "newest": ("id", "DESC"), "updated": ("updated_at", "DESC")}

_COLUMNS = """
SELECT cases.id, cases.prefix, cases.subject, cases.excerpt, cases.status, cases.status_category, cases.priority,
       cases.origin, cases.level, cases.verdict, cases.queue_id, cases.next_due_at, cases.next_due_kind,
       cases.created_at, cases.updated_at, cases.escalation_level,
       u.id AS owner_id, u.name AS owner_name, u.email AS owner_email,
       k.id AS contact_id, k.name AS contact_name, a.id AS account_id, a.name AS account_name
FROM cases
LEFT JOIN users u ON u.id = cases.owner_id
LEFT JOIN contacts k ON k.id = cases.contact_id
LEFT JOIN accounts a ON a.id = cases.account_id
"""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed to; None does not narrow. `status` is a name or a category, `owner` an address, me or none.

    `view` is one of mine, unassigned, due, breached, all, recent or q-QUEUE; `sort` one of sla, newest, updated. `ids`
    leaves only those of these cases that the rest of the filter wants, too.
    """

    view: str | None = None
    queue: str | None = None
    status: str | None = None
    owner: str | None = None
    account: int | None = None
    q: str | None = None
    updated_since: datetime | None = None
    sort: str | None = None
    ids: tuple[int, ...] | None = None


async def list_rows(wanted: CaseFilter, *, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[CaseRow]:
    """Return a page of cases as a list shows them; raises Invalid for an unknown view, sort or cursor."""
    async with reading():
        found, following = await _page(wanted, by, cursor, limit, _COLUMNS)
        return Page(tuple([await _row(each) for each in found]), following)


async def list_cases(wanted: CaseFilter, *, by: Actor, cursor: str | None = None, limit: int = 50) -> Page[CaseView]:
    """Return a page of whole cases, as the API shows them."""
    async with reading():
        found, following = await _page(
            wanted, by, cursor, limit, "SELECT cases.id, cases.next_due_at, cases.updated_at FROM cases "
        )
        ids = [each["id"] for each in found]
        kept = {row.id: row for row in await Case.filter(id__in=ids)}
        return Page(tuple(await viewing.views_of([kept[case_id] for case_id in ids if case_id in kept])), following)


async def counts(*, by: Actor) -> ViewCounts:
    """Return how many open cases each view holds, within the reader's scope."""
    permissions.require_staff(by, Permission.CASE_READ)
    scope, values = case_scope(by).sql()
    now = clock.now()
    sql = f"""SELECT queue_id, COUNT(*) AS n,
        SUM(CASE WHEN owner_id = ? THEN 1 ELSE 0 END) AS mine,
        SUM(CASE WHEN owner_id IS NULL THEN 1 ELSE 0 END) AS unassigned,
        SUM(CASE WHEN next_due_at <= ? THEN 1 ELSE 0 END) AS breached,
        SUM(CASE WHEN next_due_at > ? AND next_due_at <= ? THEN 1 ELSE 0 END) AS due
        FROM cases WHERE is_open = ? AND {scope} GROUP BY queue_id"""  # noqa: S608 - the scope is our own words
    async with reading():
        found = await rows(sql, by.user_id or 0, _bound(now), _bound(now), _bound(now + DUE_SOON), _true(), *values)
    total = {key: sum(int(row[key]) for row in found) for key in ("mine", "unassigned", "due", "breached", "n")}
    queues = {row["queue_id"]: int(row["n"]) for row in found if row["queue_id"] is not None}
    return ViewCounts(total["mine"], total["unassigned"], total["due"], total["breached"], total["n"], queues)


async def most_urgent(queue_ids: list[int]) -> int | None:
    """Return the open, unowned case of these queues that is due first, or None."""
    if not queue_ids:
        return None
    marks = ", ".join("?" for _ in queue_ids)
    found = await rows(
        f"SELECT id FROM cases WHERE is_open = ? AND owner_id IS NULL AND queue_id IN ({marks}) "  # noqa: S608
        "AND status_category IN ('new', 'open') ORDER BY next_due_at, id LIMIT 1",
        _true(),
        *queue_ids,
    )
    return int(found[0]["id"]) if found else None


async def _page(
    wanted: CaseFilter, by: Actor, cursor: str | None, limit: int, columns: str
) -> tuple[list[dict[str, Any]], str | None]:
    permissions.require_staff(by, Permission.CASE_READ)
    limit = max(1, min(limit, MOST))
    scope, values = case_scope(by).sql()
    where, given = [scope], list(values)
    for condition, more in await _conditions(wanted, by):
        where.append(condition)
        given += more
    sort = wanted.sort or ("sla" if wanted.view and wanted.view != "recent" else "newest")
    if sort not in _SORTS:
        raise Invalid.field("sort", _("give one of %(these)s") % {"these": language.alternatives(_SORTS)})
    column, direction = _SORTS[sort]
    if cursor:
        condition, more = _after(cursor, sort)
        where.append(condition)
        given += more
    order = f"cases.id {direction}" if column == "id" else f"cases.{column} {direction}, cases.id {direction}"
    found = await rows(f"{columns}WHERE {' AND '.join(where)} ORDER BY {order} LIMIT {limit + 1}", *given)
    following = None
    if len(found) > limit:
        found = found[:limit]
        last = found[-1]
        key = last["id"] if column == "id" else (instant(last[column]) or NEVER).isoformat()
        following = base64.urlsafe_b64encode(json.dumps([sort, key, last["id"]]).encode()).decode().rstrip("=")
    return found, following


def _after(cursor: str, sort: str) -> tuple[str, list[Any]]:
    """Return the condition of what follows a cursor; raises Invalid for one that is not ours."""
    column, direction = _SORTS[sort]
    sign = ">" if direction == "ASC" else "<"
    try:
        made_for, key, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if made_for != sort or not isinstance(last, int) or not 0 <= last < 2**63:
            raise ValueError(cursor)
        if column == "id":
            return f"cases.id {sign} ?", [last]
        at = _bound(datetime.fromisoformat(key))
    except (ValueError, TypeError, UnicodeError):
        raise Invalid.field("cursor", "this is not a cursor of this list") from None
    return f"(cases.{column} {sign} ? OR (cases.{column} = ? AND cases.id {sign} ?))", [at, at, last]


async def _conditions(wanted: CaseFilter, by: Actor) -> list[tuple[str, list[Any]]]:
    found = await _view(wanted.view, by) if wanted.view else []
    if wanted.queue:
        found.append(("cases.queue_id = ?", [await _queue_id(wanted.queue)]))
    if wanted.status:
        column = "status_category" if wanted.status in fields.CATEGORIES else "status"
        value = wanted.status if column == "status_category" else fields.status_named(wanted.status).name
        found.append((f"cases.{column} = ?", [value]))
    if wanted.owner == "none":
        found.append(("cases.owner_id IS NULL", []))
    elif wanted.owner == "me":
        found.append(("cases.owner_id = ?", [by.user_id or 0]))
    elif wanted.owner:
        found.append(("cases.owner_id = (SELECT id FROM users WHERE email = ?)", [wanted.owner.lower()]))
    if wanted.account is not None:
        found.append(("cases.account_id = ?", [wanted.account]))
    if wanted.ids is not None:
        marks = ", ".join("?" for _ in wanted.ids)
        found.append((f"cases.id IN ({marks})" if marks else "1 = 0", list(wanted.ids)))
    if wanted.updated_since is not None:
        found.append(("cases.updated_at >= ?", [_bound(wanted.updated_since)]))
    if wanted.q and wanted.q.strip():
        found.append(await _matching(wanted.q.strip()))
    return found


async def _matching(text: str) -> tuple[str, list[Any]]:
    """Return the condition of a search: a case number finds its case, anything else is looked for in the words."""
    digits = text.rpartition("-")[2].removeprefix("#")
    number = [int(digits)] if digits.isascii() and digits.isdigit() and len(digits) < 19 else []
    match = database_engine.matching(Kind.CASE, text, "cases.id")
    parts = (["cases.id = ?"] if number else []) + ([match[0]] if match else [])
    return (f"({' OR '.join(parts)})" if parts else "1 = 0"), [*number, *(match[1] if match else ())]


async def _view(view: str, by: Actor) -> list[tuple[str, list[Any]]]:
    now = clock.now()
    is_open: tuple[str, list[Any]] = ("cases.is_open = ?", [_true()])
    views: dict[str, list[tuple[str, list[Any]]]] = {
        "mine": [("cases.owner_id = ?", [by.user_id or 0]), is_open],
        "unassigned": [("cases.owner_id IS NULL", []), is_open],
        "due": [("cases.next_due_at > ? AND cases.next_due_at <= ?", [_bound(now), _bound(now + DUE_SOON)]), is_open],
        "breached": [("cases.next_due_at <= ?", [_bound(now)]), is_open],
        "all": [is_open],
        "recent": [],
    }
    if view in views:
        return views[view]
    if view.startswith("q-"):
        return [("cases.queue_id = ?", [await _queue_id(view[2:])]), is_open]
    raise NotFound("There is no such view.")


async def _queue_id(key: str) -> int:
    try:
        return (await known.by_key(key)).id
    except NotFound:
        raise Invalid.field("queue", "there is no such queue") from None


async def _row(row: dict[str, Any]) -> CaseRow:
    queue = await known.by_id(row["queue_id"]) if row["queue_id"] else None
    due = instant(row["next_due_at"]) or NEVER
    return CaseRow(
        id=row["id"],
        number=shown(row["prefix"], row["id"]),
        subject=row["subject"],
        excerpt=row["excerpt"],
        status=row["status"],
        status_category=row["status_category"],
        priority=row["priority"],
        origin=row["origin"],
        level=row["level"],
        verdict=row["verdict"],
        queue=QueueRef(queue.id, queue.key, queue.name) if queue else None,
        owner=UserRef(row["owner_id"], row["owner_name"], row["owner_email"]) if row["owner_id"] else None,
        contact=ContactRef(row["contact_id"], row["contact_name"], "") if row["contact_id"] else None,
        account=AccountRef(row["account_id"], row["account_name"]) if row["account_id"] else None,
        next_due_at=due if due != NEVER else None,
        next_due_kind=row["next_due_kind"],
        paused=row["next_due_kind"] == "paused",
        created_at=instant(row["created_at"]) or NEVER,
        updated_at=instant(row["updated_at"]) or NEVER,
        escalation_level=row["escalation_level"],
    )


def _bound(at: datetime) -> Any:
    """Return an instant as a plain statement binds it: Tortoise keeps it as text on SQLite."""
    return at if is_postgres() else at.isoformat(" ")


def _true() -> Any:
    return True if is_postgres() else 1
