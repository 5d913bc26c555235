"""A case was ended with a solution: the solution is credited, which feeds the ranking of suggestions."""

import contextlib

from casedesk.errors import NotFound
from casedesk.journal.pending import Happened
from knowledge import using
from knowledge.using import Outcome


async def credit_solution(event: Happened) -> None:
    """Count a solution that ended a case; once for each case, however often this runs."""
    solution = event.data.get("solution")
    if isinstance(solution, int):
        with contextlib.suppress(NotFound):  # a solution that is gone needs no credit
            await using.record_use(solution, outcome=Outcome.SOLVED, case=event.case_id, by=event.actor)
