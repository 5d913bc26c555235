"""Cases are verified, routed and put on the clock in one step, the same way for every channel."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.cases import attaching, viewing
from casedesk.cases.models import Case, CaseParticipant
from casedesk.entitlements.catalogue import ENTITLEMENTS
from casedesk.errors import Invalid, NotFound
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from casedesk.milestones.models import Milestone
from tests.conftest import Frozen
from tests.factories.cases import a_case, row_of
from tests.world import World


async def test_a_premier_contract_routes_to_the_premier_queue(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    assert (case.queue.key, case.verdict, case.level, case.entitlement.id) == (
        "premier", "covered", "premier", world.ada.entitlement_id,
    )  # fmt: skip


async def test_a_standard_customer_in_emea_waits_in_emea(world: World) -> None:
    case = await a_case(world.tess, world.bo)

    assert (case.queue.key, case.level) == ("emea", "standard")


async def test_a_standard_customer_in_the_us_waits_in_us(world: World) -> None:
    dates = {"starts_on": datetime(2026, 1, 1).date(), "ends_on": datetime(2027, 1, 1).date()}  # noqa: DTZ001
    account = await ACCOUNTS.add({"name": "Bayside", "region": "us"}, by=SYSTEM)
    await ENTITLEMENTS.add({"account_id": account.id, "level": "standard", "process": "standard", **dates}, by=SYSTEM)
    contact = await CONTACTS.add({"email": "cy@bayside.example", "account_id": account.id}, by=SYSTEM)

    case = await a_case(world.tess, contact_id=contact.id)

    assert (case.queue.key, case.level) == ("us", "standard")


async def test_who_is_not_entitled_still_gets_a_case_and_is_reviewed(world: World) -> None:
    case = await a_case(world.tess, world.otto)

    assert (case.queue.key, case.verdict, case.entitlement_status) == ("review", "not_covered", "unentitled")


async def test_a_new_address_becomes_a_contact_that_can_be_found(world: World) -> None:
    case = await a_case(world.tess, contact_email="Dora@New.Example", contact_name="Dora New")

    assert (case.contact.email, case.contact.name) == ("dora@new.example", "Dora New")
    assert (case.queue.key, case.verdict) == ("review", "unknown")
    assert await database_engine.search(Kind.CONTACT, "dora") == [case.contact.id]


async def test_a_sender_of_a_listed_domain_is_served_as_its_account(world: World) -> None:
    await ACCOUNTS.change(world.ada.account_id, {"domains": ["ridgeline.example"]}, by=SYSTEM)

    case = await a_case(world.tess, contact_email="new@ridgeline.example")

    assert (case.account.id, case.queue.key) == (world.ada.account_id, "premier")


async def test_a_question_about_a_bill_goes_to_billing(world: World) -> None:
    case = await a_case(world.tess, world.ada, type="billing_question")

    assert case.queue.key == "billing"


async def test_a_serial_number_in_the_text_names_the_asset(world: World) -> None:
    case = await a_case(world.tess, world.ada, description="Serial RL 77120-4 or so: rl-77120-4, it blinks.")

    assert case.asset.id == world.ada.asset_id


async def test_the_asset_of_another_company_is_never_taken(world: World) -> None:
    case = await a_case(world.tess, world.ada, description=f"My neighbour has {world.bo.serial}.")

    assert case.asset is None


async def test_naming_a_serial_number_entitles_nobody(world: World) -> None:
    case = await a_case(world.tess, contact_email="thief@nowhere.example", description=f"It is {world.ada.serial}.")

    assert (case.verdict, case.account) == ("unknown", None)


async def test_an_asset_given_by_a_colleague_tells_the_account(world: World) -> None:
    case = await a_case(world.tess, asset_id=world.ada.asset_id)

    assert (case.account.id, case.asset.id) == (world.ada.account_id, world.ada.asset_id)


async def test_premier_clocks_count_day_and_night(world: World, frozen: Frozen) -> None:
    saturday = frozen.set(datetime(2026, 3, 7, 12, 0, tzinfo=UTC))

    case = await a_case(world.tess, world.ada, priority="urgent")

    assert {each.kind: each.target_at for each in case.milestones} == {
        "first_response": saturday + timedelta(minutes=30),
        "resolution": saturday + timedelta(minutes=240),
    }


async def test_standard_clocks_count_working_hours(world: World, frozen: Frozen) -> None:
    frozen.set(datetime(2026, 3, 6, 16, 0, tzinfo=UTC))

    case = await a_case(world.tess, world.bo, priority="urgent")

    assert {each.kind: each.target_at for each in case.milestones} == {
        "first_response": datetime(2026, 3, 9, 10, 0, tzinfo=UTC),
        "resolution": datetime(2026, 3, 9, 16, 0, tzinfo=UTC),
    }
    row = await row_of(case)
    assert (row.next_due_at, row.next_due_kind) == (datetime(2026, 3, 9, 10, 0, tzinfo=UTC), "first_response")
    assert row.next_escalation_at == datetime(2026, 3, 6, 17, 0, tzinfo=UTC)


async def test_every_milestone_knows_when_it_next_acts(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)

    rows = await Milestone.filter(case_id=case.id).order_by("id").values_list("kind", "next_action_at")

    assert rows == [
        ("first_response", datetime(2026, 3, 2, 12, 45, tzinfo=UTC)),
        ("resolution", datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
    ]


async def test_an_incident_is_counted_where_incidents_are_counted(world: World) -> None:
    entitlement = world.ada.entitlement_id or 0
    await ENTITLEMENTS.change(entitlement, {"incidents_allowed": 1}, by=SYSTEM)

    first = await a_case(world.tess, world.ada)
    second = await a_case(world.tess, world.ada)

    assert (first.verdict, second.verdict) == ("covered", "not_covered")
    assert (await ENTITLEMENTS.find(entitlement, by=SYSTEM)).incidents_used == 1


async def test_a_case_is_made_with_its_first_message_and_its_events(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    story = await viewing.timeline(case.number, by=world.tess)
    names = await Event.filter(case_id=case.id).order_by("id").values_list("name", flat=True)
    participants = await CaseParticipant.filter(case_id=case.id).values_list("email", flat=True)

    assert [(entry.kind, entry.author, entry.text) for entry in story if entry.kind == "message"] == [
        ("message", "Ada Premier", "Since this morning.")
    ]
    assert names == ["case_created", "message_received"]
    assert participants == [world.ada.email]
    assert case.number == f"CD-{case.id}"


async def test_a_telephone_case_begins_with_the_call(world: World) -> None:
    case = await a_case(world.tess, world.bo, origin="phone")

    story = await viewing.timeline(case.number, by=world.tess)

    assert [(entry.kind, entry.public) for entry in story if entry.id.startswith("m")] == [("call", False)]


async def test_decisions_say_why(world: World) -> None:
    case = await a_case(world.tess, world.bo)

    taken = await viewing.decisions(case.number, by=world.tess)

    assert [(each.kind, each.outcome) for each in taken] == [
        ("entitlement", "covered"),
        ("assignment", "emea"),
        ("milestone", "First response"),
        ("milestone", "Resolution"),
    ]
    assert [rule.rule for rule in taken[1].trace if rule.matched] == ["Customers in EMEA go to EMEA"]
    assert taken[1].sentence == "To the queue emea, because rule 5 (Customers in EMEA go to EMEA) held."


async def test_a_file_is_bound_only_by_who_uploaded_it(world: World) -> None:
    own = await attaching.upload("log.txt", "text/plain", b"red", by=world.tess)
    of_uma = await attaching.upload("secret.txt", "text/plain", b"blue", by=world.uma)

    case = await a_case(world.tess, world.ada, attachments=(own.id,))
    with pytest.raises(Invalid):
        await a_case(world.tess, world.ada, attachments=(of_uma.id,))

    story = await viewing.timeline(case.number, by=world.tess)
    assert [file.filename for entry in story for file in entry.files] == ["log.txt"]
    assert await Case.all().count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"priority": "very"}, "priority"),
        ({"origin": "pigeon"}, "origin"),
        ({"contact_id": 999_999}, "contact.id"),
        ({"contact_email": "nobody"}, "contact.email"),
        ({"account_id": 999_999}, "account_id"),
        ({"asset_id": 999_999}, "asset_id"),
        ({"record_type": "lead"}, "record_type"),
    ],
)
async def test_what_a_case_cannot_take_is_named(world: World, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await a_case(world.tess, **given)

    assert [problem.field for problem in refused.value.problems] == [field]


async def test_a_salesperson_sees_what_she_logged_and_nothing_else(world: World) -> None:
    hers = await a_case(world.sally, world.ada, logged_on_behalf=True)
    other = await a_case(world.tess, world.ada)

    assert (await viewing.case(hers.number, by=world.sally)).logged_on_behalf is True
    with pytest.raises(NotFound):
        await viewing.case(other.number, by=world.sally)


async def test_otto_may_not_see_a_case_of_ada(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(NotFound):
        await viewing.case(case.number, by=world.otto.actor)
