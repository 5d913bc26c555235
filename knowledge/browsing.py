"""Read the shelf: one solution, lists by category and language, the search over them. Always as an audience."""

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.functions import Count

from casedesk.database import reading, rows
from casedesk.errors import NotFound
from casedesk.fulltext import Question
from knowledge import index
from knowledge.audience import Audience, listed_label, published_for, readable_by, speaks
from knowledge.models import Solution, SolutionCategory
from knowledge.solution import LONGEST_KEY, SolutionView, Status, Visibility, view_of

MOST = 200
FOUND = 50
"""Hits of a search; what stands behind the fiftieth nobody reads."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty or None narrows nothing. `category` and `language` are whole names."""

    q: str = ""
    category: str = ""
    language: str = ""
    status: Status | None = None
    visibility: Visibility | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `next` goes into `after` for the following page, None at the end."""

    items: tuple[SolutionView, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A category and how many solutions of it the reader may see."""

    name: str
    solutions: int


async def find(solution_id: int, *, audience: Audience) -> SolutionView:
    """Return one solution; raises NotFound where there is none or it is not for this audience."""
    async with reading():
        row = await Solution.get_or_none(readable_by(audience), id=solution_id)
    if row is None:
        raise NotFound
    return view_of(row)


async def ids_by_key(language: str) -> dict[str, int]:
    """Return the ids of all solutions in a language by their keys, whoever may see them."""
    return {row["key"]: row["id"] for row in await rows("SELECT id, key FROM solutions WHERE language = ?", language)}


async def find_by_key(key: str, *, language: str = "", audience: Audience) -> SolutionView:
    """Return the solution of a key in `language`, else in another one; raises NotFound."""
    async with reading():
        rows = await _of_key(key, readable_by(audience))
    if not rows:
        raise NotFound
    return view_of(next((row for row in rows if row.language == language), rows[0]))


async def list_solutions(wanted: Wanted, *, audience: Audience, after: int | None = None, limit: int = 50) -> Page:
    """Return a page: what `q` finds best first, else the newest first. `after` is the `next` of the page before."""
    limit = max(1, min(limit, MOST))
    if wanted.q.strip():
        return await _search(wanted, audience, after or 0, limit)
    below = Q() if after is None else Q(id__lt=after)
    async with reading():
        rows = await Solution.filter(_narrowed(wanted, audience), below).order_by("-id").limit(limit + 1)
    items = tuple(view_of(row) for row in rows[:limit])
    return Page(items, items[-1].id if len(rows) > limit else None)


async def categories(*, audience: Audience) -> tuple[CategoryCount, ...]:
    """Return the categories in which the audience finds published solutions, with their numbers, by name."""
    async with reading():
        shown = SolutionCategory.filter(published_for(audience, "solution__")).group_by("name")
        rows = await shown.annotate(solutions=Count("id")).values("name", "solutions")
    return tuple(sorted((CategoryCount(row["name"], row["solutions"]) for row in rows), key=lambda each: each.name))


async def popular(*, audience: Audience, language: str = "", limit: int = 6) -> tuple[SolutionView, ...]:
    """Return the published solutions that helped most people, those of `language` first; ones that helped nobody last."""
    async with reading():
        rows = await Solution.filter(published_for(audience)).order_by("-solved", "-uses", "-id").limit(8 * limit)
    spoken = sorted(rows, key=lambda row: not speaks(language or None, row.language))
    return tuple(view_of(row) for row in _one_of_each_key(spoken)[:limit])


async def related(solution: SolutionView, *, audience: Audience, limit: int = 4) -> tuple[SolutionView, ...]:
    """Return what is written about the same: what its title finds, else its neighbours in the first category."""
    found = await list_solutions(Wanted(q=solution.title), audience=audience, limit=limit + 4)
    if len(found.items) <= 1 and solution.categories:
        found = await list_solutions(Wanted(category=solution.categories[0]), audience=audience, limit=limit + 4)
    others = [each for each in found.items if each.key != solution.key and each.status is Status.PUBLISHED]
    return tuple(others[:limit])


async def _search(wanted: Wanted, audience: Audience, after: int, limit: int) -> Page:
    """Find by words, and by key; `after` is how many of the hits were shown."""
    hits = await index.current().search(Question(wanted.q, frozenset({listed_label(audience)}), (), FOUND))
    narrowed = _narrowed(wanted, audience)
    async with reading():
        named = await _of_key(wanted.q.strip(), narrowed)
        rows = {row.id: row for row in await Solution.filter(narrowed, id__in=[hit.id for hit in hits])}
    ordered = _once([*named, *(rows[hit.id] for hit in hits if hit.id in rows)])
    end = after + limit
    return Page(tuple(view_of(row) for row in ordered[after:end]), end if len(ordered) > end else None)


async def _of_key(key: str, narrowed: Q) -> list[Solution]:
    """Return the solutions of a key in each language; a whole error message pasted into the search is nobody's key."""
    return await Solution.filter(narrowed, key=key).order_by("id") if len(key) <= LONGEST_KEY else []


def _one_of_each_key(rows: Sequence[Solution]) -> list[Solution]:
    best: dict[str, Solution] = {}
    for row in rows:
        best.setdefault(row.key, row)
    return list(best.values())


def _once(rows: Sequence[Solution]) -> list[Solution]:
    return list({row.id: row for row in rows}.values())


def _narrowed(wanted: Wanted, audience: Audience) -> Q:
    narrowed = readable_by(audience)
    for name, value in (("language", wanted.language), ("status", wanted.status), ("visibility", wanted.visibility)):
        if value:
            narrowed &= Q(**{name: value})
    if wanted.category:
        narrowed &= Q(category_rows__name=wanted.category)
    return narrowed
