"""The seven steps of a case: what is done, where it stands, what was never recorded."""

from casedesk import clock
from casedesk.cases import assigning, closing, conversing, escalating, steps, taking_back, viewing
from casedesk.cases.shapes import CaseView
from casedesk.cases.steps import StepName, StepState
from casedesk.identity import SYSTEM
from knowledge import using, writing
from knowledge.solution import Draft, Status
from knowledge.using import Outcome
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes
from tests.world import World

DONE, HERE, AHEAD, SKIPPED = StepState.DONE, StepState.CURRENT, StepState.AHEAD, StepState.SKIPPED


async def test_a_new_case_waits_for_its_owner(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, origin="phone")

    found = await steps.of_case(case)

    assert [step.name for step in found] == list(StepName)
    assert [step.state for step in found] == [DONE, DONE, HERE, AHEAD, AHEAD, AHEAD, AHEAD]
    assert [(step.told, step.who) for step in found[:3]] == [("phone", ""), ("covered", ""), ("queue", "Premier")]
    assert [step.at for step in found] == [clock.now(), clock.now(), None, None, None, None, None]


async def test_each_step_carries_the_time_it_was_taken(world: World, frozen: Frozen) -> None:
    made = await a_case(world.tess, world.ada)
    at = [frozen.forward(minutes=5)]
    await assigning.take(made.number, by=world.tess)
    at.append(frozen.forward(minutes=5))
    await _use_a_solution(made, world)
    at.append(frozen.forward(minutes=5))
    await conversing.reply(made.number, by=world.tess, text="Hold Reset.")
    at.append(frozen.forward(minutes=5))
    await closing.resolve(made.number, by=world.tess, resolution="Reset.")
    at.append(frozen.forward(days=1))
    case = await closing.close(made.number, by=world.tess)

    found = await steps.of_case(case)

    assert [step.state for step in found] == [DONE] * 7
    assert [step.at for step in found][2:] == at
    assert (found[2].who, found[4].told, found[5].told) == ("Tess Odell", "reply", "resolved")


async def test_what_nobody_recorded_is_passed_over(world: World) -> None:
    made = await a_case(world.tess, world.ada)
    case = await closing.resolve(made.number, by=world.tess, resolution="It went away.")

    states = [step.state for step in await steps.of_case(case)]

    assert states == [DONE, DONE, SKIPPED, SKIPPED, SKIPPED, DONE, HERE]


async def test_a_case_resolved_on_the_first_call_was_told_by_telephone(world: World) -> None:
    made = await a_case(world.tess, world.ada, origin="phone")
    case = await closing.resolve(made.number, by=world.tess, resolution="Told on the call.")

    told = (await steps.of_case(case))[4]

    assert (told.state, told.told) == (DONE, "call")


async def test_a_reopened_case_is_reworked_and_owes_its_answer_again(world: World, frozen: Frozen) -> None:
    made = await a_case(world.tess, world.ada)
    await conversing.reply(made.number, by=world.tess, text="Hold Reset.", status="resolved")
    at = frozen.forward(hours=1)
    await customer_writes(made)

    found = await steps.of_case(await _now(made, world))

    assert [step.state for step in found] == [DONE, DONE, DONE, AHEAD, AHEAD, HERE, AHEAD]
    assert (found[5].told, found[5].at) == ("reworked", at)


async def test_an_escalated_case_stands_at_its_escalation(world: World, frozen: Frozen) -> None:
    made = await a_case(world.tess, world.ada)
    at = frozen.forward(hours=1)
    case = await escalating.escalate(made.number, by=world.tess, kind="manager", reason="They ask for one.")

    outcome = (await steps.of_case(case))[5]

    assert (outcome.state, outcome.told, outcome.at) == (HERE, "escalated", at)


async def test_a_reply_taken_back_was_never_told(world: World) -> None:
    made = await a_case(world.tess, world.ada)
    posted = await conversing.reply(made.number, by=world.tess, text="Hold Reset.", undo_seconds=30)
    await taking_back.undo(posted.outgoing_id or 0, by=world.tess)

    told = (await steps.of_case(await _now(made, world)))[4]

    assert (told.state, told.at) == (AHEAD, None)


async def _now(case: CaseView, world: World) -> CaseView:
    return await viewing.case_by_id(case.id, by=world.tess)


async def _use_a_solution(case: CaseView, world: World) -> None:
    solution = await writing.create(Draft("Red light", "Hold Reset.", status=Status.PUBLISHED), by=SYSTEM)
    await using.record_use(solution.id, outcome=Outcome.INSERTED, case=case.id, by=world.tess)
