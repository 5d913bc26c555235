"""The cases of a customer as a list: mine or my company's, by state, searched, paged, counted; always within the scope.

The search looks at what was said in public alone: the desk's own index also holds the words of notes, and a customer who
finds a case by a word of a note has read it.
"""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from casedesk.cases import customers_view, following
from casedesk.cases.models import Message
from casedesk.cases.numbering import shown
from casedesk.cases.shapes import Page
from casedesk.cases.viewing import instant
from casedesk.database import is_postgres, reading, rows
from casedesk.errors import Invalid
from casedesk.fulltext import database_engine, words
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.records import NEVER
from casedesk.rules import for_customers
from casedesk.rules.for_customers import CustomerState, WhatNext
from casedesk.rules.lifecycle import Category
from casedesk.scopes import case_scope

MOST = 200
MOST_LOOKED_THROUGH = 2_000
"""Cases whose public words a search reads at most."""
STEP = 100
_PUBLIC_INSTANTS = ("created_at", "last_customer_message_at", "last_reply_at", "resolved_at", "closed_at")

_COLUMNS = """
SELECT cases.id, cases.prefix, cases.subject, cases.status_category, cases.next_due_at, cases.next_due_kind,
       cases.created_at, cases.closed_at, cases.resolved_at, cases.last_customer_message_at, cases.last_reply_at,
       cases.contact_id, k.name AS contact_name, s.serial, p.name AS product
FROM cases
LEFT JOIN contacts k ON k.id = cases.contact_id
LEFT JOIN assets s ON s.id = cases.asset_id
LEFT JOIN products p ON p.id = s.product_id
"""


class Standing(StrEnum):
    """What a list is narrowed to by state; waiting for me is a part of open."""

    OPEN = "open"
    WAITING = "waiting-for-me"
    CLOSED = "closed"


class Whose(StrEnum):
    """Whose cases: the reader's own, or also those of the company as far as they may see them."""

    MINE = "mine"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class CustomersFilter:
    """What a list is narrowed to; None does not narrow."""

    state: Standing | None = None
    whose: Whose = Whose.MINE
    q: str = ""
    asset_id: int | None = None


@dataclass(frozen=True, slots=True)
class CustomersRow:
    """A case as the customer's list shows it; `is_own` False: a colleague asked it.

    `last_at` is when something last happened that the customer may know of; a note changes neither that nor the order.
    """

    id: int
    number: str
    subject: str
    state: CustomerState
    next: WhatNext
    product: str
    serial: str
    asked_by: str
    is_own: bool
    created_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class CustomersCounts:
    """How many cases each state holds, of those the list is about."""

    open: int
    waiting: int
    closed: int


async def list_cases(
    wanted: CustomersFilter, *, by: Actor, cursor: str | None = None, limit: int = 25
) -> Page[CustomersRow]:
    """Return a page, newest case first; raises Invalid for a cursor that is not ours."""
    following.contact_of(by)
    limit = max(1, min(limit, MOST))
    asked = words.of_question(wanted.q)
    async with reading():
        after, found, looked = _opened(cursor), list[dict[str, Any]](), 0
        while len(found) <= limit and looked < MOST_LOOKED_THROUGH:
            step = STEP if asked else limit + 1
            some = await _rows(wanted, by, after, step)
            found += await _saying(some, asked) if asked else some
            looked += len(some)
            if len(some) < step:
                break
            after = some[-1]["id"]
    items = tuple(_row(each, by) for each in found[:limit])
    return Page(items, _cursor(found[limit - 1]["id"]) if len(found) > limit else None)


async def every(wanted: CustomersFilter, *, by: Actor, most: int = 5_000) -> AsyncIterator[CustomersRow]:
    """Yield the cases of a list one by one, for an export."""
    cursor, given = None, 0
    while given < most:
        page = await list_cases(wanted, by=by, cursor=cursor, limit=MOST)
        for row in page.items[: most - given]:
            yield row
        given, cursor = given + len(page.items), page.next
        if cursor is None:
            return


async def counts(*, by: Actor, whose: Whose = Whose.MINE) -> CustomersCounts:
    """Return how many cases are open, wait for the customer, are over."""
    following.contact_of(by)
    where, values = _scoped(by, whose)
    sql = f"SELECT status_category, COUNT(*) AS n FROM cases WHERE {where} GROUP BY status_category"  # noqa: S608
    async with reading():
        found = {row["status_category"]: int(row["n"]) for row in await rows(sql, *values)}
    closed = found.get("resolved", 0) + found.get("closed", 0)
    return CustomersCounts(sum(found.values()) - closed, found.get("waiting_on_customer", 0), closed)


