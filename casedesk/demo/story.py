"""What was asked of the demo and how far it is told: kept in a file beside the desk, so that filling can stop and go on."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from casedesk.database import rows
from casedesk.demo.authoring import plots
from casedesk.demo.company import cast
from casedesk.demo.plot import Plot
from casedesk.demo.population import customers, population
from casedesk.demo.reading import read
from casedesk.demo.telling import tell

FILE = "demo-story.json"
CASES_OF_A_COMMIT = 12
"""Small enough that a desk being served waits for its turn to write no longer than people notice."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Story:
    """A demo: how many cases by which seed, its present (aware UTC, ISO), the numbers of its first and last case."""

    cases: int
    seed: int
    present: str
    first: int
    last: int

    @property
    def now(self) -> datetime:
        """Return the instant up to which it is told."""
        return datetime.fromisoformat(self.present)


def write_up(cases: int, seed: int, now: datetime) -> list[tuple[int, Plot]]:
    """Return the plots of a story with the numbers of their cases, the oldest first."""
    products = {product["sku"]: product["name"] for product in read("company.toml")["product"]}
    return plots(customers(population(seed)), products, cases, seed, now)


async def keep(data: Path, story: Story) -> None:
    """Write down which story a desk is of."""
    await asyncio.to_thread((data / FILE).write_text, json.dumps(asdict(story)), "utf-8")


def story_of(data: Path) -> Story | None:
    """Return the story of a desk, None for a desk that is no demo."""
    try:
        return Story(**json.loads((data / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


async def told(story: Story) -> int:
    """Return how many cases of a story are in the desk."""
    return len(await _numbers(story))


async def tell_on(story: Story, progress: Progress, *, most: int | None = None) -> None:
    """Tell what is not told yet of a story, the newest cases first, `most` of them at most; safe to stop and to repeat."""
    known = await _numbers(story)
    left = [each for each in write_up(story.cases, story.seed, story.now) if each[0] not in known]
    left = left[-most:] if most else left
    targets = {plot.linked_to for _, plot in left}
    # The newest first; but before a report is told, the case it is linked to is there.
    ordered = sorted(left, key=lambda each: (each[0] not in targets, -each[0]))
    people, done = await cast(), len(known)
    for start in range(0, len(ordered), CASES_OF_A_COMMIT):
        some = ordered[start : start + CASES_OF_A_COMMIT]
        await tell(some, people, story.now)
        done += len(some)
        progress("cases", done, story.cases)


async def _numbers(story: Story) -> set[int]:
    found = await rows("SELECT id FROM cases WHERE id BETWEEN ? AND ?", story.first, story.last)
    return {row["id"] for row in found}
