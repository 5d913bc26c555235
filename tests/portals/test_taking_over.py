"""Nobody widens what they see by way of a contact: whoever reads a contact's mail, or has its company, sees its cases."""

from dataclasses import replace

import pytest

from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.cases import customers_list, customers_view, following
from casedesk.cases.customers_list import CustomersFilter, Whose
from casedesk.cases.models import CaseParticipant
from casedesk.errors import Invalid, NotFound
from casedesk.identity import SYSTEM
from casedesk.portals import access, doors, links, sessions
from casedesk.portals.access import AccessState
from casedesk.portals.links import Purpose, Wish
from tests.factories.cases import a_case
from tests.portals.conftest import CHROME
from tests.portals.mailed import newest_token, portal_mail
from tests.world import World


async def test_a_salesperson_lets_nobody_into_a_portal(world: World, portal) -> None:
    acts = (
        access.grant(world.ada.id, portal.id, by=world.sally, sees_company=True),
        access.invite(world.ada.id, portal.id, by=world.sally),
        access.arrange(world.ada.id, portal.id, by=world.sally, state=AccessState.ACTIVE),
        access.arrange(world.ada.id, portal.id, sees_company=True, by=world.sally),
    )

    for act in acts:
        with pytest.raises(NotFound):
            await act

    assert await access.of_contact(world.ada.id, by=world.tess) == ()


@pytest.mark.parametrize(
    "given", [{"email": "sally@private.example"}, {"emails": ["sally@private.example"]}, {"account_id": None}]
)
async def test_a_salesperson_changes_neither_address_nor_company_of_a_contact(world: World, given: dict) -> None:
    before = await CONTACTS.find(world.ada.id, by=world.tess)

    with pytest.raises(Invalid) as refused:
        await CONTACTS.change(world.ada.id, given, by=world.sally)

    assert [each.field for each in refused.value.problems] == list(given)
    assert await CONTACTS.find(world.ada.id, by=world.tess) == before


async def test_what_a_salesperson_saves_unchanged_is_no_change_and_the_rest_is_theirs(world: World) -> None:
    before = await CONTACTS.find(world.ada.id, by=world.tess)
    form = {"emails": list(before.emails), "account_id": before.account_id, "title": "Head of water"}

    after = await CONTACTS.change(world.ada.id, form, by=world.sally)

    assert replace(after, version=before.version, updated_at=before.updated_at) == replace(
        before, title="Head of water"
    )


async def test_whoever_serves_customers_changes_both(world: World) -> None:
    given = {"email": "ada@new.example", "account_id": world.bo.account_id}

    after = await CONTACTS.change(world.ada.id, given, by=world.tess)

    assert (after.email, after.account_id) == ("ada@new.example", world.bo.account_id)


@pytest.mark.parametrize(
    "email",
    [
        "copied@elsewhere.example", "ada+x@ridgeline.example", "ADA+X@Ridgeline.Example", "ada@xn--ridgelne-b5a.example",
        "ada@ridgelin\u0435.example", "colleague@ridgeline.example", "ada@ridgeline.example.elsewhere.example",
    ],
)  # fmt: skip
async def test_whoever_registers_an_address_like_a_customers_meets_nothing_of_theirs(
    world: World, portal, email: str
) -> None:
    case = await a_case(world.tess, world.ada, subject="A secret of Ada's")
    await CaseParticipant.create(case_id=case.id, email=email.lower())
    await ACCOUNTS.change(world.ada.account_id, {"domains": ["ridgeline.example"]}, by=world.tess)

    await links.ask(Wish(Purpose.REGISTER, portal.id, email, "en"), address="192.0.2.1")
    secret = await doors.confirm(portal, await newest_token(), name="Ada", password="", browser=CHROME)
    somebody = await sessions.customer_of(secret, portal.id)

    assert somebody is not None
    assert somebody.actor.id != world.ada.id
    for whose in Whose:
        assert [row async for row in customers_list.every(CustomersFilter(whose=whose), by=somebody.actor)] == []
    for look in (customers_view.case, customers_view.steps_of, following.follow):
        with pytest.raises(NotFound):
            await look(case.number, by=somebody.actor)


async def test_a_further_address_that_is_a_customers_is_asked_for_in_vain(world: World, portal) -> None:
    await access.grant(world.otto.id, portal.id, by=SYSTEM)

    await links.ask(
        Wish(Purpose.ADDRESS, portal.id, world.ada.email, "en", contact_id=world.otto.id),
        address="192.0.2.1",
        by=world.otto.actor,
    )

    assert await portal_mail() == []
