"""Lists of cases: views, filters, order and pages, within what the reader may see, at a fixed number of queries."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from casedesk.cases import assigning, closing, conversing, listing
from casedesk.cases.listing import CaseFilter
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.world import World


async def numbers(wanted: CaseFilter, by: Actor) -> list[int]:
    """Return the ids of a list's first page."""
    return [row.id for row in (await listing.list_rows(wanted, by=by)).items]


async def test_a_view_is_ordered_by_what_is_due_first(world: World, frozen: Frozen) -> None:
    slow = await a_case(world.tess, world.ada)
    urgent = await a_case(world.tess, world.ada, priority="urgent")
    unclocked = await a_case(world.tess, world.ada)
    await conversing.reply(unclocked.number, by=world.tess, text="Hm?", status="waiting_on_customer")

    assert await numbers(CaseFilter(view="all"), world.tess) == [urgent.id, slow.id, unclocked.id]


async def test_each_view_holds_its_cases(world: World, frozen: Frozen) -> None:
    breached = await a_case(world.tess, world.ada, priority="urgent")
    frozen.forward(minutes=40)
    due = await a_case(world.tess, world.ada, priority="urgent")
    mine = await a_case(world.tess, world.bo)
    await assigning.take(mine.number, by=world.uma)
    closed = await a_case(world.tess, world.bo)
    await closing.close(closed.number, by=world.tess)

    views = {
        view: await numbers(CaseFilter(view=view), world.uma)
        for view in ("mine", "unassigned", "due", "breached", "all", "recent", "q-premier", "q-review")
    }

    assert views == {
        "mine": [mine.id],
        "unassigned": [breached.id, due.id],
        "due": [due.id],
        "breached": [breached.id],
        "all": [breached.id, due.id, mine.id],
        "recent": [closed.id, mine.id, due.id, breached.id],
        "q-premier": [breached.id, due.id],
        "q-review": [],
    }


async def test_the_counts_are_those_of_the_views(world: World, frozen: Frozen) -> None:
    await a_case(world.tess, world.ada, priority="urgent")
    frozen.forward(minutes=40)
    await a_case(world.tess, world.ada, priority="urgent")
    mine = await a_case(world.tess, world.bo)
    await assigning.take(mine.number, by=world.uma)

    counts = await listing.counts(by=world.uma)

    assert (counts.mine, counts.unassigned, counts.due, counts.breached, counts.all) == (1, 2, 1, 1, 3)
    assert counts.queues == {world.queues["premier"]: 2, world.queues["emea"]: 1}


async def test_filters_narrow_together(world: World) -> None:
    ada = await a_case(world.tess, world.ada)
    bo = await a_case(world.tess, world.bo)
    await assigning.take(bo.number, by=world.uma)

    found = {
        "queue": await numbers(CaseFilter(queue="premier"), world.tess),
        "category": await numbers(CaseFilter(status="new"), world.tess),
        "status": await numbers(CaseFilter(status="On hold"), world.tess),
        "me": await numbers(CaseFilter(owner="me"), world.uma),
        "nobody": await numbers(CaseFilter(owner="none"), world.tess),
        "address": await numbers(CaseFilter(owner="Uma@halden.example"), world.tess),
        "account": await numbers(CaseFilter(account=world.bo.account_id), world.tess),
        "together": await numbers(CaseFilter(account=world.bo.account_id, owner="none"), world.tess),
        "since": await numbers(CaseFilter(updated_since=datetime(2099, 1, 1, tzinfo=UTC)), world.tess),
    }

    assert found == {
        "queue": [ada.id], "category": [bo.id, ada.id], "status": [], "me": [bo.id], "nobody": [ada.id],
        "address": [bo.id], "account": [bo.id], "together": [], "since": [],
    }  # fmt: skip


