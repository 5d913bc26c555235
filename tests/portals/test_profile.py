"""What customers keep of themselves, and what they can never make theirs."""

import pytest

from casedesk.accounts.models import Contact, ContactEmail
from casedesk.errors import Conflict, Forbidden, Invalid, NotFound
from casedesk.identity import SYSTEM
from casedesk.portals import access, doors, profile, sessions
from casedesk.portals.sessions import Customer
from casedesk.security import passwords
from tests.portals.conftest import CHROME
from tests.portals.mailed import newest_token, portal_mail
from tests.world import PASSWORD


@pytest.fixture
async def ada(world, portal) -> Customer:
    """Return Ada, signed in."""
    hashed = await passwords.hashed(PASSWORD)
    await access.grant(world.ada.id, portal.id, by=SYSTEM, password_hash=hashed)
    return await _enter(portal, world.ada.email)


async def _enter(portal, email: str) -> Customer:
    secret = await doors.sign_in(portal, email, PASSWORD, browser=CHROME)
    customer = await sessions.customer_of(secret, portal.id)
    assert customer is not None
    return customer


async def _wants(customer: Customer, portal, email: str) -> None:
    await profile.ask_for_address(customer, portal, email, address="192.0.2.1", language="en")


async def _emails(customer: Customer) -> list[tuple[str, bool]]:
    return [(each.email, each.is_verified) for each in await profile.addresses(customer)]


async def test_a_customer_changes_what_is_theirs(ada) -> None:
    given = {"name": "Ada P.", "language": "de", "time_zone": "Europe/Paris", "phones": ["+33 4 67"]}

    record = await profile.change(ada, given)

    assert (record.name, record.language, record.time_zone, record.phones) == (
        "Ada P.", "de", "Europe/Paris", ("+33 4 67",)
    )  # fmt: skip


@pytest.mark.parametrize(
    "given", [{"account_id": 2}, {"role": "Boss"}, {"external_id": "1"}, {"id": 2}, {"version": 9}, {"title": "Dr"}]
)
async def test_nothing_else_is_theirs_to_change(ada, given: dict) -> None:
    with pytest.raises(Forbidden):
        await profile.change(ada, {"name": "Eve", **given})

    assert (await profile.of(ada)).name == "Ada Premier"


@pytest.mark.parametrize("given", [{"name": "  "}, {"time_zone": "Mars/Olympus"}, {"phones": ["1"] * 6}])
async def test_what_makes_no_sense_is_named(ada, given: dict) -> None:
    with pytest.raises(Invalid):
        await profile.change(ada, given)


async def test_a_further_address_counts_once_its_link_was_opened(ada, portal) -> None:
    await _wants(ada, portal, "Ada@Home.example")
    token = await newest_token()
    before = await _emails(ada)

    await doors.verify_address(portal, token)

    assert before == [("ada@ridgeline.example", True)]
    assert await _emails(ada) == [("ada@ridgeline.example", True), ("ada@home.example", True)]
    with pytest.raises(NotFound):
        await doors.verify_address(portal, token)


async def test_somebody_elses_address_is_never_bound(ada, world, portal) -> None:
    await _wants(ada, portal, world.bo.email)

    assert await portal_mail() == []
    assert (await ContactEmail.get(email=world.bo.email)).contact_id == world.bo.id


async def test_an_address_that_became_somebodys_meanwhile_stays_theirs(ada, portal) -> None:
    await _wants(ada, portal, "shared@home.example")
    token = await newest_token()
    other = await Contact.create(name="Zoe")
    await ContactEmail.create(contact_id=other.id, email="shared@home.example")

    with pytest.raises(Conflict):
        await doors.verify_address(portal, token)

    assert (await ContactEmail.get(email="shared@home.example")).contact_id == other.id


async def test_the_last_confirmed_address_cannot_go_and_the_others_can(ada, world) -> None:
    await ContactEmail.create(contact_id=world.ada.id, email="ada@home.example")
    first, second = await profile.addresses(ada)

    with pytest.raises(Conflict):
        await profile.drop_address(ada, first.id)
    with pytest.raises(Conflict):
        await profile.write_first_to(ada, second.id)
    await profile.drop_address(ada, second.id)

    assert await _emails(ada) == [("ada@ridgeline.example", True)]


async def test_which_address_is_written_to_can_be_chosen(ada, portal) -> None:
    await _wants(ada, portal, "ada@home.example")
    await doors.verify_address(portal, await newest_token())
    second = (await profile.addresses(ada))[1]

    await profile.write_first_to(ada, second.id)

    assert await _emails(ada) == [("ada@home.example", True), ("ada@ridgeline.example", True)]


async def test_anothers_address_and_session_cannot_be_touched(ada, world, portal) -> None:
    await access.grant(world.bo.id, portal.id, by=SYSTEM, password_hash=await passwords.hashed(PASSWORD))
    bo = await _enter(portal, world.bo.email)
    address = (await profile.addresses(bo))[0]

    with pytest.raises(Invalid):
        await profile.drop_address(ada, address.id)
    with pytest.raises(NotFound):
        await sessions.end_one(bo.id, by=ada)

    assert [each.is_this for each in await sessions.of(bo)] == [True]


async def test_a_new_password_needs_the_old_one_and_ends_the_other_browsers(ada, world, portal) -> None:
    elsewhere = await _enter(portal, world.ada.email)

    with pytest.raises(Invalid):
        await profile.change_password(ada, portal, old="wrong", new="four quiet horses", language="en")
    await profile.change_password(ada, portal, old=PASSWORD, new="four quiet horses", language="en")

    assert [each.id for each in await sessions.of(elsewhere)] == [ada.id]
    assert [mail.kind for mail in await portal_mail()] == ["portal_news"]


async def test_ending_the_others_leaves_this_one(ada, world, portal) -> None:
    await _enter(portal, world.ada.email)
    await _enter(portal, world.ada.email)

    ended = await sessions.end_others(by=ada)

    assert (ended, [each.id for each in await sessions.of(ada)]) == (2, [ada.id])
