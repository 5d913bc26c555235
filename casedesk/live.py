"""Live events: which things just changed, told to every open page of this process and, on PostgreSQL, of all processes.

An event carries a topic and ids, never words: a page that hears of a change fetches its part through the guarded route.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from casedesk import database

_MISSED = "SELECT id, case_id FROM events WHERE id > ? AND case_id IS NOT NULL ORDER BY id LIMIT ?"
_LOOK_BACK = 100

CHANNEL = "casedesk_live"
MOST_WAITING = 500
"""A page that does not read is told once to fetch everything anew, instead of filling our memory."""

_MOST_IDS = 300
"""A notification of PostgreSQL holds 8,000 bytes at most."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """`ids` of `topic` (case, queue …) changed; `event` is the journal's id behind it, 0 when there is none.

    The topic `user` names members of staff whose own list changed; `reset` means that too much happened to tell it.
    """

    topic: str
    ids: tuple[int, ...] = ()
    event: int = 0


RESET = LiveEvent("reset")


class Subscription:
    """One open page: a line of events to read."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[LiveEvent | None] = asyncio.Queue(MOST_WAITING)
        self._overflowed = False

    def offer(self, event: LiveEvent | None) -> None:
        """Put an event in line; when the line is full everything in it gives way to one reset."""
        if self._waiting.full():
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(RESET)
        self._waiting.put_nowait(event)

    async def next(self, *, seconds: float) -> LiveEvent | None:
        """Return the next event; raises TimeoutError when none came, returns None once the hub has closed."""
        return await asyncio.wait_for(self._waiting.get(), seconds)


class Hub:
    """The switchboard of one process."""

    def __init__(self) -> None:
        self._pages: set[Subscription] = set()
        self._closed = False

    @property
    def listeners(self) -> int:
        """Say how many pages listen."""
        return len(self._pages)

    async def publish(self, topic: str, ids: Sequence[int], *, event: int = 0) -> None:
        """Tell every open page that `ids` of `topic` changed; call it after the commit.

        On PostgreSQL the word goes through the database to every process, this one included.
        """
        said = LiveEvent(topic, tuple(ids), event) if len(ids) <= _MOST_IDS else RESET
        if database.is_postgres():
            payload = json.dumps([said.topic, said.ids, said.event], separators=(",", ":"))
            await database.rows("SELECT pg_notify(?, ?)", CHANNEL, payload)
        else:
            self.tell(said)

    def hear(self, payload: str) -> None:
        """Take what PostgreSQL notified on CHANNEL (the application listens and calls this)."""
        topic, ids, event = json.loads(payload)
        self.tell(LiveEvent(str(topic), tuple(int(each) for each in ids), int(event)))

    def tell(self, event: LiveEvent) -> None:
        """Hand an event to every open page of this process."""
        for page in self._pages:
            page.offer(event)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        """Listen for the length of the block."""
        page = Subscription()
        if self._closed:
            page.offer(None)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)

    def close(self) -> None:
        """End every stream, so that the server can stop; later ones end at once."""
        self._closed = True
        for page in self._pages:
            page.offer(None)

    def reopen(self) -> None:
        """Serve again after `close`, for a program that starts anew in the same process."""
        self._closed = False


async def missed_since(event: int) -> list[LiveEvent]:
    """Return what a page that last heard the journal's `event` has missed: changed cases, or one reset when too many.

    It looks back a little further than asked, because on PostgreSQL ids are not committed in their order.
    """
    found = await database.rows(_MISSED, event - _LOOK_BACK, MOST_WAITING + 1)
    if len(found) > MOST_WAITING:
        return [RESET]
    newest: dict[int, int] = {int(row["case_id"]): int(row["id"]) for row in found}
    return [LiveEvent("case", (case,), event) for case, event in sorted(newest.items(), key=lambda each: each[1])]


HUB = Hub()
"""The switchboard of this process: reactions publish here, pages listen here."""
