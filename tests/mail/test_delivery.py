"""Mail that leaves, against a real relay that fails in every way there is: what is tried again, and what never."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from casedesk import clock
from casedesk.database import run, transaction
from casedesk.errors import Conflict
from casedesk.files import FileStore
from casedesk.journal.models import Content, Event
from casedesk.mail import delivery, outbox
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import Sender
from casedesk.mail.transport import SmtpTransport
from casedesk.settings import Settings
from tests.conftest import Frozen
from tests.mail.relay import DROP, Relay

BACKOFF = (60, 300, 900)
SENDER = Sender(1, "support@example.com", "Halden Help", None, "HAL")
ADA, BO, OTTO = "ada@premier.example", "bo@standard.example", "otto@elsewhere.example"


async def nobody_minds(_mail: OutgoingMail) -> bool:
    """Cancel nothing."""
    return False


@dataclass
class Office:
    """A relay, the way to it, and the file store: everything mail needs to leave."""

    relay: Relay
    transport: SmtpTransport
    store: FileStore

    async def deliver(self) -> int:
        """Send what is due and return how many tries that were."""
        tries = 0
        while await delivery.deliver_next(self.transport, self.store, BACKOFF, nobody_minds):
            tries += 1
        return tries


@pytest.fixture
async def office(database: Settings) -> AsyncIterator[Office]:
    relay = Relay()
    server = await relay.start()
    transport = SmtpTransport(
        f"smtp://127.0.0.1:{relay.port}", command_seconds=0.5, answer_seconds=0.5, hostname="desk.example.com"
    )
    yield Office(relay, transport, FileStore(database.data / "files"))
    await transport.close()
    server.close()


async def put(*to: str, cancel_if: str | None = None, attachments: tuple[int, ...] = ()) -> OutgoingMail:
    """Put a letter into the outbox."""
    letter = Letter(
        kind="reply", sender=SENDER, to=to or (ADA,), subject="Re: Printer", text="Switch it off.", token="c1.x",
        cancel_if=cancel_if, attachments=attachments,
    )  # fmt: skip
    async with transaction():
        return await outbox.put(letter)


async def state(mail: OutgoingMail) -> str:
    return (await OutgoingMail.get(id=mail.id)).state


async def told() -> list[str]:
    """Return the names of the journal's events, oldest first."""
    return [event.name for event in await Event.all().order_by("id")]


async def refusals() -> list[object]:
    return [each.body and each.body["refused"] for each in await Content.all().order_by("id")]


# A relay that works.


async def test_a_mail_is_sent_once(office: Office, frozen: Frozen) -> None:
    mail = await put(ADA)

    tries = await office.deliver() + await office.deliver()

    assert tries == 1
    assert [(kept.mail_from, kept.recipients) for kept in office.relay.letters] == [
        ("support+c1.x@example.com", [ADA]),
    ]
    sent = await OutgoingMail.get(id=mail.id)
    assert (sent.state, sent.tries, sent.sent_at, sent.settled) == ("sent", 1, clock.now(), {ADA: "250 kept"})
    assert await told() == ["mail_sent"]


async def test_mails_leave_in_the_order_they_became_due(office: Office, frozen: Frozen) -> None:
    for to in (ADA, BO, OTTO):
        await put(to)
        frozen.forward(seconds=1)

    await office.deliver()

    assert [kept.recipients for kept in office.relay.letters] == [[ADA], [BO], [OTTO]]


async def test_a_mail_whose_time_has_not_come_waits(office: Office, frozen: Frozen) -> None:
    letter = Letter(
        kind="survey", sender=SENDER, to=[ADA], subject="How was it?", text="…", not_before=frozen.forward(seconds=8)
    )
    async with transaction():
        await outbox.put(letter)

    frozen.forward(seconds=-1)
    early = await office.deliver()
    frozen.forward(seconds=1)

    assert (early, await office.deliver()) == (0, 1)


# A relay that refuses.


async def test_a_relay_that_is_busy_is_asked_again_after_each_wait(office: Office, frozen: Frozen) -> None:
    office.relay.script = {"MAIL": ["451 later"]}
    mail = await put(ADA)
    waits = []

    while await state(mail) in ("waiting", "sending"):
        await office.deliver()
        waits.append((await OutgoingMail.get(id=mail.id)).next_try_at - clock.now())
        frozen.forward(seconds=waits[-1].total_seconds() if len(waits) <= len(BACKOFF) else 0)

    assert [wait.total_seconds() for wait in waits[:-1]] == list(BACKOFF)
    assert (await state(mail), len(office.relay.letters)) == ("failed", 0)
    assert (await told(), await refusals()) == (["mail_failed"], [{ADA: "451 later"}])


