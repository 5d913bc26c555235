"""SQLite as casedesk needs it: transactions take the write lock at their start.

Tortoise begins with a plain BEGIN, which is deferred: two processes on one file (the server and a command) then fail
half-way in spite of a busy timeout, for SQLite cannot upgrade a read snapshot that has become old. BEGIN IMMEDIATE waits.
"""

from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper


class ImmediateClient(SqliteClient):
    """The client named by `engine: casedesk.database.sqlite` in Tortoise's configuration."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(_ImmediateTransaction(self), self._lock)


class _ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first moment."""

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_ImmediateTransaction(self))

    async def begin(self) -> None:
        """Begin, waiting for other writers as long as `busy_timeout` says."""
        await self._connection.execute("BEGIN IMMEDIATE")


client_class = ImmediateClient
