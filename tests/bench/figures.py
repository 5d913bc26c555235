"""What a measure yields, the machine it was seen on, and both as a table."""

import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was measured, what came out, and what is demanded of it ("" when nothing is)."""

    what: str
    value: str
    demanded: str = ""


def machine(engine: str) -> str:
    """Return the machine in one line: cores, processor, Python, database engine, and how busy it is with other work."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    start = time.perf_counter()
    sum(range(10_000_000))
    pace = time.perf_counter() - start
    database = f"SQLite {sqlite3.sqlite_version}" if engine == "sqlite" else "PostgreSQL"
    return (
        f"{os.cpu_count()} cores of {model or platform.machine()}, Python {platform.python_version()}, {database}; "
        f"load average {os.getloadavg()[0]:.1f}, a sum of ten million numbers takes {pace:.2f} s"
    )


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as rows of Markdown."""
    rows = [f"| {figure.what} | {figure.value} | {figure.demanded} |" for figure in figures]
    return "\n".join(["| measure | seen | demanded |", "| --- | --- | --- |", *rows])


def _lines(path: str) -> list[str]:
    place = Path(path)
    return place.read_text("utf-8", "replace").splitlines() if place.exists() else []


def rate(number: int, seconds: float) -> str:
    """Return how many a second that is."""
    return f"{number / seconds:,.0f}/s"
