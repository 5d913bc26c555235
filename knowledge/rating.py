"""Readers say whether a solution helped: one answer each, which they may change; the counts feed the ranking."""

from enum import StrEnum

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from casedesk import journal
from casedesk.database import reading, transaction
from casedesk.errors import Invalid, NotFound
from casedesk.events import EventName
from casedesk.identity import Actor, ActorKind
from casedesk.language import alternatives
from casedesk.language import gettext as _
from knowledge.audience import Audience, published_for
from knowledge.models import Solution, SolutionRating


class Reason(StrEnum):
    """Why a solution did not help."""

    NOT_MINE = "not_mine"
    DID_NOT_WORK = "did_not_work"
    UNCLEAR = "unclear"
    OUT_OF_DATE = "out_of_date"


def reader_of(actor: Actor | None, visitor: str) -> str:
    """Return as whom somebody rates: the contact who is signed in, else the visitor's mark (a cookie's, hashed)."""
    if actor is not None and actor.kind is ActorKind.CONTACT and actor.id is not None:
        return f"contact:{actor.id}"
    if not visitor:
        raise NotFound
    return f"visitor:{visitor}"[:80]


async def rate(
    solution_id: int, *, helpful: bool, reader: str, audience: Audience, by: Actor, reason: str | None = None
) -> None:
    """Keep a reader's answer; a second one takes the place of the first. Records SolutionUsed for a first answer.

    Raises NotFound for a solution that this audience is not offered, Invalid for a reason there is not.
    """
    if reason is not None and reason not in set(Reason):
        raise Invalid.field("reason", _("give one of %(these)s") % {"these": alternatives(Reason)})
    try:
        await _rate(solution_id, helpful, reader, audience, by, None if helpful else reason)
    except IntegrityError:  # the same reader, at the same moment
        await _rate(solution_id, helpful, reader, audience, by, None if helpful else reason)


async def rating_of(solution_id: int, *, reader: str) -> bool | None:
    """Return what a reader said of a solution, None when nothing."""
    async with reading():
        row = await SolutionRating.get_or_none(solution_id=solution_id, reader=reader)
    return row.helpful if row else None


async def _rate(
    solution_id: int, helpful: bool, reader: str, audience: Audience, by: Actor, reason: str | None
) -> None:
    async with transaction():
        if not await Solution.filter(published_for(audience), id=solution_id).exists():
            raise NotFound
        before = await SolutionRating.get_or_none(solution_id=solution_id, reader=reader)
        if before is None:
            await SolutionRating.create(solution_id=solution_id, reader=reader, helpful=helpful, reason=reason)
            data = {"rated": "helpful" if helpful else "not_helpful"}
            await journal.record(EventName.SOLUTION_USED, by=by, subject=("solution", solution_id), data=data)
        else:
            # Two clicks at once change one answer, and only one of them counts.
            same = SolutionRating.filter(id=before.id, helpful=before.helpful)
            if not await same.update(helpful=helpful, reason=reason):
                return
        gained = int(helpful) - int(before.helpful if before else False)
        counted = {"uses": F("uses") + int(before is None), "solved": F("solved") + gained}
        await Solution.filter(id=solution_id).update(**counted)
