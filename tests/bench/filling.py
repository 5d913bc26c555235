"""How long the demo takes: until a page of it answers, until all of its cases are told, and what a case costs."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import mkdtemp

import httpx

from tests.bench.figures import Figure
from tests.bench.stage import Stage

CASES, AT_ONCE = 5000, 400


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield seconds from the command to the first page with the newest cases, and to the whole story; CPU a case."""
    if stage.engine == "postgres":
        return  # `casedesk demo` asks for an empty database; the stage's is taken
    folder = Path(mkdtemp(prefix="casedesk-demo-"))
    try:
        yield from _begun(folder / "begun")
        yield from _whole(folder / "whole")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _begun(data: Path) -> Iterator[Figure]:
    began = time.perf_counter()
    _run("demo", "--data", str(data), "--cases", str(CASES), "--at-once", str(AT_ONCE))
    command = [
        sys.executable,
        "-m",
        "casedesk",
        "serve",
        "--data",
        str(data),
        "--http",
        "127.0.0.1:0",
        "--smtp",
        "127.0.0.1:0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split("http=")[1].split()[0]
        httpx.get(f"{address}/sign-in").raise_for_status()
        usable = time.perf_counter() - began
        process.terminate()
    yield Figure(f"a demo of {CASES:,} cases until its first page, {AT_ONCE} told", f"{usable:.1f} s", "<= 10 s")


def _whole(data: Path) -> Iterator[Figure]:
    began, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
    _run("demo", "--data", str(data), "--cases", str(CASES))
    seconds, after = time.perf_counter() - began, getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    yield Figure(f"all {CASES:,} cases of the demo", f"{seconds:.0f} s", "<= 60 s")
    yield Figure("CPU for a case of the demo, told whole", f"{cpu / CASES * 1000:.1f} ms", "")


def _run(*arguments: str) -> None:
    quiet = {**os.environ, "CASEDESK_LOG_LEVEL": "error"}
    subprocess.run([sys.executable, "-m", "casedesk", *arguments], check=True, capture_output=True, env=quiet)
