"""Mail becomes cases and words on cases: each arrival one fate, nothing lost, nothing twice, no stranger let in."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from casedesk import remembering
from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.cases import attaching, closing, conversing, viewing
from casedesk.cases.models import Attachment, Case, Message
from casedesk.cases.replaying import replay
from casedesk.cases.shapes import CaseView
from casedesk.errors import NotFound
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from casedesk.mail.models import OutgoingMail
from casedesk.queues.models import Queue
from casedesk.records import NEVER
from casedesk.settings import Settings
from intake import pipeline
from intake.mailboxes import MAILBOXES
from intake.message import Incoming, Unreadable
from intake.models import Fate
from intake.readers import Readers
from intake.spool import Spool
from intake.spool_postgres import PostgresSpool
from intake.spool_sqlite import SqliteSpool
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.factories.crashes import lose
from tests.factories.mails import ReadersHere, delivered, letter
from tests.world import World

OTTO = "Otto Outsider <otto@elsewhere.example>"
BO = "Bo Standard <bo@orebro.example>"


class Desk:
    """A spool and the lane that works it."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool

    async def takes(self, *raws: bytes, to: str = "support@example.com", **given: object) -> list[Fate]:
        """Spool mails, work them, and return their fates."""
        ids = [await self.spool.store(delivered(raw, to=to, **given)) for raw in raws]
        await self.works()
        fates = {fate.arrival: fate for fate in await Fate.filter(arrival__in=ids)}
        return [fates[arrival] for arrival in ids]

    async def works(self, *broken: bytes) -> int:
        """Work what waits; `broken` mails cannot be read."""
        return await pipeline.work(self.spool, ReadersHere(broken))


@pytest.fixture
async def mail(world: World, peopled: Settings) -> AsyncIterator[Desk]:
    """Return an open spool on this desk."""
    spool: Spool = PostgresSpool(peopled.database) if peopled.is_postgres else SqliteSpool(peopled.data)
    await spool.open()
    yield Desk(spool)
    await spool.close()


async def a_reply(case: CaseView, world: World) -> OutgoingMail:
    """Answer a case and return the mail."""
    posted = await conversing.reply(case.number, by=world.tess, text="Please restart it.")
    return await OutgoingMail.get(id=posted.outgoing_id)


async def test_a_mail_becomes_a_case(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("It is red since nine.", Subject="Gateway red", Message_ID="<a1@x.example>"))

    case = await viewing.case(str(fate.case_id), by=world.tess)
    story = await viewing.timeline(case.number, by=world.tess)
    assert (fate.fate, fate.mail_message_id, fate.channel) == ("created", "<a1@x.example>", "smtp")
    assert (case.subject, case.description, case.origin) == ("Gateway red", "It is red since nine.", "email")
    assert (case.contact.id, case.queue.key, case.number) == (world.ada.id, "premier", f"CD-{case.id}")
    first = next(entry for entry in story if entry.kind == "message")
    assert (first.author, first.mail.message_id, first.mail.state) == ("Ada Premier", "<a1@x.example>", "received")
    assert await replay(case.id) == []


async def test_mail_to_billing_waits_in_billing(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("I dispute this bill."), to="Billing+x@Example.com")

    assert (await viewing.case(str(fate.case_id), by=world.tess)).queue.key == "billing"


async def test_a_mailbox_gives_priority_origin_and_its_queue_when_no_rule_wants_the_case(
    world: World, mail: Desk
) -> None:
    await ACCOUNTS.change(world.bo.account_id, {"region": "APAC"}, by=SYSTEM)
    [door] = [each for each in await MAILBOXES.page(by=SYSTEM) if each.address == "support@example.com"]
    await MAILBOXES.change(door.id, {"priority": "high", "origin": "web", "queue": "tier_1"}, by=SYSTEM)

    [fate] = await mail.takes(letter(sender=BO))

    case = await viewing.case(str(fate.case_id), by=world.tess)
    assert (case.priority, case.origin, case.queue.key) == ("high", "web", "tier_1")


