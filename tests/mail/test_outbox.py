"""The outbox: rows from the moment of decision, found again by id, counted for the caps."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk.database import transaction
from casedesk.errors import Conflict
from casedesk.mail import outbox, writing
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import Sender, own_addresses, prefix_of, sender_of
from casedesk.records import NEVER
from tests.conftest import Frozen
from tests.factories.crashes import lose
from tests.world import World

SENDER = Sender(1, "support@example.com", "Help", None, "CD")


async def put(**given: object) -> OutgoingMail:
    """Put a letter into the outbox."""
    usual: dict[str, object] = {
        "kind": "reply",
        "sender": SENDER,
        "to": ["Ada@Ridgeline.example"],
        "subject": "Hi",
        "text": "Hi",
    }
    async with transaction():
        return await outbox.put(Letter(**{**usual, **given}))


async def test_a_letter_is_a_row_that_is_due_at_once(world: World, frozen: Frozen) -> None:
    mail = await put()

    assert (mail.state, mail.next_try_at, mail.recipient, mail.tries) == (
        "waiting", datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "ada@ridgeline.example", 0,
    )  # fmt: skip


async def test_every_letter_has_a_message_id_of_its_own(world: World) -> None:
    first, second = await put(token="1-abc"), await put(token="1-abc")

    assert first.mail_message_id != second.mail_message_id
    assert first.mail_message_id.startswith("<1-abc.")
    assert first.mail_message_id.endswith("@example.com>")


async def test_automatic_mail_has_a_null_return_path_and_says_what_it_is(world: World) -> None:
    mail = await put(kind="survey", automatic=True, token="1-abc")

    assert mail.envelope_from == ""
    assert mail.headers == {
        "Reply-To": "support+1-abc@example.com",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Casedesk-Loop": "support@example.com",
    }


async def test_a_letter_of_a_change_that_was_lost_was_never_there(world: World) -> None:
    await lose(put)

    assert await OutgoingMail.all().count() == 0


async def test_a_waiting_mail_is_taken_back_once(world: World) -> None:
    mail = await put()

    taken = await outbox.take_back(mail.id)

    assert (taken.state, taken.next_try_at) == ("cancelled", NEVER)
    with pytest.raises(Conflict):
        await outbox.take_back(mail.id)


@pytest.mark.parametrize("values", [{"state": "sending"}, {"state": "sent"}, {"tries": 1}])
async def test_a_mail_that_left_is_not_taken_back(world: World, values: dict[str, object]) -> None:
    mail = await put()
    await OutgoingMail.filter(id=mail.id).update(**values)

    with pytest.raises(Conflict):
        await outbox.take_back(mail.id)

    assert (await OutgoingMail.get(id=mail.id)).state == values.get("state", "waiting")


async def test_automatic_mail_is_counted_by_address_and_span(world: World, frozen: Frozen) -> None:
    await put(kind="acknowledgement", automatic=True)
    await put(kind="reply")
    frozen.forward(hours=2)
    await put(kind="survey", automatic=True)

    assert await outbox.automatic_to("ADA@ridgeline.example", timedelta(days=1)) == 2
    assert await outbox.automatic_to("ada@ridgeline.example", timedelta(hours=1)) == 1
    assert await outbox.automatic_to("ada@ridgeline.example", timedelta(days=1), "acknowledgement") == 1
    assert await outbox.automatic_to("bo@orebro.example", timedelta(days=1)) == 0


async def test_the_last_id_named_is_found_first(world: World) -> None:
    first, second = await put(), await put()

    found = await outbox.find_by_message_id([first.mail_message_id, second.mail_message_id, "<x@y>"])

    assert found is not None
    assert found.id == second.id
    assert await outbox.find_by_message_id(["<x@y>"]) is None
    assert await outbox.find_by_message_id([]) is None


async def test_mail_comes_from_the_mailbox_of_its_case(world: World) -> None:
    assert (await sender_of(2)).address == "billing@example.com"
    assert (await sender_of(None)).address == "support@example.com"
    assert await prefix_of(None) == "CD"
    assert await own_addresses() == frozenset({"support@example.com", "billing@example.com"})


async def test_a_letter_is_written_in_the_language_there_is(world: World) -> None:
    german = await writing.write("acknowledgement", "de-AT", {"case.number": "CD-1"})
    other = await writing.write("acknowledgement", "ja", {"case.number": "CD-1"})

    assert (german.subject, other.subject) == ("Ihre Nachricht ist da [CD-1]", "We have your message [CD-1]")
