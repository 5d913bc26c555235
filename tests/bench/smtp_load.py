"""A client that sends many letters over several SMTP sessions at once, in a process of its own.

`python -m tests.bench.smtp_load PORT LETTERS SESSIONS` prints the seconds it took until the last 250.
"""

import asyncio
import sys
import time

import uvloop

LETTER = (
    b"From: Ada <ada%d@customer.example>\r\nTo: support@desk.example\r\nSubject: The pump stops after a minute\r\n"
    b"Message-ID: <%d.%d@customer.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\n"
    + b"It starts, it hums, it stops, and the lamp is red.\r\n" * 20
    + b".\r\n"
)


async def _session(port: int, session: int, letters: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(line: bytes) -> None:
        writer.write(line)
        while (answer := await reader.readline())[3:4] == b"-":
            pass
        if answer[:1] not in b"23":
            raise RuntimeError(f"{line[:40]!r} was answered {answer!r}")

    await reader.readline()
    await say(b"EHLO load.example\r\n")
    for number in range(letters):
        await say(b"MAIL FROM:<ada%d@customer.example>\r\n" % (number % 500))
        await say(b"RCPT TO:<support@desk.example>\r\n")
        await say(b"DATA\r\n")
        await say(LETTER % (number % 500, session, number))
    await say(b"QUIT\r\n")
    writer.close()


async def _all(port: int, letters: int, sessions: int) -> float:
    start = time.perf_counter()
    await asyncio.gather(*(_session(port, session, letters // sessions) for session in range(sessions)))
    return time.perf_counter() - start


if __name__ == "__main__":
    print(uvloop.run(_all(*map(int, sys.argv[1:4]))))
