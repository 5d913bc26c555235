"""What is kept in memory: loaded beside whoever writes."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from casedesk.database import rows, transaction
from casedesk.remembering import Remembered


@pytest.mark.sqlite_only
async def test_it_is_loaded_while_a_writer_waits_for_another_process(database) -> None:
    async def load() -> int:
        return len(await rows("SELECT 1 AS one"))

    async def write() -> None:
        async with transaction():
            pass

    kept = Remembered("ones", load)
    with closing(sqlite3.connect(database.sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = asyncio.create_task(write())
        await asyncio.sleep(0)

        assert await asyncio.wait_for(kept.get(), 2) == 1

        other.execute("ROLLBACK")
    await writer
