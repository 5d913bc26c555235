"""What was asked of the demo and how far it is told: kept in a file beside the desk, so that filling can stop and go on."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from casedesk.database import rows
from casedesk.demo.authoring import plots
from casedesk.demo.company import cast
from casedesk.demo.plot import Plot
from casedesk.demo.population import customers, population
from casedesk.demo.reading import read
from casedesk.demo.telling import tell
from casedesk.starting import STORY_FILE

CASES_OF_A_COMMIT = 40
BESIDE_A_DESK, BREATH_SECONDS = 6, 0.012
"""Beside a desk that is served commits are small, with a breath between: SQLite has one writer, and people come first."""

LOCK_FILE = "demo-filling.lock"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Story:
    """A demo: how many cases by which seed, its present (aware UTC, ISO), the numbers of its first and last case.

    `stops` are numbers of cases, as people read them, by the name of the thread.
    """

    cases: int
    seed: int
    present: str
    first: int
    last: int
    stops: dict[str, str]

    @property
    def now(self) -> datetime:
        """Return the instant up to which it is told."""
        return datetime.fromisoformat(self.present)


@lru_cache(maxsize=1)
def write_up(cases: int, seed: int, now: datetime) -> tuple[tuple[int, Plot], ...]:
    """Return the plots of a story with the numbers of their cases, the oldest first."""
    products = {product["sku"]: product["name"] for product in read("company.toml")["product"]}
    return tuple(plots(customers(population(seed)), products, cases, seed, now))


async def keep(data: Path, story: Story) -> None:
    """Write down which story a desk is of."""
    await asyncio.to_thread((data / STORY_FILE).write_text, json.dumps(asdict(story)), "utf-8")


def story_of(data: Path) -> Story | None:
    """Return the story of a desk, None for a desk that is no demo."""
    try:
        return Story(**json.loads((data / STORY_FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


async def told(story: Story) -> int:
    """Return how many cases of a story are in the desk."""
    return len(await _numbers(story))


async def tell_on(
    story: Story, progress: Progress, *, most: int | None = None, at_once: int = CASES_OF_A_COMMIT, breath: float = 0
) -> None:
    """Tell what is not told yet of a story, the newest cases first, `most` of them at most; safe to stop and to repeat."""
    known = await _numbers(story)
    left = [each for each in write_up(story.cases, story.seed, story.now) if each[0] not in known]
    targets = {plot.linked_to for _, plot in left}
    # The newest first; but before a report is told, the case it is linked to is there.
    ordered = sorted(left, key=lambda each: (each[0] not in targets, -each[0]))[:most]
    people, done = await cast(), len(known)
    for start in range(0, len(ordered), at_once):
        some = ordered[start : start + at_once]
        await tell(some, people, story.now)
        await asyncio.sleep(breath)
        done += len(some)
        progress("cases", done, story.cases)


async def _numbers(story: Story) -> set[int]:
    found = await rows("SELECT id FROM cases WHERE id BETWEEN ? AND ?", story.first, story.last)
    return {row["id"] for row in found}
