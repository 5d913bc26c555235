"""Reading mail in child processes: order, limits of time and memory, and an end without leftovers."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvloop

from casedesk.errors import Unavailable
from intake.message import Incoming, Unreadable
from intake.readers import Readers

MEBIBYTE = 1024 * 1024
Runner = Callable[[Awaitable[None]], None]


def _mail(number: int, body: bytes = b"hello", content_type: bytes = b"text/plain") -> bytes:
    return (
        b"From: ann@customer.example\r\nSubject: mail %d\r\nContent-Type: %s\r\n\r\n" % (number, content_type)
    ) + body


def _heavy_mail(number: int) -> bytes:
    """A mail that takes a good second of processor time: text/html at the caps of size and nesting."""
    return _mail(number, b"<table><tr><td>" * 60 + b"<p>x<b>y</b>" * 80_000, b"text/html")


def _large_mail(number: int) -> bytes:
    return _mail(number, b"a" * (60 * MEBIBYTE), b"application/octet-stream")


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Runner:
    """Run a coroutine on each of the two event loops."""
    return request.param


def test_mails_come_back_read_in_the_order_given(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=2)
        mails = [(number, _mail(number)) for number in range(120)]

        answers = await readers.read_many(mails)

        await readers.close()
        assert [answer.subject for answer in answers] == [f"mail {number}" for number in range(120)]

    run(story())


def test_only_the_mail_over_the_time_limit_is_unreadable_and_its_headers_are_kept(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=1, cpu_seconds=0.25)
        mails = [(0, _mail(0)), (1, _heavy_mail(1)), (2, _mail(2))]

        answers = await readers.read_many(mails)

        await readers.close()
        reason = "reading it took more than 0.25 s of processor time"
        assert [type(answer) for answer in answers] == [Incoming, Unreadable, Incoming]
        assert answers[1].reason == reason
        assert answers[1].incoming.subject == "mail 1"
        assert answers[1].incoming.sender.email == "ann@customer.example"
        assert answers[1].incoming.problems == (reason,)

    run(story())


def test_only_the_mail_over_the_memory_limit_is_unreadable(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=1, memory_bytes=160 * MEBIBYTE)
        mails = [(0, _mail(0)), (1, _large_mail(1)), (2, _mail(2))]

        answers = await readers.read_many(mails)

        await readers.close()
        assert [type(answer) for answer in answers] == [Incoming, Unreadable, Incoming]
        assert answers[1].reason == "reading it took more than 160 MiB of memory"

    run(story())


def test_a_child_that_hangs_is_ended_by_the_clock_on_the_wall(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=1, wall_seconds=0.5)
        await readers.read_many([(0, _mail(0))])
        os.kill(_children()[0], signal.SIGSTOP)

        answers = await readers.read_many([(1, _mail(1))])

        again = await readers.read_many([(2, _mail(2))])
        await readers.close()
        assert [answer.reason for answer in answers] == ["reading it took longer than 0.5 s"]
        assert [answer.subject for answer in again] == ["mail 2"]

    run(story())


def test_a_child_killed_between_two_mails_is_replaced(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=1)
        await readers.read_many([(0, _mail(0))])
        os.kill(_children()[0], signal.SIGKILL)

        answers = await readers.read_many([(1, _mail(1))])

        await readers.close()
        assert [answer.subject for answer in answers] == ["mail 1"]

    run(story())


def test_children_end_when_idle_and_start_again_on_demand(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=1, idle_seconds=0.05)
        await readers.read_many([(0, _mail(0))])
        async with asyncio.timeout(10):
            while _children():
                await asyncio.sleep(0.02)

        answers = await readers.read_many([(1, _mail(1))])

        await readers.close()
        assert [answer.subject for answer in answers] == ["mail 1"]

    run(story())


def test_no_child_is_left_after_close_and_reading_is_refused(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=2)
        await readers.read_many([(number, _mail(number)) for number in range(20)])

        await readers.close()

        assert _children() == []
        with pytest.raises(Unavailable):
            await readers.read_many([(0, _mail(0))])

    run(story())


def test_a_cancelled_reading_leaves_the_readers_usable(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=1)
        await readers.read_many([(0, _mail(0))])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(readers.read_many([(1, _heavy_mail(1))]), 0.1)

        answers = await readers.read_many([(2, _mail(2))])

        await readers.close()
        assert [answer.subject for answer in answers] == ["mail 2"]

    run(story())


def test_two_readings_at_once_share_the_children(run: Runner) -> None:
    async def story() -> None:
        readers = Readers(children=2)

        first, second = await asyncio.gather(
            readers.read_many([(number, _mail(number)) for number in range(60)]),
            readers.read_many([(number, _mail(number)) for number in range(60, 90)]),
        )

        await readers.close()
        assert [answer.subject for answer in first] == [f"mail {number}" for number in range(60)]
        assert [answer.subject for answer in second] == [f"mail {number}" for number in range(60, 90)]

    run(story())


def _children() -> list[int]:
    """Return the live processes that this test process started to read mail."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            status = (folder / "status").read_text()
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if (
            f"\nPPid:\t{os.getpid()}\n" in status
            and b"intake.reader_process" in command
            and "\nState:\tZ" not in status
        ):
            found.append(int(folder.name))
    return found
