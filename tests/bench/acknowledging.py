"""How many letters are acknowledged in a second once they are durable: the SMTP edge on a spool of its own, on disk."""

import asyncio
import shutil
import sys
from collections.abc import Iterator

import uvloop

from intake.smtp import SmtpEdge
from intake.spool_sqlite import SqliteSpool
from tests.house.tree import ROOT

NAME = "letters acknowledged after they are durable, 8 sessions"
LETTERS = 8000
SESSIONS = 8


def measure() -> Iterator[str]:
    """Yield the rate, letters sent by another process on the same cores."""
    seconds = uvloop.run(_serve_and_load())
    yield f"{LETTERS / seconds:,.0f} a second ({LETTERS:,} letters of 1.3 KB in {seconds:.1f} s)"


async def _serve_and_load() -> float:
    folder = ROOT / ".tests" / "bench-spool"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spool = SqliteSpool(folder)
    await spool.open()
    edge = SmtpEdge(spool, _everything, hostname="desk.example")
    _, port = await edge.start("127.0.0.1", 0)
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.smtp_load", str(port), str(LETTERS), str(SESSIONS), cwd=ROOT, stdout=-1
    )
    out, _ = await load.communicate()
    await edge.stop()
    await spool.close()
    shutil.rmtree(folder)
    return float(out)


async def _everything(_address: str) -> bool:
    return True
