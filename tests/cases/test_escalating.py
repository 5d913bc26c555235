"""Cases are brought up: by a person with a reason, or by rules when time has passed, each once."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk.cases import changing, closing, conversing, escalating, viewing
from casedesk.cases.models import Case
from casedesk.errors import Conflict, Invalid
from casedesk.journal.models import Event
from casedesk.milestones.models import EscalationStep
from casedesk.records import NEVER
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes, row_of
from tests.factories.crashes import lose
from tests.world import World


async def rules_that_acted(case_id: int) -> list[str]:
    """Return the names of the rules that escalated a case, in order."""
    events = await Event.filter(case_id=case_id, name="case_escalated").order_by("id")
    return [str(event.data["rule"]) for event in events if "rule" in event.data]


async def asked_for(case_id: int) -> list[tuple[object, object]]:
    """Return whom the events of a case asked to tell, and why."""
    events = await Event.filter(case_id=case_id, name="notification_asked_for").order_by("id")
    return [(event.data["to"], event.data["reason"]) for event in events]


async def test_tier_2_gets_the_case_and_its_queue_is_told(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    brought = await escalating.escalate(
        case.number, by=world.tess, kind="tier_2", reason="Beyond me", tried="Restart", need="A new firmware"
    )

    assert (brought.queue.key, brought.owner, brought.escalation_level) == ("tier_2", None, 2)
    assert await asked_for(case.id) == [("queue", "escalated_tier_2")]
    story = await viewing.timeline(case.number, by=world.uma)
    told = next(entry for entry in story if entry.event == "case_escalated")
    assert (told.text, told.details["tried"], told.details["need"]) == ("Beyond me", "Restart", "A new firmware")


async def test_took_too_long_raises_the_level_and_tells_the_manager(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    brought = await escalating.escalate(case.number, by=world.tess, kind="took_too_long", reason="Three days")

    assert (brought.queue.key, brought.escalation_level) == ("premier", 1)
    assert await asked_for(case.id) == [("manager", "escalated_took_too_long")]


async def test_the_level_never_falls(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await escalating.escalate(case.number, by=world.tess, kind="manager", reason="She is angry")

    brought = await escalating.escalate(case.number, by=world.tess, kind="took_too_long", reason="And late")

    assert brought.escalation_level == 3


@pytest.mark.parametrize(("kind", "reason", "wrong"), [("tier_9", "x", ["kind"]), ("tier_2", " ", ["reason"])])
async def test_an_escalation_needs_a_kind_and_a_reason(world: World, kind: str, reason: str, wrong: list[str]) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(Invalid) as refused:
        await escalating.escalate(case.number, by=world.tess, kind=kind, reason=reason)

    assert [problem.field for problem in refused.value.problems] == wrong


async def test_a_resolved_case_is_not_escalated(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)

    with pytest.raises(Conflict):
        await escalating.escalate(case.number, by=world.tess, kind="manager", reason="Why?")

    assert (await row_of(case)).escalation_level == 0


async def test_an_untouched_urgent_case_is_brought_to_the_manager_once(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, priority="urgent")
    frozen.forward(minutes=61)

    assert await escalating.sweep() == 1
    assert await escalating.sweep() == 0

    assert await rules_that_acted(case.id) == ["An urgent case untouched for an hour is brought to the manager"]
    assert (await row_of(case)).escalation_level == 1
    assert len([to for to, _ in await asked_for(case.id) if to == "manager"]) == 1


async def test_after_a_stop_of_the_desk_every_rule_that_came_due_acts_once_in_order(
    world: World, frozen: Frozen
) -> None:
    case = await a_case(world.tess, world.ada, priority="urgent")
    frozen.forward(days=2)

    await escalating.sweep()
    await escalating.sweep()

    assert await rules_that_acted(case.id) == [
        "An urgent case untouched for an hour is brought to the manager",
        "A case nobody has taken up for a working day is shown to its queue",
    ]


async def test_a_rule_whose_conditions_do_not_hold_is_looked_at_again_only_after_a_change(
    world: World, frozen: Frozen
) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=61)
    await escalating.sweep()
    assert await rules_that_acted(case.id) == []

    await changing.change(case.number, by=world.tess, values={"priority": "urgent"})
    await escalating.sweep()

    assert await rules_that_acted(case.id) == ["An urgent case untouched for an hour is brought to the manager"]


async def test_silence_after_another_word_is_another_silence(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="I look into it.")
    frozen.forward(days=1, minutes=1)
    await escalating.sweep()
    await customer_writes(case)
    frozen.forward(days=1, minutes=1)
    await escalating.sweep()

    silent = "An open case without a word for three working days is brought to the manager"
    assert await rules_that_acted(case.id) == [silent, silent]


async def test_what_a_person_does_counts_as_a_change_and_what_a_rule_does_not(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="I look into it.")
    frozen.forward(hours=23)
    await changing.change(case.number, by=world.uma, values={"tags": ["led"]})
    frozen.forward(hours=2)

    await escalating.sweep()

    assert await rules_that_acted(case.id) == []
    assert (await row_of(case)).next_escalation_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


async def test_a_crash_before_the_commit_leaves_the_rule_due(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, priority="urgent")
    frozen.forward(minutes=61)

    await lose(escalating.sweep)

    assert await rules_that_acted(case.id) == []
    assert await EscalationStep.filter(case_id=case.id).count() == 0
    assert await escalating.sweep() == 1
    assert len(await rules_that_acted(case.id)) == 1


async def test_a_finished_case_is_never_looked_at(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, priority="urgent")
    await closing.resolve(case.number, by=world.tess)
    frozen.forward(days=30)

    assert await escalating.sweep() == 0
    assert (await row_of(case)).next_escalation_at == NEVER


async def test_the_decision_says_which_minutes_had_passed(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, priority="urgent")
    begun = case.created_at
    frozen.forward(minutes=61)
    await escalating.sweep()

    taken = await viewing.decisions(case.number, by=world.max)

    assert [each.sentence for each in taken if each.kind == "escalation"] == [
        "Rule An urgent case untouched for an hour is brought to the manager acted 60 business minutes after created "
        f"({begun.isoformat()})."
    ]


async def test_a_sweep_takes_the_longest_due_first_and_the_rest_next_time(world: World, frozen: Frozen) -> None:
    older = await a_case(world.tess, world.ada, priority="urgent")
    frozen.forward(minutes=1)
    newer = await a_case(world.tess, world.ada, priority="urgent")
    frozen.forward(minutes=90)

    await escalating.sweep(limit=1)

    due = await Case.filter(next_escalation_at__lte=older.created_at + timedelta(minutes=91)).values_list(
        "id", flat=True
    )
    assert due == [newer.id]
