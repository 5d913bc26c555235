"""The spool in an SQLite file of its own: DATA/spool.db, synced at each commit; large letters are files beside it.

One thread writes, others read on connections of their own, so neither waits for the other. Several processes may
write (the chain's end is read again inside each transaction), though only the SMTP edge usually does.
"""

import asyncio
import errno
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

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
    instant_of,
    linked,
    microseconds,
)

LARGE_BYTES = 1 << 20
"""A letter of more bytes than this is a file; rows stay small enough to copy and check point quickly."""

RESERVE_BYTES = 32 << 20
"""With less room than this on the disk no letter is taken, so that work on those taken can still go on."""

BUSY_SECONDS = 3.0

SCHEMA = """
create table if not exists spool (
    id integer primary key,
    received_at integer not null,
    channel text not null,
    envelope_from text not null,
    envelope_to text not null,
    peer text not null,
    helo text not null,
    size integer not null,
    raw_sha256 text not null,
    chain text not null,
    raw blob
) strict;
create trigger if not exists spool_is_never_changed before update on spool
begin select raise(abort, 'the spool is append-only'); end;
create trigger if not exists spool_is_never_emptied before delete on spool
begin select raise(abort, 'the spool is append-only'); end;
"""

COLUMNS = "id, received_at, channel, envelope_from, envelope_to, peer, helo, size, raw_sha256, chain"
INSERT = f"insert into spool ({COLUMNS}, raw) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants alone

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[int, int, str, str, str, str, str, int, str, str]