async def test_an_unknown_sender_becomes_a_contact_and_is_reviewed(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter(sender="Nora New <Nora@New.example>"))

    case = await viewing.case(str(fate.case_id), by=world.tess)
    assert (case.contact.name, case.contact.email, case.queue.key) == ("Nora New", "nora@new.example", "review")


async def test_a_mail_without_a_usable_sender_is_a_case_all_the_same(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("Who am I?", sender="undisclosed"))

    case = await viewing.case(str(fate.case_id), by=world.tess)
    assert (case.contact, case.queue.key, case.description) == (None, "review", "Who am I?")


async def test_a_mail_without_a_subject_is_called_by_its_first_words(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("It is red since nine.", Subject=""))

    assert (await Case.get(id=fate.case_id)).subject == "It is red since nine."


async def test_the_same_mail_twice_is_one_case(world: World, mail: Desk) -> None:
    raw = letter()

    first, second = await mail.takes(raw, b"Received: by mx2.example; now\r\n" + raw)

    assert (first.fate, second.fate, second.case_id) == ("created", "ignored", first.case_id)
    assert second.reason == f"duplicate of arrival {first.arrival}"
    assert await Case.all().count() == 1


async def test_the_same_id_with_other_words_is_another_case(world: World, mail: Desk) -> None:
    fates = await mail.takes(letter("One", Message_ID="<same@x.example>"), letter("Two", Message_ID="<same@x.example>"))

    assert [fate.fate for fate in fates] == ["created", "created"]
    assert await Case.all().count() == 2


async def test_the_same_mail_to_another_mailbox_is_another_case(world: World, mail: Desk) -> None:
    raw = letter()
    [support] = await mail.takes(raw)
    [billing] = await mail.takes(raw, to="billing@example.com")

    assert [support.fate, billing.fate] == ["created", "created"]


async def test_nameless_mails_are_the_same_only_when_they_come_together(world: World, mail: Desk) -> None:
    raw = letter(Message_ID="", Date="")
    first, again = await mail.takes(raw, raw)
    await Fate.filter(id=first.id).update(received_at=first.received_at - timedelta(hours=1))
    await Fate.filter(id=again.id).update(received_at=first.received_at - timedelta(hours=1))

    [later] = await mail.takes(raw)

    assert [first.fate, again.fate, later.fate] == ["created", "ignored", "created"]


async def test_an_answer_with_the_token_joins_its_case(world: World, mail: Desk) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)

    [fate] = await mail.takes(letter("It works.", Subject="Something else"), to=sent.headers["Reply-To"])

    assert (fate.fate, fate.case_id, fate.reason) == ("appended", case.id, "signed token")
    message = await Message.get(id=fate.message_id)
    assert (message.text, message.contact_id, message.kind) == ("It works.", world.ada.id, "message")
    assert await replay(case.id) == []


async def test_an_answer_to_our_message_id_joins_its_case(world: World, mail: Desk) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)

    [fate] = await mail.takes(letter("It works.", In_Reply_To=sent.mail_message_id))

    assert (fate.fate, fate.case_id) == ("appended", case.id)


async def test_only_the_new_words_of_an_answer_are_shown(world: World, mail: Desk) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)
    text = "It works.\r\n\r\nOn Mon, 2 Mar 2026 at 09:00, Help <support@example.com> wrote:\r\n> Please restart it.\r\n"

    [fate] = await mail.takes(letter(text, In_Reply_To=sent.mail_message_id))

    message = await Message.get(id=fate.message_id)
    assert message.text == "It works."
    assert message.body is not None
    assert "Please restart it." in message.body


async def test_references_join_when_the_sender_belongs_to_the_case(world: World, mail: Desk) -> None:
    [first] = await mail.takes(letter(Message_ID="<first@ridgeline.example>"))

    [second] = await mail.takes(letter("And it blinks.", References="<x@y.example> <first@ridgeline.example>"))

    assert (second.fate, second.case_id) == ("appended", first.case_id)
    assert second.reason == "References and a sender of this case"


