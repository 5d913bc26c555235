"""A customer who holds the rights on their own case still gets nothing of what staff see and do there."""

from collections.abc import Awaitable, Callable

import pytest

from casedesk.cases import changing, closing, conversing, listing, viewing
from casedesk.cases.listing import CaseFilter
from casedesk.errors import NotFound
from casedesk.identity import Actor
from tests.factories.cases import a_case
from tests.world import World

STAFFS: dict[str, Callable[[str, Actor], Awaitable[object]]] = {
    "read it with owner and decisions": lambda number, by: viewing.case(number, by=by),
    "read its whole story": lambda number, by: viewing.timeline(number, by=by),
    "read its decisions": lambda number, by: viewing.decisions(number, by=by),
    "list cases as staff do": lambda number, by: listing.list_rows(CaseFilter(), by=by),
    "list whole cases": lambda number, by: listing.list_cases(CaseFilter(), by=by),
    "count the views": lambda number, by: listing.counts(by=by),
    "change its priority": lambda number, by: changing.change(number, by=by, values={"priority": "urgent"}),
    "resolve it": lambda number, by: closing.resolve(number, by=by, resolution="x"),
    "close it": lambda number, by: closing.close(number, by=by, resolution="x"),
    "reopen it": lambda number, by: closing.reopen(number, by=by),
    "reply to it": lambda number, by: conversing.reply(number, by=by, text="x"),
    "note on it": lambda number, by: conversing.note(number, by=by, text="x"),
}


@pytest.mark.parametrize("what", STAFFS)
async def test_what_staff_do_is_not_there_for_the_customer_of_the_case(world: World, what: str) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.note(case.number, by=world.tess, text="She pays late.")

    with pytest.raises(NotFound):
        await STAFFS[what](case.number, world.ada.actor)
