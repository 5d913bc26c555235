"""A call is kept once, its caller recognised in any notation, and only those it rings at are told."""

import pytest

from casedesk.accounts.directory import CONTACTS
from casedesk.calls import ringing
from casedesk.calls.models import Call
from casedesk.calls.ringing import CallState, Rang
from casedesk.errors import Invalid, NotFound
from casedesk.identity import SYSTEM
from casedesk.live import HUB
from tests.conftest import Frozen
from tests.world import World

ADA = "+1 303 555 0142"


@pytest.fixture
async def numbered(world: World) -> World:
    await CONTACTS.change(world.ada.id, {"phones": [ADA]}, by=SYSTEM)
    await CONTACTS.change(world.bo.id, {"phones": ["+46 19 555 01 42"]}, by=SYSTEM)
    return world


@pytest.mark.parametrize(
    "typed", ["+1 303 555 0142", "0013035550142", "(303) 555-0142", "303.555.0142", "+1 (303) 555-0142 ext. 7"]
)
async def test_a_number_is_known_in_any_notation(numbered: World, typed: str) -> None:
    found = await ringing.meant_by(typed, by=numbered.tess)

    assert [each.id for each in found] == [numbered.ada.id]


async def test_a_number_being_typed_finds_who_begins_so(numbered: World) -> None:
    assert [each.name for each in await ringing.meant_by("+1 303 55", by=numbered.tess)] == ["Ada Premier"]


async def test_a_number_of_two_people_means_both(numbered: World) -> None:
    await CONTACTS.change(numbered.otto.id, {"phones": ["303 555 0142"]}, by=SYSTEM)

    rung = await ringing.ring(Rang("c-1", ADA, agent="tess@halden.example"), by=numbered.ines)

    assert {each.id for each in rung.matches} == {numbered.ada.id, numbered.otto.id}
    assert rung.call.contact_id is None


async def test_the_same_call_told_twice_is_one_call_further_on(numbered: World, frozen: Frozen) -> None:
    first = await ringing.ring(Rang("c-1", ADA, state=CallState.RINGING), by=numbered.ines)
    frozen.forward(seconds=21)
    second = await ringing.ring(
        Rang("c-1", ADA, agent="tess@halden.example", state=CallState.ANSWERED), by=numbered.ines
    )
    frozen.forward(seconds=227)
    await ringing.ring(Rang("c-1", ADA, state=CallState.ENDED), by=numbered.ines)
    late = await ringing.ring(Rang("c-1", ADA, state=CallState.RINGING), by=numbered.ines)

    assert first.call.id == second.call.id == late.call.id
    assert await Call.all().count() == 1
    assert (late.call.state, late.call.waited_s, late.call.lasted_s(late.call.created_at)) == (CallState.ENDED, 21, 227)
    assert (late.call.agent_id, late.call.contact_id) == (numbered.tess.id, numbered.ada.id)


@pytest.mark.sqlite_only  # PostgreSQL tells by the application, which does not run here
async def test_only_whose_call_it_is_is_told(numbered: World) -> None:
    async with HUB.subscribe() as page:
        rung = await ringing.ring(Rang("c-1", ADA, agent="tess@halden.example"), by=numbered.ines)
        told = await page.next(seconds=5)

    assert (told.topic, told.ids) == ("call", (rung.call.id, numbered.tess.id))


async def test_a_call_for_nobody_in_particular_rings_at_every_agent(numbered: World) -> None:
    await ringing.ring(Rang("c-1", "+49 30 1234567", state=CallState.RINGING), by=numbered.ines)

    screens = [len(await ringing.unsaved_of(someone)) for someone in (numbered.tess, numbered.uma)]

    assert screens == [1, 1]


async def test_a_call_for_somebody_who_is_not_there_is_refused(numbered: World) -> None:
    with pytest.raises(Invalid):
        await ringing.ring(Rang("c-1", ADA, agent="gone@halden.example"), by=numbered.ines)


async def test_sales_announce_nothing(numbered: World) -> None:
    with pytest.raises(NotFound):
        await ringing.ring(Rang("c-1", ADA), by=numbered.sally)