async def test_a_relay_that_comes_round_gets_the_same_letter(office: Office, frozen: Frozen) -> None:
    office.relay.script = {"letter": ["451 4.7.1 greylisted", "250 kept"]}
    mail = await put(ADA)

    await office.deliver()
    early = await office.deliver()
    frozen.forward(seconds=BACKOFF[0])
    await office.deliver()

    assert early == 0
    assert [mail.mail_message_id.encode() in kept.raw for kept in office.relay.letters] == [True]
    assert (await state(mail), await told()) == ("sent", ["mail_sent"])


async def test_a_mail_that_is_refused_for_good_is_tried_once(office: Office, frozen: Frozen) -> None:
    office.relay.script = {"RCPT": ["550 5.1.1 no such user"]}
    mail = await put(ADA)

    await office.deliver()
    frozen.forward(days=9)
    again = await office.deliver()

    assert (again, await state(mail)) == (0, "failed")
    assert (await told(), await refusals()) == (["mail_failed"], [{ADA: "550 5.1.1 no such user"}])


async def test_an_address_that_no_mail_can_be_written_to_fails_at_once(office: Office, frozen: Frozen) -> None:
    mail = await put("Ada, of Premier")

    await office.deliver()

    assert (await state(mail), await told(), office.relay.letters) == ("failed", ["mail_failed"], [])


async def test_a_file_that_cannot_be_read_now_makes_the_mail_wait(office: Office, frozen: Frozen) -> None:
    await run(
        "INSERT INTO attachments (created_at, filename, content_type, size, sha256, inline) VALUES (?, ?, ?, ?, ?, ?)",
        clock.now(), "log.txt", "text/plain", 3, "ab" * 32, False,
    )  # fmt: skip
    mail = await put(ADA, attachments=(1,))

    await office.deliver()

    assert (await state(mail), office.relay.letters) == ("waiting", [])


# Some recipients, and others not.


async def test_a_recipient_refused_for_good_is_not_tried_again_and_the_others_have_their_mail(
    office: Office, frozen: Frozen
) -> None:
    office.relay.script = {f"RCPT TO:<{BO}": ["550 no such user"]}
    mail = await put(ADA, BO)

    await office.deliver()
    frozen.forward(days=9)
    again = await office.deliver()

    assert (again, await state(mail)) == (0, "sent")
    assert [kept.recipients for kept in office.relay.letters] == [[ADA]]
    assert (await told(), await refusals()) == (["mail_sent", "mail_failed"], [{BO: "550 no such user"}])


async def test_only_the_recipient_who_was_busy_is_tried_again(office: Office, frozen: Frozen) -> None:
    office.relay.script = {f"RCPT TO:<{BO}": ["452 full", "250 ok"], f"RCPT TO:<{OTTO}": ["550 unknown"]}
    mail = await put(ADA, BO, OTTO)

    await office.deliver()
    between = await state(mail)
    frozen.forward(seconds=BACKOFF[0])
    await office.deliver()

    assert (between, await state(mail)) == ("waiting", "sent")
    assert [kept.recipients for kept in office.relay.letters] == [[ADA], [BO]]
    assert await told() == ["mail_sent", "mail_failed"]


async def test_a_recipient_refused_for_good_is_left_out_when_the_letter_comes_again(
    office: Office, frozen: Frozen
) -> None:
    office.relay.script = {f"RCPT TO:<{BO}": ["550 unknown"], "letter": ["451 later", "250 kept"]}
    await put(ADA, BO)

    await office.deliver()
    frozen.forward(seconds=BACKOFF[0])
    await office.deliver()

    asked = [line for line in office.relay.said if line.startswith("RCPT")]
    assert asked == [f"RCPT TO:<{ADA}>", f"RCPT TO:<{BO}>", f"RCPT TO:<{ADA}>"]


# Ends that nobody saw.


async def test_a_letter_without_an_answer_is_sent_again_under_the_same_message_id(
    office: Office, frozen: Frozen
) -> None:
    office.relay.script = {"letter": [DROP, "451 later", "250 kept"]}
    mail = await put(ADA)

    for seconds in BACKOFF:
        await office.deliver()
        frozen.forward(seconds=seconds)

    assert [mail.mail_message_id.encode() in kept.raw for kept in office.relay.letters] == [True, True]
    assert (await state(mail), await told()) == ("sent", ["mail_sent"])


