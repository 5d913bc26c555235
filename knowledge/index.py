"""The index of the solutions: kept beside the database, follows it, and is made anew whenever the two do not agree.

Reading and writing files happens in threads of its own, one search and one commit at a time.
"""

import asyncio
import errno
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import structlog

from casedesk.database import reading
from casedesk.errors import CasedeskError, Unavailable
from casedesk.fulltext import Document, Hit, Question
from casedesk.fulltext.whoosh_engine import WhooshEngine
from casedesk.settings import Settings
from knowledge.audience import labels_of
from knowledge.models import Solution
from knowledge.snippets import plain
from knowledge.solution import Status

STEP = 2_000
"""Solutions read from the database, and committed, at once: smaller commits are merged again and again."""
FOLLOW_EVERY = 5.0
"""Seconds after which a search follows the database itself, for processes that have no worker."""

_OUT_OF_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_COLUMNS = ("id", "key", "language", "title", "body", "status", "visibility", "changed")
_log = structlog.get_logger("index")
Result = TypeVar("Result")
_open: "SolutionIndex | None" = None


class BrokenIndex(Unavailable):
    """The files of the index cannot be read; the next `catch_up` makes them anew."""


def current() -> "SolutionIndex":
    """Return the index that is open in this process; raises Unavailable when none is."""
    if _open is None:
        raise Unavailable("The search for solutions is not open here.")
    return _open


