"""250 means on disk: proved on a real process, by its system calls and by killing it."""

import asyncio
import hashlib
import os
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from intake.spool_sqlite import SqliteSpool

ROOT = Path(__file__).parent.parent.parent

Command = Callable[[Path, str], list[str]]


def edge_alone(data: Path, at: str) -> list[str]:
    """Return the command that serves the SMTP edge and its spool, and nothing else."""
    return [sys.executable, "-m", "tests.intake.smtp_process", str(data), at]


def whole_desk(data: Path, at: str) -> list[str]:
    """Make a desk in the folder unless there is one, and return the command that serves it."""
    if not (data / "casedesk.db").exists():
        made = [sys.executable, "-m", "casedesk", "init", "--data", str(data), "--password-stdin"]
        subprocess.run(made, input="a long password for tests\n", text=True, cwd=ROOT, check=True, capture_output=True)
    return [sys.executable, "-m", "casedesk", "serve", "--data", str(data), "--http", "127.0.0.1:0", "--smtp", at]


PROGRAMS = [pytest.param(edge_alone, id="the edge alone"), pytest.param(whole_desk, id="the whole desk")]


@contextmanager
def running(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start a program in a process group of its own, give it and its SMTP port when it is ready, kill what is left."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)
    try:
        assert process.stdout is not None
        ready = re.search(r"smtp=[^ ]*:(\d+)", process.stdout.readline())
        assert ready is not None, f"{command} did not say that it is ready"
        yield process, int(ready[1])
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def letter(mark: str, *, size: int = 600) -> bytes:
    return f"Message-ID: <{mark}@kill.example>\r\n\r\n".encode() + b"x" * size + b"\r\n"


@dataclass
class Senders:
    """Threads that send numbered letters until told to stop, and what was answered 250 (mark -> raw)."""

    port: int
    prefix: str
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    replies: dict[str, str] = field(default_factory=dict)
    stopped: bool = False

    def run(self, name: int, letters: int) -> None:
        with suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
            for number in range(letters):
                if self.stopped:
                    return
                mark = f"{self.prefix}-{name}-{number}"
                raw = letter(mark, size={18: 200_000, 19: 1_200_000}.get(number % 20, 600))
                client.ehlo_or_helo_if_needed()
                client.mail("c@kill.example")
                client.rcpt("support@example.com")
                code, text = client.data(raw)
                if code == 250:
                    self.acknowledged[mark] = raw
                    self.replies[mark] = text.decode()

    def threads(self, letters: int) -> list[threading.Thread]:
        started = [threading.Thread(target=self.run, args=(name, letters), daemon=True) for name in range(4)]
        for thread in started:
            thread.start()
        return started


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_250_leaves_before_the_sync_of_what_it_promises(tmp_path: Path, program: Command) -> None:
    strace = shutil.which("strace")
    assert strace, "strace is needed to see system calls: apt-get install strace"
    traced = tmp_path / "calls"
    data = tmp_path / "data"
    data.mkdir()
    calls = "trace=pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync"
    command = [strace, "-f", "-y", "-s", "5000", "-e", calls, "-o", str(traced), *program(data, "127.0.0.1:0")]

    with running(command) as (process, port):
        senders = Senders(port, "traced")
        for thread in senders.threads(20):
            thread.join(60)
        child = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
        os.kill(child, signal.SIGTERM)
        process.wait(20)

    assert len(senders.replies) == 80
    calls_made = calls_in(traced.read_text(errors="replace").splitlines())
    assert [mark for mark in senders.replies if not was_synced_first(mark, senders, calls_made)] == []


@dataclass(frozen=True)
class Call:
    """A system call: lines of the trace at which it began and ended, its name, the file it is about, what it wrote."""

    began: int
    ended: int
    name: str
    file: str
    text: str


def calls_in(lines: list[str]) -> list[Call]:
    calls: list[Call] = []
    begun: dict[tuple[str, str], Call] = {}
    for place, line in enumerate(lines):
        if resumed := re.match(r"(\d+) +<\.\.\. (\w+) resumed>", line):
            call = begun.pop((resumed[1], resumed[2]), None)
            if call is not None:
                calls.append(Call(call.began, place, call.name, call.file, call.text))
        elif found := re.match(r"(\d+) +(\w+)\(\d+<([^>]*)>(.*)", line):
            call = Call(place, place, found[2], found[3], found[4])
            if "<unfinished ...>" in line:
                begun[(found[1], found[2])] = call
            else:
                calls.append(call)
    return calls


def was_synced_first(mark: str, senders: Senders, calls: list[Call]) -> bool:
    """Say whether the letter's bytes, and the row that names them, were synced before the 250 for it began."""

    def written(text: str, file: str, after: int) -> Call:
        return next(c for c in calls if "write" in c.name and file in c.file and text in c.text and c.began > after)

    def synced(file: str, after: int) -> Call:
        return min(
            (c for c in calls if c.name in ("fsync", "fdatasync") and file in c.file and c.began > after),
            key=lambda c: c.ended,
        )

    raw = senders.acknowledged[mark]
    token, last = f"<{mark}@", -1
    if len(raw) > 1 << 20:
        token = hashlib.sha256(raw).hexdigest()
        draft = written(f"<{mark}@", "/draft-", last)
        last = synced(f"/spool/{token[:2]}", synced(draft.file, draft.ended).ended).ended
    row = written(token, "spool.db-wal", last)
    answer = written(f'"250 {senders.replies[mark]}\\r\\n', "", last)
    return synced("spool.db-wal", row.ended).ended < answer.began


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_was_answered_250_survives_kill_9(tmp_path: Path, program: Command) -> None:
    promised: dict[str, bytes] = {}
    for life in range(4):
        with running(program(tmp_path, "127.0.0.1:0")) as (process, port):
            senders = Senders(port, f"life{life}")
            threads = senders.threads(100_000)
            deadline = time.monotonic() + 30
            while len(senders.acknowledged) < 50 + 37 * life and time.monotonic() < deadline:
                time.sleep(0.002)
            os.killpg(process.pid, signal.SIGKILL)
            senders.stopped = True
            for thread in threads:
                thread.join(30)
        promised |= senders.acknowledged

    kept, faults = asyncio.run(kept_in(tmp_path))

    assert len(promised) >= 4 * 50
    assert faults == ()
    assert {mark for mark, raw in promised.items() if hashlib.sha256(raw).hexdigest() not in kept} == set()
    assert len(kept) == len(set(kept))


async def kept_in(data: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the hash of each letter in the spool, in order, and what `verify` finds wrong."""
    spool = SqliteSpool(data)
    await spool.open()
    kept: list[str] = []
    last = 0
    while batch := await spool.read_on(last, 500):
        kept += [mail.arrival.raw_sha256 for mail in batch]
        last = batch[-1].arrival.id
    faults = (await spool.verify()).faults
    await spool.close()
    return kept, faults


@pytest.mark.parametrize("program", PROGRAMS)
def test_sigterm_ends_it_within_ten_seconds_with_a_session_open(tmp_path: Path, program: Command) -> None:
    with running(program(tmp_path, "127.0.0.1:0")) as (process, port):
        client = smtplib.SMTP("127.0.0.1", port, timeout=20)
        client.ehlo()
        client.mail("ada@premier.example")
        client.rcpt("support@example.com")
        client.putcmd("data")
        assert client.getreply()[0] == 354

        process.send_signal(signal.SIGTERM)
        client.send(letter("last") + b".\r\n")

        assert client.getreply()[0] == 250
        assert process.wait(10) == 0
        client.close()

    assert asyncio.run(kept_in(tmp_path)) == ([hashlib.sha256(letter("last")).hexdigest()], ())
