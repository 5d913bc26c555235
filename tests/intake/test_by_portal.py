"""A question of the portal becomes a case, with the promise it was sent under; words on it join it, once."""

import asyncio

import pytest

from casedesk.cases import attaching, closing, conversing, customers_view
from casedesk.cases.models import Case, Message
from casedesk.cases.question_drafts import Question
from casedesk.cases.replaying import replay
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.journal.models import Event
from casedesk.mail.models import OutgoingMail
from casedesk.milestones.models import Milestone
from casedesk.portals.models import Portal
from casedesk.rules.entitlement import Outcome
from intake import by_portal, ledger
from intake.mailboxes import MAILBOXES
from intake.models import Fate
from tests.conftest import Frozen
from tests.factories.happenings import react
from tests.world import World

RED = Question("m1", "The gateway stays red", "Since the update. Two wards have lost their readings.")


async def a_portal() -> int:
    portal, _ = await Portal.get_or_create(slug="halden", defaults={"name": "Halden Help", "case_prefix": "HAL"})
    return portal.id


async def test_a_question_becomes_a_case_of_the_portal_s_brand(world: World, frozen: Frozen) -> None:
    portal = await a_portal()
    await MAILBOXES.add({"address": "help@halden.example", "portal": "halden"}, by=world.ines)

    asked = await by_portal.ask(RED, portal_id=portal, by=world.ada.actor, language="en")

    case = await Case.first()
    first = await Message.get(case_id=case.id)
    assert asked.number == f"HAL-{case.id}"
    assert (case.origin, case.contact_id, case.account_id) == ("portal", world.ada.id, world.ada.account_id)
    assert (case.verdict, case.level, case.logged_by_id) == ("covered", "premier", None)
    assert (first.channel, first.public, first.text, first.author_email) == ("portal", True, RED.text, world.ada.email)
    assert await replay(case.id) == []


async def test_the_promise_equals_the_milestone_that_sending_sets(world: World, frozen: Frozen) -> None:
    portal = await a_portal()

    for customer in (world.ada, world.bo):
        promised = await by_portal.promise(RED, portal_id=portal, by=customer.actor)
        asked = await by_portal.ask(RED, portal_id=portal, by=customer.actor)
        number = int(asked.number.rpartition("-")[2])
        kept = await Milestone.get(case_id=number, kind="first_response")
        case = await Case.get(id=number)
        assert (promised.answer_by, promised.level) == (kept.target_at, case.level)
        assert promised.verdict.value == case.verdict


async def test_the_uncovered_are_told_so_and_served_all_the_same(world: World, frozen: Frozen) -> None:
    portal = await a_portal()

    promised = await by_portal.promise(RED, portal_id=portal, by=world.otto.actor)
    await by_portal.ask(RED, portal_id=portal, by=world.otto.actor)

    kept = await Milestone.get(kind="first_response")
    assert promised == by_portal.Promise(Outcome.NOT_COVERED, None, "Standard", kept.target_at)
    assert (await Case.first()).verdict == "not_covered"


async def test_promising_writes_nothing(world: World, frozen: Frozen) -> None:
    before = await Event.all().count()

    await by_portal.promise(RED, portal_id=await a_portal(), by=world.ada.actor)

    assert (await Case.all().count(), await Event.all().count()) == (0, before)


async def test_the_ledger_tells_of_what_the_portal_brought(world: World, frozen: Frozen) -> None:
    portal = await a_portal()
    asked = await by_portal.ask(RED, portal_id=portal, by=world.ada.actor, language="en")
    frozen.forward(minutes=5)
    await by_portal.add(asked.number, "It still blinks.", by=world.ada.actor)

    first = await ledger.entries(by=world.max, limit=1)
    rest = await ledger.entries(by=world.max, limit=1, cursor=first.next)

    lines = [
        (entry.channel, entry.fate, entry.case, entry.shape["from"]["email"], entry.shape["text"], entry.id < 0)
        for entry in (*first.items, *rest.items)
    ]
    assert lines == [
        ("portal", "created", asked.number, world.ada.email, RED.text, True),
        ("portal", "appended", asked.number, world.ada.email, "It still blinks.", True),
    ]
    assert rest.next is None


async def test_two_clicks_at_once_make_one_case(world: World, frozen: Frozen) -> None:
    portal = await a_portal()

    asked = await asyncio.gather(*(by_portal.ask(RED, portal_id=portal, by=world.ada.actor) for _ in range(2)))

    assert (await Case.all().count(), await Fate.all().count()) == (1, 1)
    assert {each.number for each in asked} == {asked[0].number}
    assert sorted(each.again for each in asked) == [False, True]


