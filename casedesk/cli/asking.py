"""What every command needs: its folder, a loop to run in, a password asked for, progress told."""

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import click

from casedesk.errors import Unusable
from casedesk.settings import Settings

T = TypeVar("T")

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Folder of the desk (else CASEDESK_DATA).",
)


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` on uvloop and return its result."""
    import uvloop

    async def whole() -> T:
        return await work()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(whole())


def in_desk(settings: Settings, act: Callable[[], Awaitable[T]]) -> T:
    """Run `act` with the desk's database open."""

    async def work() -> T:
        from casedesk.app import opened

        async with opened(settings):
            return await act()

    return run(work)


def new_password(from_stdin: bool) -> tuple[str, bool]:
    """Return a password and whether it was made up here and has to be told."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Unusable("no password on standard input")
        return password, False
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True), False
    return secrets.token_urlsafe(12), True


def progress(what: str) -> Callable[[str, int, int], None]:
    """Return a teller of progress: a bar on a terminal, a plain line each tenth elsewhere, both on standard error."""
    told = {"tenth": -1}

    def tell(name: str, done: int, total: int) -> None:
        tenth = 10 if total == 0 else done * 10 // total
        if sys.stderr.isatty():
            width = 30 if total == 0 else done * 30 // total
            end = "\n" if done >= total else ""
            with suppress(BrokenPipeError):
                sys.stderr.write(f"\r{name or what} [{'#' * width}{'.' * (30 - width)}] {done}/{total}{end}")
                sys.stderr.flush()
        elif tenth != told["tenth"]:
            click.echo(f"{name or what} {done}/{total}", err=True)
        told["tenth"] = tenth

    return tell
