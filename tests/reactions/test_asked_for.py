"""What a rule asks for is done once: a task, a letter."""

from typing import Any

from casedesk.activities.models import Task
from casedesk.cases import keeping_time
from casedesk.identity import SYSTEM
from casedesk.mail.models import OutgoingMail
from casedesk.rulesets import defaults, published
from casedesk.rulesets.documents import KnownNames, RuleSetKind
from tests.conftest import Frozen
from tests.factories.cases import a_case, row_of
from tests.factories.happenings import react, react_again
from tests.world import World

PROCESSES = RuleSetKind.ENTITLEMENT_PROCESS


async def publish_with(*actions: dict[str, Any]) -> None:
    """Let a missed first response do `actions`."""
    document: dict[str, Any] = {
        "processes": [
            {
                **process,
                "milestones": [
                    {**each, "on_warning": [], "on_violation": list(actions)} for each in process["milestones"][:1]
                ],
            }
            for process in defaults.DOCUMENTS[PROCESSES]["processes"]
        ]
    }
    await published.publish(PROCESSES.value, document, KnownNames(), by=SYSTEM)


async def test_a_task_is_made_once(world: World, frozen: Frozen) -> None:
    await publish_with({"do": "add_task", "subject": "Ring her", "due_minutes": 30, "owner": "manager"})
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=241)
    await keeping_time.sweep()

    await react_again(await react())

    task = await Task.get()
    assert (task.subject, task.owner_id, task.case_id, task.contact_id) == (
        "Ring her",
        world.max.id,
        case.id,
        world.ada.id,
    )
    assert task.due_at is not None
    assert (task.due_at - case.created_at).total_seconds() == (241 + 30) * 60


async def test_two_tasks_of_one_step_are_two(world: World, frozen: Frozen) -> None:
    await publish_with({"do": "add_task", "subject": "Ring her"}, {"do": "add_task", "subject": "Ring again"})
    await a_case(world.tess, world.ada)
    frozen.forward(minutes=241)
    await keeping_time.sweep()

    await react()

    assert await Task.all().order_by("id").values_list("subject", flat=True) == ["Ring her", "Ring again"]


async def test_a_letter_goes_to_the_contact_once(world: World, frozen: Frozen) -> None:
    await publish_with({"do": "send_template", "template": "acknowledgement", "to": "contact"})
    case = await a_case(world.tess, world.ada, origin="phone")
    frozen.forward(minutes=241)
    await keeping_time.sweep()

    await react_again(await react())

    mail = await OutgoingMail.get()
    assert (mail.to, mail.automatic, mail.case_id) == ([world.ada.email], True, case.id)
    assert case.number in mail.subject


async def test_a_letter_may_go_to_the_manager(world: World, frozen: Frozen) -> None:
    await publish_with({"do": "send_template", "template": "acknowledgement", "to": "manager"})
    await a_case(world.tess, world.ada, origin="phone")
    frozen.forward(minutes=241)
    await keeping_time.sweep()

    await react()

    assert (await OutgoingMail.get()).to == [world.max.email]


async def test_an_action_that_names_what_is_gone_tells_the_manager_and_stops_nothing(
    world: World, frozen: Frozen
) -> None:
    await publish_with({"do": "assign_queue", "queue": "gone"}, {"do": "raise_level"})
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=241)

    await keeping_time.sweep()

    assert (await row_of(case)).escalation_level == 1
    events = await react()
    assert [event.data["reason"] for event in events if event.name == "notification_asked_for"] == [
        "rule_could_not_act"
    ]
