"""What is said on a case: answers leave through the outbox, customers' words move the case, replies can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk.cases import attaching, changing, closing, conversing, taking_back, viewing
from casedesk.cases.conversing import Overtaken
from casedesk.cases.models import Case, Message
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.journal.models import Event
from casedesk.mail.models import OutgoingMail
from casedesk.milestones.models import ClockPause, Milestone
from casedesk.security.tokens import check_reply_token
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes, row_of
from tests.world import World


async def clocks_of(case_id: int) -> dict[str, str]:
    """Return the state of each milestone of a case, by kind."""
    return {row.kind: row.state for row in await Milestone.filter(case_id=case_id).order_by("id")}


async def test_a_reply_waits_in_the_outbox_until_its_undo_time_is_over(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)

    posted = await conversing.reply(case.number, by=world.tess, text="Please restart it.", undo_seconds=8)

    mail = await OutgoingMail.get(id=posted.outgoing_id)
    assert (mail.to, mail.subject, mail.text) == (
        ["ada@ridgeline.example"],
        f"Re: The gateway stays red [{case.number}]",
        "Please restart it.",
    )
    assert mail.next_try_at == datetime(2026, 3, 2, 9, 0, 8, tzinfo=UTC)
    assert mail.sender == "Help <support@example.com>"
    assert (posted.entry.mail.state, posted.entry.kind, posted.entry.public) == ("waiting", "reply", True)


async def test_a_reply_carries_the_token_of_its_recipient(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    posted = await conversing.reply(case.number, by=world.tess, text="Please restart it.")

    mail = await OutgoingMail.get(id=posted.outgoing_id)
    in_id = mail.mail_message_id.strip("<>").partition(".")[0]
    in_address = mail.headers["Reply-To"].partition("+")[2].partition("@")[0]
    assert check_reply_token(in_id, world.ada.email) == case.id
    assert check_reply_token(in_address, world.ada.email) == case.id
    assert check_reply_token(in_id, world.otto.email) is None
    assert mail.envelope_from == mail.headers["Reply-To"]


async def test_a_reply_refers_to_the_whole_conversation(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await customer_writes(case, mail_message_id="<one@ridgeline.example>")
    first = await conversing.reply(case.number, by=world.tess, text="Have you tried?")
    await customer_writes(case, mail_message_id="<two@ridgeline.example>")

    posted = await conversing.reply(case.number, by=world.tess, text="And now?")

    sent = await OutgoingMail.get(id=first.outgoing_id)
    mail = await OutgoingMail.get(id=posted.outgoing_id)
    assert mail.headers["In-Reply-To"] == "<two@ridgeline.example>"
    assert mail.headers["References"].split() == [
        "<one@ridgeline.example>", sent.mail_message_id, "<two@ridgeline.example>",
    ]  # fmt: skip


async def test_the_first_reply_meets_the_first_response_and_takes_the_case_up(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=10)

    posted = await conversing.reply(case.number, by=world.tess, text="I look into it.")

    assert (posted.case.status, posted.case.owner.name) == ("Open", "Tess Odell")
    assert await clocks_of(case.id) == {"first_response": "met", "resolution": "running"}
    assert (await row_of(case)).next_due_kind == "resolution"


async def test_a_reply_may_set_the_case_waiting_and_stop_its_clocks(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    posted = await conversing.reply(case.number, by=world.tess, text="Which colour?", status="waiting_on_customer")

    assert posted.case.status == "Waiting on customer"
    assert await clocks_of(case.id) == {"first_response": "met", "resolution": "paused"}
    assert (await row_of(case)).next_due_kind == "paused"


async def test_a_customers_answer_ends_the_wait_and_asks_for_the_next_response(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="Which colour?", status="waiting_on_customer")
    frozen.forward(hours=5)

    await customer_writes(case, "Red.")

    view = await viewing.case(case.number, by=world.tess)
    assert view.status == "Open"
    assert {each.kind: each.state for each in view.milestones} == {
        "first_response": "met", "resolution": "running", "next_response": "running",
    }  # fmt: skip
    resolution = next(each for each in view.milestones if each.kind == "resolution")
    assert resolution.target_at == case.milestones[1].target_at + timedelta(hours=5)
    assert [(each.ended_at - each.started_at) for each in view.pauses] == [timedelta(hours=5)]


async def test_who_writes_twice_waits_for_one_answer(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    await customer_writes(case)
    await customer_writes(case)

    assert await clocks_of(case.id) == {"first_response": "running", "resolution": "running"}


async def test_an_automatic_mail_moves_nothing(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="Which colour?", status="waiting_on_customer")
    frozen.forward(hours=5)

    await customer_writes(case, "I am out of office.", automatic=True)

    row = await row_of(case)
    assert (row.status_category, row.excerpt) == ("waiting_on_customer", "Which colour?")
    assert row.last_customer_message_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def test_a_customers_answer_reopens_a_resolved_case(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    frozen.forward(days=1)

    await customer_writes(case, "It is red again.")

    row = await row_of(case)
    assert (row.status_category, row.is_open, row.reopened, row.resolved_at) == ("open", True, 1, None)
    assert await clocks_of(case.id) == {
        "first_response": "met", "resolution": "running", "next_response": "running",
    }  # fmt: skip


async def test_a_closed_case_takes_answers_within_its_window_only(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.close(case.number, by=world.tess)
    row = await row_of(case)

    assert conversing.takes_answers(row.status_category, row.closed_at)
    frozen.forward(days=15)
    assert not conversing.takes_answers(row.status_category, row.closed_at)


async def test_a_reply_over_somebodys_newer_words_is_held_back(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    seen = (await viewing.case(case.number, by=world.tess)).last_event
    await customer_writes(case, "It works now, thank you!")

    with pytest.raises(Overtaken) as held:
        await conversing.reply(case.number, by=world.tess, text="Please restart it.", seen=seen)

    assert [entry.text for entry in held.value.entries] == ["It works now, thank you!"]
    assert await OutgoingMail.all().count() == 0


async def test_ones_own_note_does_not_hold_a_reply_back(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    seen = (await viewing.case(case.number, by=world.tess)).last_event
    await conversing.note(case.number, by=world.tess, text="I call her.")

    posted = await conversing.reply(case.number, by=world.tess, text="Please restart it.", seen=seen)

    assert posted.outgoing_id is not None


async def test_undo_cancels_the_mail_and_puts_the_case_back(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    file = await attaching.upload("how.txt", "text/plain", b"like this", by=world.tess)
    posted = await conversing.reply(
        case.number,
        by=world.tess,
        text="Which colour?",
        status="waiting_on_customer",
        undo_seconds=8,
        attachments=[file.id],
    )
    frozen.forward(seconds=5)

    undone = await taking_back.undo(posted.outgoing_id or 0, by=world.tess)

    assert (undone.text, undone.attachments, undone.status, undone.number) == (
        "Which colour?",
        (file.id,),
        "New",
        case.number,
    )
    assert (await OutgoingMail.get(id=posted.outgoing_id)).state == "cancelled"
    assert await clocks_of(case.id) == {"first_response": "running", "resolution": "running"}
    assert await ClockPause.filter(case_id=case.id).count() == 0
    row = await row_of(case)
    assert (row.status, row.owner_id, row.last_reply_at, row.next_due_kind) == ("New", None, None, "first_response")
    assert row.next_due_at == case.milestones[0].target_at
    story = await viewing.timeline(case.number, by=world.tess)
    assert [entry.kind for entry in story if entry.id.startswith("m")] == ["message"]


async def test_undoing_a_reply_that_resolved_opens_the_case_again(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    posted = await conversing.reply(case.number, by=world.tess, text="Done.", status="closed", undo_seconds=8)
    frozen.forward(seconds=5)

    undone = await taking_back.undo(posted.outgoing_id or 0, by=world.tess)

    row = await row_of(case)
    assert undone.status == "New"
    assert (row.status_category, row.resolved_at, row.closed_at, row.is_open) == ("new", None, None, True)
    assert await clocks_of(case.id) == {"first_response": "running", "resolution": "running"}


async def test_undo_leaves_alone_what_somebody_changed_since(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    posted = await conversing.reply(
        case.number, by=world.tess, text="Which colour?", status="waiting_on_customer", undo_seconds=8
    )
    frozen.forward(seconds=2)
    await changing.change(case.number, by=world.uma, values={"status": "on_hold"})

    await taking_back.undo(posted.outgoing_id or 0, by=world.tess)

    row = await row_of(case)
    assert (row.status_category, row.owner_id) == ("on_hold", None)
    assert await clocks_of(case.id) == {"first_response": "paused", "resolution": "paused"}


async def test_nobody_undoes_another_persons_reply(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    posted = await conversing.reply(case.number, by=world.tess, text="Done.", undo_seconds=8)

    with pytest.raises(NotFound):
        await taking_back.undo(posted.outgoing_id or 0, by=world.uma)

    assert (await OutgoingMail.get(id=posted.outgoing_id)).state == "waiting"


async def test_a_mail_that_is_leaving_cannot_be_undone(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    posted = await conversing.reply(case.number, by=world.tess, text="Done.")
    await OutgoingMail.filter(id=posted.outgoing_id).update(state="sending", tries=1)

    with pytest.raises(Conflict):
        await taking_back.undo(posted.outgoing_id or 0, by=world.tess)

    assert (await viewing.case(case.number, by=world.tess)).status == "Open"


async def test_a_reply_that_resolves_asks_for_the_survey(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    posted = await conversing.reply(case.number, by=world.tess, text="Done.", status="resolved")

    names = await Event.filter(case_id=case.id).order_by("id").values_list("name", flat=True)
    assert posted.case.status_category == "resolved"
    assert names == ["case_created", "message_received", "reply_sent", "case_resolved"]


async def test_a_note_is_internal_and_writes_no_mail(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    posted = await conversing.note(case.number, by=world.tess, text="Known fault of batch 7.")

    assert (posted.entry.public, posted.entry.kind, posted.outgoing_id) == (False, "note", None)
    assert await OutgoingMail.all().count() == 0


async def test_a_call_is_logged_with_its_details(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    posted = await conversing.log_call(case.number, by=world.tess, text="She is glad.", details={"seconds": 90})

    assert (posted.entry.kind, posted.entry.details["seconds"]) == ("call", 90)


async def test_a_reply_needs_somebody_to_write_to(world: World) -> None:
    case = await a_case(world.tess)

    with pytest.raises(Invalid):
        await conversing.reply(case.number, by=world.tess, text="Hello?")

    assert await Message.filter(kind="reply").count() == 0


async def test_nothing_cannot_be_said(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(Invalid):
        await conversing.reply(case.number, by=world.tess, text=" ", html="<p> </p>")

    assert (await Case.get(id=case.id)).version == case.version


async def test_a_closed_case_takes_no_reply(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.close(case.number, by=world.tess)

    with pytest.raises(Conflict):
        await conversing.reply(case.number, by=world.tess, text="One more thing.")

    assert await OutgoingMail.filter(kind="reply").count() == 0


async def test_html_is_cleaned_before_it_is_kept(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    posted = await conversing.reply(case.number, by=world.tess, html="<p>Hi<script>alert(1)</script></p>")

    assert (posted.entry.html, posted.entry.text) == ("<p>Hi</p>", "Hi")


async def test_sales_may_note_but_not_reply(world: World) -> None:
    case = await a_case(world.sally, world.ada)

    await conversing.note(case.number, by=world.sally, text="He is a good customer.")
    with pytest.raises(NotFound):
        await conversing.reply(case.number, by=world.sally, text="Hello")

    assert await Message.filter(case_id=case.id).order_by("id").values_list("kind", flat=True) == ["message", "note"]