async def test_it_is_acknowledged_as_a_mail_would_be(world: World, frozen: Frozen) -> None:
    asked = await by_portal.ask(RED, portal_id=await a_portal(), by=world.ada.actor)

    await react()

    mail = await OutgoingMail.get(kind="acknowledgement")
    assert (mail.to, asked.number in mail.subject) == ([world.ada.email], True)


async def test_its_files_go_with_it_and_nobody_else_s_do(world: World, frozen: Frozen) -> None:
    portal = await a_portal()
    mine = await attaching.upload("led.txt", "text/plain", b"red", by=world.ada.actor)
    theirs = await attaching.upload("secret.txt", "text/plain", b"no", by=world.bo.actor)

    with pytest.raises(Invalid):
        await by_portal.ask(Question("m2", "Red", files=(mine.id, theirs.id)), portal_id=portal, by=world.ada.actor)
    await by_portal.ask(Question("m3", "Red", files=(mine.id,)), portal_id=portal, by=world.ada.actor)

    case = await Case.get()
    message = await Message.get(case_id=case.id)
    found = await attaching.of_messages([message.id])
    assert [each.filename for each in found[message.id]] == ["led.txt"]
    with pytest.raises(NotFound):
        await attaching.fetch(theirs.id, by=world.ada.actor)
    with pytest.raises(NotFound):
        await attaching.fetch(mine.id, by=world.otto.actor)
    assert (await attaching.fetch(mine.id, by=world.ada.actor))[0].filename == "led.txt"


@pytest.mark.parametrize(
    ("subject", "text", "field"),
    [("  ", "", "subject"), ("x" * 501, "", "subject"), ("Red", "x" * 200_001, "text")],
    ids=["no words", "too many for a subject", "a book"],
)
async def test_what_cannot_be_kept_is_refused_at_its_field(
    world: World, frozen: Frozen, subject: str, text: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await by_portal.ask(Question("m4", subject, text), portal_id=await a_portal(), by=world.ada.actor)

    assert [each.field for each in refused.value.problems] == [field]
    assert await Case.all().count() == 0


async def test_another_company_s_product_is_refused(world: World, frozen: Frozen) -> None:
    question = Question("m5", "Red", asset_id=world.bo.asset_id)

    with pytest.raises(Invalid) as refused:
        await by_portal.ask(question, portal_id=await a_portal(), by=world.ada.actor)

    assert [each.field for each in refused.value.problems] == ["asset"]


async def test_words_of_the_customer_end_a_wait_once(world: World, frozen: Frozen) -> None:
    asked = await by_portal.ask(RED, portal_id=await a_portal(), by=world.ada.actor)
    await conversing.reply(asked.number, by=world.tess, text="Please send the log.", status="waiting_on_customer")

    for _ in range(2):
        await by_portal.add(asked.number, "Here it is.", by=world.ada.actor, once="a1")

    seen = await customers_view.case(asked.number, by=world.ada.actor)
    assert (await Case.get()).status_category == "open"
    assert [(each.text, each.mine, each.ours) for each in seen.messages] == [
        (RED.text, True, False),
        ("Please send the log.", False, True),
        ("Here it is.", True, False),
    ]


async def test_a_case_closed_long_ago_takes_no_words_but_a_follow_up(world: World, frozen: Frozen) -> None:
    portal = await a_portal()
    asked = await by_portal.ask(RED, portal_id=portal, by=world.ada.actor)
    await closing.close(asked.number, by=world.tess)
    frozen.forward(days=15)

    with pytest.raises(Conflict):
        await by_portal.add(asked.number, "Red again.", by=world.ada.actor)
    again = await by_portal.ask(Question("m6", "Red again"), portal_id=portal, by=world.ada.actor, follows=asked.number)

    assert (await customers_view.case(again.number, by=world.ada.actor)).linked_to == asked.number


async def test_a_stranger_s_case_is_as_absent_as_none(world: World, frozen: Frozen) -> None:
    asked = await by_portal.ask(RED, portal_id=await a_portal(), by=world.ada.actor)

    for number in (asked.number, "999999"):
        with pytest.raises(NotFound):
            await by_portal.add(number, "Let me in.", by=world.otto.actor)
        with pytest.raises(NotFound):
            await by_portal.ask(
                Question("m7", "Mine?"), portal_id=await a_portal(), by=world.otto.actor, follows=number
            )
