"""What the tests of the doors share: a spool on the engine of this run."""

from collections.abc import AsyncIterator, Callable

import pytest

from casedesk.settings import Settings
from intake.spool import Spool
from intake.spool_postgres import PostgresSpool
from intake.spool_sqlite import SqliteSpool


@pytest.fixture
def new_spool(settings: Settings) -> Callable[[], Spool]:
    """Give what makes a spool on the one place of this test, not open yet."""
    if settings.is_postgres:
        return lambda: PostgresSpool(settings.database)
    return lambda: SqliteSpool(settings.data, large_bytes=10_000)


@pytest.fixture
async def spool(new_spool: Callable[[], Spool]) -> AsyncIterator[Spool]:
    """Give an open, empty spool."""
    opened = new_spool()
    await opened.open()
    yield opened
    await opened.close()
