"""The spool: every letter as it arrived, durable before anybody is told so, in order, append-only, chained by hash.

What became of an arrival (its fate) stands in the main database; nothing here knows of cases. The engines are
`spool_sqlite` (a file of its own) and `spool_postgres` (one table); both commit what arrives together in one group.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from casedesk import clock
from casedesk.errors import Unavailable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SpoolBusy(Unavailable):
    """The letter was not stored and may be offered again: locked, overloaded, closing, or the database is away."""

    smtp_reply = "451 4.3.0 Busy, please try again"


class SpoolFull(Unavailable):
    """The letter was not stored because the disk is full, or nearly so."""

    smtp_reply = "452 4.3.1 No room at the moment, please try again"


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A letter on its way in. `raw` is every byte as received (after SMTP's dots are undone), CRLF lines untouched.

    `envelope_from` is empty for the null sender. `peer` is the address it came from, `helo` what that called itself;
    both may be empty for channels other than SMTP.
    """

    envelope_from: str
    envelope_to: tuple[str, ...]
    raw: bytes
    peer: str = ""
    channel: str = "smtp"
    helo: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row of the spool without its bytes. `chain` is `chain_link` over the arrival before and this one (hex)."""

    id: int
    received_at: datetime
    channel: str
    envelope_from: str
    envelope_to: tuple[str, ...]
    peer: str
    helo: str
    size: int
    raw_sha256: str
    chain: str


@dataclass(frozen=True, slots=True)
class ArrivedMail:
    """An arrival with its bytes, as the intake works it."""

    arrival: Arrival
    raw: bytes


@dataclass(frozen=True, slots=True)
class SpoolVerdict:
    """What `verify` found: how many arrivals and bytes were proved, and one sentence for each fault."""

    arrivals: int
    bytes: int
    faults: tuple[str, ...]


class Spool(Protocol):
    """What the edges and the intake need of a spool; `SqliteSpool` and `PostgresSpool` are two."""

    @property
    def waiting(self) -> int:
        """How many letters wait for their commit now: the measure of overload."""

    async def open(self) -> None:
        """Make ready to store and read; create what is absent."""

    async def begin_after(self, last: int) -> None:
        """Give what arrives from now on ids above `last`, the last id that was ever worked.

        For a spool that was lost or put back from an old copy: an id given twice would never be worked.
        """

    async def store(self, mail: StoredMail) -> int:
        """Return the id of the arrival once it is durable. Raises SpoolBusy or SpoolFull: offer it again."""

    async def read_on(self, after: int, limit: int, *, max_bytes: int = 64 << 20) -> list[ArrivedMail]:
        """Return the arrivals that follow `after`, oldest first: at most `limit`, of `max_bytes` in all, one at least.

        An id is never seen before every lower id: whoever follows by the last id seen skips nothing.
        """

    async def get(self, arrival_id: int) -> Arrival | None:
        """Return one arrival, or None when there is none of that id."""

    async def list_on(self, after: int, limit: int) -> list[Arrival]:
        """Return at most `limit` arrivals that follow `after`, oldest first, without their bytes."""

    async def newest(self) -> Arrival | None:
        """Return the last arrival, or None while there is none: how far the intake lags behind."""

    async def raw(self, arrival_id: int) -> bytes:
        """Return the letter as it arrived. Raises KeyError for an unknown id."""

    async def verify(self) -> SpoolVerdict:
        """Walk all arrivals: bytes present and of the right hash, chain unbroken."""

    async def restore(self, mails: Sequence[ArrivedMail]) -> None:
        """Put arrivals of a backup back, ids and chain as they were; durable on return.

        Raises ValueError unless each follows the one before, the first the last one here. `verify` proves the rest.
        """

    async def close(self) -> None:
        """Commit what waits, then let go of files and connections. Safe twice."""


def chain_link(previous: str, arrival: Arrival) -> str:
    """Return the hex SHA-256 over the chain so far and all the row says; each part carries its length."""
    link = hashlib.sha256()
    parts: Iterable[str] = (
        previous,
        str(arrival.id),
        str(microseconds(arrival.received_at)),
        arrival.channel,
        arrival.envelope_from,
        str(len(arrival.envelope_to)),
        *arrival.envelope_to,
        arrival.peer,
        arrival.helo,
        str(arrival.size),
        arrival.raw_sha256,
    )
    for part in parts:
        data = part.encode()
        link.update(len(data).to_bytes(8, "big"))
        link.update(data)
    return link.hexdigest()


def microseconds(instant: datetime) -> int:
    """Return whole microseconds since 1970, the form in which an instant is stored and hashed."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def instant_of(stored: int) -> datetime:
    """Return the aware UTC instant of `microseconds`."""
    return EPOCH + timedelta(microseconds=stored)


@dataclass(frozen=True, slots=True)
class Pending:
    """A letter that waits for its group: `raw_sha256` is known, `large` says its bytes are already in a file."""

    mail: StoredMail
    received_at: datetime
    raw_sha256: str
    large: bool
    stored: asyncio.Future[int]


