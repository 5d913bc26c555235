"""Transactions, callbacks after a commit, and reads beside the writers."""

from contextlib import suppress
from inspect import isawaitable

import pytest

from casedesk import clock
from casedesk import database as db
from casedesk.accounts.models import Account

pytestmark = pytest.mark.usefixtures("database")


async def _take_back(act):
    with suppress(ZeroDivisionError):
        async with db.transaction():
            done = act()
            if isawaitable(done):
                await done
            raise ZeroDivisionError


async def test_what_runs_after_a_commit_does_not_run_after_a_rollback():
    told = []

    async with db.transaction():
        db.after_commit(lambda: told.append("outer"))
        await _take_back(lambda: db.after_commit(lambda: told.append("inner")))
        assert told == []

    assert told == ["outer"]


async def test_an_inner_rollback_keeps_the_rows_of_the_outer_transaction():
    async with db.transaction():
        await Account.create(name="kept")
        await _take_back(lambda: Account.create(name="lost"))

    assert await Account.all().values_list("name", flat=True) == ["kept"]


async def test_a_reader_sees_what_is_committed_and_takes_values_apart_from_the_statement():
    await Account.create(name="it's ? 100 %")

    async with db.reading():
        found = await db.rows("SELECT name FROM accounts WHERE name = ?", "it's ? 100 %")

    assert found == [{"name": "it's ? 100 %"}]


@pytest.mark.sqlite_only
async def test_the_reading_connection_cannot_write():
    async with db.reading():
        with pytest.raises(db.OperationalError, match="readonly"):
            await db.run("DELETE FROM accounts")


async def test_rows_are_stamped_by_the_frozen_clock(frozen):
    later = frozen.forward(hours=2)

    made = await Account.create(name="Halden")

    await made.refresh_from_db()
    assert made.created_at == later == clock.now()


async def test_the_next_test_starts_with_an_empty_database():
    assert await Account.all().count() == 0


@pytest.mark.postgres_only
async def test_this_process_speaks_to_postgresql(postgres_dsn):
    assert postgres_dsn.startswith("postgres://")
    assert db.is_postgres()
