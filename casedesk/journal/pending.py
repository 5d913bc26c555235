"""Work that events still cause: claiming them, clearing their mark, and reactions that failed, up to the dead letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casedesk import clock
from casedesk.database import is_postgres, rows, run, transaction
from casedesk.database.selecting import many
from casedesk.identity import Actor, ActorKind
from casedesk.journal.models import Content, Event, FailedReaction
from casedesk.records import NEVER

CLAIM_SECONDS = 30
"""After this long the events of a worker that died are claimed by another."""

RETRY_SECONDS = (10, 60, 300, 1800, 7200, 21_600)
"""Waits between the tries of a reaction; after the last it is a dead letter."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as reactions see it; `words` is None when it has none or they were erased."""

    id: int
    name: str
    at: datetime
    case_id: int | None
    subject: tuple[str, int] | None
    actor: Actor
    data: dict[str, Any]
    words: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Retry:
    """A reaction to be tried again."""

    failure_id: int
    reaction: str
    event: Happened


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A reaction that was tried several times and given up; `event` is the name of what it follows."""

    id: int
    reaction: str
    event: str
    case_id: int | None
    error: str
    tries: int
    dead_at: datetime


async def claim(limit: int) -> list[Happened]:
    """Return the next pending events in order; on PostgreSQL no other worker gets them for a while."""
    if not is_postgres():
        # Written out, because neither engine uses a partial index for a condition that is a parameter.
        ids = [row["id"] for row in await rows("SELECT id FROM events WHERE pending ORDER BY id LIMIT ?", limit)]
        return await _happened(await _events(ids))
    now = clock.now()
    found = await rows(
        "UPDATE events SET claimed_at = ? WHERE id IN (SELECT id FROM events WHERE pending AND "
        "(claimed_at IS NULL OR claimed_at < ?) ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING id",
        now,
        now - timedelta(seconds=CLAIM_SECONDS),
        limit,
    )
    return await _happened(await _events([row["id"] for row in found]))


async def claim_of(case_id: int, after: int) -> list[Happened]:
    """Return the pending events of one case that came after the event `after`, in order.

    For who told them and does what follows in the same transaction, `clear_of` at its end.
    """
    return await _happened(await many(Event, "case_id = ? AND id > ? AND pending ORDER BY id", case_id, after))


async def clear_of(case_id: int) -> None:
    """Clear the mark of all events of a case; in the transaction in which what follows them was done."""
    await run("UPDATE events SET pending = FALSE WHERE case_id = ? AND pending", case_id)


async def clear(event_ids: Sequence[int]) -> None:
    """Clear the mark of events whose reactions have run or have a row of their own."""
    if event_ids:
        async with transaction():
            await run(f"UPDATE events SET pending = FALSE WHERE id IN ({_marks(event_ids)})", *event_ids)  # noqa: S608


async def failed(event_id: int, reaction: str, error: Exception) -> None:
    """Keep a reaction that failed, to be tried again; the same one twice is one row."""
    async with transaction():
        row = await FailedReaction.get_or_none(event_id=event_id, reaction=reaction)
        tries = row.tries + 1 if row else 1
        wait = RETRY_SECONDS[tries - 1] if tries <= len(RETRY_SECONDS) else None
        values: dict[str, Any] = {
            "tries": tries,
            "next_try_at": clock.now() + timedelta(seconds=wait) if wait is not None else NEVER,
            "dead_at": clock.now() if wait is None else None,
            "error": f"{type(error).__name__}: {error}"[:2000],
        }
        if row is None:
            await FailedReaction.create(event_id=event_id, reaction=reaction, **values)
        else:
            await FailedReaction.filter(id=row.id).update(**values)


async def due_retries(limit: int) -> list[Retry]:
    """Return failed reactions whose time has come."""
    found = (
        await FailedReaction.filter(next_try_at__lte=clock.now(), dead_at__isnull=True)
        .order_by("next_try_at")
        .limit(limit)
    )
    events = (
        {each.id: each for each in await _happened(await Event.filter(id__in=[row.event_id for row in found]))}
        if found
        else {}
    )
    return [Retry(row.id, row.reaction, events[row.event_id]) for row in found]


async def succeeded(failure_id: int) -> None:
    """Forget a failure whose reaction has run after all."""
    async with transaction():
        await FailedReaction.filter(id=failure_id).delete()


async def dead_letters(limit: int = 100) -> list[DeadLetter]:
    """Return reactions that were given up, the newest first."""
    found = await FailedReaction.filter(dead_at__not_isnull=True).order_by("-id").limit(limit)
    events = {each.id: each for each in await Event.filter(id__in=[row.event_id for row in found])}
    return [
        DeadLetter(
            row.id, row.reaction, events[row.event_id].name, events[row.event_id].case_id, row.error, row.tries,
            row.dead_at,
        )
        for row in found
        if row.dead_at is not None and row.event_id in events
    ]  # fmt: skip


async def try_dead_again(failure_id: int) -> bool:
    """Give a dead letter another round of tries; False when there is none with this id."""
    async with transaction():
        return bool(
            await FailedReaction.filter(id=failure_id, dead_at__not_isnull=True).update(
                dead_at=None, tries=0, next_try_at=clock.now()
            )
        )


async def backlog() -> tuple[int, int, int]:
    """Return how many events are pending, how many reactions wait for another try, and how many are dead letters."""
    pending = await _count("SELECT COUNT(*) AS n FROM events WHERE pending")
    waiting = await _count("SELECT COUNT(*) AS n FROM failed_reactions WHERE dead_at IS NULL")
    dead = await _count("SELECT COUNT(*) AS n FROM failed_reactions WHERE dead_at IS NOT NULL")
    return pending, waiting, dead


async def _count(sql: str, *values: Any) -> int:
    """Return the number a counting statement gives as `n`."""
    return int((await rows(sql, *values))[0]["n"])


async def _events(ids: Sequence[int]) -> list[Event]:
    return await many(Event, f"id IN ({_marks(ids)}) ORDER BY id", *ids) if ids else []


def _marks(values: Sequence[int]) -> str:
    return ", ".join("?" * len(values))


async def _happened(events: Sequence[Event]) -> list[Happened]:
    ids = [event.content_id for event in events if event.content_id]
    found = await many(Content, f"id IN ({_marks(ids)})", *ids) if ids else []
    words = {each.id: each.body for each in found}
    return [
        Happened(
            event.id,
            event.name,
            event.created_at,
            event.case_id,
            (event.subject_kind, event.subject_id) if event.subject_kind and event.subject_id is not None else None,
            Actor(ActorKind(event.actor_kind), event.actor_id),
            dict(event.data),
            words.get(event.content_id or 0),
        )
        for event in events
    ]
