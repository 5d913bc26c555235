"""The database: opening it, transactions, reads beside them. SQLite by default, PostgreSQL by setting.

The only place that configures Tortoise. Everything is one app, `casedesk`; model modules of all three packages are named
here, so foreign keys are strings like "casedesk.Case".
"""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.transactions import in_transaction

from casedesk.database.sqlite import DirectTransaction
from casedesk.errors import Unavailable, Unusable
from casedesk.settings import Settings, use

APP = "casedesk"
"""The one Tortoise app all models belong to."""

MODEL_MODULES = (
    "casedesk.accounts.models",
    "casedesk.users.models",
    "casedesk.portals.models",
    "casedesk.entitlements.models",
    "casedesk.queues.models",
    "casedesk.milestones.models",
    "casedesk.calls.models",
    "casedesk.mail.models",
    "casedesk.cases.models",
    "casedesk.activities.models",
    "casedesk.rulesets.models",
    "casedesk.journal.models",
    "casedesk.imports.models",
    "casedesk.setup.models",
    "intake.models",
    "knowledge.models",
)
BUSY_MILLISECONDS = 10_000
_BUSY_WORDS = ("locked", "busy", "disk is full", "disk i/o error", "readonly database", "too many connections")

_dialect = "sqlite"
_after: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


def tortoise_config(settings: Settings, *, foreign_keys: bool = True) -> dict[str, Any]:
    """Return Tortoise's configuration; `foreign_keys` False is for migrations on SQLite only."""
    connections: dict[str, Any] = {
        "default": _postgres(settings) if settings.is_postgres else _sqlite(settings, foreign_keys)
    }
    if not settings.is_postgres and foreign_keys:
        connections["reader"] = _sqlite(settings, foreign_keys)
        connections["reader"]["credentials"]["query_only"] = "ON"
    return {
        "connections": connections,
        "apps": {
            APP: {
                "models": list(MODEL_MODULES),
                "default_connection": "default",
                "migrations": "casedesk.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _sqlite(settings: Settings, foreign_keys: bool) -> dict[str, Any]:
    return {
        "engine": "casedesk.database.sqlite",
        "credentials": {
            "file_path": str(settings.sqlite_file),
            "journal_mode": "WAL",
            "synchronous": "FULL",
            "busy_timeout": BUSY_MILLISECONDS,
            "foreign_keys": "ON" if foreign_keys else "OFF",
            "cache_size": -32_000,
            "temp_store": "MEMORY",
        },
    }


def postgres_arguments(url: str) -> dict[str, Any]:
    """Return asyncpg's connection arguments for a `postgres://` address; `?host=/folder` names a unix socket."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "host": query.get("host") or parts.hostname or "localhost",
        "port": parts.port or int(query.get("port", "5432")),
        "user": unquote(parts.username or query.get("user", "postgres")),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/") or "postgres",
    }


def _postgres(settings: Settings) -> dict[str, Any]:
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {**postgres_arguments(settings.database), "minsize": 1, "maxsize": 10},
    }


async def open_database(settings: Settings) -> TortoiseContext:
    """Open the connections, put `settings` in force, return the context `close_database` ends; raises Unusable in one line."""
    global _dialect  # one database is open in a process
    use(settings)
    _dialect = "postgres" if settings.is_postgres else "sqlite"
    try:
        context = await Tortoise.init(config=tortoise_config(settings), _enable_global_fallback=True)
        await get_connections().get("default").execute_query("SELECT 1")
    except (OperationalError, DBConnectionError, OSError, sqlite3.Error) as error:
        raise Unusable(f"the database cannot be opened: {error}") from None
    return context


async def has_tables(settings: Settings) -> bool:
    """Say whether a PostgreSQL database holds tables of casedesk; raises Unusable when it cannot be reached."""
    try:
        connection = await asyncpg.connect(**postgres_arguments(settings.database))
    except (OSError, asyncpg.PostgresError) as error:
        raise Unusable(f"the database cannot be opened: {error}") from None
    try:
        return await connection.fetchval("SELECT to_regclass('cases') IS NOT NULL") is True
    finally:
        await connection.close()


async def close_database() -> None:
    """Close every connection; calling twice is safe."""
    await Tortoise.close_connections()


def is_postgres() -> bool:
    """Say whether the open database is PostgreSQL."""
    return _dialect == "postgres"


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Run the block in one transaction, or in a savepoint of the one that is open.

    Never await network, search or sleep inside: on SQLite everybody else waits. Raises Unavailable when the database is
    locked or full; callbacks of `after_commit` run after the outermost commit only.
    """
    outer = _after.get()
    if outer is not None:
        kept = len(outer)
        # Of the same name at any depth: both engines take the innermost.
        await run("SAVEPOINT inner_one")
        try:
            yield
        except BaseException:
            del outer[kept:]
            # SQLite ends the whole transaction itself when its disk is full; the error on its way says so.
            with contextlib.suppress(OperationalError):
                await run("ROLLBACK TO SAVEPOINT inner_one")
                await run("RELEASE SAVEPOINT inner_one")
            raise
        await run("RELEASE SAVEPOINT inner_one")
        return
    callbacks: list[Callable[[], None]] = []
    token = _after.set(callbacks)
    try:
        async with in_transaction("default"):
            yield
    except OperationalError as error:
        raise as_unavailable(error) from error
    finally:
        _after.reset(token)
    for callback in callbacks:
        callback()


def as_unavailable(error: Exception) -> Exception:
    """Return Unavailable for an error that means busy, locked or full, else the error itself."""
    text = str(error).casefold()
    if any(word in text for word in _BUSY_WORDS):
        return Unavailable("The database is busy or its disk is full; nothing was changed. Please try again.")
    return error


def after_commit(callback: Callable[[], None]) -> None:
    """Call `callback` once the open transaction is committed, or at once when none is open; a rollback drops it."""
    waiting = _after.get()
    if waiting is None:
        callback()
    else:
        waiting.append(callback)


def in_open_transaction() -> bool:
    """Say whether the caller stands inside `transaction()`."""
    return _after.get() is not None


def open_transaction() -> object | None:
    """Return a mark of the caller's outermost transaction, the same object until it ends; None when none is open."""
    return _after.get()


@asynccontextmanager
async def reading() -> AsyncIterator[None]:
    """Read beside the writers: on SQLite the block's queries use a second, read-only connection.

    Inside a transaction it changes nothing, so that what was just written is seen.
    """
    handler = get_connections()
    if in_open_transaction() or "reader" not in handler.db_config:
        yield
        return
    token = handler.set("default", handler.get("reader"))
    try:
        yield
    finally:
        handler.reset(token)


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Return the rows of a parameterised statement as dicts; write `?` for each value on both engines.

    For hot paths and what the ORM cannot say; the caller's module is the one named place of that statement.
    """
    client = get_connections().get("default")
    if isinstance(client, DirectTransaction):
        return await client.fetch_dicts(sql, values)
    found: list[dict[str, Any]] = await client.execute_query_dict(_numbered(sql), list(values))
    return found


async def run(sql: str, *values: Any) -> int:
    """Run a parameterised statement (`?` for each value) and return how many rows it touched."""
    client = get_connections().get("default")
    if isinstance(client, DirectTransaction):
        return await client.count_changes(sql, values)
    touched, _ = await client.execute_query(_numbered(sql), list(values))
    return int(touched)


def _numbered(sql: str) -> str:
    """Turn `?` into $1, $2 … on PostgreSQL."""
    if not is_postgres() or "?" not in sql:
        return sql
    pieces = sql.split("?")
    return "".join(piece + (f"${index}" if index < len(pieces) else "") for index, piece in enumerate(pieces, 1))