async def test_references_of_a_stranger_only_link(world: World, mail: Desk) -> None:
    [first] = await mail.takes(letter(Message_ID="<first@ridgeline.example>"))

    [second] = await mail.takes(letter("Let me in.", sender=OTTO, References="<first@ridgeline.example>"))

    linked = await Case.get(id=second.case_id)
    assert (second.fate, linked.linked_to_id) == ("created", first.case_id)
    assert await Message.filter(case_id=first.case_id).count() == 1


@pytest.mark.parametrize(
    "forgery", ["as it is", "another recipient's", "upper case", "cut short", "other case", "with more"]
)
async def test_a_forged_token_only_links_and_writes_no_mail(world: World, mail: Desk, forgery: str) -> None:
    case = await a_case(world.tess, world.ada)
    other = await a_case(world.tess, world.bo)
    sent = await a_reply(case, world)
    token = sent.headers["Reply-To"].partition("+")[2].partition("@")[0]
    forged = {
        "as it is": token,
        "another recipient's": (await a_reply(other, world)).headers["Reply-To"].partition("+")[2].partition("@")[0],
        "upper case": token.upper(),
        "cut short": token[:-1],
        "other case": f"{other.id}-{token.partition('-')[2]}",
        "with more": token + "a",
    }[forgery]
    outgoing = await OutgoingMail.all().count()

    [fate] = await mail.takes(letter("Let me in.", sender=OTTO), to=f"support+{forged}@example.com")

    assert fate.fate == "created"
    assert fate.case_id not in (case.id, other.id)
    assert await OutgoingMail.all().count() == outgoing


async def test_another_address_of_the_same_contact_may_use_its_token(world: World, mail: Desk) -> None:
    await CONTACTS.change(world.ada.id, {"emails": [world.ada.email, "ada@home.example"]}, by=SYSTEM)
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)

    [fate] = await mail.takes(letter(sender="ada@home.example"), to=sent.headers["Reply-To"])

    assert (fate.fate, fate.case_id) == ("appended", case.id)


async def test_a_number_in_the_subject_only_links(world: World, mail: Desk) -> None:
    case = await a_case(world.tess, world.ada)

    [fate] = await mail.takes(letter(Subject=f"Re: red [{case.number}]"))

    assert (fate.fate, (await Case.get(id=fate.case_id)).linked_to_id) == ("created", case.id)


async def test_an_answer_long_after_closing_is_a_follow_up(world: World, mail: Desk, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)
    await closing.close(case.number, by=world.tess)
    frozen.forward(days=30)

    [fate] = await mail.takes(letter("It is back."), to=sent.headers["Reply-To"])

    follow_up = await Case.get(id=fate.case_id)
    assert (fate.fate, follow_up.linked_to_id) == ("created", case.id)
    assert (await Case.get(id=case.id)).status_category == "closed"


async def test_an_answer_soon_after_closing_reopens(world: World, mail: Desk, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)
    await closing.close(case.number, by=world.tess)
    frozen.forward(days=3)

    [fate] = await mail.takes(letter("It is back."), to=sent.headers["Reply-To"])

    assert (fate.fate, (await Case.get(id=case.id)).status_category) == ("appended", "open")


async def test_an_automatic_reply_is_kept_on_its_case_and_moves_nothing(world: World, mail: Desk) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)
    await closing.resolve(case.number, by=world.tess)

    [fate] = await mail.takes(
        letter("I am away.", Auto_Submitted="auto-replied", In_Reply_To=sent.mail_message_id), envelope_from=""
    )

    assert (fate.fate, fate.case_id) == ("appended", case.id)
    assert (await Case.get(id=case.id)).status_category == "resolved"


async def test_an_automatic_reply_that_answers_nothing_is_ignored_with_a_reason(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("I am away.", Auto_Submitted="auto-replied", Subject="Auto: hello"))

    assert (fate.fate, fate.reason) == ("ignored", "automatic reply that belongs to no case")
    assert await Case.all().count() == 0


