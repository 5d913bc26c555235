"""Rows read as objects of their model without composing a query each time: for hot paths.

Composing a `Model.filter(…)` costs several times what SQLite takes to answer it. Here the condition is SQL of the caller's
own, with `?` for each value; the objects are the same as the model's own, and can be saved.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from tortoise import fields
from tortoise.models import Model

from casedesk.database import is_postgres, rows
from casedesk.database.inserting import as_stored

M = TypeVar("M", bound=Model)


async def many(model: type[M], condition: str, *values: Any) -> list[M]:
    """Return the rows of `model` for which `condition` holds, in the order it may ask for (`… ORDER BY id`)."""
    sql, make = _reader(model, is_postgres())
    return [make(row) for row in await rows(f"{sql} WHERE {condition}", *map(as_stored, values))]


async def first(model: type[M], condition: str, *values: Any) -> M | None:
    """Return the first row of `model` for which `condition` holds, None when there is none."""
    limited = (
        condition.replace(" FOR UPDATE", " LIMIT 1 FOR UPDATE") if "FOR UPDATE" in condition else f"{condition} LIMIT 1"
    )
    found = await many(model, limited, *values)
    return found[0] if found else None


async def exists(model: type[Model], condition: str, *values: Any) -> bool:
    """Say whether `condition` holds for any row of `model`."""
    sql = f'SELECT 1 AS held FROM "{model._meta.db_table}" WHERE {condition} LIMIT 1'  # noqa: S608  # the caller's own words
    return bool(await rows(sql, *map(as_stored, values)))


@lru_cache(maxsize=128)
def _reader(model: type[M], postgres: bool) -> tuple[str, Callable[[dict[str, Any]], M]]:
    """Return the beginning of the statement and what makes an object of one of its rows."""
    meta = model._meta
    columns = {name: meta.fields_db_projection[name] for name in meta.fields_db_projection}
    decoders = [
        (column, decode) for name, column in columns.items() if (decode := _decoder(meta.fields_map[name], postgres))
    ]
    # The model's fields are named as their columns here, so a row is the object's state but for what is decoded.
    if any(name != column for name, column in columns.items()):
        raise TypeError(f"{model.__name__} has columns that are named otherwise")
    state = {"_partial": False, "_saved_in_db": True, "_custom_generated_pk": False}

    def make(row: dict[str, Any]) -> M:
        for column, decode in decoders:
            value = row[column]
            if value is not None:
                row[column] = decode(value)
        made = model.__new__(model)
        made.__dict__.update(row, **state, _await_when_save={})
        return made

    names = ", ".join(f'"{column}"' for column in columns.values())
    return f'SELECT {names} FROM "{meta.db_table}"', make  # noqa: S608  # names of models alone


def _decoder(field: Any, postgres: bool) -> Callable[[Any], Any] | None:
    if isinstance(field, fields.JSONField):
        return json.loads
    if postgres:
        return None
    if isinstance(field, fields.DatetimeField):
        return datetime.fromisoformat
    if isinstance(field, fields.DateField):
        return date.fromisoformat
    if isinstance(field, fields.BooleanField):
        return bool
    return None