class SqliteSpool:
    """A `Spool` in `folder` (the data folder): spool.db and, for large letters, spool/xx/SHA256.

    `on_stored` is called on the event loop after each commit with the newest id.
    """

    def __init__(
        self,
        folder: Path,
        *,
        large_bytes: int = LARGE_BYTES,
        reserve_bytes: int = RESERVE_BYTES,
        max_waiting: int = 2000,
        on_stored: Callable[[int], None] | None = None,
    ) -> None:
        self.path = folder / "spool.db"
        self._letters = LargeLetters(folder / "spool")
        self._large_bytes = large_bytes
        self._reserve_bytes = reserve_bytes
        self._groups = Groups(self._commit_group, max_waiting=max_waiting, max_group=200, on_stored=on_stored)
        self._writing = ThreadPoolExecutor(1, "spool-writer")
        self._filing = ThreadPoolExecutor(2, "spool-files")
        self._reading = ThreadPoolExecutor(1, "spool-reader")
        self._filings: set[asyncio.Task[int]] = set()
        self._begin_after = 0
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None

    @property
    def waiting(self) -> int:
        """Letters that are not durable yet."""
        return self._groups.waiting

    async def open(self) -> None:
        """Create the file (mode 0600) if it is absent and open both connections."""
        await self._in(self._writing, self._open_writer)
        await self._in(self._reading, self._open_reader)

    async def begin_after(self, last: int) -> None:
        """Give what arrives from now on ids above `last`."""
        self._begin_after = last

    async def store(self, mail: StoredMail) -> int:
        """Return the id of the arrival once its row (and its file, if it is large) is synced to disk."""
        if len(mail.raw) <= self._large_bytes:
            return await self._groups.add(mail, hashlib.sha256(mail.raw).hexdigest())
        # A task of its own: a caller that goes away must not leave a file without its row.
        filing = asyncio.create_task(self._store_large(mail))
        self._filings.add(filing)
        filing.add_done_callback(self._filed)
        return await asyncio.shield(filing)

    async def read_on(self, after: int, limit: int, *, max_bytes: int = 64 << 20) -> list[ArrivedMail]:
        """Return what arrived after the id `after`, oldest first."""
        return await self._in(self._reading, self._read_on, after, limit, max_bytes)

    async def get(self, arrival_id: int) -> Arrival | None:
        """Return one arrival without its bytes, or None."""
        found = await self._in(self._reading, self._arrivals, "where id = ?", arrival_id)
        return found[0] if found else None

    async def list_on(self, after: int, limit: int) -> list[Arrival]:
        """Return what arrived after the id `after`, oldest first, without its bytes."""
        return await self._in(self._reading, self._arrivals, "where id > ? order by id limit ?", after, limit)

    async def newest(self) -> Arrival | None:
        """Return the last arrival, or None."""
        found = await self._in(self._reading, self._arrivals, "order by id desc limit 1")
        return found[0] if found else None

    async def restore(self, mails: Sequence[ArrivedMail]) -> None:
        """Put arrivals of a backup back. Raises ValueError if they do not follow the last one here."""
        if mails:
            await self._in(self._writing, self._restore, mails)

    async def raw(self, arrival_id: int) -> bytes:
        """Return the bytes of one arrival. Raises KeyError for an unknown id."""
        return await self._in(self._reading, self._raw, arrival_id)

    async def verify(self) -> SpoolVerdict:
        """Prove every arrival; a connection of its own, so that reading and storing go on."""
        return await asyncio.to_thread(self._verify)

    async def close(self) -> None:
        """Commit what waits and close the connections. Safe twice."""
        if self._filings:
            await asyncio.wait(self._filings)
        await self._groups.close()
        if self._writer is not None:
            await self._in(self._writing, self._writer.close)
        if self._reader is not None:
            await self._in(self._reading, self._reader.close)
        self._writer = self._reader = None
        for threads in (self._writing, self._filing, self._reading):
            threads.shutdown()

    async def _store_large(self, mail: StoredMail) -> int:
        sha256 = await self._in(self._filing, self._file_large, mail.raw)
        return await self._groups.add(mail, sha256, large=True)

    def _filed(self, filing: asyncio.Task[int]) -> None:
        self._filings.discard(filing)
        if not filing.cancelled():
            filing.exception()  # looked at, so that a refusal nobody waits for any more is no alarm

    async def _commit_group(self, group: Sequence[Pending]) -> list[int]:
        return await self._in(self._writing, self._insert, group)

    async def _in(self, threads: ThreadPoolExecutor, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, partial(act, *args, **kwargs))

    # In the writer's thread.

    def _open_writer(self) -> None:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        writer = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        writer.execute("pragma journal_mode=wal")
        writer.execute("pragma synchronous=full")
        writer.execute(f"pragma journal_size_limit={64 << 20}")
        writer.executescript(SCHEMA)
        self._writer = writer

    def _insert(self, group: Sequence[Pending]) -> list[int]:
        def rows(last: int, chain: str) -> list[Arrival]:
            return linked(group, max(last, self._begin_after), chain)

        return self._append(rows, [None if pending.large else pending.mail.raw for pending in group])

    def _restore(self, mails: Sequence[ArrivedMail]) -> None:
        def rows(last: int, _: str) -> list[Arrival]:
            return in_their_order(mails, last)

        small = [mail.raw if len(mail.raw) <= self._large_bytes else None for mail in mails]
        for mail, raw in zip(mails, small, strict=True):
            if raw is None:
                self._file_large(mail.raw)
        self._append(rows, small)

    def _append(self, rows: Callable[[int, str], list[Arrival]], raws: Sequence[bytes | None]) -> list[int]:
        """Write the rows that follow the last id and chain here, with their bytes (None: in a file), and commit."""
        if self._writer is None:
            raise SpoolBusy("The spool is not open")
        try:
            self._keep_a_reserve()
            return self._write(self._writer, rows, raws)
        except (sqlite3.OperationalError, OSError) as error:
            raise _refusal(error) from error

    def _write(
        self, writer: sqlite3.Connection, rows: Callable[[int, str], list[Arrival]], raws: Sequence[bytes | None]
    ) -> list[int]:
        writer.execute("begin immediate")
        try:
            end = writer.execute("select id, chain from spool order by id desc limit 1").fetchone()
            arrivals = rows(*(end or (0, "")))
            writer.executemany(INSERT, [(*_row_of(arrival), raw) for arrival, raw in zip(arrivals, raws, strict=True)])
            writer.execute("commit")
        except BaseException:
            if writer.in_transaction:
                writer.execute("rollback")
            raise
        return [arrival.id for arrival in arrivals]

    def _keep_a_reserve(self) -> None:
        disk = os.statvfs(self.path)
        if disk.f_bavail * disk.f_frsize < self._reserve_bytes:
            raise SpoolFull("Hardly any room is left on the disk of the spool")

    # In the threads for files.

    def _file_large(self, raw: bytes) -> str:
        try:
            self._keep_a_reserve()
            return self._letters.put(raw)
        except OSError as error:
            raise _refusal(error) from error

    # In the reader's thread.

    def _open_reader(self) -> None:
        self._reader = _read_only(self.path)

    def _read_on(self, after: int, limit: int, max_bytes: int) -> list[ArrivedMail]:
        found: list[ArrivedMail] = []
        size = 0
        for arrival, raw in self._rows(self._reading_connection(), after, limit):
            size += arrival.size
            if found and size > max_bytes:
                break
            found.append(ArrivedMail(arrival, self._letters.get(arrival.raw_sha256) if raw is None else raw))
        return found

    def _arrivals(self, which: str, *values: int) -> list[Arrival]:
        query = f"select {COLUMNS} from spool {which}"  # noqa: S608 - constants alone
        return [_arrival_from(row) for row in self._reading_connection().execute(query, values)]

    def _raw(self, arrival_id: int) -> bytes:
        query = "select raw, raw_sha256 from spool where id = ?"
        row = self._reading_connection().execute(query, (arrival_id,)).fetchone()
        if row is None:
            raise KeyError(arrival_id)
        raw, sha256 = row
        return self._letters.get(sha256) if raw is None else bytes(raw)

    def _rows(self, reader: sqlite3.Connection, after: int, limit: int) -> Iterator[tuple[Arrival, bytes | None]]:
        query = f"select {COLUMNS}, raw from spool where id > ? order by id limit ?"  # noqa: S608 - constants alone
        for *row, raw in reader.execute(query, (after, limit)):
            yield _arrival_from(tuple(row)), raw

    def _reading_connection(self) -> sqlite3.Connection:
        if self._reader is None:
            raise SpoolBusy("The spool is not open")
        return self._reader

    def _verify(self) -> SpoolVerdict:
        reader = _read_only(self.path)
        proof = Proof()
        try:
            for arrival, raw in self._rows(reader, 0, -1):
                try:
                    content = self._letters.get(arrival.raw_sha256) if raw is None else raw
                except FileNotFoundError:
                    content = None
                proof.add(arrival, None if content is None else hashlib.sha256(content).hexdigest())
        finally:
            reader.close()
        return proof.verdict()


