"""Queues are held in memory and read again after a change."""

import pytest

from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.identity import SYSTEM
from casedesk.queues import known
from casedesk.queues.arranging import QUEUES
from tests.factories.crashes import lose
from tests.world import World


async def test_a_queue_is_known_by_key_and_id_with_its_members(world: World) -> None:
    queue = await known.by_key("premier")

    assert queue == await known.by_id(world.queues["premier"])
    assert queue.members == {world.tess.id, world.uma.id}


async def test_an_unknown_queue_is_none(world: World) -> None:
    with pytest.raises(NotFound):
        await known.by_key("gone")
    with pytest.raises(NotFound):
        await known.by_id(999)


async def test_a_change_is_seen_at_once_also_by_the_transaction_that_makes_it(world: World) -> None:
    await known.every()

    async with transaction():
        await QUEUES.change(world.queues["premier"], {"name": "Gold"}, by=SYSTEM)
        within = (await known.by_key("premier")).name
    after = (await known.by_key("premier")).name

    assert (within, after) == ("Gold", "Gold")


async def test_a_change_that_was_lost_is_not_remembered(world: World) -> None:
    async def change_and_look() -> None:
        await QUEUES.change(world.queues["premier"], {"name": "Gold"}, by=SYSTEM)
        assert (await known.by_key("premier")).name == "Gold"

    await lose(change_and_look)

    assert (await known.by_key("premier")).name == "Premier"


async def test_reading_within_a_transaction_is_remembered_too(world: World) -> None:
    async with transaction():
        first = await known.every()

    assert await known.every() is first
