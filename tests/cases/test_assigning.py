"""Who works a case: taken, given, handed back, served."""

import pytest

from casedesk.cases import assigning, changing
from casedesk.cases.creating import NewCase
from casedesk.cases.models import Case
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from casedesk.users.enrolling import USERS
from tests.factories.cases import a_case, row_of
from tests.world import World


async def test_a_case_is_taken(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    taken = await assigning.take(case.number, by=world.uma)

    event = await Event.filter(case_id=case.id, name="case_assigned").get()
    assert taken.owner.id == world.uma.id
    assert event.data == {"set": {"owner_id": world.uma.id}, "was": {"owner_id": None}}


async def test_somebody_elses_case_is_not_taken(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await assigning.take(case.number, by=world.uma)

    with pytest.raises(Conflict):
        await assigning.take(case.number, by=world.tess)

    assert (await row_of(case)).owner_id == world.uma.id


async def test_taking_it_again_leaves_no_trace(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    once = await assigning.take(case.number, by=world.uma)

    again = await assigning.take(case.number, by=world.uma)

    assert again.version == once.version


async def test_a_case_that_moves_to_another_queue_waits_there_for_its_people(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await assigning.take(case.number, by=world.tess)

    moved = await assigning.assign(case.number, by=world.max, queue_id=world.queues["tier_2"])

    assert (moved.queue.key, moved.owner) == ("tier_2", None)


async def test_queue_and_owner_are_given_together(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    given = await assigning.assign(case.number, by=world.max, queue_id=world.queues["tier_2"], user_id=world.uma.id)

    assert (given.queue.key, given.owner.id) == ("tier_2", world.uma.id)


async def test_a_case_is_handed_back_to_its_queue(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await assigning.take(case.number, by=world.tess)

    back = await assigning.assign(case.number, by=world.tess, hand_back=True)

    assert (back.queue.key, back.owner) == ("premier", None)


@pytest.mark.parametrize("given", [{}, {"queue_id": 999}, {"user_id": 999}])
async def test_nobody_and_nowhere_are_refused(world: World, given: dict[str, int]) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(Invalid):
        await assigning.assign(case.number, by=world.max, **given)

    assert (await row_of(case)).version == case.version


async def test_somebody_suspended_gets_no_case(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await USERS.change(world.uma.id or 0, {"active": False}, by=SYSTEM)

    with pytest.raises(Invalid):
        await assigning.assign(case.number, by=world.max, user_id=world.uma.id)

    assert (await row_of(case)).owner_id is None


async def test_the_most_urgent_case_of_ones_queues_is_served(world: World) -> None:
    await a_case(world.tess, world.ada)
    urgent = await a_case(world.tess, world.ada, priority="urgent")
    await changing.change(
        (await a_case(world.tess, world.ada, priority="urgent")).number, by=world.max, values={"status": "on_hold"}
    )

    served = await assigning.serve_me(by=world.uma)

    assert (served.number, served.owner.id) == (urgent.number, world.uma.id)


async def test_nothing_is_served_when_nothing_waits(world: World) -> None:
    assert await assigning.serve_me(by=world.tess) is None


async def test_sales_assigns_nothing(world: World) -> None:
    case = await a_case(world.sally, world.ada)

    with pytest.raises(NotFound):
        await assigning.assign(case.number, by=world.sally, user_id=world.uma.id)

    assert (await row_of(case)).owner_id is None


async def test_a_case_made_for_a_queue_is_made_there_once_or_not_at_all(world: World) -> None:
    new = NewCase(subject="Pump stops", origin="web", contact_id=world.ada.id, once="o")

    with pytest.raises(Invalid):
        await assigning.create_in_queue(new, 999, by=world.tess)
    nothing = await Case.all().count()
    made = await assigning.create_in_queue(new, world.queues["billing"], by=world.tess)
    await assigning.assign(made.number, by=world.uma, queue_id=world.queues["tier_2"])
    again = await assigning.create_in_queue(new, world.queues["billing"], by=world.tess)

    assert (nothing, made.queue.key, again.number, again.queue.key) == (0, "billing", made.number, "tier_2")
