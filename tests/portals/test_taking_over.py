"""Nobody widens what they see by way of a contact: whoever reads a contact's mail, or has its company, sees its cases."""

from dataclasses import replace

import pytest

from casedesk.accounts.directory import CONTACTS
from casedesk.errors import Invalid, NotFound
from casedesk.portals import access
from casedesk.portals.access import AccessState
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