async def test_a_question_that_only_looks_like_an_absence_note_is_a_case(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("How do I set it?", Subject="Out of office notes do not work"))

    event = await Event.get(case_id=fate.case_id, name="case_created")
    assert (fate.fate, event.data["automatic"]) == ("created", True)


async def test_our_own_automatic_mail_that_comes_back_is_ignored(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter(X_Casedesk_Loop="support@example.com"))

    assert (fate.fate, fate.reason) == ("ignored", "our own mail came back")


async def test_our_own_reply_that_comes_back_is_ignored(world: World, mail: Desk) -> None:
    sent = await a_reply(await a_case(world.tess, world.ada), world)

    [fate] = await mail.takes(letter(sender="Help <support@example.com>", Message_ID=sent.mail_message_id))

    assert (fate.fate, fate.reason) == ("ignored", "our own mail came back")


async def test_a_form_that_sends_in_our_name_is_a_case_that_is_never_acknowledged(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("Please call me.", sender="support@example.com"))

    case = await Case.get(id=fate.case_id)
    event = await Event.get(case_id=case.id, name="case_created")
    assert (fate.fate, case.contact_id, event.data["automatic"]) == ("created", None, True)


def bounce_of(message_id: str) -> bytes:
    """Return a delivery report about a mail."""
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: support@example.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <dsn@mx.example>\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="q"\r\n\r\n'
        "--q\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--q\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; ada@ridgeline.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--q\r\nContent-Type: message/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--q--\r\n"
    ).encode()


async def test_a_bounce_is_recorded_on_the_case_of_its_mail(world: World, mail: Desk) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)

    [fate] = await mail.takes(bounce_of(sent.mail_message_id), envelope_from="")

    event = await Event.get(case_id=case.id, name="mail_bounced").select_related("content")
    assert (fate.fate, fate.case_id, fate.message_id) == ("appended", case.id, None)
    assert (event.data["mail"], event.data["status"], event.data["action"]) == (sent.id, "5.1.1", "failed")
    assert event.content.body["recipient"] == "ada@ridgeline.example"
    assert (await OutgoingMail.get(id=sent.id)).last_error == "5.1.1 550 no such user"
    assert await Case.all().count() == 1


