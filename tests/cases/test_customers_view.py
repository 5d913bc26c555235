"""A customer sees what was said in public and nothing of what was said inside; their own, and the company's by right."""

from dataclasses import asdict

import pytest

from casedesk.accounts.directory import CONTACTS
from casedesk.cases import (
    attaching,
    by_customers,
    closing,
    conversing,
    customers_list,
    customers_view,
    following,
    taking_back,
)
from casedesk.cases.customers_list import CustomersCounts, CustomersFilter, Standing, Whose
from casedesk.cases.models import Case
from casedesk.cases.replaying import replay
from casedesk.entitlements import owned
from casedesk.errors import Conflict, Forbidden, Invalid, NotFound
from casedesk.identity import SYSTEM, Actor, ActorKind
from casedesk.journal.models import Event
from casedesk.rules.for_customers import CustomerState, NextStep
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes
from tests.world import World

SECRET = "zanzibar"


async def a_colleague(world: World, *, for_company: bool) -> Actor:
    made = await CONTACTS.add(
        {"name": "Cy Colleague", "email": "cy@ridgeline.example", "account_id": world.ada.account_id}, by=SYSTEM
    )
    company = world.ada.account_id if for_company else None
    return Actor(ActorKind.CONTACT, made.id, "Cy Colleague", "cy@ridgeline.example", verified=True, company_id=company)


async def test_nothing_said_inside_is_in_what_the_customer_gets(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, description="It is red.")
    await conversing.note(case.number, by=world.uma, text=f"A note: {SECRET}")
    await conversing.log_call(case.number, by=world.max, text=f"A call: {SECRET}")
    hidden = await attaching.upload(f"{SECRET}.txt", "text/plain", b"x", by=world.uma)
    await conversing.note(case.number, by=world.uma, text="With a file.", attachments=[hidden.id])
    await conversing.reply(case.number, by=world.tess, text="Please hold Reset.")
    await closing.resolve(case.number, by=world.tess, resolution=f"For colleagues: {SECRET}")

    seen = await customers_view.case(case.number, by=world.ada.actor)
    listed = await customers_list.list_cases(CustomersFilter(), by=world.ada.actor)

    assert [each.text for each in seen.messages] == ["It is red.", "Please hold Reset."]
    assert SECRET not in repr(asdict(seen)) + repr([asdict(row) for row in listed.items])
    with pytest.raises(NotFound):
        await attaching.fetch(hidden.id, by=world.ada.actor)


async def test_the_search_finds_public_words_and_no_others(world: World, frozen: Frozen) -> None:
    red = await a_case(world.tess, world.ada, subject="Gateway stays red")
    loud = await a_case(world.tess, world.ada, subject="Pump is loud")
    await a_case(world.tess, world.bo, subject="Gateway of Bo")
    await conversing.note(loud.number, by=world.uma, text=f"gateway {SECRET}")
    await conversing.reply(red.number, by=world.tess, text="Hold the button for ten seconds.")

    found = {}
    for words in ("gateway", SECRET, "button seconds", "pump loud", red.number, "GATEWAY red"):
        page = await customers_list.list_cases(CustomersFilter(q=words), by=world.ada.actor)
        found[words] = [row.number for row in page.items]

    assert found == {
        "gateway": [red.number],
        SECRET: [],
        "button seconds": [red.number],
        "pump loud": [loud.number],
        red.number: [red.number],
        "GATEWAY red": [red.number],
    }


