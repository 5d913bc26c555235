"""Tasks and appointments: what is due when, added with two fields, done with one click."""

from datetime import timedelta

from casedesk import clock
from casedesk.activities import events
from casedesk.activities.events import EVENTS
from casedesk.activities.models import CalendarEvent, Task
from casedesk.activities.tasks import TASKS


async def test_tasks_stand_under_what_their_day_is(world, sign_in, frozen) -> None:
    now = clock.now()
    for subject, due in (("Late", now - timedelta(hours=1)), ("Now", now + timedelta(hours=1)), ("Then", None)):
        await TASKS.add({"subject": subject, "due_at": due}, by=world.tess)
    await TASKS.add({"subject": "Not mine"}, by=world.uma)
    tess = await sign_in(world.tess)

    page = (await tess.get("/console/tasks")).text

    places = [page.index(f">{word}") for word in ("Overdue", "Late<", "Today <", "Now<", "Later", "Then<")]
    assert places == sorted(places)
    assert "Not mine" not in page


async def test_a_task_is_added_done_and_brought_back(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    await tess.post("/console/tasks", data={"subject": "Ring Ada", "due": "tomorrow"})
    task = await Task.get()
    done = await tess.post(f"/console/tasks/{task.id}", data={})
    page = await tess.get(done.headers["location"])

    assert ("Done: Ring Ada" in page.text, "Nothing to do" in page.text) == (True, True)
    await tess.post(f"/console/tasks/{task.id}", data={"status": "open"})
    assert ((await Task.get()).status, (await Task.get()).owner_id) == ("open", world.tess.id)


async def test_an_appointment_of_a_case_is_put_in_and_shown(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    starts = f"{clock.now() + timedelta(days=2):%Y-%m-%dT09:00}"

    answer = await tess.post(
        "/console/tasks",
        data={"kind": "event", "event_subject": "Visit", "starts": starts, "place": "Denver", "case": case.number},
    )
    page = await tess.get("/console/tasks")

    assert answer.headers["location"] == f"/console/c/{case.number}"
    event = await CalendarEvent.get()
    assert (event.ends_at - event.starts_at, event.case_id, event.attendees) == (
        timedelta(hours=1),
        case.id,
        [world.tess.id],
    )
    assert ("Visit" in page.text, "Denver" in page.text, case.number in page.text) == (True, True, True)


async def test_what_is_wrong_is_said_at_its_field(world, sign_in) -> None:
    tess = await sign_in(world.tess)
    wrong = {"kind": "event", "event_subject": "Visit", "starts": "2030-03-02T09:00", "ends": "2030-03-01T09:00"}

    answers = [
        await tess.post("/console/tasks", data=data) for data in ({"subject": ""}, wrong, {**wrong, "starts": "soon"})
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "Say what is to be done" in answers[0].text
    assert "Must lie after the start" in answers[1].text
    assert "Give a day and a time" in answers[2].text


async def test_the_case_of_others_takes_no_task_of_sales(world, sign_in, open_case) -> None:
    case = await open_case()
    sally = await sign_in(world.sally)

    answer = await sally.post("/console/tasks", data={"subject": "x", "case": case.number})

    assert (answer.status_code, await Task.all().count()) == (404, 0)


async def test_the_week_is_only_ones_own(world) -> None:
    now = clock.now()
    await EVENTS.add({"subject": "Mine", "starts_at": now, "ends_at": now}, by=world.tess)

    found = [len(await events.between(now, now + timedelta(days=7), by=who)) for who in (world.tess, world.uma)]

    assert found == [1, 0]
