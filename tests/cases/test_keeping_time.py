"""Milestones warn, are missed and are met: each step exactly once, whatever stops in between."""

from datetime import UTC, datetime, timedelta

from casedesk.cases import closing, conversing, keeping_time, viewing
from casedesk.journal.models import Event
from casedesk.milestones.models import Milestone, MilestoneStep
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes, row_of
from tests.factories.crashes import lose
from tests.world import World

STEPS = ("milestone_warned", "milestone_missed", "milestone_met")


async def steps_of(case_id: int) -> list[tuple[str, object]]:
    """Return what the clocks of a case told, in order: the event and the kind of milestone."""
    events = await Event.filter(case_id=case_id, name__in=STEPS).order_by("id")
    return [(event.name, event.data["kind"]) for event in events]


async def test_a_warning_comes_when_its_minutes_are_left(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.set(datetime(2026, 3, 2, 12, 44, 59, tzinfo=UTC))
    assert await keeping_time.sweep() == 0
    frozen.set(datetime(2026, 3, 2, 12, 45, tzinfo=UTC))

    assert await keeping_time.sweep() == 1

    assert await steps_of(case.id) == [("milestone_warned", "first_response")]


async def test_a_violation_raises_the_level_and_tells_the_manager(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=241)

    await keeping_time.sweep()

    asked = await Event.filter(case_id=case.id, name="notification_asked_for").order_by("id")
    assert await steps_of(case.id) == [("milestone_warned", "first_response"), ("milestone_missed", "first_response")]
    assert (await row_of(case)).escalation_level == 1
    assert [event.data["to"] for event in asked] == ["owner", "queue", "manager"]


async def test_two_sweeps_take_a_step_once(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=241)
    await keeping_time.sweep()

    assert await keeping_time.sweep() == 0

    assert len(await steps_of(case.id)) == 2


async def test_after_a_stop_of_the_desk_every_step_is_taken_once_in_order(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(days=3)

    await keeping_time.sweep()
    await keeping_time.sweep()

    assert await steps_of(case.id) == [
        ("milestone_warned", "first_response"),
        ("milestone_missed", "first_response"),
        ("milestone_warned", "resolution"),
        ("milestone_missed", "resolution"),
    ]
    assert (await row_of(case)).escalation_level == 2


async def test_a_milestone_met_in_time_tells_so_and_never_warns(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=10)
    await conversing.reply(case.number, by=world.tess, text="I look into it.")
    frozen.forward(days=1)

    await keeping_time.sweep()

    assert ("milestone_met", "first_response") in await steps_of(case.id)
    assert ("milestone_warned", "first_response") not in await steps_of(case.id)


async def test_an_answer_too_late_is_missed_once_although_nobody_swept_before(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=300)
    await conversing.reply(case.number, by=world.tess, text="Sorry.")

    await keeping_time.sweep()
    await keeping_time.sweep()

    assert await steps_of(case.id) == [("milestone_missed", "first_response")]


async def test_clocks_that_stand_still_do_nothing(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="Which colour?", status="waiting_on_customer")
    await keeping_time.sweep()
    frozen.forward(days=10)

    assert await keeping_time.sweep() == 0

    assert await steps_of(case.id) == [("milestone_met", "first_response")]


async def test_a_pause_moves_the_steps(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="Which colour?", status="waiting_on_customer")
    frozen.forward(days=10)
    await customer_writes(case)
    await keeping_time.sweep()

    resolution = await Milestone.get(case_id=case.id, kind="resolution")

    assert resolution.next_action_at == datetime(2026, 3, 13, 8, 0, tzinfo=UTC)
    assert await steps_of(case.id) == [("milestone_met", "first_response")]


async def test_a_crash_before_the_commit_leaves_the_step_due(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=241)

    await lose(keeping_time.sweep)

    assert await steps_of(case.id) == []
    assert await keeping_time.sweep() == 1
    assert len(await steps_of(case.id)) == 2
    assert await MilestoneStep.all().count() == 2


async def test_a_reopened_case_tells_its_second_success_too(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    await keeping_time.sweep()
    frozen.forward(hours=1)
    await closing.reopen(case.number, by=world.tess)
    await closing.resolve(case.number, by=world.tess)

    await keeping_time.sweep()

    assert [kind for name, kind in await steps_of(case.id) if name == "milestone_met"].count("resolution") == 2


async def test_the_decision_says_which_step_it_was(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=241)
    await keeping_time.sweep()

    taken = await viewing.decisions(case.number, by=world.tess)

    assert [each.outcome for each in taken if each.kind == "milestone"][2:] == ["warning", "violation"]
    story = await viewing.timeline(case.number, by=world.tess)
    assert [entry.event for entry in story if entry.event in STEPS] == ["milestone_warned", "milestone_missed"]


async def test_a_sweep_takes_a_batch_and_leaves_the_rest_due(world: World, frozen: Frozen) -> None:
    first = await a_case(world.tess, world.ada)
    frozen.forward(minutes=1)
    second = await a_case(world.tess, world.ada)
    frozen.forward(minutes=228)

    await keeping_time.sweep(limit=1)

    assert (await steps_of(first.id), await steps_of(second.id)) == ([("milestone_warned", "first_response")], [])
    assert first.milestones[0].target_at + timedelta(minutes=1) == second.milestones[0].target_at
