"""How long suggestions take over 10,000 solutions, which are made for it: words as rare and as frequent as in real ones."""

import json
import random
import time
from collections.abc import Iterator

import uvloop

from casedesk.app import opened
from casedesk.identity import SYSTEM
from knowledge.audience import Audience
from knowledge.importing import import_lines
from knowledge.index import SolutionIndex
from knowledge.suggesting import suggest
from tests.bench.figures import Figure
from tests.bench.stage import Stage

SOLUTIONS = 10_000
QUESTIONS = 300
WORDS = 12_000
_CONSONANTS, _VOWELS = "bcdfgklmnprstvwz", "aeiou"


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the time of a suggestion, median and 95th percentile, each question asked alone."""
    times = sorted(uvloop.run(_times(stage)))
    median, late = times[len(times) // 2], times[len(times) * 95 // 100]
    what = f"suggestions over {SOLUTIONS:,} solutions, median and 95th percentile"
    yield Figure(what, f"{median * 1000:.0f} and {late * 1000:.0f} ms", "p95 <= 25 ms")


async def _times(stage: Stage) -> list[float]:
    chance = random.Random(1)
    words = [_word(chance) for _ in range(WORDS)]
    async with opened(stage.settings):
        index = SolutionIndex(stage.settings)
        await index.open()
        done = await import_lines([_solution(chance, words, number) for number in range(SOLUTIONS)], by=SYSTEM)
        if done.failed:
            raise RuntimeError(done.failed[0].message)
        await index.catch_up()
        times = []
        for _ in range(QUESTIONS):
            subject, text = _text(chance, words, 6), _text(chance, words, 60)
            start = time.perf_counter()
            await suggest(subject, text, language="en", audience=Audience.STAFF, limit=5)
            times.append(time.perf_counter() - start)
        await index.close()
    return times


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(chance.randint(2, 4)))


def _text(chance: random.Random, words: list[str], length: int) -> str:
    """Return words drawn as Zipf found them: the n-th most frequent one in n."""
    return " ".join(words[min(int(WORDS ** chance.random()), WORDS - 1)] for _ in range(length))


def _solution(chance: random.Random, words: list[str], number: int) -> bytes:
    line = {
        "key": f"s{number}", "title": _text(chance, words, 7), "body": _text(chance, words, chance.randint(40, 200)),
        "language": "en", "categories": [], "visibility": "public", "status": "published",
    }  # fmt: skip
    return json.dumps(line).encode()
