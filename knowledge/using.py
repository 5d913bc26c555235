"""A solution was put to use: suggested, inserted into an answer, or the one that solved the case. Counts feed ranking."""

from enum import StrEnum

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from casedesk import journal
from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import Actor
from knowledge.models import Solution, SolutionUse


class Outcome(StrEnum):
    """What became of a solution on a case."""

    SUGGESTED = "suggested"
    INSERTED = "inserted"
    SOLVED = "solved"


_COUNTED = (Outcome.INSERTED, Outcome.SOLVED)


async def record_use(solution_id: int, *, outcome: Outcome, case: int | None, by: Actor) -> bool:
    """Record a use and say whether it is a new one: a solution, a case and an outcome count once. Safe twice.

    Without a case (a visitor who helped themselves) each call is a use. Records SolutionUsed, mere suggestions aside.
    Raises NotFound for an unknown solution.
    """
    try:
        async with transaction():
            return await _record(solution_id, outcome, case, by)
    except IntegrityError:
        if case is not None and await SolutionUse.exists(solution_id=solution_id, case=case, outcome=outcome):
            return False  # somebody recorded the same at the same moment
        raise


async def _record(solution_id: int, outcome: Outcome, case: int | None, by: Actor) -> bool:
    if not await Solution.exists(id=solution_id):
        raise NotFound
    known = set[str]()
    if case is not None:
        rows = await SolutionUse.filter(solution_id=solution_id, case=case).values_list("outcome", flat=True)
        known = {str(each) for each in rows}
    if outcome in known:
        return False
    await SolutionUse.create(solution_id=solution_id, case=case, user_id=by.user_id, outcome=outcome)
    if outcome in _COUNTED:
        fresh = known.isdisjoint(_COUNTED)  # inserted and then solved is one use
        await Solution.filter(id=solution_id).update(
            uses=F("uses") + int(fresh), solved=F("solved") + int(outcome is Outcome.SOLVED)
        )
        data = {"outcome": outcome.value}
        await journal.record(EventName.SOLUTION_USED, by=by, case=case, subject=("solution", solution_id), data=data)
    return True
