"""Clocks as rows: what begins, stands still, goes on, is planned again and undone."""

from datetime import UTC, datetime, timedelta

from casedesk.database import transaction
from casedesk.milestones import tracking
from casedesk.milestones.models import ClockPause, Milestone
from casedesk.records import NEVER
from casedesk.rules.milestones import Moment
from casedesk.rulesets import published
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.world import World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def rows_of(case_id: int) -> list[tuple[str, str, datetime]]:
    """Return kind, state and target of a case's milestones."""
    return list(await Milestone.filter(case_id=case_id).order_by("id").values_list("kind", "state", "target_at"))


async def test_a_pause_stops_and_going_on_moves_the_targets(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    async with transaction():
        await tracking.pause(case.id, START + timedelta(hours=1), "on_hold")
        await tracking.pause(case.id, START + timedelta(hours=2), "on_hold")
    paused = await tracking.standing(case.id)

    async with transaction():
        await tracking.go_on(case.id, START + timedelta(hours=3))

    assert (paused.due_at, paused.kind) == (NEVER, "paused")
    assert [target for _, _, target in await rows_of(case.id)] == [
        START + timedelta(hours=6),
        START + timedelta(hours=26),
    ]
    assert await ClockPause.filter(case_id=case.id).count() == 1


async def test_a_response_still_owed_starts_no_second_one(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    process = await published.process("premier")
    assert process is not None

    async with transaction():
        await tracking.begin(case.id, process, 1, "normal", START, Moment.CUSTOMER_MESSAGE)
        await tracking.complete(case.id, Moment.AGENT_REPLY, START + timedelta(hours=1))
        await tracking.begin(case.id, process, 1, "normal", START + timedelta(hours=2), Moment.CUSTOMER_MESSAGE)
        await tracking.begin(case.id, process, 1, "normal", START + timedelta(hours=3), Moment.CUSTOMER_MESSAGE)

    assert [(kind, state) for kind, state, _ in await rows_of(case.id)] == [
        ("first_response", "met"), ("resolution", "running"), ("next_response", "running"),
    ]  # fmt: skip


async def test_the_next_response_recurs(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    process = await published.process("premier")
    assert process is not None

    async with transaction():
        for hour in (1, 3, 5):
            await tracking.complete(case.id, Moment.AGENT_REPLY, START + timedelta(hours=hour))
            await tracking.begin(
                case.id, process, 1, "normal", START + timedelta(hours=hour + 1), Moment.CUSTOMER_MESSAGE
            )

    kinds = [(kind, state) for kind, state, _ in await rows_of(case.id) if kind == "next_response"]
    assert kinds == [("next_response", "met"), ("next_response", "met"), ("next_response", "running")]


async def test_planning_without_a_process_cancels_what_is_owed(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)

    async with transaction():
        await tracking.plan_again(case.id, None, 1, "normal", START)

    stand = await tracking.standing(case.id)
    assert [state for _, state, _ in await rows_of(case.id)] == ["cancelled", "cancelled"]
    assert (stand.due_at, stand.kind) == (NEVER, None)
    assert await tracking.due(START + timedelta(days=99), 10) == []


async def test_what_was_met_at_an_instant_is_owed_again(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    async with transaction():
        await tracking.complete(case.id, Moment.AGENT_REPLY, START)

    async with transaction():
        await tracking.owe_again(case.id, START, START)

    assert [(kind, state) for kind, state, _ in await rows_of(case.id)] == [
        ("first_response", "running"), ("resolution", "running"),
    ]  # fmt: skip


async def test_each_case_is_due_once_the_longest_due_first(world: World, frozen: Frozen) -> None:
    slow = await a_case(world.tess, world.ada)
    urgent = await a_case(world.tess, world.ada, priority="urgent")

    assert await tracking.due(START + timedelta(days=9), 10) == [urgent.id, slow.id]
