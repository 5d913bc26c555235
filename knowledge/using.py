"""A solution was put to use: suggested, inserted into an answer, or the one that solved the case. Counts feed ranking."""

from enum import StrEnum

from tortoise.exceptions import IntegrityError

from casedesk import journal
from casedesk.database import run, transaction
from casedesk.database.inserting import insert_one
from casedesk.database.selecting import exists, many
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


async def used_on(case: int) -> frozenset[int]:
    """Return the solutions that were put to use on a case."""
    found = await many(SolutionUse, '"case" = ?', case)
    return frozenset(use.solution_id for use in found if use.outcome in _COUNTED)


async def _record(solution_id: int, outcome: Outcome, case: int | None, by: Actor) -> bool:
    if not await exists(Solution, "id = ?", solution_id):
        raise NotFound
    known = set[str]()
    if case is not None:
        known = {each.outcome for each in await many(SolutionUse, 'solution_id = ? AND "case" = ?', solution_id, case)}
    if outcome in known:
        return False
    use = {"solution_id": solution_id, "case": case, "user_id": by.user_id, "outcome": outcome.value}
    await insert_one(SolutionUse, use)
    if outcome in _COUNTED:
        fresh = known.isdisjoint(_COUNTED)  # inserted and then solved is one use
        sql = "UPDATE solutions SET uses = uses + ?, solved = solved + ? WHERE id = ?"
        await run(sql, int(fresh), int(outcome is Outcome.SOLVED), solution_id)
        data = {"outcome": outcome.value}
        await journal.record(EventName.SOLUTION_USED, by=by, case=case, subject=("solution", solution_id), data=data)
    return True
