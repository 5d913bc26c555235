"""What is read often and changed seldom (rule sets, queues, calendars …), kept in memory until somebody changes it.

A change calls `forget(name)`: this process drops its copy after the commit. Other processes notice through the worker,
which calls `forget_all()` when the database says that somebody else wrote (see `casedesk.worker`).
"""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from casedesk.database import after_commit, open_transaction, reading

T = TypeVar("T")
_all: dict[str, "Remembered[object]"] = {}
_tellers: list[Callable[[str], None]] = []


class Remembered(Generic[T]):
    """A value loaded once by `load` and given again until it is forgotten."""

    def __init__(self, name: str, load: Callable[[], Awaitable[T]]) -> None:
        self._load = load
        self._value: T | None = None
        self._generation = 0
        self._changed_in: object | None = None
        _all[name] = self  # type: ignore[assignment]

    async def get(self) -> T:
        """Return the value, loading it when it is not known or was forgotten."""
        mark = open_transaction()
        if mark is not None and mark is self._changed_in:
            # This very transaction changed the rows: it must see them, and they may yet be rolled back.
            return await self._load()
        if self._value is not None:
            return self._value
        generation = self._generation
        # Beside the writers: who asks for mail to be taken must not wait until another process lets go of its lock.
        async with reading():
            value = await self._load()
        # A change during the load makes the copy old at birth.
        if generation == self._generation:
            self._value = value
        return value

    def changes(self) -> None:
        """Trust the copy no more inside the open transaction, which has changed what it is made of."""
        self._changed_in = open_transaction()

    def drop(self) -> None:
        """Forget the copy of this process now."""
        self._generation += 1
        self._value, self._changed_in = None, None


def forget(name: str) -> None:
    """Drop the value called `name` once the open transaction is committed, here and (through `tellers`) elsewhere."""

    def done() -> None:
        if name in _all:  # a process that never reads it has no copy, but another may
            _all[name].drop()
        for tell in list(_tellers):
            tell(name)

    if name in _all:
        _all[name].changes()
    after_commit(done)


def forget_all() -> None:
    """Drop every value of this process, because the database was changed by somebody else."""
    for remembered in _all.values():
        remembered.drop()


def on_forget(teller: Callable[[str], None]) -> Callable[[], None]:
    """Call `teller(name)` after each `forget` (to tell other processes); returns the way to stop that."""
    _tellers.append(teller)
    return lambda: _tellers.remove(teller)
