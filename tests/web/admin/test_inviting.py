"""Links for passwords of staff: one of two that come at once wins."""

import asyncio

import pytest

from casedesk.errors import NotFound
from casedesk.identity import SYSTEM
from casedesk.security import tokens
from casedesk.users import inviting, signing_in


async def test_of_two_that_take_a_link_at_once_one_chooses_the_password(world) -> None:
    token = tokens.link_token(await inviting.make_link(world.tess.id, by=SYSTEM))
    wanted = ("first long password", "second long password")

    took = await asyncio.gather(
        *(inviting.take(token, each, address="1.2.3.4") for each in wanted), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in took) == ["NotFound", "str"]
    chosen = wanted[0] if isinstance(took[0], str) else wanted[1]
    assert (await signing_in.sign_in(world.tess.email, chosen, address="1.2.3.4"))[1].actor.id == world.tess.id


async def test_a_link_is_asked_for_so_often_and_no_more(world) -> None:
    for _ in range(inviting.BY_PERSON.tries):
        await inviting.make_link(world.tess.id, by=world.ines)

    with pytest.raises(Exception, match="wait a little"):
        await inviting.make_link(world.tess.id, by=world.ines)


@pytest.mark.parametrize("token", ["", "x", "a" * 300, "ü", "0" * 32 + "." + "a" * 32])
async def test_a_token_made_up_opens_nothing(world, token) -> None:
    await inviting.make_link(world.tess.id, by=SYSTEM)

    with pytest.raises(NotFound):
        await inviting.find(token, address="1.2.3.4")