async def test_a_list_is_narrowed_paged_and_counted_within_the_scope(world: World, frozen: Frozen) -> None:
    cases = [await a_case(world.tess, world.ada, subject=f"Case {number}") for number in range(4)]
    await a_case(world.tess, world.bo)
    await conversing.reply(cases[1].number, by=world.tess, text="And?", status="waiting_on_customer")
    await closing.close(cases[2].number, by=world.tess)
    numbers = [case.number for case in cases]

    lists = {}
    for state in (None, *Standing):
        page = await customers_list.list_cases(CustomersFilter(state=state), by=world.ada.actor)
        lists[state] = [row.number for row in page.items]
    first = await customers_list.list_cases(CustomersFilter(), by=world.ada.actor, limit=3)
    rest = await customers_list.list_cases(CustomersFilter(), by=world.ada.actor, limit=3, cursor=first.next)

    assert lists == {
        None: numbers[::-1],
        Standing.OPEN: [numbers[3], numbers[1], numbers[0]],
        Standing.WAITING: [numbers[1]],
        Standing.CLOSED: [numbers[2]],
    }
    assert [[row.number for row in page.items] for page in (first, rest)] == [numbers[:0:-1], [numbers[0]]]
    assert await customers_list.counts(by=world.ada.actor) == CustomersCounts(open=3, waiting=1, closed=1)
    assert await customers_list.counts(by=world.otto.actor) == CustomersCounts(0, 0, 0)
    with pytest.raises(Invalid):
        await customers_list.list_cases(CustomersFilter(), by=world.ada.actor, cursor="nonsense")


