"""Imports by pages: kept, checked without a trace, carried out, forgotten."""

from datetime import timedelta

import pytest

from casedesk import clock
from casedesk import settings as operator
from casedesk.accounts.models import Account
from casedesk.errors import Conflict, Invalid, NotFound, TooLarge
from casedesk.imports import runs
from casedesk.imports.kinds import Kind
from casedesk.imports.models import ImportRun
from casedesk.imports.runs import State

FIRMS = b"Name,Telefon,Farbe\nOne,1,red\n,2,blue\nTwo,3,green\n"


async def a_run(world, data: bytes = FIRMS) -> int:
    """Upload a file as Ines."""
    return await runs.begin(Kind.ACCOUNTS, "firms.csv", data, by=world.ines)


async def check(run: int, world) -> runs.RunView:
    """Check a file and return what is told of it."""
    await (await runs.begin_check(run, by=world.ines))()
    return await runs.find(run, by=world.ines)


async def carry_out(run: int, world) -> runs.RunView:
    """Import a file and return what is told of it."""
    await (await runs.begin_import(run, by=world.ines))()
    return await runs.find(run, by=world.ines)


async def test_a_check_tells_and_stores_nothing_and_the_import_does(world):
    run, before = await a_run(world), await Account.all().count()

    checked = await check(run, world)
    between = await Account.all().count()
    done = await carry_out(run, world)

    assert (between, await Account.all().count()) == (before, before + 2)
    assert (checked.state, done.state) == (State.CHECKED, State.DONE)
    assert (checked.created, checked.failed) == (done.created, done.failed)
    assert done.created == 2
    assert [(told.row, told.message) for told in done.failed] == [(3, "name: needed, and empty here")]


async def test_columns_are_taken_as_somebody_says(world):
    run = await a_run(world)

    await runs.take(run, {"Name": "name", "Telefon": "", "Farbe": "notes"}, by=world.ines)
    await carry_out(run, world)

    one = await Account.get(name="One")
    assert (one.phones, one.notes) == ([], "red")


async def test_the_failed_rows_are_handed_out(world):
    run = await a_run(world)
    await carry_out(run, world)

    assert await runs.to_mend(run, by=world.ines) == (
        '\ufeffName,Telefon,Farbe,reason\r\n,2,blue,"name: needed, and empty here"\r\n'
    )


async def test_two_who_import_the_same_file_at_once_do_not_meet(world):
    run = await a_run(world)
    await ImportRun.filter(id=run).update(state=State.RUNNING, state_since=clock.now())

    with pytest.raises(Conflict):
        await runs.begin_import(run, by=world.ines)
    await ImportRun.filter(id=run).update(state_since=clock.now() - timedelta(minutes=11))
    assert (await carry_out(run, world)).state is State.DONE


async def test_an_import_keeps_how_far_it_is_and_begins_anew(world):
    run = await a_run(world)

    done = await carry_out(run, world)
    await runs.begin_import(run, by=world.ines)
    again = await runs.find(run, by=world.ines)

    assert [(each.state, each.seen, each.total) for each in (done, again)] == [
        (State.DONE, 3, 3),
        (State.RUNNING, 0, 3),
    ]


async def test_a_file_that_means_nothing_is_refused_before_anything_begins(world):
    run = await a_run(world, b"Color\nred\n")

    with pytest.raises(Invalid):
        await runs.begin_import(run, by=world.ines)

    assert (await runs.find(run, by=world.ines)).state is State.NEW


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
