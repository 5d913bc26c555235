"""Cases end and open again: clocks met, one event for each step, a window for reopening."""

from datetime import timedelta

import pytest

from casedesk.cases import closing, viewing
from casedesk.errors import Conflict
from casedesk.journal.models import Event
from casedesk.records import NEVER
from tests.conftest import Frozen
from tests.factories.cases import a_case, row_of
from tests.world import World


async def names_of(case_id: int) -> list[str]:
    """Return the names of a case's events after its making."""
    return list(await Event.filter(case_id=case_id).order_by("id").values_list("name", flat=True))[2:]


async def test_resolving_meets_the_clocks(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    resolved = await closing.resolve(case.number, by=world.tess, resolution="Restarted it.")

    row = await row_of(case)
    assert {each.kind: each.state for each in resolved.milestones} == {"first_response": "met", "resolution": "met"}
    assert (resolved.status, resolved.resolution, row.is_open) == ("Resolved", "Restarted it.", False)
    assert (row.next_due_at, row.next_due_kind, row.next_escalation_at) == (NEVER, None, NEVER)


async def test_closing_an_unresolved_case_passes_through_resolved(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    closed = await closing.close(case.number, by=world.tess, resolution="Restarted it.", solution_id=None)

    assert (closed.status, closed.resolved_at, closed.closed_at) == ("Closed", closed.closed_at, closed.closed_at)
    assert await names_of(case.id) == ["case_resolved", "case_closed"]


async def test_closing_a_resolved_case_is_one_step(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    resolved = await closing.resolve(case.number, by=world.tess)
    frozen.forward(days=1)

    closed = await closing.close(case.number, by=world.tess)

    assert (closed.resolved_at, await names_of(case.id)) == (resolved.resolved_at, ["case_resolved", "case_closed"])


async def test_the_solution_that_ended_it_is_told(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    await closing.resolve(case.number, by=world.tess, solution_id=17)

    event = await Event.filter(case_id=case.id, name="case_resolved").get()
    assert event.data["solution"] == 17


async def test_a_case_is_not_resolved_twice(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)

    with pytest.raises(Conflict):
        await closing.resolve(case.number, by=world.uma)

    assert await names_of(case.id) == ["case_resolved"]


async def test_reopening_lets_the_resolution_run_on_without_the_time_between(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(hours=1)
    await closing.resolve(case.number, by=world.tess)
    frozen.forward(days=2)

    reopened = await closing.reopen(case.number, by=world.uma, reason="It came back.")

    before = {each.kind: each.target_at for each in case.milestones}
    after = {each.kind: (each.state, each.target_at) for each in reopened.milestones}
    assert after["resolution"] == ("running", before["resolution"] + timedelta(days=2))
    assert after["first_response"][0] == "met"
    assert (reopened.status, reopened.resolved_at) == ("Open", None)
    story = await viewing.timeline(case.number, by=world.tess)
    assert [entry.text for entry in story if entry.event == "case_reopened"] == ["It came back."]


async def test_an_open_case_cannot_be_reopened(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(Conflict):
        await closing.reopen(case.number, by=world.tess)

    assert await names_of(case.id) == []


async def test_after_the_window_a_closed_case_stays_closed(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.close(case.number, by=world.tess)
    frozen.forward(days=15)

    with pytest.raises(Conflict):
        await closing.reopen(case.number, by=world.tess)

    assert (await row_of(case)).status == "Closed"


async def test_a_case_resolved_for_a_week_closes_by_itself_once(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    other = await a_case(world.tess, world.bo)
    await closing.resolve(case.number, by=world.tess)
    frozen.forward(days=7)

    assert await closing.close_old() == 1
    assert await closing.close_old() == 0

    assert (await row_of(case)).status == "Closed"
    assert (await row_of(other)).status == "New"
    assert await names_of(case.id) == ["case_resolved", "case_closed"]