async def test_search_finds_words_and_numbers(world: World) -> None:
    red = await a_case(world.tess, world.ada, subject="Zirconium antenna")
    await a_case(world.tess, world.ada)

    assert await numbers(CaseFilter(q="zirconium"), world.tess) == [red.id]
    assert await numbers(CaseFilter(q=red.number), world.tess) == [red.id]
    assert await numbers(CaseFilter(q=f"#{red.id}"), world.tess) == [red.id]
    assert await numbers(CaseFilter(q="%"), world.tess) == []


@pytest.mark.parametrize("sort", ["sla", "newest", "updated"])
async def test_pages_follow_one_another_without_gap_or_repeat(world: World, frozen: Frozen, sort: str) -> None:
    made = set()
    for number in range(7):
        frozen.forward(minutes=number % 3)
        made.add((await a_case(world.tess, world.ada)).id)

    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = await listing.list_rows(CaseFilter(sort=sort), by=world.tess, cursor=cursor, limit=3)
        seen += [row.id for row in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert (len(seen), set(seen)) == (7, made)


async def test_a_cursor_is_good_for_its_own_order_only(world: World) -> None:
    for _ in range(2):
        await a_case(world.tess, world.ada)
    page = await listing.list_rows(CaseFilter(sort="newest"), by=world.tess, limit=1)

    with pytest.raises(Invalid):
        await listing.list_rows(CaseFilter(sort="sla"), by=world.tess, cursor=page.next)
    with pytest.raises(Invalid):
        await listing.list_rows(CaseFilter(sort="newest"), by=world.tess, cursor="bm9uc2Vuc2U")


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (CaseFilter(view="everything"), NotFound),
        (CaseFilter(sort="colour"), Invalid),
        (CaseFilter(queue="gone"), Invalid),
        (CaseFilter(status="done"), Invalid),
    ],
)
async def test_what_there_is_not_is_said(world: World, wanted: CaseFilter, error: type[Exception]) -> None:
    with pytest.raises(error):
        await listing.list_rows(wanted, by=world.tess)


async def test_sales_lists_searches_and_counts_what_she_logged(world: World) -> None:
    hers = await a_case(world.sally, world.ada)
    await a_case(world.tess, world.ada)

    counts = await listing.counts(by=world.sally)
    assert await numbers(CaseFilter(), world.sally) == [hers.id]
    assert await numbers(CaseFilter(q="gateway"), world.sally) == [hers.id]
    assert (counts.all, counts.unassigned) == (1, 1)


async def test_otto_lists_nothing(world: World) -> None:
    await a_case(world.tess, world.ada)

    with pytest.raises(NotFound):
        await listing.list_rows(CaseFilter(), by=world.otto.actor)


async def test_a_row_shows_what_a_list_needs(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, priority="urgent")
    await assigning.take(case.number, by=world.uma)

    [row] = (await listing.list_rows(CaseFilter(), by=world.tess)).items

    assert (row.number, row.subject, row.excerpt, row.priority, row.level) == (
        case.number, "The gateway stays red", "Since this morning.", "urgent", "premier",
    )  # fmt: skip
    assert (row.queue.key, row.owner.name, row.contact.name, row.account.name) == (
        "premier", "Uma Rao", "Ada Premier", "Ridgeline",
    )  # fmt: skip
    assert (row.next_due_at, row.next_due_kind, row.paused) == (
        datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(minutes=30), "first_response", False,
    )  # fmt: skip


@pytest.mark.parametrize("whole", [False, True])
async def test_a_list_costs_as_many_queries_for_three_cases_as_for_one(
    world: World, caplog: pytest.LogCaptureFixture, whole: bool
) -> None:
    listed = listing.list_cases if whole else listing.list_rows
    asked = []
    for more in (1, 2):
        for _ in range(more):
            await a_case(world.tess, world.ada)
        await listed(CaseFilter(), by=world.tess)
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            page = await listed(CaseFilter(), by=world.tess)
        asked.append((len(page.items), len(caplog.records)))

    assert asked == [(1, asked[0][1]), (3, asked[0][1])]
    assert asked[0][1] > 0
