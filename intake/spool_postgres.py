"""The spool as a table of the PostgreSQL database, for any number of mail processes on any number of machines.

Ids are given and committed under one advisory lock, a group at a time. So ids are seen in order (a follower of the
last id skips nothing, unlike with a sequence), no id is missing, and one chain runs through all arrivals.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from intake.spool import (
    Arrival,
    ArrivedMail,
    Groups,
    Pending,
    Proof,
    SpoolBusy,
    SpoolFull,
    SpoolVerdict,
    StoredMail,
    in_their_order,
    linked,
)

SPOOL_CHANNEL = "casedesk_spool"
"""NOTIFY is sent here with the newest id, in the transaction of each group."""

SPOOL_LOCK = 0x63_64_73_70_6F_6F_6C  # "cdspool": the key of the advisory lock, known to all mail processes

BUSY_MILLISECONDS = 5000
VERIFY_BATCH = 500

COLUMNS = (
    "id",
    "received_at",
    "channel",
    "envelope_from",
    "envelope_to",
    "peer",
    "helo",
    "size",
    "raw_sha256",
    "chain",
)
LISTED = ", ".join(COLUMNS)
READ_ON = f"""
    select {LISTED}, raw from (
        select *, sum(size) over (order by id) as bytes, row_number() over (order by id) as place
        from spool where id > $1 order by id limit $2
    ) next where place = 1 or bytes <= $3 order by id
"""  # noqa: S608 - constants alone
PROVE = f"""
    select {LISTED}, encode(sha256(raw), 'hex') as found from spool where id > $1 order by id limit {VERIFY_BATCH}
