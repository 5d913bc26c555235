"""The shelf shows each reader what is theirs, page by page."""

import pytest

from casedesk.errors import NotFound
from knowledge import browsing
from knowledge.audience import Audience
from knowledge.browsing import Wanted
from knowledge.index import SolutionIndex
from knowledge.solution import Status, Visibility
from tests.knowledge.conftest import a_solution


async def keys(wanted: Wanted, audience: Audience = Audience.STAFF) -> list[str]:
    return [each.key for each in (await browsing.list_solutions(wanted, audience=audience)).items]


async def test_the_newest_come_first_page_by_page(database: object) -> None:
    for number in range(1, 6):
        await a_solution(f"Solution {number}", key=str(number))
    seen, after = [], None
    while True:
        page = await browsing.list_solutions(Wanted(), audience=Audience.PUBLIC, after=after, limit=2)
        seen.append([each.key for each in page.items])
        if (after := page.next) is None:
            break

    assert seen == [["5", "4"], ["3", "2"], ["1"]]


async def test_a_search_goes_on_page_by_page(index: SolutionIndex) -> None:
    for number in range(1, 4):
        await a_solution("Gateway", key=str(number))
    await index.catch_up()

    first = await browsing.list_solutions(Wanted(q="gateway"), audience=Audience.PUBLIC, limit=2)
    second = await browsing.list_solutions(Wanted(q="gateway"), audience=Audience.PUBLIC, limit=2, after=first.next)

    assert ([each.key for each in (*first.items, *second.items)], second.next) == (["1", "2", "3"], None)


async def test_lists_are_narrowed_by_each_field(index: SolutionIndex) -> None:
    await a_solution("Gateway", key="one", categories=("hardware", "start"))
    await a_solution("Gateway", key="two", categories=("billing",), language="de")
    await a_solution("Gateway", key="three", status=Status.DRAFT, visibility=Visibility.INTERNAL)
    await index.catch_up()

    assert [
        await keys(wanted)
        for wanted in (
            Wanted(category="hardware"),
            Wanted(language="de"),
            Wanted(status=Status.DRAFT),
            Wanted(visibility=Visibility.INTERNAL),
            Wanted(category="hard"),
            Wanted(q="gateway", category="billing"),
            Wanted(q="three"),
        )
    ] == [["one"], ["two"], ["three"], ["three"], [], ["two"], ["three"]]


@pytest.mark.parametrize("wanted", [Wanted(status=Status.DRAFT), Wanted(visibility=Visibility.INTERNAL), Wanted()])
async def test_no_filter_widens_what_a_customer_sees(database: object, wanted: Wanted) -> None:
    await a_solution("Draft", status=Status.DRAFT)
    await a_solution("Internal", visibility=Visibility.INTERNAL)

    assert await keys(wanted, Audience.PORTAL) == []


@pytest.mark.parametrize("hidden", [{"status": Status.DRAFT}, {"visibility": Visibility.INTERNAL}])
async def test_what_is_not_for_a_reader_is_not_found_by_id_or_key(
    database: object, hidden: dict[str, Status | Visibility]
) -> None:
    made = await a_solution("Hidden", **hidden)  # type: ignore[arg-type]

    with pytest.raises(NotFound):
        await browsing.find(made.id, audience=Audience.PORTAL)
    with pytest.raises(NotFound):
        await browsing.find_by_key("hidden", audience=Audience.PORTAL)
    assert (await browsing.find(made.id, audience=Audience.STAFF)).key == "hidden"


async def test_a_pasted_message_longer_than_any_key_is_searched_for(index: SolutionIndex) -> None:
    message = "E-4711: the gateway lost its certificate " * 8
    await a_solution(message.strip()[:200], key="certificate")
    await index.catch_up()

    found = await keys(Wanted(q=message))
    with pytest.raises(NotFound):
        await browsing.find_by_key(message, audience=Audience.PUBLIC)

    assert found == ["certificate"]
