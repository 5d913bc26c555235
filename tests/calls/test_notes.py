"""Notes of a call are kept from the first key, seen by nobody else, and go over with the call."""

import asyncio

import pytest

from casedesk.calls import notes, ringing
from casedesk.calls.models import CallDraft
from casedesk.calls.ringing import Rang
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.identity import SYSTEM
from casedesk.live import HUB
from casedesk.queues.arranging import QUEUES
from tests.conftest import Frozen
from tests.world import World

MARK = "0123456789abcdef"
FORM = {"subject": "Pump stops", "notes": "00:42 After the filter change."}


async def test_notes_are_found_again_by_whoever_wrote_them(world: World) -> None:
    await notes.keep(MARK, {"subject": "Pump"}, by=world.tess)
    await notes.keep(MARK, FORM, by=world.tess)

    again = await notes.newest(by=world.tess)

    assert (again.form, again.mine, await CallDraft.all().count()) == (FORM, True, 1)
    assert await notes.newest(by=world.uma) is None


async def test_the_notes_of_others_are_not_there(world: World) -> None:
    kept = await notes.keep(MARK, FORM, by=world.tess)

    for attempt in (notes.find(kept.id, by=world.uma), notes.take(kept.id, by=world.uma)):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(NotFound):
        await notes.give(MARK, by=world.uma, user_id=world.max.id)
    with pytest.raises(Conflict):
        await notes.keep(MARK, {"notes": "mine now"}, by=world.uma)
    await notes.discard(MARK, by=world.uma)
    assert (await notes.find(kept.id, by=world.tess)).form == FORM


async def test_a_call_goes_over_with_all_that_was_noted_and_its_giver_sees_it_taken(world: World) -> None:
    rung = await ringing.ring(Rang("c-1", "+1 303 555 0142", agent="tess@halden.example"), by=world.ines)
    await notes.keep(MARK, FORM, by=world.tess, call_id=rung.call.id)

    given = await notes.give(MARK, by=world.tess, user_id=world.uma.id)
    waiting = await notes.handed(by=world.uma)
    taken = await notes.take(given.id, by=world.uma)
    seen = await notes.handed(by=world.tess)

    assert [(each.form, each.giver, each.waits) for each in waiting] == [(FORM, "Tess Odell", True)]
    assert (taken.form, taken.mine) == (FORM, True)
    assert [(each.taker, each.waits, each.mine) for each in seen] == [("Uma Rao", False, False)]
    assert (await ringing.call_named("c-1", by=world.uma)).agent_id == world.uma.id
    with pytest.raises(Conflict):
        await notes.keep(MARK, {"notes": "too late"}, by=world.tess)


@pytest.mark.sqlite_only  # PostgreSQL tells by the application, which does not run here
async def test_both_screens_are_told_when_a_call_goes_over(world: World) -> None:
    rung = await ringing.ring(Rang("c-1", "+1 303 555 0142", agent="tess@halden.example"), by=world.ines)
    await notes.keep(MARK, FORM, by=world.tess, call_id=rung.call.id)

    async with HUB.subscribe() as page:
        await notes.give(MARK, by=world.tess, user_id=world.uma.id)
        told = await page.next(seconds=5)

    assert (told.topic, set(told.ids)) == ("call", {rung.call.id, world.uma.id, world.tess.id})


async def test_two_first_keys_at_once_keep_one_draft(world: World) -> None:
    await asyncio.gather(*(notes.keep(MARK, FORM, by=world.tess) for _ in range(3)))

    assert [(draft.mark, draft.form) for draft in await CallDraft.all()] == [(MARK, FORM)]


async def test_of_two_who_take_a_call_at_once_one_has_it(world: World) -> None:
    await QUEUES.change(world.queues["tier_2"], {"members": [world.uma.user_id, world.max.user_id]}, by=SYSTEM)
    await notes.keep(MARK, FORM, by=world.tess)
    given = await notes.give(MARK, by=world.tess, queue_id=world.queues["tier_2"])
    # Each has a connection by now: who had to open one first would be late.
    await asyncio.gather(*(notes.keep(mark * 16, FORM, by=who) for mark, who in (("a", world.uma), ("b", world.max))))

    done = await asyncio.gather(
        *(notes.take(given.id, by=who) for who in (world.uma, world.max)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in done) == ["CallNotes", "NotFound"]


async def test_a_call_given_to_a_queue_is_taken_once(world: World) -> None:
    await notes.keep(MARK, FORM, by=world.tess)
    given = await notes.give(MARK, by=world.tess, queue_id=world.queues["tier_2"])

    await notes.take(given.id, by=world.uma)

    with pytest.raises(NotFound):
        await notes.take(given.id, by=world.max)
    assert await notes.handed(by=world.max) == ()


async def test_a_call_is_given_to_somebody_else_who_is_there(world: World) -> None:
    await notes.keep(MARK, FORM, by=world.tess)

    for nobody in ({"user_id": world.tess.id}, {"user_id": 999}, {}, {"queue_id": world.queues["billing"]}):
        with pytest.raises(Invalid):
            await notes.give(MARK, by=world.tess, **nobody)


async def test_notes_that_nobody_goes_on_with_are_forgotten_after_a_week(world: World, frozen: Frozen) -> None:
    await notes.keep(MARK, FORM, by=world.tess)
    frozen.forward(days=4)
    await notes.keep("f" * 16, FORM, by=world.tess)
    frozen.forward(days=4)

    assert (await notes.sweep(), [draft.mark for draft in await CallDraft.all()]) == (1, ["f" * 16])
