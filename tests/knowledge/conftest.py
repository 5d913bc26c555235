"""An open index over an open database, and short ways to write solutions."""

from collections.abc import AsyncIterator

import pytest

from casedesk.identity import SYSTEM, Actor, ActorKind, Role
from casedesk.settings import Settings
from knowledge import writing
from knowledge.index import SolutionIndex
from knowledge.solution import Draft, SolutionView, Status, Visibility

AGENT = Actor(ActorKind.USER, None, "Tess", role=Role.AGENT)
KEEPER = Actor(ActorKind.USER, None, "Kofi", role=Role.KNOWLEDGE_MANAGER)
SALES = Actor(ActorKind.USER, None, "Sally", role=Role.SALES)


@pytest.fixture
async def index(database: Settings) -> AsyncIterator[SolutionIndex]:
    """Return the open index of this test's desk."""
    made = SolutionIndex(database)
    await made.open()
    yield made
    await made.close()


async def a_solution(
    title: str,
    body: str = "Steps.",
    *,
    visibility: Visibility = Visibility.PUBLIC,
    status: Status = Status.PUBLISHED,
    **more: object,
) -> SolutionView:
    """Write a solution, published and public unless said otherwise."""
    draft = Draft(title, body, visibility=visibility, status=status, **more)  # type: ignore[arg-type]
    return await writing.create(draft, by=SYSTEM)
