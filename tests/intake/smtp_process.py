"""The SMTP edge over an SQLite spool as a process of its own: python -m tests.intake.smtp_process DATA [HOST:PORT].

Prints `ready http=- smtp=HOST:PORT` as `casedesk serve` does, and ends on SIGTERM. It answers for support@example.com.
"""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from intake.smtp import SmtpEdge
from intake.spool_sqlite import SqliteSpool


async def accepts(address: str) -> bool:
    return address in ("support@example.com", "billing@example.com")


async def serve(data: Path, at: str) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    spool = SqliteSpool(data)
    await spool.open()
    edge = SmtpEdge(spool, accepts, hostname="desk.example.com")
    host, _, port = at.rpartition(":")
    host, taken = await edge.start(host, int(port))
    print(f"ready http=- smtp={host}:{taken}", flush=True)
    await ended.wait()
    await edge.stop()
    await spool.close()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:0"))