async def test_a_bounce_of_a_foreign_mail_opens_no_case(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(bounce_of("<not-ours@elsewhere.example>"), envelope_from="")

    assert (fate.fate, fate.reason) == ("ignored", "delivery report for a mail that is not ours")


async def test_attachments_are_stored_and_bound(world: World, mail: Desk) -> None:
    raw = letter(
        "--q\r\nContent-Type: text/plain\r\n\r\nSee the log.\r\n--q\r\nContent-Type: text/plain; name=log.txt\r\n"
        "Content-Disposition: attachment; filename=log.txt\r\n\r\nred red\r\n--q--",
        Content_Type="multipart/mixed; boundary=q",
    )

    [fate] = await mail.takes(raw)

    file = await Attachment.get(case_id=fate.case_id)
    _, path = await attaching.fetch(file.id, by=world.tess)
    assert (file.filename, file.message_id, path.read_bytes()) == ("log.txt", fate.message_id, b"red red")


async def test_a_mail_that_cannot_be_read_is_a_case_with_the_original(world: World, mail: Desk) -> None:
    raw = letter("Bomb", Subject="Zip")
    await mail.spool.store(delivered(raw))

    await mail.works(raw)

    case = await Case.get()
    message = await Message.get(case_id=case.id)
    file = await Attachment.get(case_id=case.id)
    assert (case.subject, case.contact_id) == ("Zip", world.ada.id)
    assert (message.text, message.details["unreadable"]) == (
        "This mail could not be read: reading it took too long", "reading it took too long",
    )  # fmt: skip
    assert (file.filename, attaching.store().open_path(file.sha256).read_bytes()) == ("original.eml", raw)


async def test_an_unreadable_answer_keeps_its_original_on_the_case_it_joins(world: World, mail: Desk) -> None:
    case = await a_case(world.tess, world.ada)
    sent = await a_reply(case, world)
    raw = letter("Bomb")
    await mail.spool.store(delivered(raw, to=sent.headers["Reply-To"]))

    await mail.works(raw)

    file = await Attachment.get(case_id=case.id)
    assert attaching.store().open_path(file.sha256).read_bytes() == raw


async def test_a_mail_nobody_foresaw_is_kept_as_its_bytes_and_stops_no_other(world: World, mail: Desk) -> None:
    strange, plain = letter("Strange"), letter("Plain")
    for raw in (strange, plain):
        await mail.spool.store(delivered(raw))

    await pipeline.work(mail.spool, ReadersOfNonsense())

    fates = await Fate.all().order_by("arrival")
    assert [fate.fate for fate in fates] == ["created", "created"]
    original = await Attachment.get(case_id=fates[0].case_id)
    assert attaching.store().open_path(original.sha256).read_bytes() == strange
    assert await Message.filter(case_id=fates[1].case_id).values_list("text", flat=True) == ["Plain"]


class ReadersOfNonsense(ReadersHere):
    """Readers that give strange mails a language no column can hold."""

    async def read_many(
        self, mails: Sequence[tuple[object, bytes]], *, own_addresses: frozenset[str] = frozenset()
    ) -> list[Incoming | Unreadable]:
        """Return what each mail reads as, and nonsense for some."""
        read = await super().read_many(mails, own_addresses=own_addresses)
        return [
            replace(each, language="x" * 999) if isinstance(each, Incoming) and "Strange" in each.text else each
            for each in read
        ]


async def test_working_twice_makes_nothing_twice(world: World, mail: Desk) -> None:
    await mail.takes(letter(), letter(sender=BO))

    assert await mail.works() == 0

    assert (await Case.all().count(), await Fate.all().count()) == (2, 2)


async def test_a_crash_before_the_commit_leaves_the_mail_pending(world: World, mail: Desk) -> None:
    await mail.spool.store(delivered(letter()))
    await lose(mail.works)
    assert (await Case.all().count(), await Fate.all().count()) == (0, 0)

    assert await mail.works() == 1

    assert await Case.all().count() == 1


async def test_a_batch_is_worked_in_order_and_an_answer_finds_the_case_before_it(world: World, mail: Desk) -> None:
    fates = await mail.takes(
        letter(Message_ID="<1@ridgeline.example>"),
        letter("More", Message_ID="<2@ridgeline.example>", References="<1@ridgeline.example>"),
        letter("Other", sender=BO),
        letter("Even more", References="<1@ridgeline.example> <2@ridgeline.example>"),
    )

    assert [fate.fate for fate in fates] == ["created", "appended", "created", "appended"]
    assert len({fates[0].case_id, fates[1].case_id, fates[3].case_id}) == 1
    assert await replay(fates[0].case_id) == []


async def test_the_ledger_keeps_no_second_copy_of_the_words(world: World, mail: Desk) -> None:
    [fate] = await mail.takes(letter("Secret words"))

    assert set(fate.shape) & {"text", "reply", "html"} == set()
    assert fate.shape["subject"] == "Red light"


async def test_real_readers_in_children_do_the_same(world: World, mail: Desk) -> None:
    readers = Readers(children=1)
    await mail.spool.store(delivered(letter("From a child")))

    await pipeline.work(mail.spool, readers)
    await readers.close()

    assert (await Message.get()).text == "From a child"


async def test_what_is_read_ahead_is_worked_in_its_turn_and_order(world: World, mail: Desk) -> None:
    for number in range(7):
        await mail.spool.store(delivered(letter(Subject=f"Letter {number}")))
    ahead, worked, kept = pipeline.Ahead(), [], []

    while done := await pipeline.work(mail.spool, ReadersHere(()), limit=3, ahead=ahead):
        worked.append(done)
        kept.append(len(ahead.batch.arrived) if ahead.batch else 0)

    assert (worked, kept) == ([3, 3, 1], [3, 1, 0])
    assert [case.subject for case in await Case.all().order_by("id")] == [f"Letter {number}" for number in range(7)]


async def test_what_was_read_ahead_is_dropped_when_another_lane_worked_it(world: World, mail: Desk) -> None:
    for _ in range(6):
        await mail.spool.store(delivered(letter()))
    ahead = pipeline.Ahead()
    await pipeline.work(mail.spool, ReadersHere(()), limit=3, ahead=ahead)

    await mail.works()

    assert await pipeline.work(mail.spool, ReadersHere(()), limit=3, ahead=ahead) == 0
    assert await Fate.all().count() == 6


async def test_two_lanes_at_once_work_each_mail_once(world: World, mail: Desk) -> None:
    for _ in range(5):
        await mail.spool.store(delivered(letter()))

    worked = await asyncio.gather(mail.works(), mail.works())

    assert sorted(worked) == [0, 5]
    assert (await Case.all().count(), await Fate.all().count()) == (5, 5)


@pytest.mark.sqlite_only
async def test_mail_is_worked_though_the_spool_was_lost(mail: Desk, peopled: Settings) -> None:
    await mail.takes(letter("Before"), letter("Before, too"))
    await mail.spool.close()
    for part in peopled.data.glob("spool.db*"):
        part.unlink()
    mail.spool = SqliteSpool(peopled.data)
    await mail.spool.open()
    await mail.spool.begin_after(await pipeline.last_worked())

    (fate,) = await mail.takes(letter("After"))

    assert (fate.fate, fate.arrival) == ("created", 3)
    assert (await mail.spool.verify()).faults == ("arrival 3 follows 0: the rows between are gone",)


async def test_what_could_not_be_worked_becomes_a_case_once_its_cause_is_mended(world: World, mail: Desk) -> None:
    await Queue.filter(key="review").update(key="lost")
    remembering.forget_all()
    [failed] = await mail.takes(letter(sender="Nobody <nobody@unknown.example>", subject="Help"))
    await Queue.filter(key="lost").update(key="review")
    remembering.forget_all()

    await pipeline.ask_again(failed.arrival, by=world.ines)
    again = await pipeline.work_failed(mail.spool, ReadersHere())

    fate = await Fate.get(arrival=failed.arrival)
    assert (failed.fate, failed.tries, again) == ("failed", 1, 1)
    assert (fate.fate, await Case.filter(id=fate.case_id).count()) == ("created", 1)
    assert await pipeline.work_failed(mail.spool, ReadersHere()) == 0


async def test_what_cannot_be_worked_is_tried_later_and_at_last_left_in_sight(
    world: World, mail: Desk, frozen: Frozen
) -> None:
    await Queue.filter(key="review").update(key="lost")
    remembering.forget_all()
    [failed] = await mail.takes(letter(sender="Nobody <nobody@unknown.example>", subject="Help"))

    for _ in pipeline.RETRY_MINUTES:
        frozen.forward(days=2)
        await pipeline.work_failed(mail.spool, ReadersHere())

    fate = await Fate.get(arrival=failed.arrival)
    assert (fate.fate, fate.tries, fate.retry_at) == ("failed", 1 + len(pipeline.RETRY_MINUTES), NEVER)
    assert await Case.all().count() == 0


async def test_only_who_runs_the_desk_has_arrivals_tried_again(world: World, mail: Desk) -> None:
    [made] = await mail.takes(letter(sender="Nobody <nobody@unknown.example>", subject="Help"))

    for actor in (world.tess, world.sally):
        with pytest.raises(NotFound):
            await pipeline.ask_again(made.arrival, by=actor)
    with pytest.raises(NotFound):
        await pipeline.ask_again(made.arrival, by=world.ines)