async def test_a_relay_that_never_answers_gets_a_few_copies_and_no_more(office: Office, frozen: Frozen) -> None:
    office.relay.script = {"letter": [DROP]}
    mail = await put(ADA)

    for _ in range(3 * delivery.MOST_UNSURE):
        await delivery.deliver_next(office.transport, office.store, (60,) * 50, nobody_minds)
        frozen.forward(minutes=1)

    assert (await state(mail), len(office.relay.letters)) == ("failed", delivery.MOST_UNSURE)
    assert await told() == ["mail_failed"]


async def test_a_mail_is_freed_whose_sender_died_on_the_way(office: Office, frozen: Frozen) -> None:
    mail = await put(ADA)
    await OutgoingMail.filter(id=mail.id).update(state="sending", claimed_at=clock.now(), tries=1)

    frozen.forward(minutes=10)
    early = await delivery.free_stuck(), await office.deliver()
    frozen.forward(minutes=10)
    late = await delivery.free_stuck(), await office.deliver()

    assert (early, late, await state(mail)) == ((0, 0), (1, 1), "sent")


async def test_at_its_start_the_one_process_frees_what_was_on_its_way(office: Office, frozen: Frozen) -> None:
    mail = await put(ADA)
    await OutgoingMail.filter(id=mail.id).update(state="sending", claimed_at=clock.now(), tries=1)

    freed = await delivery.free_all_claims(), await office.deliver()

    assert (freed, await state(mail), len(office.relay.letters)) == ((1, 1), "sent", 1)


async def test_a_mail_on_whose_way_the_process_dies_each_time_is_given_up(office: Office, frozen: Frozen) -> None:
    office.relay.script = {"letter": [DROP]}
    mail = await put(ADA)

    for _ in range(delivery.MOST_UNSURE - 1):
        await OutgoingMail.filter(id=mail.id).update(state="sending", claimed_at=clock.now(), tries=1)
        await delivery.free_all_claims()
    await office.deliver()

    assert (await state(mail), len(office.relay.letters)) == ("failed", 1)


@pytest.mark.sqlite_only
async def test_a_mail_that_was_taken_is_not_sent_again_when_that_cannot_be_written_at_once(office: Office) -> None:
    await run(
        "CREATE TRIGGER full_disk BEFORE UPDATE ON outgoing_mail WHEN NEW.state = 'sent' "
        "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    mail = await put(ADA)

    async def make_room() -> None:
        while not office.relay.letters:
            await asyncio.sleep(0.01)
        await asyncio.sleep(delivery.WRITE_AGAIN_SECONDS / 2)
        await run("DROP TRIGGER full_disk")

    await asyncio.gather(office.deliver(), make_room())

    assert (await state(mail), len(office.relay.letters)) == ("sent", 1)


# Mail that is not wanted any more.


async def test_a_mail_taken_back_never_leaves(office: Office, frozen: Frozen) -> None:
    mail = await put(ADA)

    async with transaction():
        await outbox.take_back(mail.id)
    frozen.forward(days=9)

    assert (await office.deliver(), await state(mail), await told()) == (0, "cancelled", [])


async def test_a_mail_that_has_left_cannot_be_taken_back(office: Office, frozen: Frozen) -> None:
    mail = await put(ADA)
    await office.deliver()

    with pytest.raises(Conflict):
        await outbox.take_back(mail.id)


async def test_a_mail_that_was_tried_cannot_be_taken_back(office: Office, frozen: Frozen) -> None:
    office.relay.script = {"letter": [DROP]}
    mail = await put(ADA)
    await office.deliver()

    with pytest.raises(Conflict):
        await outbox.take_back(mail.id)


async def test_a_mail_whose_reason_is_gone_is_cancelled_when_its_turn_comes(office: Office, frozen: Frozen) -> None:
    unwanted, wanted = await put(ADA, cancel_if="case_not_finished"), await put(BO)

    async def must_cancel(mail: OutgoingMail) -> bool:
        return mail.cancel_if == "case_not_finished"

    while await delivery.deliver_next(office.transport, office.store, BACKOFF, must_cancel):
        pass

    assert (await state(unwanted), await state(wanted)) == ("cancelled", "sent")
    assert [kept.recipients for kept in office.relay.letters] == [[BO]]


# Several at once.


async def test_several_senders_at_once_send_each_mail_once(office: Office, tmp_path: Path) -> None:
    mails = [await put(f"customer{number}@premier.example") for number in range(40)]

    tries = await asyncio.gather(*(office.deliver() for _ in range(8)))

    assert sum(tries) == 40
    assert sorted(kept.recipients[0] for kept in office.relay.letters) == sorted(mail.recipient for mail in mails)
