"""Background work, all of it: the lanes and the schedule on one screen, and how they are woken and drained.

Arrivals never queue behind reactions: each lane is a task of its own. A lane runs its function until there is nothing
left, then sleeps until it is woken or its interval is over; what it does is safe to be cut off and done again.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog
from prometheus_client import Counter, Gauge

from casedesk import journal, remembering
from casedesk.calls import notes
from casedesk.cases import attaching, closing, escalating, keeping_time, question_drafts
from casedesk.database import is_postgres, rows
from casedesk.errors import Unavailable
from casedesk.events import EventName
from casedesk.files import FileStore
from casedesk.imports import runs
from casedesk.journal import pending
from casedesk.journal.pending import Happened
from casedesk.live import HUB
from casedesk.mail import delivery
from casedesk.mail.transport import Transport
from casedesk.portals import links, sessions
from casedesk.reactions import reactions_to
from casedesk.reactions.surveying import must_cancel
from casedesk.security import ratelimit
from casedesk.settings import Settings
from casedesk.users import first_answers, signing_in
from intake import pipeline
from intake.readers import Readers
from intake.spool import Spool
from knowledge.index import SolutionIndex

REACTIONS_AT_ONCE = 100
REACTIONS_BESIDE_ARRIVALS = 5
"""While mail piles up reactions take small bites with a breath between: a case first, its acknowledgement after."""
_BREATH_SECONDS = 0.1
OUTBOX_LANES = ("outbox", "outbox_2", "outbox_3", "outbox_4")
"""Mails on their way at the same time: a relay that is slow with one must not hold the others."""

_TROUBLE_SECONDS = 2.0

_log = structlog.get_logger("worker")
_worked = Counter("casedesk_worked_total", "Pieces of background work done, by lane.", ["lane"])
_troubles = Counter("casedesk_lane_troubles_total", "Runs of a lane that failed, by lane.", ["lane"])
_last_run = Gauge(
    "casedesk_lane_last_run_seconds", "When a lane last ran to its end, as a Unix time, by lane.", ["lane"]
)

Work = Callable[[], Awaitable[int]]


@dataclass(slots=True)
class Lane:
    """One line of work: `run` returns how much it did; more than nothing means that it is run again at once."""

    name: str
    every: float
    run: Work
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ran_at: float = 0.0
    last_done: int = 0

    def wake(self) -> None:
        """Run soon instead of after the interval."""
        self.woken.set()


@dataclass(frozen=True, slots=True)
class Tools:
    """What the lanes work with."""

    settings: Settings
    spool: Spool
    readers: Readers
    transport: Transport
    store: FileStore
    index: SolutionIndex


class Worker:
    """All lanes of a process that has the worker's role."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.lanes = {lane.name: lane for lane in self._schedule()}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._unhook: list[Callable[[], None]] = []

    def _schedule(self) -> Sequence[Lane]:
        """Return the whole schedule: name, seconds between runs, what is run."""
        tools, ahead = self.tools, pipeline.Ahead()
        return (
            Lane("arrivals", 1, lambda: pipeline.work(tools.spool, tools.readers, ahead=ahead)),
            Lane("reactions", 1, self._react),
            *(Lane(name, 0.5, self._deliver) for name in OUTBOX_LANES),
            Lane("milestones", 1, keeping_time.sweep),
            Lane("escalations", 1, escalating.sweep),
            Lane("retries", 5, self._retry),
            Lane("solutions", 2, tools.index.catch_up),
            Lane("others_changes", 0.5, _OthersChanges().look),
            Lane("failed_arrivals", 10, lambda: pipeline.work_failed(tools.spool, tools.readers)),
            Lane("stuck_mail", 60, delivery.free_stuck),
            Lane("closing", 300, closing.close_old),
            Lane("unbound_files", 600, attaching.sweep),
            Lane("old_questions", 3600, question_drafts.sweep),
            Lane("old_call_notes", 3600, notes.sweep),
            Lane("old_imports", 3600, runs.sweep),
            Lane("old_sessions", 3600, signing_in.sweep),
            Lane("old_customer_sessions", 3600, sessions.sweep),
            Lane("old_links", 3600, links.sweep),
            Lane("old_attempts", 3600, ratelimit.sweep),
            Lane("old_answers", 3600, first_answers.sweep),
        )

    def start(self) -> None:
        """Start every lane."""
        self._unhook.append(on_commit(self.lanes))
        self._tasks = [asyncio.create_task(self._go(lane), name=f"lane {lane.name}") for lane in self.lanes.values()]

    async def stop(self, grace: float = 7.0) -> None:
        """Let each lane finish what it is doing, for `grace` seconds at most, then cut it off."""
        self._stopping = True
        for unhook in self._unhook:
            unhook()
        for lane in self.lanes.values():
            lane.wake()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def health(self) -> str | None:
        """Return why background work is not well, or None: a lane that ended, or has not run for long."""
        for task in self._tasks:
            if task.done():
                return f"{task.get_name()} has ended"
        now = time.monotonic()
        for name in ("arrivals", "reactions", "outbox"):
            if now - self.lanes[name].ran_at > 60:
                return f"lane {name} has not run for a minute"
        return None

    async def _go(self, lane: Lane) -> None:
        lane.ran_at = time.monotonic()
        while not self._stopping:
            lane.woken.clear()
            try:
                done = await lane.run()
            except Unavailable as error:
                _troubles.labels(lane.name).inc()
                _log.warning("lane_waits", lane=lane.name, reason=error.message)
                done = await self._pause(lane, _TROUBLE_SECONDS)
            except Exception:
                # A lane must outlive whatever one run meets; the trouble is told and counted, and tried again.
                _troubles.labels(lane.name).inc()
                _log.exception("lane_failed", lane=lane.name)
                done = await self._pause(lane, _TROUBLE_SECONDS)
            else:
                lane.ran_at, lane.last_done = time.monotonic(), done
                _last_run.labels(lane.name).set_to_current_time()
            if done:
                _worked.labels(lane.name).inc(done)
            else:
                await self._pause(lane, lane.every)

    async def _pause(self, lane: Lane, seconds: float) -> int:
        if not self._stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(lane.woken.wait(), seconds)
        return 0

    async def _deliver(self) -> int:
        tools = self.tools
        return await delivery.deliver_next(tools.transport, tools.store, tools.settings.backoff, must_cancel)

    async def _react(self) -> int:
        """Run what follows the pending events, tell the open pages, and clear the marks."""
        piling_up = self.lanes["arrivals"].last_done >= pipeline.BATCH
        if piling_up:
            await asyncio.sleep(_BREATH_SECONDS)
        events = await pending.claim(REACTIONS_BESIDE_ARRIVALS if piling_up else REACTIONS_AT_ONCE)
        if not events:
            return 0
        await self._tell_pages(events)
        finished: list[int] = []
        for event in events:
            for name, reaction in reactions_to(event.name).items():
                try:
                    await reaction(event)
                except Unavailable:
                    await pending.clear(finished)
                    raise
                except Exception as error:
                    _log.exception("reaction_failed", reaction=name, event=event.id)
                    await pending.failed(event.id, name, error)
            finished.append(event.id)
        await pending.clear(finished)
        return len(events)

    async def _retry(self) -> int:
        for retry in await pending.due_retries(20):
            reaction = reactions_to(retry.event.name).get(retry.reaction)
            try:
                if reaction is not None:
                    await reaction(retry.event)
            except Unavailable:
                raise
            except Exception as error:
                _log.warning("reaction_failed_again", reaction=retry.reaction, event=retry.event.id, error=str(error))
                await pending.failed(retry.event.id, retry.reaction, error)
            else:
                await pending.succeeded(retry.failure_id)
        return 0

    async def _tell_pages(self, events: Sequence[Happened]) -> None:
        cases = sorted({event.case_id for event in events if event.case_id is not None})
        if cases:
            await HUB.publish("case", cases, event=events[-1].id)
        if any(event.name == EventName.SOLUTION_WRITTEN for event in events):
            self.lanes["solutions"].wake()


def on_commit(lanes: dict[str, Lane]) -> Callable[[], None]:
    """Wake what follows a commit of this process: reactions, the outbox and the clocks; returns the way to stop that."""
    woken = [lanes[name] for name in ("reactions", *OUTBOX_LANES, "milestones", "escalations")]

    def wake() -> None:
        for lane in woken:
            lane.wake()

    return journal.on_record(wake)


class _OthersChanges:
    """Notices that another process wrote to a SQLite file (a command), so that nothing remembered is old."""

    def __init__(self) -> None:
        self._seen: int | None = None

    async def look(self) -> int:
        if is_postgres():
            return 0
        # SQLite counts here what other connections committed; our own writes go through the asking connection.
        version = int((await rows("PRAGMA data_version"))[0]["data_version"])
        if self._seen is not None and version != self._seen:
            remembering.forget_all()
        self._seen = version
        return 0
