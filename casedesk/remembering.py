"""What is read often and changed seldom (rule sets, queues, calendars …), kept in memory until somebody changes it.

A change calls `forget(name)`: this process drops its copy after the commit. Other processes notice through the worker,
which calls `forget_all()` when the database says that somebody else wrote (see `casedesk.worker`).
"""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from casedesk.database import after_commit, in_open_transaction

T = TypeVar("T")
_all: dict[str, "Remembered[object]"] = {}
_tellers: list[Callable[[str], None]] = []


class Remembered(Generic[T]):
    """A value loaded once by `load` and given again until it is forgotten."""

    def __init__(self, name: str, load: Callable[[], Awaitable[T]]) -> None:
        self._load = load
        self._value: T | None = None
        self._generation = 0
        _all[name] = self  # type: ignore[assignment]

    async def get(self) -> T:
        """Return the value, loading it when it is not known or was forgotten."""
        if self._value is not None:
            return self._value
        generation = self._generation
        value = await self._load()
        # Inside a transaction the rows may yet be rolled back; and a change during the load makes the copy old at birth.
        if generation == self._generation and not in_open_transaction():
            self._value = value
        return value

    def drop(self) -> None:
        """Forget the copy of this process now."""
        self._generation += 1
        self._value = None


def forget(name: str) -> None:
    """Drop the value called `name` once the open transaction is committed, here and (through `tellers`) elsewhere."""

    def done() -> None:
        if name in _all:  # else this process has no reader of it, but another may have
            _all[name].drop()
        for tell in list(_tellers):
            tell(name)

    after_commit(done)


def forget_all() -> None:
    """Drop every value of this process, because the database was changed by somebody else."""
    for remembered in _all.values():
        remembered.drop()


def on_forget(teller: Callable[[str], None]) -> Callable[[], None]:
    """Call `teller(name)` after each `forget` (to tell other processes); returns the way to stop that."""
    _tellers.append(teller)
    return lambda: _tellers.remove(teller)
