"""Two who do the same at the same moment: it happens once, whoever is first."""

import asyncio

from casedesk.accounts import recognising
from casedesk.accounts.models import Contact
from casedesk.cases import assigning, changing, closing, conversing, escalating, keeping_time, taking_back
from casedesk.cases.models import Notification
from casedesk.cases.replaying import replay
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.errors import Conflict, Stale
from casedesk.journal import pending
from casedesk.journal.models import Event
from casedesk.mail.models import OutgoingMail
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.factories.happenings import react_again
from tests.world import World


async def told(case: CaseView, name: str) -> int:
    """Return how often an event of this name stands in a case's history."""
    return await Event.filter(case_id=case.id, name=name).count()


async def test_two_sweeps_of_the_clocks_take_each_step_once(world: World, frozen: Frozen) -> None:
    cases = [await a_case(world.tess, world.ada) for _ in range(3)]
    frozen.forward(minutes=241)

    await asyncio.gather(keeping_time.sweep(), keeping_time.sweep(), keeping_time.sweep())

    assert [await told(case, "milestone_missed") for case in cases] == [1, 1, 1]
    assert [await told(case, "milestone_warned") for case in cases] == [1, 1, 1]
    assert [fault for case in cases for fault in await replay(case.id)] == []


async def test_two_sweeps_of_escalation_act_once(world: World, frozen: Frozen) -> None:
    cases = [await a_case(world.tess, world.ada, priority="urgent") for _ in range(3)]
    frozen.forward(minutes=61)

    await asyncio.gather(escalating.sweep(), escalating.sweep(), escalating.sweep())

    assert [await told(case, "case_escalated") for case in cases] == [1, 1, 1]


async def test_two_agents_are_served_two_cases(world: World) -> None:
    cases = {(await a_case(world.tess, world.ada)).id for _ in range(2)}

    first, second = await asyncio.gather(assigning.serve_me(by=world.tess), assigning.serve_me(by=world.uma))

    assert first is not None
    assert second is not None
    assert {first.id, second.id} == cases


async def test_a_case_is_taken_by_one(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    ends = await asyncio.gather(
        assigning.take(case.number, by=world.tess), assigning.take(case.number, by=world.uma), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["CaseView", "Conflict"]


async def test_of_two_changes_to_one_version_the_second_is_stale(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    ends = await asyncio.gather(
        changing.change(case.number, by=world.tess, values={"priority": "high"}, if_version=case.version),
        changing.change(case.number, by=world.uma, values={"priority": "low"}, if_version=case.version),
        return_exceptions=True,
    )

    assert sorted(type(end).__name__ for end in ends) == ["CaseView", Stale.__name__]
    assert await replay(case.id) == []


async def test_a_case_is_resolved_once(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    ends = await asyncio.gather(
        closing.resolve(case.number, by=world.tess), closing.resolve(case.number, by=world.uma), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["CaseView", Conflict.__name__]
    assert await told(case, "case_resolved") == 1


async def test_undo_and_sending_do_not_both_win(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    posted = await conversing.reply(case.number, by=world.tess, text="Done.")

    async def claim() -> int:
        return await OutgoingMail.filter(id=posted.outgoing_id, state="waiting").update(state="sending", tries=1)

    claimed, undone = await asyncio.gather(
        claim(), taking_back.undo(posted.outgoing_id or 0, by=world.tess), return_exceptions=True
    )

    state = (await OutgoingMail.get(id=posted.outgoing_id)).state
    assert (claimed, isinstance(undone, Conflict), state) in [(1, True, "sending"), (0, False, "cancelled")]


async def test_two_mails_of_somebody_new_make_one_contact(world: World) -> None:
    async def come() -> int | None:
        async with transaction():
            return (await recognising.find_or_create("dora@new.example", "Dora")).id

    first, second = await asyncio.gather(come(), come())

    assert first == second
    assert await Contact.filter(name="Dora").count() == 1


async def test_two_workers_with_the_same_event_tell_once(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    await assigning.assign((await a_case(world.tess, world.ada)).number, by=world.max, user_id=world.uma.id)
    events = await pending.claim(100)

    await asyncio.gather(react_again(events), react_again(events))

    kinds = await OutgoingMail.all().order_by("id").values_list("kind", flat=True)
    assert sorted(kinds) == ["acknowledgement", "acknowledgement", "survey"]
    assert await Notification.all().values_list("user_id", flat=True) == [world.uma.id]