async def test_a_colleague_s_case_needs_the_right_and_following_gives_none(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    without = await a_colleague(world, for_company=False)
    allowed = Actor(**{**asdict(without), "company_id": world.ada.account_id})

    with pytest.raises(NotFound):
        await following.follow(case.number, by=without)
    await following.follow(case.number, by=allowed)

    assert (await customers_view.case(case.number, by=allowed)).follows is True
    with pytest.raises(NotFound):  # the right was taken back: what was followed is out of sight
        await customers_view.case(case.number, by=without)
    mine = await customers_list.list_cases(CustomersFilter(), by=allowed)
    company = await customers_list.list_cases(CustomersFilter(whose=Whose.COMPANY), by=allowed)
    assert ([row.number for row in mine.items], [row.is_own for row in company.items]) == ([], [False])
    with pytest.raises(Forbidden):
        await by_customers.close(case.number, by=allowed)
    await following.unfollow(case.number, by=allowed)
    assert (await customers_view.case(case.number, by=allowed)).follows is False


@pytest.mark.parametrize("number", ["of somebody else", "999999", "no number at all"])
async def test_everything_on_a_strangers_case_is_as_absent_as_on_none(
    world: World, frozen: Frozen, number: str
) -> None:
    case = await a_case(world.tess, world.ada)
    number = case.number if number == "of somebody else" else number
    otto = world.otto.actor

    for attempt in (
        customers_view.case(number, by=otto),
        by_customers.edit(number, by=otto, subject="Mine", asset_id=None),
        by_customers.close(number, by=otto),
        by_customers.reopen(number, by=otto),
        following.follow(number, by=otto),
        following.unfollow(number, by=otto),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_an_address_that_was_not_proven_sees_nothing(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, origin="email")
    unproven = Actor(ActorKind.CONTACT, world.ada.id, "Ada", world.ada.email, company_id=world.ada.account_id)

    for attempt in (
        customers_view.case(case.number, by=unproven),
        customers_list.list_cases(CustomersFilter(), by=unproven),
        owned.assets(by=unproven),
        attaching.upload("a.txt", "text/plain", b"a", by=unproven),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_subject_and_product_are_the_customer_s_to_change(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)

    await by_customers.edit(case.number, by=world.ada.actor, subject=" Red  again ", asset_id=world.ada.asset_id)

    seen = await customers_view.case(case.number, by=world.ada.actor)
    assert (seen.subject, seen.product, seen.serial) == ("Red again", "Gateway 4", world.ada.serial)
    assert await replay(case.id) == []
    with pytest.raises(Invalid):
        await by_customers.edit(case.number, by=world.ada.actor, subject="Red", asset_id=world.bo.asset_id)
    with pytest.raises(Invalid):
        await by_customers.edit(case.number, by=world.ada.actor, subject="  ", asset_id=None)


async def test_a_customer_closes_with_a_reason_and_opens_again_within_the_window(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)

    await by_customers.close(case.number, by=world.ada.actor, reason="It was the cable.")
    closed = await customers_view.case(case.number, by=world.ada.actor)
    frozen.forward(days=13)
    await by_customers.reopen(case.number, by=world.ada.actor)
    reopened = await customers_view.case(case.number, by=world.ada.actor)
    await by_customers.close(case.number, by=world.ada.actor)
    frozen.forward(days=15)

    assert (closed.state, closed.next.step) == (CustomerState.CLOSED, NextStep.MAY_REOPEN)
    assert (reopened.state, reopened.may_reopen) == (CustomerState.WORKING, False)
    with pytest.raises(Conflict):
        await by_customers.reopen(case.number, by=world.ada.actor)
    late = await customers_view.case(case.number, by=world.ada.actor)
    assert (late.next.step, late.may_add) == (NextStep.ASK_ANEW, False)
    names = await Event.filter(case_id=case.id, actor_kind="contact").order_by("id").values_list("name", flat=True)
    assert list(names) == ["case_resolved", "case_closed", "case_reopened", "case_resolved", "case_closed"]
    assert await replay(case.id) == []


async def test_a_reply_that_can_still_be_taken_back_is_not_shown(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, description="It is red.")
    posted = await conversing.reply(case.number, by=world.tess, text="Nonsense", undo_seconds=8)

    waiting = await customers_view.case(case.number, by=world.ada.actor)
    await taking_back.undo(posted.outgoing_id, by=world.tess)
    await conversing.reply(case.number, by=world.tess, text="Sense", undo_seconds=8)
    frozen.forward(seconds=9)
    after = await customers_view.case(case.number, by=world.ada.actor)

    assert [each.text for each in waiting.messages] == ["It is red."]
    assert [each.text for each in after.messages] == ["It is red.", "Sense"]


async def test_the_next_promise_is_that_of_the_clock(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)

    new = await customers_view.case(case.number, by=world.ada.actor)
    await conversing.reply(case.number, by=world.tess, text="Please send the log.", status="waiting_on_customer")
    asked = await customers_view.case(case.number, by=world.ada.actor)
    await customer_writes(case)
    row = await Case.get(id=case.id)
    answered = await customers_view.case(case.number, by=world.ada.actor)

    assert new.next.step is NextStep.ANSWER_PROMISED
    assert new.next.at == min(each.target_at for each in case.milestones)
    assert asked.next.step is NextStep.YOUR_TURN
    assert answered.next.at == row.next_due_at


async def test_products_are_the_company_s_and_nobody_else_s(world: World, frozen: Frozen) -> None:
    await a_case(world.tess, world.ada, asset_id=world.ada.asset_id)

    mine = await owned.assets(by=world.ada.actor)

    assert [(each.serial, each.product) for each in mine] == [(world.ada.serial, "Gateway 4")]
    assert await customers_list.open_by_asset(by=world.ada.actor) == {world.ada.asset_id: 1}
    assert await customers_list.open_by_asset(by=world.otto.actor) == {}
    with pytest.raises(NotFound):
        await owned.asset(world.bo.asset_id or 0, by=world.ada.actor)


async def test_the_steps_tell_what_the_customer_knows_and_leave_out_what_was_passed_over(
    world: World, frozen: Frozen
) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.log_call(case.number, by=world.tess, text="Asked the workshop.")
    waiting = await customers_view.steps_of(case.number, by=world.ada.actor)
    other = await a_case(world.tess, world.ada)
    await conversing.reply(other.number, by=world.tess, text="Hold Reset.")
    answered = await customers_view.steps_of(other.number, by=world.ada.actor)
    await closing.close(case.number, by=world.tess)
    closed = await customers_view.steps_of(case.number, by=world.ada.actor)

    told = [[(step.name.value, step.done) for step in each] for each in (waiting, answered, closed)]
    first = [("created", True), ("entitled", True), ("assigned", True)]
    assert told == [
        [*first, ("communicated", False), ("outcome", False), ("closed", False)],
        [*first, ("communicated", True), ("outcome", False), ("closed", False)],
        [*first, ("outcome", True), ("closed", True)],
    ]


async def test_the_product_asked_about_last_is_remembered(world: World, frozen: Frozen) -> None:
    await a_case(world.tess, world.ada, asset_id=world.ada.asset_id)
    await a_case(world.tess, world.ada)

    assert await customers_list.last_asset(by=world.ada.actor) == world.ada.asset_id
    assert await customers_list.last_asset(by=world.bo.actor) is None
