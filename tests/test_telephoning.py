"""What a call leaves behind: one case with its words, solutions, follow-ups and summary, or words on a case there is."""

from datetime import timedelta

import pytest

from casedesk import clock, telephoning
from casedesk.activities.models import CalendarEvent, Task
from casedesk.calls import notes, ringing
from casedesk.calls.ringing import CallRecord, CallState, Rang
from casedesk.cases import publishing, viewing
from casedesk.cases.creating import NewCase
from casedesk.cases.models import Case
from casedesk.errors import Invalid
from casedesk.identity import SYSTEM
from casedesk.mail.models import OutgoingMail
from casedesk.rulesets import published
from casedesk.telephoning import Appointment, FollowUp, Leaving
from knowledge import writing
from knowledge.models import SolutionUse
from knowledge.solution import Draft, Status, Visibility
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.world import World

MARK = "0123456789abcdef"


async def test_a_call_becomes_a_case_with_all_that_was_agreed(world: World, frozen: Frozen) -> None:
    call, solution = await _call(world, frozen), await _solution()
    await notes.keep(MARK, {"notes": "00:42 E17"}, by=world.tess, call_id=call.id)
    tomorrow = clock.now() + timedelta(days=1)
    leaving = Leaving(
        call=call, mark=MARK, used=(solution,), follow_ups=(FollowUp("Is E17 away?", tomorrow),),
        appointment=Appointment("Visit", tomorrow, tomorrow + timedelta(hours=1)), summary="Your case is {number}.",
    )  # fmt: skip

    case = await telephoning.log_new(_new(world, owner_id=world.tess.id, once="o-1"), leaving, by=world.tess)

    first = (await viewing.timeline(case.number, by=world.tess))[0:30]
    words = next(entry for entry in first if entry.kind == "call")
    assert (words.text, words.details["duration_s"], words.details["number"]) == ("00:42 E17", 227, "+1 303 555 0142")
    assert (case.owner.email, case.origin, case.queue.key) == ("tess@halden.example", "phone", "premier")
    assert [(use.solution_id, use.case) for use in await SolutionUse.all()] == [(solution, case.id)]
    assert [(task.subject, task.due_at, task.case_id) for task in await Task.all()] == [
        ("Is E17 away?", tomorrow, case.id)
    ]
    assert [(event.subject, event.case_id) for event in await CalendarEvent.all()] == [("Visit", case.id)]
    mail = await OutgoingMail.filter(kind="reply").get()
    assert (mail.to, mail.text.strip()) == (["ada@ridgeline.example"], f"Your case is {case.number}.")
    assert (await ringing.call_named("c-1", by=world.tess)).case_id == case.id
    assert await notes.newest(by=world.tess, call_id=call.id) is None


async def test_the_summary_repeats_what_helped_where_a_customer_may_read_it(world: World) -> None:
    told = [
        (await writing.create(Draft(title, "1. Hold MODE.", visibility=whose, status=Status.PUBLISHED), by=SYSTEM)).id
        for title, whose in (("Alarm E17", Visibility.PORTAL), ("Between us", Visibility.INTERNAL))
    ]
    leaving = Leaving(used=(*told, 999), summary="Case {number}.{solutions}\n\nTess")

    case = await telephoning.log_new(_new(world), leaving, by=world.tess)

    mail = await OutgoingMail.filter(kind="reply").get()
    assert mail.text.strip() == f"Case {case.number}.\n\nAlarm E17\n\n1. Hold MODE.\n\nTess"


async def test_a_form_sent_twice_is_one_case_with_one_task(world: World) -> None:
    leaving = Leaving(mark=MARK, follow_ups=(FollowUp("Ring again", clock.now()),), summary="Case {number}")

    numbers = {(await telephoning.log_new(_new(world, once="o-1"), leaving, by=world.tess)).number for _ in range(2)}

    assert len(numbers) == 1
    assert (await Task.all().count(), await OutgoingMail.filter(kind="reply").count()) == (1, 1)


async def test_a_case_solved_on_the_call_credits_the_solution(world: World) -> None:
    solution = await _solution()

    case = await telephoning.log_new(_new(world), Leaving(used=(solution,)), by=world.tess, resolved=True)

    assert (case.status_category, case.resolution) == ("resolved", "Pump stops")


async def test_what_is_wrong_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(Invalid):
        await telephoning.log_new(
            NewCase("Pump stops", "phone", "x", contact_id=None), Leaving(summary="Hello"), by=world.tess
        )

    assert (await Case.all().count(), await Task.all().count()) == (0, 0)


async def test_a_call_is_logged_on_a_case_there_is(world: World, frozen: Frozen) -> None:
    case, call = await a_case(world.tess, world.ada), await _call(world, frozen)

    await telephoning.log_on(case.number, "Still red.", Leaving(call=call, mark=MARK), by=world.tess, once="o-1")
    await telephoning.log_on(case.number, "Still red.", Leaving(call=call, mark=MARK), by=world.tess, once="o-1")

    calls = [entry.text for entry in await viewing.timeline(case.number, by=world.tess) if entry.kind == "call"]
    assert calls == ["Still red."]
    assert await ringing.unsaved_of(world.tess) == ()


async def test_the_line_that_was_dialled_is_a_fact_for_the_rules(world: World, frozen: Frozen) -> None:
    document = dict((await published.current("assignment")).document)
    rule = {
        "name": "Billing line", "when": [{"field": "menu", "operator": "equals", "value": "2"}],
        "then": {"queue": "billing"},
    }  # fmt: skip
    await publishing.publish("assignment", {**document, "entries": [rule, *document["entries"]]}, by=world.ines)

    case = await telephoning.log_new(_new(world), Leaving(call=await _call(world, frozen)), by=world.tess)

    assert case.queue.key == "billing"


async def _call(world: World, frozen: Frozen) -> CallRecord:
    rang = Rang("c-1", "+1 303 555 0142", agent="tess@halden.example", line="US Premier", menu="2")
    await ringing.ring(rang, by=world.ines)
    frozen.forward(seconds=227)
    return (await ringing.ring(Rang("c-1", "+1 303 555 0142", state=CallState.ENDED), by=world.ines)).call


async def _solution() -> int:
    return (await writing.create(Draft("Alarm E17", "Hold MODE.", status=Status.PUBLISHED), by=SYSTEM)).id


def _new(world: World, **given: object) -> NewCase:
    return NewCase("Pump stops", "phone", "00:42 E17", contact_id=world.ada.id, **given)  # type: ignore[arg-type]
