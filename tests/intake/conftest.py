"""What the tests of the doors share: a spool on the engine of this run."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from casedesk.settings import Settings
from intake.spool import Spool
from intake.spool_postgres import SPOOL_POSTGRES_DDL, PostgresSpool
from intake.spool_sqlite import SqliteSpool


@pytest.fixture
async def new_spool(empty_settings: Settings) -> Callable[[], Spool]:
    """Give what makes a spool on the one place of this test, not open yet."""
    if not empty_settings.is_postgres:
        empty_settings.data.mkdir(parents=True, exist_ok=True)
        return lambda: SqliteSpool(empty_settings.data, large_bytes=10_000)
    database = await asyncpg.connect(empty_settings.database)
    for statement in SPOOL_POSTGRES_DDL:
        await database.execute(statement)
    await database.close()
    return lambda: PostgresSpool(empty_settings.database)


@pytest.fixture
async def spool(new_spool: Callable[[], Spool]) -> AsyncIterator[Spool]:
    """Give an open, empty spool."""
    opened = new_spool()
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def spool_dsn(new_spool: Callable[[], Spool], empty_settings: Settings) -> str:
    """Give the address of a PostgreSQL database with an empty spool; only for tests marked postgres_only."""
    return empty_settings.database
