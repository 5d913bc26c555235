"""Contacts follow a case to hear of it. Following lets nobody see a case that they could not see anyway.

Whoever loses sight of a case (another company, a right taken back) goes on following it in name only: every reader of
`case_followers` asks the scope of the follower, too.
"""

from collections.abc import Sequence

from casedesk.cases import recording
from casedesk.cases.models import Case, CaseFollower
from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.identity import Actor, ActorKind


async def follow(number: str, *, by: Actor) -> None:
    """Let a contact follow a case they can see; raises NotFound for any other. Twice is the same as once."""
    contact_id = contact_of(by)
    async with transaction():
        case = await recording.hold_seen(number, by=by)
        await CaseFollower.get_or_create(case_id=case.id, contact_id=contact_id)


async def unfollow(number: str, *, by: Actor) -> None:
    """Let a contact hear no more of a case they can see; one who does not follow it may say so, too."""
    contact_id = contact_of(by)
    async with transaction():
        case = await recording.hold_seen(number, by=by)
        await CaseFollower.filter(case_id=case.id, contact_id=contact_id).delete()


async def follows(case: Case, *, by: Actor) -> bool:
    """Say whether a contact follows a case."""
    return await CaseFollower.exists(case_id=case.id, contact_id=contact_of(by))


async def followed_of(case_ids: Sequence[int], *, by: Actor) -> frozenset[int]:
    """Return which of these cases a contact follows."""
    found = await CaseFollower.filter(case_id__in=list(case_ids), contact_id=contact_of(by))
    return frozenset(row.case_id for row in found)


def contact_of(actor: Actor) -> int:
    """Return the id of a contact with a proven address; raises NotFound for anybody else, as if there were nothing."""
    if actor.kind is not ActorKind.CONTACT or not actor.verified or actor.id is None:
        raise NotFound
    return actor.id
