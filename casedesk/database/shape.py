"""What an SQLite file holds: tables, rows, indexes, foreign keys. For seeing whether a migration lost anything.

Tortoise rebuilds a table to change a column on SQLite and forgets its indexes; `lost` and `mend` put those back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.schema_editor import SqliteSchemaEditor
from tortoise.models import Model

from casedesk.database.sqlite import ImmediateClient


@dataclass(frozen=True, slots=True)
class Index:
    """An index by what it does, whatever its name: `where` is the text of a partial index's condition."""

    table: str
    columns: tuple[str, ...]
    unique: bool
    where: str


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key of one column."""

    table: str
    column: str
    parent: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A database: rows by table, columns, indexes and triggers with their SQL, and the last ids given."""

    rows: dict[str, int]
    columns: frozenset[tuple[str, str]]
    indexes: dict[Index, str]
    foreign_keys: frozenset[ForeignKey]
    triggers: dict[str, str]
    last_ids: dict[str, int]


async def shape_of(client: BaseDBAsyncClient) -> Shape:
    """Read the shape of the database behind `client`; counts every row."""

    async def ask(sql: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await client.execute_query_dict(sql)
        return found

    listed = await ask("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')")
    tables = [row["name"] for row in listed if not row["name"].startswith(("sqlite_", "tortoise_"))]
    rows, columns, indexes, foreign_keys = {}, set(), {}, set()
    for table in tables:
        rows[table] = (await ask(f'SELECT count(*) AS n FROM "{table}"'))[0]["n"]  # noqa: S608 - a name of the database's own
        columns |= {(table, row["name"]) for row in await ask(f'PRAGMA table_info("{table}")')}
        for row in await ask(f'PRAGMA foreign_key_list("{table}")'):
            foreign_keys.add(ForeignKey(table, row["from"], row["table"], row["on_delete"]))
        indexes.update(await _indexes(ask, table))
    triggers = {
        row["name"]: row["sql"] for row in await ask("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    }
    has_ids = await ask("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
    last_ids = (
        {row["name"]: row["seq"] for row in await ask("SELECT name, seq FROM sqlite_sequence")} if has_ids else {}
    )
    return Shape(rows, frozenset(columns), indexes, frozenset(foreign_keys), triggers, last_ids)


async def _indexes(ask: Callable[[str], Any], table: str) -> dict[Index, str]:
    found = {}
    for row in await ask(f'PRAGMA index_list("{table}")'):
        if row["origin"] == "pk":
            continue
        parts = await ask(f'PRAGMA index_info("{row["name"]}")')
        columns = tuple(part["name"] or "(expression)" for part in parts)
        stated = await ask(f"SELECT sql FROM sqlite_master WHERE name = '{row['name']}'")  # noqa: S608 - as above
        sql = stated[0]["sql"] or _unique_index(table, columns)
        where = sql.upper().partition(" WHERE ")[2]
        found[Index(table, columns, bool(row["unique"]), where)] = sql
    return found


def _unique_index(table: str, columns: tuple[str, ...]) -> str:
    """Write the index that stands for a UNIQUE of the table's own definition, which has no SQL to repeat."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return f'CREATE UNIQUE INDEX "uid_{table}_{"_".join(columns)}" ON "{table}" ({listed})'


async def shape_of_models(models: Iterable[type[Model]]) -> Shape:
    """Return the shape Tortoise would give a fresh database of `models`."""
    client = ImmediateClient(":memory:", connection_name="reference")
    try:
        editor = SqliteSchemaEditor(client, atomic=False)
        for model in models:
            await editor.create_model(model)
        return await shape_of(client)
    finally:
        await client.close()


def wanted_indexes(before: Shape, models_before: Shape, models_after: Shape) -> dict[Index, str]:
    """Return the indexes a migration should leave: those of the models as they now are, and those made by hand."""
    by_hand = {
        index: sql
        for index, sql in before.indexes.items()
        if index not in models_before.indexes and index not in models_after.indexes
    }
    return {**models_after.indexes, **by_hand}


async def mend(client: BaseDBAsyncClient, before: Shape, wanted: dict[Index, str]) -> None:
    """Make again what a rebuilt table forgot: indexes, triggers, and the last id given (ids are never used twice)."""
    now = await shape_of(client)
    for index, sql in wanted.items():
        known = all((index.table, column) in now.columns for column in index.columns if column != "(expression)")
        if index not in now.indexes and index.table in now.rows and known:
            await client.execute_query(before.indexes.get(index, sql))
    for name, sql in before.triggers.items():
        if name not in now.triggers:
            await client.execute_query(sql)
    for table, last in before.last_ids.items():
        if table in now.rows and now.last_ids.get(table, -1) < last:
            await client.execute_query("DELETE FROM sqlite_sequence WHERE name = ?", [table])
            await client.execute_query("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table, last])


def losses(
    before: Shape, after: Shape, models_before: Shape, models_after: Shape, recounted: frozenset[str]
) -> list[str]:
    """Return, in words, what `after` should hold and does not; tables of `recounted` may have other numbers of rows."""
    dropped = set(models_before.rows) - set(models_after.rows)
    found = []
    for table, count in sorted(before.rows.items()):
        if table in after.rows:
            if table not in recounted and after.rows[table] != count:
                found.append(f"table {table} had {count} rows and has {after.rows[table]}")
        elif table not in dropped and table not in recounted:
            found.append(f"table {table} is gone")
    columns = models_after.columns - after.columns
    found += [f"column {table}.{column} is missing" for table, column in sorted(columns)]
    found += [
        f"index on {index.table} ({', '.join(index.columns)}) is missing"
        for index in _missing(before, after, models_before, models_after)
    ]
    keys = models_after.foreign_keys - after.foreign_keys
    found += [f"foreign key {key.table}.{key.column} is missing" for key in sorted(keys, key=str)]
    return found


def _missing(before: Shape, after: Shape, models_before: Shape, models_after: Shape) -> list[Index]:
    wanted = wanted_indexes(before, models_before, models_after)
    gone = [index for index in wanted if index not in after.indexes and index.table in after.rows]
    return sorted(gone, key=str)
