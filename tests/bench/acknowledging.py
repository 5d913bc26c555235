"""How many letters are acknowledged in a second once they are durable: the SMTP edge and its spool alone, on disk."""

import asyncio
import sys
from collections.abc import Iterator

import uvloop

from casedesk.app import spool_of
from intake.smtp import SmtpEdge
from tests.bench.figures import Figure, rate
from tests.bench.stage import Stage
from tests.house.tree import ROOT

LETTERS = 8000
SESSIONS = 8


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the rate, letters sent by another process on the same cores. Leaves them in the spool of the stage."""
    seconds = uvloop.run(_serve_and_load(stage))
    what = f"letters acknowledged once they are durable, {SESSIONS} sessions, edge and spool alone"
    yield Figure(what, rate(LETTERS, seconds), ">= 2,000/s")


async def _serve_and_load(stage: Stage) -> float:
    spool = spool_of(stage.settings)
    await spool.open()
    edge = SmtpEdge(spool, _everything, hostname="desk.example")
    _, port = await edge.start("127.0.0.1", 0)
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.smtp_load", str(port), str(LETTERS), str(SESSIONS), cwd=ROOT, stdout=-1
    )
    out, _ = await load.communicate()
    await edge.stop()
    await spool.close()
    return float(out)


async def _everything(_address: str) -> bool:
    return True
