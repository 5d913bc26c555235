"""SQLite as casedesk needs it: transactions take the write lock at their start, and their statements run at once.

Tortoise begins with a plain BEGIN, which is deferred: two processes on one file (the server and a command) then fail
half-way in spite of a busy timeout, for SQLite cannot upgrade a read snapshot that has become old. BEGIN IMMEDIATE waits.

Its driver sends every statement to a thread and back. A statement of ours takes 10 to 30 µs, the way there and back
several times that, so inside a transaction statements run where they are asked for; what may wait for a disk or for
another process (BEGIN, COMMIT, everything outside a transaction) still goes to the thread.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError

T = TypeVar("T")

YIELD_SECONDS = 0.002
"""After this long without a pause a transaction lets the event loop serve others."""


class _Cursor:
    """What `execute` gives back: only its end is asked for."""

    async def close(self) -> None:
        """Nothing is held."""


class DirectConnection:
    """One connection in the shape Tortoise's client expects of its driver."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._paused_at = time.monotonic()

    async def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> _Cursor:
        """Run one statement."""
        await self._do(lambda: self._raw.execute(sql, parameters or ()).close())
        return _Cursor()

    async def fetch_dicts(self, sql: str, parameters: Sequence[Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement and return all its rows as dicts."""
        return await self._do(lambda: [dict(row) for row in self._raw.execute(sql, parameters or ())])

    async def execute_counted(self, sql: str, parameters: Sequence[Any] | None = None) -> tuple[int, list[sqlite3.Row]]:
        """Run one statement and return how many rows it changed itself, and those it gives back."""

        def act() -> tuple[int, list[sqlite3.Row]]:
            cursor = self._raw.execute(sql, parameters or ())
            # The count holds once the statement has run to its end, with all its rows fetched.
            given = cursor.fetchall()
            return max(cursor.rowcount, 0), given

        return await self._do(act)

    async def execute_insert(self, sql: str, parameters: Sequence[Any] | None = None) -> tuple[int]:
        """Run one INSERT and return the id of its row."""
        return await self._do(lambda: (self._raw.execute(sql, parameters or ()).lastrowid or 0,))

    async def execute_fetchall(self, sql: str, parameters: Sequence[Any] | None = None) -> list[sqlite3.Row]:
        """Run one statement and return all its rows."""
        return await self._do(lambda: self._raw.execute(sql, parameters or ()).fetchall())

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> _Cursor:
        """Run one statement for each set of values."""
        await self._do(lambda: self._raw.executemany(sql, parameters).close())
        return _Cursor()

    async def executescript(self, sql: str) -> _Cursor:
        """Run several statements; commits what is open, as the standard library does."""
        await self._in_thread(lambda: self._raw.executescript(sql).close())
        return _Cursor()

    async def begin(self) -> None:
        """Take the write lock, waiting for other processes as long as `busy_timeout` says."""
        try:
            await self._in_thread(lambda: self._raw.execute("BEGIN IMMEDIATE").close())
        except asyncio.CancelledError:
            if self._raw.in_transaction:
                await self.rollback()
            raise
        self._paused_at = time.monotonic()

    async def commit(self) -> None:
        """Make the open transaction durable."""
        await self._in_thread(self._raw.commit)

    async def rollback(self) -> None:
        """Undo the open transaction."""
        await self._in_thread(self._raw.rollback)

    async def with_raw(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the standard library's connection itself, in its thread (a backup, say)."""
        return await self._in_thread(lambda: act(self._raw))

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._in_thread(self._raw.close)
        self._thread.shutdown(wait=True)

    async def _do(self, act: Callable[[], T]) -> T:
        if not self._raw.in_transaction:
            return await self._in_thread(act)
        now = time.monotonic()
        if now - self._paused_at > YIELD_SECONDS:
            await asyncio.sleep(0)
            self._paused_at = time.monotonic()
        return act()

    async def _in_thread(self, act: Callable[[], T]) -> T:
        work = asyncio.get_running_loop().run_in_executor(self._thread, act)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # Who is cut off must not leave a statement behind that runs in somebody else's transaction.
            await asyncio.wait([work])
            raise


class _CountingClient(SqliteClient):
    """A client that counts what a statement changed itself.

    Tortoise takes the difference of `total_changes`, which also holds rows that a foreign key took along, and what FTS5
    writes away for itself before whichever statement comes after its own: `update` and `delete` then return rows that
    nobody touched, where PostgreSQL returns the truth.
    """

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[dict[str, Any]]]:
        """Run one statement; return how many rows it changed (read, when it changes none) and the rows."""
        async with self.acquire_connection() as connection:
            changed, given = await connection.execute_counted(query.replace("\x00", "'||CHAR(0)||'"), values)
            return changed or len(given), given


class ImmediateClient(_CountingClient):
    """The client named by `engine: casedesk.database.sqlite` in Tortoise's configuration."""

    async def create_connection(self, with_db: bool) -> None:
        """Open the file and set its pragmas."""
        if self._connection:
            return
        raw = await asyncio.to_thread(_opened, self.filename, dict(self.pragmas))
        self._connection = DirectConnection(raw)  # type: ignore[assignment]
        await self._post_connect()

    def _in_transaction(self) -> TransactionContext:
        return _ImmediateContext(DirectTransaction(self), self._lock)


class _ImmediateContext(SqliteTransactionContext):
    """A transaction whose lock is let go, too, when it could not begin (Tortoise keeps it for ever)."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return cast(TransactionalDBClient, self.connection)


class DirectTransaction(_CountingClient, SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first moment."""

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(DirectTransaction(self))

    async def fetch_dicts(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """Do what `execute_query_dict` does, without the client's detours: its lock, its log, a second dict of each row."""
        try:
            return await self._connection.fetch_dicts(sql, values)  # type: ignore[attr-defined,no-any-return]
        except sqlite3.Error as error:
            raise _translated(error) from error

    async def count_changes(self, sql: str, values: Sequence[Any]) -> int:
        """Run a statement and return how many rows it changed, without the client's detours."""
        try:
            changed, _given = await self._connection.execute_counted(sql, values)  # type: ignore[attr-defined]
        except sqlite3.Error as error:
            raise _translated(error) from error
        return int(changed)

    async def begin(self) -> None:
        """Begin with the write lock."""
        await self._connection.begin()  # type: ignore[attr-defined]


def _translated(error: sqlite3.Error) -> Exception:
    """Return the error that Tortoise's client raises for one of the driver."""
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(error)
    return OperationalError(error) if isinstance(error, sqlite3.OperationalError) else error


def _opened(filename: str, pragmas: dict[str, Any]) -> sqlite3.Connection:
    # One thread at a time uses it: the client's lock sees to that, inside and outside of transactions.
    raw = sqlite3.connect(filename, isolation_level=None, check_same_thread=False, cached_statements=512)
    raw.row_factory = sqlite3.Row
    for pragma, value in pragmas.items():
        raw.execute(f"PRAGMA {pragma}={value}").close()
    return raw


client_class = ImmediateClient
