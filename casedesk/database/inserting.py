"""Rows written without composing a statement each: for hot paths, where that costs more than storing.

The same defaults, lengths and encodings as the model's own `create` and `save`; relations are given by their id column.
Reading is `selecting`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from tortoise import fields
from tortoise.models import Model

from casedesk.database import is_postgres, rows, run

_ABSENT = object()
_JSON = json.JSONEncoder(separators=(",", ":"))

MOST_VALUES = 10_000
"""Values of one statement; SQLite takes 32,766, PostgreSQL 32,767."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a model: how its value is checked and written by this engine."""

    field: str
    name: str
    default: Any
    encode: Callable[[Any], Any] | None
    longest: int | None

    def value(self, given: Mapping[str, Any]) -> Any:
        """Return what is stored for `given`; raises ValueError for text longer than the column."""
        value = given.get(self.field, _ABSENT)
        if value is _ABSENT:
            value = self.default() if callable(self.default) else self.default
        if value is None:
            return None
        if self.longest is not None and len(value) > self.longest:
            raise ValueError(f"{self.field} is longer than {self.longest} characters")
        return self.encode(value) if self.encode is not None else value


async def insert(model: type[Model], records: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of `model`, each a mapping of its fields (relations as `…_id`), in as few statements as there may be."""
    columns = _columns(model, is_postgres())
    at_once = max(MOST_VALUES // len(columns), 1)
    for start in range(0, len(records), at_once):
        some = records[start : start + at_once]
        values = [column.value(record) for record in some for column in columns]
        await run(_statement(model, is_postgres(), len(some)), *values)


async def insert_one(model: type[Model], record: Mapping[str, Any], row_id: int | None = None) -> int:
    """Insert one row of `model` and return its id: `row_id`, or the next."""
    values = [column.value(record) for column in _columns(model, is_postgres())]
    if row_id is not None:
        await run(_statement(model, is_postgres(), 1, with_id=True), *values, row_id)
        return row_id
    found = await rows(_statement(model, is_postgres(), 1) + " RETURNING id", *values)
    return int(found[0]["id"])


async def insert_row(row: Model, row_id: int | None = None) -> None:
    """Insert an unsaved object and give it its id, as `save` would: `row_id`, or the next."""
    row.pk = await insert_one(type(row), row.__dict__, row_id)
    row._saved_in_db = True


async def update_row(row: Model, names: Sequence[str]) -> None:
    """Write these fields of a stored object, as `save(update_fields=names)` would."""
    if not names:
        return
    columns = _changing(type(row), is_postgres(), tuple(names))
    places = ", ".join(f'"{column.name}" = ?' for column in columns)
    sql = f'UPDATE "{type(row)._meta.db_table}" SET {places} WHERE id = ?'  # noqa: S608  # names of models alone
    await run(sql, *[column.value(row.__dict__) for column in columns], row.pk)


def as_stored(value: Any) -> Any:
    """Return a value as a condition gives it to this engine: instants as SQLite's columns hold them."""
    return _as_text(value) if isinstance(value, datetime) and not is_postgres() else value


@lru_cache(maxsize=512)
def _changing(model: type[Model], postgres: bool, names: tuple[str, ...]) -> tuple[_Column, ...]:
    known = {column.field: column for column in _columns(model, postgres)}
    return tuple(known[name] for name in names)


@lru_cache(maxsize=256)
def _statement(model: type[Model], postgres: bool, count: int, *, with_id: bool = False) -> str:
    columns = [column.name for column in _columns(model, postgres)] + (["id"] if with_id else [])
    names = ", ".join(f'"{column}"' for column in columns)
    places = f"({', '.join('?' * len(columns))})"
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {", ".join([places] * count)}'  # noqa: S608  # names of models alone


@lru_cache(maxsize=64)
def _columns(model: type[Model], postgres: bool) -> tuple[_Column, ...]:
    meta = model._meta
    found = []
    for name, column in meta.fields_db_projection.items():
        field = meta.fields_map[name]
        if field.pk:
            continue
        longest = field.max_length if isinstance(field, fields.CharField) else None
        found.append(_Column(name, column, field.default, _encoder(field, postgres), longest))
    return tuple(found)


def _encoder(field: Any, postgres: bool) -> Callable[[Any], Any] | None:
    if isinstance(field, fields.JSONField):
        return _JSON.encode
    if isinstance(field, fields.DatetimeField) and not postgres:
        return _as_text
    return None


def _as_text(value: datetime) -> str:
    return value.isoformat(" ")