class SolutionIndex:
    """The index in DATA/index. Opened once in each process; `rebuild` and `compare` also work without `open`."""

    def __init__(self, settings: Settings) -> None:
        self.engine = WhooshEngine(settings.data / "index")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="solutions-search")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="solutions-index")
        self._following = asyncio.Lock()
        self._seen = 0
        self._followed_at = 0.0
        self._is_broken = False

    async def open(self) -> None:
        """Open the folder, bring it to what the database says, and serve searches from now on.

        A missing, broken or outdated folder is made anew; one that is behind is caught up.
        """
        global _open  # one index a process, as there is one database
        if await self._write(self.engine.open):
            await self.rebuild()
        else:
            await self._reconcile()
        _open = self

    async def close(self) -> None:
        """Serve no more searches and let go of the files; calling twice is safe."""
        global _open
        if _open is self:
            _open = None
        self._writer.shutdown(wait=True)
        self._reader.shutdown(wait=True)
        self.engine.close()

    async def search(self, question: Question) -> Sequence[Hit]:
        """Return what the engine finds; follows the database first where nothing else in this process does."""
        if time.monotonic() - self._followed_at > FOLLOW_EVERY:
            await self.catch_up()
        try:
            return await self._run(self._reader, partial(self.engine.search, question))
        except BrokenIndex:
            self._is_broken = True
            raise

    async def known(self) -> frozenset[int]:
        """Return the ids of the solutions that can be found now."""
        return frozenset(await self._run(self._reader, self.engine.versions))

    async def catch_up(self) -> int:
        """Take in what changed since the last time and return how many; the worker calls it after changes and often.

        A folder that was taken away or cannot be read is made anew. While another process writes the same folder, or its
        disk is full, nothing is done.
        """
        async with self._following:
            self._followed_at = time.monotonic()
            try:
                if self._is_broken or not await self._write(self.engine.is_there):
                    return await self._remake()
                return await self._follow()
            except BrokenIndex as error:
                _log.warning("index_broken", reason=str(error.__cause__))
                return await self._remake()
            except Unavailable as error:
                _log.info("index_waits", reason=error.message)
                return 0

    async def behind(self) -> int:
        """Return how many solutions changed that the index has not seen."""
        async with reading():
            return await Solution.filter(changed__gt=self._seen).count()

    async def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Make the whole index anew and return how many solutions it holds; `progress` hears (done, of how many)."""
        async with self._following:
            return await self._rebuild(progress)

    async def compare(self) -> list[str]:
        """Return one sentence for each solution whose index entry is missing, outdated or too many; changes nothing."""
        wanted, _ = await self._wanted()
        if not self.engine.is_open and not await self._write(self.engine.open_existing):
            # A desk that has not served yet has no index, and with no solutions it lacks none.
            return ["there is no index of this version: run `casedesk reindex`"] if wanted else []
        kept = await self._write(self.engine.versions)
        faults = [f"solution {number} is not in the index" for number in sorted(wanted.keys() - kept.keys())]
        faults += [
            f"solution {number} is in the index but not for search" for number in sorted(kept.keys() - wanted.keys())
        ]
        both = sorted(wanted.keys() & kept.keys())
        return faults + [
            f"solution {number} has another wording in the index" for number in both if wanted[number] != kept[number]
        ]

    async def _follow(self) -> int:
        done = 0
        while True:
            async with reading():
                rows = await Solution.filter(changed__gt=self._seen).order_by("changed").limit(STEP).values(*_COLUMNS)
            if not rows:
                return done
            await self._take_in(rows)
            self._seen = rows[-1]["changed"]
            done += len(rows)

    async def _take_in(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put and drop what the index does not hold so already (another process may have been here)."""
        kept = await self._write(self.engine.versions)
        gone = [row["id"] for row in rows if row["status"] == Status.ARCHIVED and row["id"] in kept]
        news = [row for row in rows if row["status"] != Status.ARCHIVED and kept.get(row["id"]) != row["changed"]]
        if news:
            await self._write(partial(self.engine.put, map(_document, news)))
        if gone:
            await self._write(partial(self.engine.drop, gone))

    async def _reconcile(self) -> None:
        """Compare all of the index with all of the database and mend the difference."""
        wanted, newest = await self._wanted()
        kept = await self._write(self.engine.versions)
        await self._write(partial(self.engine.drop, kept.keys() - wanted.keys()))
        wrong = sorted(number for number, changed in wanted.items() if kept.get(number) != changed)
        for at in range(0, len(wrong), STEP):
            async with reading():
                await self._take_in(await Solution.filter(id__in=wrong[at : at + STEP]).values(*_COLUMNS))
        self._seen = newest

    async def _wanted(self) -> tuple[dict[int, int], int]:
        """Return id -> changed of every solution that belongs into the index, and the newest change of all."""
        async with reading():
            rows = await Solution.all().values_list("id", "changed", "status")
        wanted = {number: changed for number, changed, status in rows if status != Status.ARCHIVED}
        return wanted, max((changed for _, changed, _ in rows), default=0)

    async def _rebuild(self, progress: Callable[[int, int], None] | None) -> int:
        await self._write(self.engine.open)
        wanted, newest = await self._wanted()
        documents: list[Document] = []
        numbers = sorted(wanted)
        for at in range(0, len(numbers), STEP):
            async with reading():
                rows = await Solution.filter(id__in=numbers[at : at + STEP]).values(*_COLUMNS)
            documents += [_document(row) for row in rows]
        total = len(documents)
        told = (lambda done: progress(done, total)) if progress is not None else (lambda _: None)
        await self._write(partial(self.engine.replace_all, documents, told))
        self._seen = newest
        _log.info("index_rebuilt", solutions=total)
        return total

    async def _remake(self) -> int:
        await self._write(self.engine.make_empty)
        self._is_broken = False
        return await self._rebuild(None)

    async def _write(self, act: Callable[[], Result]) -> Result:
        return await self._run(self._writer, act)

    async def _run(self, thread: ThreadPoolExecutor, act: Callable[[], Result]) -> Result:
        """Run `act` in the thread; whatever Whoosh makes of files it cannot read becomes BrokenIndex."""
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, act)
        except CasedeskError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _OUT_OF_ROOM:
                raise Unavailable("there is no room for the search index") from error
            raise BrokenIndex from error


def _document(row: dict[str, Any]) -> Document:
    return Document(
        id=row["id"],
        title=row["title"],
        body=plain(row["body"]),
        language=row["language"],
        labels=labels_of(row["status"], row["visibility"]),
        follows=row["changed"],
    )
