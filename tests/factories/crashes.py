"""A crash before the commit, as the database sees it."""

import contextlib
from collections.abc import Awaitable, Callable

from casedesk.database import transaction


class PowerCutError(Exception):
    """The machine stopped."""


async def lose(work: Callable[[], Awaitable[object]]) -> None:
    """Do `work` in a transaction that is never committed."""
    with contextlib.suppress(PowerCutError):
        async with transaction():
            await work()
            raise PowerCutError
