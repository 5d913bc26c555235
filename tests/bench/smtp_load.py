"""A client that sends many letters over several SMTP sessions at once, in a process of its own.

`python -m tests.bench.smtp_load PORT LETTERS SESSIONS [FIRST]` prints the seconds it took until the last 250. Nine of ten
letters come from people of the stage, half of them name a serial number; numbers begin at FIRST.
"""

import asyncio
import random
import sys
import time

import uvloop

LETTER = (
    "From: {name} <{sender}>\r\nTo: support@example.com\r\nSubject: Gateway offline, {number}\r\n"
    "Message-ID: <{number}@bench.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\nour gateway is offline since this morning.{serial}\r\n"
    "We have started it twice and nothing changed. The red light stays on and the cloud shows no readings of room {room}.\r\n"
    "\r\nCan you help us soon, please? There are samples in the cold store behind it.\r\n\r\nBest regards\r\n{name}\r\n.\r\n"
)


def letter(number: int) -> tuple[str, bytes]:
    """Return the sender and the wire of letter `number`, always the same for it."""
    chance = random.Random(number)
    person = chance.randrange(300)
    name, sender = f"Person {person}", f"person{person}@company{person % 100}.example"
    if chance.random() < 0.1:
        name, sender = f"Stranger {number}", f"stranger{number}@elsewhere{number % 50}.example"
    serial = f" Its serial number is AG200-24-{10_000 + person % 150}." if chance.random() < 0.5 else ""
    wire = LETTER.format(name=name, sender=sender, number=number, serial=serial, room=person)
    return sender, wire.encode()


async def _session(port: int, letters: list[tuple[str, bytes]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(line: bytes) -> None:
        writer.write(line)
        while (answer := await reader.readline())[3:4] == b"-":
            pass
        if answer[:1] not in b"23":
            raise RuntimeError(f"{line[:40]!r} was answered {answer!r}")

    await reader.readline()
    await say(b"EHLO load.example\r\n")
    for sender, wire in letters:
        await say(b"MAIL FROM:<%s>\r\n" % sender.encode())
        await say(b"RCPT TO:<support@example.com>\r\n")
        await say(b"DATA\r\n")
        await say(wire)
    await say(b"QUIT\r\n")
    writer.close()


async def _all(port: int, letters: int, sessions: int, first: int = 0) -> float:
    made = [letter(first + number) for number in range(letters)]
    start = time.perf_counter()
    await asyncio.gather(*(_session(port, made[session::sessions]) for session in range(sessions)))
    return time.perf_counter() - start


if __name__ == "__main__":
    print(uvloop.run(_all(*map(int, sys.argv[1:5]))))
