"""How long a desk takes from the command to its first page, and what it holds in memory when nobody asks for anything."""

import time
from collections.abc import Iterator

import httpx

from tests.bench.figures import Figure
from tests.bench.stage import Stage, resident_bytes

IDLE_SECONDS = 5


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the best of three starts, and the memory of all processes of a desk that has been idle for some seconds."""
    starts = []
    for _ in range(3):
        began = time.perf_counter()
        with stage.serving() as served:
            httpx.get(f"{served.http}/sign-in").raise_for_status()
            starts.append(time.perf_counter() - began)
            if len(starts) == 3:
                time.sleep(IDLE_SECONDS)
                memory = resident_bytes(served.process.pid)
    yield Figure("from the command to the first page", f"{min(starts):.2f} s", "<= 1 s")
    yield Figure("idle memory, all its processes", f"{memory / 1e6:.0f} MB", "<= 100 MB")