async def open_by_asset(*, by: Actor) -> dict[int, int]:
    """Return how many open cases within the reader's sight each asset has."""
    following.contact_of(by)
    where, values = _scoped(by, Whose.COMPANY)
    sql = (
        f"SELECT asset_id, COUNT(*) AS n FROM cases WHERE {where} AND is_open = ? AND asset_id IS NOT NULL "  # noqa: S608
        "GROUP BY asset_id"
    )
    async with reading():
        return {int(row["asset_id"]): int(row["n"]) for row in await rows(sql, *values, _true())}


async def last_asset(*, by: Actor) -> int | None:
    """Return the asset that the reader's newest case is about, among the last few; None when they name none."""
    sql = "SELECT asset_id FROM cases WHERE contact_id = ? ORDER BY id DESC LIMIT 5"
    async with reading():
        found = [row["asset_id"] for row in await rows(sql, following.contact_of(by))]
    return next((int(asset) for asset in found if asset is not None), None)


def _scoped(by: Actor, whose: Whose) -> tuple[str, list[Any]]:
    """Return the condition of the reader's scope, narrowed to their own cases where that is asked."""
    where, values = case_scope(by).sql()
    if whose is Whose.MINE:
        return f"{where} AND cases.contact_id = ?", [*values, by.id]
    return where, values


async def _rows(wanted: CustomersFilter, by: Actor, after: int | None, limit: int) -> list[dict[str, Any]]:
    where, values = _scoped(by, wanted.whose)
    for condition, more in _conditions(wanted, after):
        where += f" AND {condition}"
        values += more
    return await rows(f"{_COLUMNS}WHERE {where} ORDER BY cases.id DESC LIMIT {int(limit)}", *values)


def _conditions(wanted: CustomersFilter, after: int | None) -> list[tuple[str, list[Any]]]:
    found: list[tuple[str, list[Any]]] = []
    if wanted.state is Standing.WAITING:
        found.append(("cases.status_category = ?", [Category.WAITING_ON_CUSTOMER.value]))
    elif wanted.state is not None:
        finished = f"cases.status_category IN ('{Category.RESOLVED}', '{Category.CLOSED}')"
        found.append((finished if wanted.state is Standing.CLOSED else f"NOT {finished}", []))
    if wanted.asset_id is not None:
        found.append(("cases.asset_id = ?", [wanted.asset_id]))
    if wanted.q.strip():
        found.append(_matching(wanted.q.strip()))
    if after is not None:
        found.append(("cases.id < ?", [after]))
    return found


def _matching(text: str) -> tuple[str, list[Any]]:
    """Return the condition of cases whose words may hold `text`, for `_saying` to look at; a number finds its case."""
    number = _number(text)
    match = database_engine.matching(Kind.CASE, text, "cases.id")
    parts = (["cases.id = ?"] if number is not None else []) + ([match[0]] if match else [])
    given = ([number] if number is not None else []) + list(match[1] if match else ())
    return (f"({' OR '.join(parts)})" if parts else "1 = 0"), given


def _number(text: str) -> int | None:
    digits = text.rpartition("-")[2].removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


async def _saying(found: list[dict[str, Any]], asked: list[str]) -> list[dict[str, Any]]:
    """Return those rows whose public words, or number, product and serial, hold every word asked."""
    said: dict[int, list[str]] = {row["id"]: [] for row in found}
    public = Message.filter(case_id__in=list(said), public=True).order_by("id")
    for case_id, text, body, details in await public.values_list("case_id", "text", "body", "details"):
        if not details.get("undone"):
            said[case_id].append(body or text)
    kept = []
    for row in found:
        about = (row["subject"], row["product"], row["serial"], shown(row["prefix"], row["id"]), *said[row["id"]])
        if set(asked) <= set(words.of_document("\n".join(each for each in about if each))):
            kept.append(row)
    return kept


def _row(row: dict[str, Any], by: Actor) -> CustomersRow:
    return CustomersRow(
        id=row["id"],
        number=shown(row["prefix"], row["id"]),
        subject=row["subject"],
        state=for_customers.state_of(Category(row["status_category"])),
        next=customers_view.next_of(
            row["status_category"],
            row["next_due_kind"],
            instant(row["next_due_at"]) or NEVER,
            instant(row["closed_at"]),
        ),
        product=row["product"] or "",
        serial=row["serial"] or "",
        asked_by=row["contact_name"] or "",
        is_own=row["contact_id"] == by.id,
        created_at=instant(row["created_at"]) or NEVER,
        last_at=max(at for name in _PUBLIC_INSTANTS if (at := instant(row[name])) is not None),
    )


def _cursor(case_id: int) -> str:
    return base64.urlsafe_b64encode(json.dumps(case_id).encode()).decode().rstrip("=")


def _opened(cursor: str | None) -> int | None:
    """Return the id that a cursor stands at."""
    if not cursor:
        return None
    try:
        case_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeError):
        case_id = None
    if not isinstance(case_id, int) or not 0 <= case_id < 2**63:
        raise Invalid.field("cursor", "this is not a cursor of this list")
    return case_id


def _true() -> Any:
    return True if is_postgres() else 1
