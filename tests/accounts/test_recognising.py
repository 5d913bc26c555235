"""Who is it? From an address to a contact and the account they are served as."""

import pytest

from casedesk.accounts import recognising
from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.accounts.models import Contact
from casedesk.database import transaction
from casedesk.errors import Invalid
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from tests.world import World


async def test_an_address_is_compared_without_case(world: World) -> None:
    person = await recognising.find_by_email(" ADA@Ridgeline.Example ")

    assert person is not None
    assert (person.id, person.company.id, person.by_domain) == (world.ada.id, world.ada.account_id, False)


async def test_an_unknown_address_is_nobody(world: World) -> None:
    assert await recognising.find_by_email("nobody@nowhere.example") is None


async def test_ones_own_account_comes_before_a_listed_domain(world: World) -> None:
    await ACCOUNTS.change(world.bo.account_id, {"domains": ["ridgeline.example"]}, by=SYSTEM)

    person = await recognising.find_by_email(world.ada.email)

    assert person is not None
    assert (person.company.id, person.by_domain) == (world.ada.account_id, False)


async def test_a_contact_without_account_is_served_as_the_one_that_listed_the_domain(world: World) -> None:
    await ACCOUNTS.change(world.bo.account_id, {"domains": ["new.example"]}, by=SYSTEM)

    async with transaction():
        person = await recognising.find_or_create("dora@new.example", "Dora")

    assert (person.company.id, person.by_domain) == (world.bo.account_id, True)
    assert (await Contact.get(id=person.id)).account_id is None


@pytest.mark.parametrize("email", ["eve@notnew.example", "eve@sub.new.example", "eve@new.example.evil.example"])
async def test_a_domain_that_only_looks_alike_is_another(world: World, email: str) -> None:
    await ACCOUNTS.change(world.bo.account_id, {"domains": ["new.example"]}, by=SYSTEM)

    async with transaction():
        person = await recognising.find_or_create(email)

    assert person.company is None


async def test_a_contact_is_made_once(world: World) -> None:
    async with transaction():
        first = await recognising.find_or_create("Dora@New.example", "Dora")
        again = await recognising.find_or_create("dora@new.example", "Somebody else")

    assert (first.id, again.name) == (again.id, "Dora")
    assert await Event.filter(name="record_created", subject_kind="contact", subject_id=first.id).count() == 1


async def test_without_a_name_the_address_gives_one(world: World) -> None:
    async with transaction():
        person = await recognising.find_or_create("dora.new@new.example")

    assert person.name == "dora.new"


@pytest.mark.parametrize(
    "email", ["", "dora", "@new.example", "dora@", "do ra@new.example", "dora\n@new.example", "x" * 321 + "@a.b"]
)
async def test_what_is_no_address_makes_no_contact(world: World, email: str) -> None:
    before = await Contact.all().count()

    with pytest.raises(Invalid):
        async with transaction():
            await recognising.find_or_create(email)

    assert await Contact.all().count() == before


async def test_all_addresses_of_a_contact_are_theirs(world: World) -> None:
    await CONTACTS.change(world.ada.id, {"emails": [world.ada.email, "Ada@Home.example"]}, by=SYSTEM)

    assert await recognising.addresses_of(world.ada.id) == {"ada@ridgeline.example", "ada@home.example"}
    person = await recognising.find_by_email("ada@home.example")
    assert person is not None
    assert person.id == world.ada.id