"""  # noqa: S608 - constants alone


class PostgresSpool:
    """A `Spool` in the database at `dsn` (`postgres://…`), whose migrations have run.

    `on_stored` is called on the event loop after each commit of this process with the newest id; other processes
    hear of it on SPOOL_CHANNEL.
    """

    def __init__(self, dsn: str, *, max_waiting: int = 2000, on_stored: Callable[[int], None] | None = None) -> None:
        self._dsn = dsn
        self._groups = Groups(self._commit_group, max_waiting=max_waiting, max_group=200, on_stored=on_stored)
        self._one_at_a_time = asyncio.Lock()
        self._writer: asyncpg.Connection | None = None
        self._readers: asyncpg.Pool | None = None

    @property
    def waiting(self) -> int:
        """Letters that are not durable yet."""
        return self._groups.waiting

    async def open(self) -> None:
        """Connect. Raises SpoolBusy when the database cannot be reached."""
        try:
            self._readers = await asyncpg.create_pool(self._dsn, min_size=1, max_size=2, command_timeout=60)
            self._writer = await self._connected_writer()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise SpoolBusy("The database of the spool cannot be reached") from error

    async def begin_after(self, last: int) -> None:
        """Do nothing: this spool and what became of its arrivals stand in one database and are lost together."""

    async def store(self, mail: StoredMail) -> int:
        """Return the id of the arrival once its group is committed (synchronous_commit=on)."""
        return await self._groups.add(mail, hashlib.sha256(mail.raw).hexdigest())

    async def read_on(self, after: int, limit: int, *, max_bytes: int = 64 << 20) -> list[ArrivedMail]:
        """Return what arrived after the id `after`, oldest first."""
        rows = await self._pool().fetch(READ_ON, after, limit, max_bytes)
        return [ArrivedMail(_arrival_from(row), row["raw"]) for row in rows]

    async def get(self, arrival_id: int) -> Arrival | None:
        """Return one arrival without its bytes, or None."""
        query = f"select {LISTED} from spool where id = $1"  # noqa: S608 - constants alone
        row = await self._pool().fetchrow(query, arrival_id)
        return None if row is None else _arrival_from(row)

    async def list_on(self, after: int, limit: int) -> list[Arrival]:
        """Return what arrived after the id `after`, oldest first, without its bytes."""
        query = f"select {LISTED} from spool where id > $1 order by id limit $2"  # noqa: S608 - constants alone
        return [_arrival_from(row) for row in await self._pool().fetch(query, after, limit)]

    async def newest(self) -> Arrival | None:
        """Return the last arrival, or None."""
        query = f"select {LISTED} from spool order by id desc limit 1"  # noqa: S608 - constants alone
        row = await self._pool().fetchrow(query)
        return None if row is None else _arrival_from(row)

    async def restore(self, mails: Sequence[ArrivedMail]) -> None:
        """Put arrivals of a backup back. Raises ValueError if they do not follow the last one here."""

        def rows(last: int, _: str) -> list[Arrival]:
            return in_their_order(mails, last)

        if mails:
            await self._append(rows, [mail.raw for mail in mails])

    async def raw(self, arrival_id: int) -> bytes:
        """Return the bytes of one arrival. Raises KeyError for an unknown id."""
        raw: bytes | None = await self._pool().fetchval("select raw from spool where id = $1", arrival_id)
        if raw is None:
            raise KeyError(arrival_id)
        return raw

    async def verify(self) -> SpoolVerdict:
        """Prove every arrival, a batch at a time; hashed by the database, so no letter crosses the network."""
        proof = Proof()
        last = 0
        while rows := await self._pool().fetch(PROVE, last):
            for row in rows:
                proof.add(_arrival_from(row), row["found"])
            last = rows[-1]["id"]
        return proof.verdict()

    async def close(self) -> None:
        """Commit what waits and close the connections. Safe twice."""
        await self._groups.close()
        writer, self._writer = self._writer, None
        if writer is not None and not writer.is_closed():
            await writer.close()
        readers, self._readers = self._readers, None
        if readers is not None:
            await readers.close()

    async def _commit_group(self, group: Sequence[Pending]) -> list[int]:
        def rows(last: int, chain: str) -> list[Arrival]:
            return linked(group, last, chain)

        return await self._append(rows, [pending.mail.raw for pending in group])

    async def _append(self, rows: Callable[[int, str], list[Arrival]], raws: Sequence[bytes]) -> list[int]:
        """Write the rows that follow the last id and chain here, with their bytes, and commit."""
        if self._readers is None:
            raise SpoolBusy("The spool is not open")
        async with self._one_at_a_time:
            try:
                if self._writer is None or self._writer.is_closed():
                    self._writer = await self._connected_writer()
                return await self._write(self._writer, rows, raws)
            except asyncpg.DiskFullError as error:
                raise SpoolFull("The disk of the database is full") from error
            except (asyncpg.DataError, UnicodeError):
                raise  # one letter's own fault, not the database's: the group is tried one by one
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise SpoolBusy("The database of the spool cannot store now") from error

    async def _connected_writer(self) -> asyncpg.Connection:
        # A writer that stalls gives its lock back by these limits, or every mail process would wait for it.
        limits = {
            "synchronous_commit": "on",
            "lock_timeout": str(BUSY_MILLISECONDS),
            "idle_in_transaction_session_timeout": str(2 * BUSY_MILLISECONDS),
            "application_name": "casedesk spool",
        }
        return await asyncpg.connect(self._dsn, server_settings=limits, command_timeout=30, timeout=10)

    async def _write(
        self, writer: asyncpg.Connection, rows: Callable[[int, str], list[Arrival]], raws: Sequence[bytes]
    ) -> list[int]:
        # The end of the chain is read by a statement after the lock: one that waited would see it as it was before.
        await writer.execute(f"begin; select pg_advisory_xact_lock({SPOOL_LOCK})")
        try:
            end = await writer.fetchrow("select id, chain from spool order by id desc limit 1")
            arrivals = rows(*(end or (0, "")))
            records = [
                (*(getattr(arrival, column) for column in COLUMNS), raw)
                for arrival, raw in zip(arrivals, raws, strict=True)
            ]
            await writer.copy_records_to_table("spool", records=records, columns=(*COLUMNS, "raw"))
            await writer.execute(f"select pg_notify('{SPOOL_CHANNEL}', '{arrivals[-1].id}'); commit")
        except BaseException:
            self._give_up(writer)
            raise
        return [arrival.id for arrival in arrivals]

    def _pool(self) -> asyncpg.Pool:
        if self._readers is None:
            raise SpoolBusy("The spool is not open")
        return self._readers

    def _give_up(self, writer: asyncpg.Connection) -> None:
        # Whether the commit took place may be unknown here; the connection goes, and the sender's second try is told
        # from a new letter by the intake.
        writer.terminate()
        self._writer = None


def _arrival_from(row: Any) -> Arrival:
    values = {column: row[column] for column in COLUMNS}
    values["envelope_to"] = tuple(values["envelope_to"])
    return Arrival(**values)
