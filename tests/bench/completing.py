"""How many letters become complete cases in a second: over SMTP into a serving desk, until each has its fate."""

import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.figures import Figure, rate
from tests.bench.stage import Stage, cpu_seconds
from tests.house.tree import ROOT

LETTERS = 2000
SESSIONS = 8


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield both rates of one run: until the last 250, and until the last fate."""
    with stage.serving() as served:
        cpu = cpu_seconds(served.process.pid)
        start = time.perf_counter()
        acknowledged = send(served.smtp, LETTERS)
        complete = stage.wait_until("SELECT COUNT(*) AS n FROM fates", LETTERS) - start
        cpu = cpu_seconds(served.process.pid) - cpu
    yield Figure("letters acknowledged while they become cases", rate(LETTERS, acknowledged))
    what = f"complete cases, {LETTERS:,} letters from the first MAIL to the last fate"
    yield Figure(what, rate(LETTERS, complete), ">= 335/s")
    yield Figure("processor time of the serving process for each", f"{cpu / LETTERS * 1000:.1f} ms")


def send(smtp: str, letters: int, first: int = 0) -> float:
    """Send letters in a process of its own and return the seconds until the last was acknowledged."""
    command = [sys.executable, "-m", "tests.bench.smtp_load", smtp.rpartition(":")[2]]
    numbers = [str(number) for number in (letters, SESSIONS, first)]
    done = subprocess.run([*command, *numbers], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return float(done.stdout)
