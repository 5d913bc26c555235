"""A use counts once."""

import asyncio

import pytest

from casedesk.cases.models import Case
from casedesk.errors import NotFound
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from knowledge import using
from knowledge.models import Solution
from knowledge.using import Outcome
from tests.knowledge.conftest import a_solution

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def cases(database: object) -> tuple[int, int]:
    """Return the ids of two cases."""
    return (await Case.create(subject="One", origin="email")).id, (await Case.create(subject="Two", origin="email")).id


async def counts(number: int) -> tuple[int, int]:
    row = await Solution.get(id=number)
    return row.uses, row.solved


async def test_inserted_and_then_solved_is_one_use_that_solved(cases: tuple[int, int]) -> None:
    made = await a_solution("Reset")

    told = [
        await using.record_use(made.id, outcome=outcome, case=cases[0], by=SYSTEM)
        for outcome in (Outcome.SUGGESTED, Outcome.INSERTED, Outcome.SOLVED, Outcome.SOLVED)
    ]

    assert (told, await counts(made.id)) == ([True, True, True, False], (1, 1))
    used = await Event.filter(name="solution_used").order_by("id").values_list("data", flat=True)
    assert list(used) == [{"outcome": "inserted"}, {"outcome": "solved"}]


async def test_each_case_counts_and_each_visitor_without_one(cases: tuple[int, int]) -> None:
    made = await a_solution("Reset")

    for case in (*cases, None, None):
        await using.record_use(made.id, outcome=Outcome.SOLVED, case=case, by=SYSTEM)

    assert await counts(made.id) == (4, 4)


async def test_the_same_use_told_twice_at_once_counts_once(cases: tuple[int, int]) -> None:
    made = await a_solution("Reset")

    told = await asyncio.gather(
        *(using.record_use(made.id, outcome=Outcome.SOLVED, case=cases[0], by=SYSTEM) for _ in range(5))
    )

    assert (sorted(told), await counts(made.id)) == ([False] * 4 + [True], (1, 1))


async def test_an_absent_solution_is_not_found() -> None:
    with pytest.raises(NotFound):
        await using.record_use(99, outcome=Outcome.SOLVED, case=7, by=SYSTEM)