class LargeLetters:
    """Letters too large for a row: files named by their hash, in folders named by its first two digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, raw: bytes) -> str:
        """Return the SHA-256 of `raw` after its file and the folders that lead to it are synced; safe twice."""
        sha256 = hashlib.sha256(raw).hexdigest()
        place = self._place(sha256)
        if not place.parent.is_dir():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(self._folder)
            _sync_folder(self._folder.parent)
        if not place.exists():
            self._write(place, raw)
        # Also for a file that was there: whoever renamed it in may have died before the folder was synced.
        _sync_folder(place.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes of one letter. Raises FileNotFoundError if its file is gone."""
        return self._place(sha256).read_bytes()

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _write(self, place: Path, raw: bytes) -> None:
        handle, draft = tempfile.mkstemp(prefix="draft-", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).rename(place)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_only(path: Path) -> sqlite3.Connection:
    reader = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    reader.execute("pragma query_only=on")
    return reader


def _refusal(error: sqlite3.OperationalError | OSError) -> SpoolBusy | SpoolFull:
    """Return what the sender is told: full when the disk is, else busy; both mean that the letter may come again."""
    if isinstance(error, sqlite3.OperationalError):
        full = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL
    else:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return SpoolFull("The disk of the spool is full") if full else SpoolBusy("The spool cannot be written now")


def _row_of(arrival: Arrival) -> Row:
    return (
        arrival.id,
        microseconds(arrival.received_at),
        arrival.channel,
        arrival.envelope_from,
        json.dumps(arrival.envelope_to),
        arrival.peer,
        arrival.helo,
        arrival.size,
        arrival.raw_sha256,
        arrival.chain,
    )


def _arrival_from(row: tuple[Any, ...]) -> Arrival:
    arrival_id, received_at, channel, envelope_from, envelope_to, *rest = row
    return Arrival(arrival_id, instant_of(received_at), channel, envelope_from, tuple(json.loads(envelope_to)), *rest)
