"""Suggest solutions that may answer what somebody writes: to the agent beside a case, to the customer before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from casedesk import clock
from casedesk.database import reading
from casedesk.fulltext import Hit, Question, stemming, words
from knowledge import index, ranking
from knowledge.audience import Audience, offered_label, published_for, speaks
from knowledge.models import Solution
from knowledge.snippets import passage
from knowledge.solution import title_of

MOST = 50
SPARE = 10
"""Hits asked for beyond the limit: other languages of the same key, and what was withdrawn a moment ago."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A solution that may fit; `score` 0..1 (see `ranking.LIKELY`), `why` the words of the question it holds."""

    solution_id: int
    key: str
    language: str
    title: str
    score: float
    why: tuple[str, ...]
    snippet: str


@dataclass(frozen=True, slots=True)
class _Facts:
    """What ranking looks at: everything but the body, which only the chosen few are read for."""

    id: int
    key: str
    language: str
    title: str
    uses: int
    solved: int
    updated_at: datetime


async def suggest(
    subject: str, description: str = "", *, language: str | None = None, audience: Audience, limit: int = 5
) -> list[Suggestion]:
    """Return published solutions `audience` may read, best first, one for each key; nothing when no word is known.

    `language` is the reader's, None when not known: solutions in others then count as much. Words of the subject count
    more than those of the description. Without any word at all the most proven solutions are offered, with score 0.
    """
    limit = max(1, min(limit, MOST))
    if not words.of_question(_asked(subject, description)[:1_000]):
        return await _most_proven(language, audience, limit)
    return await _shown(*await _best(_asked(subject, description), language, audience, limit))


async def offer(
    subject: str, description: str, *, language: str | None, audience: Audience, limit: int, least: float
) -> list[tuple[str, str]]:
    """Return title and key of the solutions that `suggest` scores `least` or more, without what only a page shows."""
    best, _ = await _best(_asked(subject, description), language, audience, max(1, min(limit, MOST)))
    return [(row.title or row.key, row.key) for score, row in best if score >= least]


def _asked(subject: str, description: str) -> str:
    """Return what is looked for: the subject counts twice."""
    return f"{subject}\n{subject}\n{description}" if description.strip() else subject


async def _best(
    text: str, language: str | None, audience: Audience, limit: int
) -> tuple[list[tuple[float, _Facts]], Mapping[int, Hit]]:
    """Return the best solutions with their scores, and the hits they were found by."""
    question = Question(text, frozenset({offered_label(audience)}), (), limit + SPARE)
    hits = {hit.id: hit for hit in await index.current().search(question)}
    # Asked again here: the index may be a moment behind a solution that was just withdrawn.
    rows = await _facts(published_for(audience) & Q(id__in=list(hits)))
    scored = [(_score(row, hits[row.id], language), row) for row in rows]
    return _one_of_each_key(sorted(scored, key=lambda pair: (-pair[0], pair[1].id)))[:limit], hits


async def _most_proven(language: str | None, audience: Audience, limit: int) -> list[Suggestion]:
    known = await index.current().known()
    rows = await _facts(published_for(audience), "-solved", "-uses", "id", most=4 * MOST)
    spoken = [(0.0, row) for row in rows if row.id in known and speaks(language, row.language)]
    return await _shown(_one_of_each_key(spoken)[:limit], {})


async def _facts(condition: Q, *order: str, most: int = 2 * MOST) -> list[_Facts]:
    async with reading():
        rows = await Solution.filter(condition).order_by(*order).limit(most).values_list(*_Facts.__slots__)
    return [_Facts(*row) for row in rows]


def _score(row: _Facts, hit: Hit, language: str | None) -> float:
    return ranking.score(
        hit.score,
        uses=row.uses,
        solved=row.solved,
        updated_at=row.updated_at,
        now=clock.now(),
        in_own_language=speaks(language, row.language),
    )


def _one_of_each_key(scored: list[tuple[float, _Facts]]) -> list[tuple[float, _Facts]]:
    """Keep the best wording of each solution that exists in several languages."""
    best: dict[str, tuple[float, _Facts]] = {}
    for score, row in scored:
        best.setdefault(row.key, (score, row))
    return list(best.values())


async def _shown(best: list[tuple[float, _Facts]], hits: Mapping[int, Hit]) -> list[Suggestion]:
    async with reading():
        chosen = Solution.filter(id__in=[row.id for _, row in best])
        bodies = {int(row["id"]): str(row["body"]) for row in await chosen.values("id", "body")}
    return [_suggestion(row, bodies[row.id], score, hits.get(row.id)) for score, row in best if row.id in bodies]


def _suggestion(row: _Facts, body: str, score: float, hit: Hit | None) -> Suggestion:
    why = hit.terms if hit else ()
    asked = frozenset(stem for word in why for stem, _ in stemming.analysed(word, row.language))
    return Suggestion(
        solution_id=row.id,
        key=row.key,
        language=row.language,
        title=title_of(row.title, body),
        score=score,
        why=why,
        snippet=passage(body, asked, row.language),
    )
