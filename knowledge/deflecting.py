"""What solutions did for people about to ask: shown, opened, "This solved it", or sent nevertheless.

Three ends are told apart, as honest measures do: *confirmed* (they said so), *failed* (they sent the question all the
same) and *possible* (they left after a solution was in sight; nobody knows why). Only people who signed in are counted:
visitors are many, and most of them are machines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from casedesk import clock
from casedesk.database import is_postgres, reading, rows, transaction
from casedesk.identity import Actor, ActorKind
from knowledge.audience import Audience, published_for
from knowledge.models import DeflectionSignal, Solution

MOST_SHOWN = 10
LEFT_AFTER = timedelta(hours=1)
"""How long a question may lie still before whoever began it counts as gone."""


class Signal(StrEnum):
    """What happened to a solution beside a question."""

    SHOWN = "shown"
    OPENED = "opened"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Beside:
    """The question beside which solutions were offered: its mark, where and to whom; `visitor` for a stranger."""

    question: str
    words: str
    audience: Audience
    portal_id: int | None = None
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """How the questions of signed-in people ended beside which a solution was shown."""

    confirmed: int
    possible: int
    failed: int

    @property
    def rate(self) -> float | None:
        """Return the share of questions that a solution surely answered, None without any."""
        total = self.confirmed + self.possible + self.failed
        return self.confirmed / total if total else None


async def note(kind: Signal, solutions: Sequence[int], beside: Beside, *, by: Actor | None) -> None:
    """Note what happened to some solutions; the same signal of the same question counts once.

    Solutions that the audience is not offered are left out, without a word.
    """
    wanted = list(dict.fromkeys(solutions))[:MOST_SHOWN]
    if not wanted or not beside.question:
        return
    contact = by.id if by is not None and by.kind is ActorKind.CONTACT else None
    async with transaction():
        offered = await Solution.filter(published_for(beside.audience), id__in=wanted).values_list("id", flat=True)
        for solution_id in offered:
            await DeflectionSignal.get_or_create(
                defaults={
                    "portal": beside.portal_id,
                    "contact": contact,
                    "visitor": "" if contact is not None else beside.visitor[:64],
                    "words": beside.words[:300],
                },
                question=beside.question[:40],
                solution_id=solution_id,
                kind=kind.value,
            )


async def shown_beside(question: str) -> tuple[int, ...]:
    """Return the solutions that were shown beside a question."""
    async with reading():
        found = await DeflectionSignal.filter(question=question[:40], kind=Signal.SHOWN.value).order_by("id")
    return tuple(row.solution_id for row in found)


async def dismissed_beside(question: str) -> frozenset[int]:
    """Return the solutions that somebody put aside for a question ("Not this")."""
    async with reading():
        found = await DeflectionSignal.filter(question=question[:40], kind=Signal.DISMISSED.value)
    return frozenset(row.solution_id for row in found)


async def ends(*, since: datetime, portal_id: int | None = None) -> Ends:
    """Return how questions since then ended. One still being typed (an hour has not passed) is not counted yet."""
    values: list[Any]
    where, values = "contact IS NOT NULL AND created_at >= ?", [since if is_postgres() else since.isoformat(" ")]
    if portal_id is not None:
        where, values = f"{where} AND portal = ?", [*values, portal_id]
    sql = f"""SELECT question, MAX(CASE WHEN kind = 'confirmed' THEN 2 WHEN kind = 'failed' THEN 1 ELSE 0 END) AS best,
        MAX(created_at) AS last FROM deflection_signals WHERE {where} GROUP BY question"""  # noqa: S608
    async with reading():
        found = await rows(sql, *values)
    left = clock.now() - LEFT_AFTER
    by_end = [int(row["best"]) for row in found]
    possible = sum(1 for row in found if int(row["best"]) == 0 and _instant(row["last"]) <= left)
    return Ends(by_end.count(2), possible, by_end.count(1))


def _instant(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
