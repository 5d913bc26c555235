"""Transactions, callbacks after a commit, and reads beside the writers."""

from contextlib import suppress
from inspect import isawaitable

import pytest

from casedesk import clock
from casedesk import database as db
from casedesk.accounts.models import Account, AccountDomain
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind

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


async def _three_domains_and_words_for_the_search():
    for number in range(3):
        account = await Account.create(name=f"account {number}")
        await AccountDomain.create(account=account, domain=f"{number}.example")
        await database_engine.put(Kind.ACCOUNT, account.id, f"{account.name} of many words")


async def test_an_update_counts_its_own_rows_after_words_for_the_search_were_written():
    async with db.transaction():
        first = await Account.create(name="one for all")
        await _three_domains_and_words_for_the_search()
        counted = [
            await AccountDomain.filter(domain="none").update(domain="some.example"),
            await AccountDomain.filter(domain__in=["0.example", "none"]).update(domain="zero.example"),
            await AccountDomain.all().update(account_id=first.id, created_at=clock.now()),
            await db.run("UPDATE account_domains SET domain = domain || 's'"),
        ]

    assert counted == [0, 1, 3, 3]


async def test_a_deletion_counts_its_own_rows_and_not_those_that_went_along():
    async with db.transaction():
        await _three_domains_and_words_for_the_search()
        counted = [await Account.filter(name="nobody").delete(), await Account.all().delete()]

    assert (counted, await AccountDomain.all().count()) == ([0, 3], 0)
