"""Imports by pages: kept, checked without a trace, carried out, forgotten."""

from datetime import timedelta

import pytest

from casedesk import clock
from casedesk import settings as operator
from casedesk.accounts.models import Account
from casedesk.errors import Conflict, NotFound, TooLarge
from casedesk.imports import runs
from casedesk.imports.kinds import Kind
from casedesk.imports.models import ImportRun
from casedesk.imports.runs import State

FIRMS = b"Name,Telefon,Farbe\nOne,1,red\n,2,blue\nTwo,3,green\n"


async def a_run(world, data: bytes = FIRMS) -> int:
    """Upload a file as Ines."""
    return await runs.begin(Kind.ACCOUNTS, "firms.csv", data, by=world.ines)


async def test_a_check_tells_and_stores_nothing_and_the_import_does(world):
    run, before = await a_run(world), await Account.all().count()

    checked = await runs.check(run, by=world.ines)
    between = await Account.all().count()
    done = await runs.carry_out(run, by=world.ines)

    assert (between, await Account.all().count()) == (before, before + 2)
    assert (checked.state, done.state) == (State.CHECKED, State.DONE)
    assert (checked.created, checked.failed) == (done.created, done.failed)
    assert done.created == 2
    assert [(told.row, told.message) for told in done.failed] == [(3, "name: needed, and empty here")]


async def test_columns_are_taken_as_somebody_says(world):
    run = await a_run(world)

    await runs.take(run, {"Name": "name", "Telefon": "", "Farbe": "notes"}, by=world.ines)
    await runs.carry_out(run, by=world.ines)

    one = await Account.get(name="One")
    assert (one.phones, one.notes) == ([], "red")


async def test_the_failed_rows_are_handed_out(world):
    run = await a_run(world)
    await runs.carry_out(run, by=world.ines)

    assert await runs.to_mend(run, by=world.ines) == (
        '\ufeffName,Telefon,Farbe,reason\r\n,2,blue,"name: needed, and empty here"\r\n'
    )


async def test_two_who_import_the_same_file_at_once_do_not_meet(world):
    run = await a_run(world)
    await ImportRun.filter(id=run).update(state=State.RUNNING, state_since=clock.now())

    with pytest.raises(Conflict):
        await runs.carry_out(run, by=world.ines)
    await ImportRun.filter(id=run).update(state_since=clock.now() - timedelta(minutes=11))
    assert (await runs.carry_out(run, by=world.ines)).state is State.DONE


async def test_what_a_page_cannot_take_is_led_to_the_command(world, monkeypatch):
    monkeypatch.setattr(runs, "MOST", 2)

    with pytest.raises(TooLarge, match="casedesk import"):
        await a_run(world)


async def test_who_may_not_import_a_kind_finds_no_run_of_it(world):
    run = await runs.begin(Kind.USERS, "people.csv", b"Name,Email\nEd,ed@halden.example\n", by=world.ines)

    for by in (world.max, world.tess, world.ada.actor):
        with pytest.raises(NotFound):
            await runs.find(run, by=by)
    assert Kind.USERS not in runs.kinds_of(world.max)


async def test_a_run_and_its_file_are_forgotten_after_a_week(world, frozen):
    await a_run(world)
    folder = operator.current().data / "imports"
    kept = len(list(folder.glob("??/*")))

    frozen.forward(days=8)

    assert (kept, await runs.sweep(), await ImportRun.all().count(), len(list(folder.glob("??/*")))) == (1, 1, 0, 0)
