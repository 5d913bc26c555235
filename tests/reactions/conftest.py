"""What the tests of reactions share: an open index of solutions on the desk of the test's people."""

from collections.abc import AsyncIterator

import pytest

from casedesk.settings import Settings
from knowledge.index import SolutionIndex
from tests.world import World


@pytest.fixture
async def index(world: World, peopled: Settings) -> AsyncIterator[SolutionIndex]:
    """Return the open index of this test's desk."""
    made = SolutionIndex(peopled)
    await made.open()
    yield made
    await made.close()
