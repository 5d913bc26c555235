"""The one source of the present instant; everything else is handed `now` or asks here.

A test (or a replay) freezes the clock for its own context; nothing else in the program reads the wall clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return the present instant as aware UTC, or the instant this context is frozen at."""
    frozen = _frozen.get()
    return frozen if frozen is not None else datetime.now(UTC)


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Make `now()` return `instant` (aware) inside the block, for this context and the tasks started in it."""
    if instant.tzinfo is None:
        raise ValueError("the clock is frozen at aware instants only")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def ago(**span: float) -> datetime:
    """Return the instant that lies `timedelta(**span)` before now."""
    return now() - timedelta(**span)
