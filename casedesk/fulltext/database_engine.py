"""Search of cases, people, things inside the database: SQLite's FTS5, PostgreSQL's tsvector, the same tokens in both.

Rows are written in the transaction of the change they follow, so a search never lags. A record is kept as the set of
its words; what it is and who may see it is not known here: callers join `matching` into their scoped query.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum

from casedesk import database
from casedesk.fulltext import words

MOST_WORDS = 20_000
"""Different words kept of one record (PostgreSQL holds at most 1 MiB of them)."""
MOST_ASKED = 16
"""Words of a question that count; the rest is a pasted letter."""
NEWEST = 300
"""Newest records looked at for each word when no record holds all words."""


class Kind(StrEnum):
    """What can be searched; each has a table of its own."""

    CASE = "case"
    CONTACT = "contact"
    ACCOUNT = "account"
    ASSET = "asset"

    @property
    def table(self) -> str:
        """Return the name of its table."""
        return f"fulltext_{self.value}"

    @property
    def matches_beginnings(self) -> bool:
        """Say whether the last word asked also finds words it begins: names are typed ahead, letters are too many."""
        return self is not Kind.CASE


# `ascii` takes every character beyond ASCII for a letter: FTS5 then cuts at the spaces between our tokens only.
FULLTEXT_SQLITE_DDL: tuple[str, ...] = tuple(
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {kind.table} USING fts5(words, tokenize='ascii', detail=none, columnsize=0)"
    for kind in Kind
)
"""Statements that make the tables on SQLite; a migration runs them."""

FULLTEXT_POSTGRES_DDL: tuple[str, ...] = tuple(
    statement
    for kind in Kind
    for statement in (
        f"CREATE TABLE IF NOT EXISTS {kind.table} (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        f"CREATE INDEX IF NOT EXISTS {kind.table}_words ON {kind.table} USING gin (words)",
    )
)
"""Statements that make the tables on PostgreSQL; a migration runs them."""


async def put(kind: Kind, record: int, text: str) -> None:
    """Make the record findable by the words of `text` and no others. Safe twice."""
    await put_many(kind, [(record, text)])


async def put_many(kind: Kind, records: Sequence[tuple[int, str]]) -> None:
    """Do `put` for many records (id, text) in a few statements; an id must not occur twice."""
    for start in range(0, len(records), 100):
        await _write(kind, [(record, _kept(text)) for record, text in records[start : start + 100]])


async def add(kind: Kind, record: int, text: str) -> None:
    """Make the record findable by the words of `text` too, beside those it has."""
    fresh = _kept(text)
    if database.is_postgres():
        await database.run(
            f"INSERT INTO {kind.table} AS kept (id, words) VALUES (?, array_to_tsvector(?::text[])) "  # noqa: S608
            "ON CONFLICT (id) DO UPDATE SET words = kept.words || excluded.words "
            f"WHERE length(kept.words) < {MOST_WORDS}",
            record,
            fresh,
        )
        return
    found = await database.rows(f"SELECT words FROM {kind.table} WHERE rowid = ?", record)  # noqa: S608
    before = found[0]["words"].split() if found else []
    await _write(kind, [(record, list(dict.fromkeys([*before, *fresh]))[:MOST_WORDS])])


async def drop(kind: Kind, record: int) -> None:
    """Make the record unfindable; an absent one is no error."""
    await database.run(f"DELETE FROM {kind.table} WHERE {_key()} = ?", record)  # noqa: S608


async def search(kind: Kind, query: str, limit: int = 50, after: int | None = None) -> list[int]:
    """Return ids of records that hold all words of `query`, newest (largest id) first; `after` goes on below that id.

    When no record holds them all: at most `limit` that hold some, those with more and rarer words first, and no second
    page. Except among cases the last word also matches words it begins. A query without any word finds nothing.
    """
    asked = _asked(query)
    if not asked or limit < 1:
        return []
    found = await _newest(kind, _all_of(kind, asked), limit, after)
    if found or after is not None or len(asked) == 1:
        return found
    return await _holding_some(kind, asked, limit)


def matching(kind: Kind, query: str, column: str = "id") -> tuple[str, tuple[str, ...]] | None:
    """Return an SQL condition on `column`, with its values, for records that hold all words; None if no word is asked.

    To be joined into a query that is scoped already, so that neither pages nor counts tell of rows one may not see.
    """
    asked = _asked(query)
    if not asked:
        return None
    return f"{column} IN (SELECT {_key()} FROM {kind.table} WHERE {_matches(kind)})", (_all_of(kind, asked),)  # noqa: S608


async def _write(kind: Kind, records: Iterable[tuple[int, list[str]]]) -> None:
    kept = list(records)
    if database.is_postgres():
        places = ", ".join(["(?, array_to_tsvector(?::text[]))"] * len(kept))
        sql = f"INSERT INTO {kind.table} (id, words) VALUES {places} "  # noqa: S608
        sql += "ON CONFLICT (id) DO UPDATE SET words = excluded.words"
        await database.run(sql, *(value for record in kept for value in record))
        return
    places = ", ".join(["(?, ?)"] * len(kept))
    sql = f"INSERT OR REPLACE INTO {kind.table} (rowid, words) VALUES {places}"  # noqa: S608
    await database.run(sql, *(value for record, tokens in kept for value in (record, " ".join(tokens))))


async def _newest(kind: Kind, expression: str, limit: int, after: int | None) -> list[int]:
    key = _key()
    below = "" if after is None else f"AND {key} < ? "
    values = (expression,) if after is None else (expression, after)
    sql = f"SELECT {key} AS id FROM {kind.table} WHERE {_matches(kind)} {below}ORDER BY {key} DESC LIMIT {int(limit)}"  # noqa: S608
    return [row["id"] for row in await database.rows(sql, *values)]


async def _holding_some(kind: Kind, asked: list[str], limit: int) -> list[int]:
    """Weigh the newest records of each word by how many words they hold; a word that many hold says little."""
    weights: defaultdict[int, float] = defaultdict(float)
    for expression in _each_of(kind, asked):
        holders = await _newest(kind, expression, NEWEST, None)
        for record in holders:
            weights[record] += math.log(1 + NEWEST / len(holders))
    return sorted(weights, key=lambda record: (-weights[record], -record))[:limit]


def _kept(text: str) -> list[str]:
    return list(dict.fromkeys(words.of_document(text)))[:MOST_WORDS]


def _asked(query: str) -> list[str]:
    return words.of_question(query)[:MOST_ASKED]


def _key() -> str:
    return "id" if database.is_postgres() else "rowid"


def _matches(kind: Kind) -> str:
    return "words @@ ?::text::tsquery" if database.is_postgres() else f"{kind.table} MATCH ?"


def _all_of(kind: Kind, asked: list[str]) -> str:
    return (" & " if database.is_postgres() else " AND ").join(_each_of(kind, asked))


def _each_of(kind: Kind, asked: list[str]) -> list[str]:
    """Write each word as the engine's expression; words are letters, digits and marks: nothing in them ends a quote."""
    quote, beginning = ("'", ":*") if database.is_postgres() else ('"', "*")
    expressions = [f"{quote}{word}{quote}" for word in asked]
    if kind.matches_beginnings:
        expressions[-1] += beginning
    return expressions
