"""People are told what concerns them, once, and nobody of what they did themselves."""

from casedesk.cases import assigning, closing, conversing, escalating, keeping_time, noticing
from casedesk.cases.models import Notification
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes
from tests.factories.happenings import react, react_again
from tests.world import World


async def told() -> list[tuple[int, str]]:
    """Return who was told what."""
    return list(await Notification.all().order_by("id").values_list("user_id", "reason"))


async def test_the_owner_is_told_that_the_customer_wrote(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await assigning.take(case.number, by=world.tess)
    await customer_writes(case)

    await react_again(await react())

    assert await told() == [(world.tess.id, "message_received")]


async def test_the_first_message_tells_nobody_that_somebody_wrote(world: World) -> None:
    await a_case(world.tess, world.ada)

    await react()

    assert await told() == []


async def test_who_is_given_a_case_is_told_and_who_takes_one_is_not(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await assigning.assign(case.number, by=world.max, user_id=world.uma.id)
    await assigning.assign(case.number, by=world.uma, hand_back=True)
    await assigning.take(case.number, by=world.tess)

    await react()

    assert await told() == [(world.uma.id, "assigned")]


async def test_an_escalation_to_tier_2_is_shown_to_its_queue(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await escalating.escalate(case.number, by=world.tess, kind="tier_2", reason="Beyond me")

    await react()

    assert await told() == [(world.uma.id, "escalated_tier_2")]


async def test_a_manager_hears_of_a_missed_milestone(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.note(case.number, by=world.tess, text="Later")
    frozen.forward(minutes=241)
    await keeping_time.sweep()

    await react_again(await react())

    assert (world.max.id, "milestone:First response") in await told()
    assert len([who for who, _ in await told() if who == world.max.id]) == 1


async def test_whoever_logged_a_case_on_behalf_is_told_of_answer_resolution_and_end(world: World) -> None:
    case = await a_case(world.sally, world.ada, logged_on_behalf=True)
    await conversing.reply(case.number, by=world.tess, text="Hold Reset.")
    await conversing.note(case.number, by=world.tess, text="Between us.")
    await closing.resolve(case.number, by=world.tess, resolution="Reset.")
    await closing.close(case.number, by=world.tess)
    await customer_writes(case)

    await react_again(await react())

    lines = [(each.reason, each.number, each.read) for each in await noticing.latest(by=world.sally)]
    assert lines == [(reason, case.number, False) for reason in ("wrote", "closed", "resolved", "replied")]
    await noticing.mark_read(by=world.sally)
    assert [each.read for each in await noticing.latest(by=world.sally)] == [True] * 4


async def test_nobody_is_told_of_what_they_logged_themselves_in_service(world: World) -> None:
    case = await a_case(world.tess, world.ada, logged_on_behalf=True)
    await conversing.reply(case.number, by=world.tess, text="Hold Reset.")

    await react()

    assert await told() == []
