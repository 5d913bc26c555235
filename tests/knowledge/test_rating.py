"""A reader answers once whether a solution helped, may change their mind, and the counts follow."""

import asyncio

import pytest

from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor, ActorKind
from casedesk.journal.models import Event
from knowledge import rating
from knowledge.audience import Audience
from knowledge.models import Solution, SolutionRating
from knowledge.rating import Reason
from knowledge.solution import Status, Visibility
from tests.knowledge.conftest import a_solution

pytestmark = pytest.mark.usefixtures("database")
ADA = Actor(ActorKind.CONTACT, 7, "Ada", verified=True)
VISITOR = Actor(ActorKind.CONTACT)


async def said(number: int, *, helpful: bool, reader: str = "contact:7", reason: str | None = None) -> tuple[int, int]:
    await rating.rate(number, helpful=helpful, reader=reader, audience=Audience.PUBLIC, by=ADA, reason=reason)
    row = await Solution.get(id=number)
    return row.uses, row.solved


async def test_each_reader_counts_once_and_may_change_their_mind() -> None:
    made = await a_solution("Reset")

    counts = [
        await said(made.id, helpful=True),
        await said(made.id, helpful=True),
        await said(made.id, helpful=False, reason=Reason.UNCLEAR),
        await said(made.id, helpful=False, reader="visitor:abc"),
        await said(made.id, helpful=True),
    ]

    assert counts == [(1, 1), (1, 1), (1, 0), (2, 0), (2, 1)]
    assert await rating.rating_of(made.id, reader="contact:7") is True
    assert await rating.rating_of(made.id, reader="contact:8") is None
    assert await Event.filter(name="solution_used").count() == 2


async def test_the_reason_of_a_no_is_kept_and_a_yes_has_none() -> None:
    made = await a_solution("Reset")

    await said(made.id, helpful=False, reason=Reason.OUT_OF_DATE)
    await said(made.id, helpful=True, reader="visitor:abc", reason=Reason.OUT_OF_DATE)

    rows = await SolutionRating.all().order_by("id").values_list("helpful", "reason")
    assert list(rows) == [(False, "out_of_date"), (True, None)]
    with pytest.raises(Invalid):
        await said(made.id, helpful=False, reason="because")


async def test_what_one_may_not_read_one_cannot_rate() -> None:
    hidden = await a_solution("Inside", visibility=Visibility.INTERNAL)
    draft = await a_solution("Unfinished", status=Status.DRAFT)

    for number in (hidden.id, draft.id, 999):
        with pytest.raises(NotFound):
            await said(number, helpful=True)


async def test_a_reader_is_the_contact_or_the_visitor_and_never_nobody() -> None:
    assert rating.reader_of(ADA, "abc") == "contact:7"
    assert rating.reader_of(VISITOR, "abc") == "visitor:abc"
    with pytest.raises(NotFound):
        rating.reader_of(None, "")


async def test_a_mind_changed_by_several_clicks_at_once_counts_once() -> None:
    made = await a_solution("Reset")
    # Each click has a connection by now: one that had to open it first would be late.
    await asyncio.gather(*(said(made.id, helpful=False, reader=f"contact:{n}") for n in range(7, 11)))

    await asyncio.gather(*(said(made.id, helpful=True) for _ in range(4)))

    row = await Solution.get(id=made.id)
    assert (row.uses, row.solved) == (4, 1)