def linked(group: Sequence[Pending], last: int, chain: str) -> list[Arrival]:
    """Return the rows for a group, whose ids follow `last`, linked to the chain that ends in `chain`."""
    arrivals = []
    for arrival_id, pending in enumerate(group, last + 1):
        mail = pending.mail
        unlinked = Arrival(
            id=arrival_id,
            received_at=pending.received_at,
            channel=mail.channel,
            envelope_from=mail.envelope_from,
            envelope_to=mail.envelope_to,
            peer=mail.peer,
            helo=mail.helo,
            size=len(mail.raw),
            raw_sha256=pending.raw_sha256,
            chain="",
        )
        chain = chain_link(chain, unlinked)
        arrivals.append(replace(unlinked, chain=chain))
    return arrivals


def in_their_order(mails: Sequence[ArrivedMail], last: int) -> list[Arrival]:
    """Return the arrivals of a backup. Raises ValueError if they do not follow `last` one by one."""
    arrivals = [mail.arrival for mail in mails]
    if [arrival.id for arrival in arrivals] != list(range(last + 1, last + 1 + len(arrivals))):
        raise ValueError(f"arrivals are restored in order, and the next one here is {last + 1}")
    return arrivals


class Proof:
    """Adds arrivals up in order and notes what does not fit: the walk that `verify` makes on either engine."""

    def __init__(self) -> None:
        self._chain = ""
        self._last = 0
        self._arrivals = 0
        self._bytes = 0
        self._faults: list[str] = []

    def add(self, arrival: Arrival, raw_sha256: str | None) -> None:
        """Check one arrival against the one before; `raw_sha256` is that of the bytes found, None if there are none."""
        if arrival.id != self._last + 1:
            self._faults.append(f"arrival {arrival.id} follows {self._last}: the rows between are gone")
        if raw_sha256 is None:
            self._faults.append(f"arrival {arrival.id}: its bytes are gone")
        elif raw_sha256 != arrival.raw_sha256:
            self._faults.append(f"arrival {arrival.id}: its bytes are not those that arrived")
        if chain_link(self._chain, arrival) != arrival.chain:
            self._faults.append(f"arrival {arrival.id}: the chain is broken here")
        self._chain, self._last = arrival.chain, arrival.id
        self._arrivals += 1
        self._bytes += arrival.size

    def verdict(self) -> SpoolVerdict:
        """Return what was found."""
        return SpoolVerdict(self._arrivals, self._bytes, tuple(self._faults))


class Groups:
    """Collects waiting letters and hands them to one `commit` at a time; all of a group are answered after it.

    `commit` gets the letters in order and returns their ids, or raises for all of them; it never runs twice at once.
    While one group is being written the next gathers by itself, so a slow disk makes larger groups, not a longer queue.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Pending]], Awaitable[list[int]]],
        *,
        max_waiting: int,
        max_group: int,
        on_stored: Callable[[int], None] | None,
    ) -> None:
        self._commit = commit
        self._max_waiting = max_waiting
        self._max_group = max_group
        self._on_stored = on_stored
        self._queue: list[Pending] = []
        self._writing: list[Pending] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def waiting(self) -> int:
        """Letters that are not durable yet."""
        return len(self._queue) + len(self._writing)

    async def add(self, mail: StoredMail, raw_sha256: str, *, large: bool = False) -> int:
        """Put a letter into the next group and return its id when that group is durable."""
        if self._closed:
            raise SpoolBusy("The spool is closing")
        if self.waiting >= self._max_waiting:
            raise SpoolBusy("Too many letters wait for the disk")
        loop = asyncio.get_running_loop()
        pending = Pending(mail, clock.now(), raw_sha256, large, loop.create_future())
        self._queue.append(pending)
        if self._writer is None:
            self._writer = loop.create_task(self._write_groups())
        return await pending.stored

    async def close(self) -> None:
        """Refuse new letters and wait until those that wait are committed."""
        self._closed = True
        if self._writer is not None:
            await self._writer

    async def _write_groups(self) -> None:
        try:
            while self._queue:
                # One turn of the loop, so that sessions whose last bytes are already here join this group.
                await asyncio.sleep(0)
                self._writing = self._queue[: self._max_group]
                del self._queue[: self._max_group]
                await self._write(self._writing)
                self._writing = []
        finally:
            self._writer = None

    async def _write(self, group: list[Pending]) -> None:
        try:
            ids = await self._commit(group)
        except Exception as error:
            if len(group) > 1 and not isinstance(error, Unavailable):
                # A letter that no row can hold must not take its neighbours down: try each alone.
                for pending in group:
                    await self._write([pending])
                return
            refusal = error if isinstance(error, Unavailable) else SpoolBusy("The letter could not be stored")
            refusal.__cause__ = None if refusal is error else error
            for pending in group:
                if not pending.stored.done():
                    pending.stored.set_exception(refusal)
            return
        for pending, arrival_id in zip(group, ids, strict=True):
            if not pending.stored.done():  # the session may have gone; the letter is kept all the same
                pending.stored.set_result(arrival_id)
        if self._on_stored is not None:
            self._on_stored(ids[-1])
