"""Folding a case's events gives its row; whatever was changed behind the journal's back is found."""

from casedesk.cases import assigning, changing, closing, conversing, escalating, keeping_time, taking_back
from casedesk.cases.models import Case, Message
from casedesk.cases.replaying import replay
from casedesk.journal.models import Content, Event
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes
from tests.world import World


async def test_a_long_story_adds_up(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.otto)
    await changing.change(case.number, by=world.tess, values={"contact_id": world.ada.id, "custom": {"colour": "red"}})
    await changing.change(case.number, by=world.tess, values={"subject": "Red", "tags": ["led"], "priority": "high"})
    posted = await conversing.reply(case.number, by=world.tess, text="Hm.", status="closed", undo_seconds=8)
    await taking_back.undo(posted.outgoing_id or 0, by=world.tess)
    await conversing.reply(case.number, by=world.tess, text="Which colour?", status="waiting_on_customer")
    frozen.forward(days=1)
    await customer_writes(case)
    await assigning.assign(case.number, by=world.max, queue_id=world.queues["tier_2"])
    await escalating.escalate(case.number, by=world.uma, kind="manager", reason="She is angry")
    frozen.forward(days=4)
    await keeping_time.sweep()
    await escalating.sweep()
    await closing.close(case.number, by=world.uma, resolution="Replaced.")
    await closing.reopen(case.number, by=world.uma, reason="Not so.")
    await closing.resolve(case.number, by=world.uma, resolution="Replaced twice.")
    await conversing.note(case.number, by=world.tess, text="Poor Ada.")

    assert await replay(case.id) == []


async def test_a_column_changed_behind_the_journal_is_found(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await Case.filter(id=case.id).update(priority="low", subject="Nothing")

    assert await replay(case.id) == [
        f"case {case.number}: priority is 'low', its history gives 'normal'",
        f"case {case.number}: subject is 'Nothing', its history gives 'The gateway stays red'",
    ]


async def test_a_message_rewritten_is_found(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    message = await Message.get(case_id=case.id)
    await Message.filter(id=message.id).update(text="All is well.")

    assert await replay(case.id) == [
        f"case {case.number}: the words of message {message.id} are not those that were recorded"
    ]


async def test_words_rewritten_in_the_journal_are_found(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    event = await Event.filter(case_id=case.id).order_by("id").first()
    content = await Content.get(id=event.content_id)
    await Content.filter(id=content.id).update(body={**content.body, "note": "forged"})

    assert await replay(case.id) == [
        f"case {case.number}: the words of event {event.id} are not those that were recorded"
    ]


async def test_erased_words_are_not_missed(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await Content.all().update(body=None)
    await Case.filter(id=case.id).update(subject="", description="")

    assert await replay(case.id) == []


async def test_a_message_without_an_event_is_found(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    smuggled = await Message.create(case_id=case.id, kind="reply", public=True, channel="web", text="Hello")

    assert await replay(case.id) == [f"case {case.number}: message {smuggled.id} is told of by no event"]


async def test_a_case_without_a_beginning_is_found(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await Event.filter(case_id=case.id, name="case_created").delete()

    assert await replay(case.id) == [f"case {case.number}: its history does not begin with its making"]
