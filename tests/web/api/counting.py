"""How many statements a request sends to the database."""

import logging
from collections.abc import Awaitable, Callable


async def queries_of(act: Callable[[], Awaitable[object]], monkeypatch) -> int:
    """Return how many statements `act` sends."""
    seen: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage().lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                seen.append(record.getMessage())

    log = logging.getLogger("tortoise.db_client")
    listener = Listener()
    monkeypatch.setattr(log, "level", logging.DEBUG)
    monkeypatch.setattr(log, "disabled", False)
    log.manager._clear_cache()
    log.addHandler(listener)
    try:
        await act()
    finally:
        log.removeHandler(listener)
    return len(seen)
