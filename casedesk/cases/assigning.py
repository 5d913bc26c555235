"""Who works a case: taken, assigned, handed back, moved to another queue; or the most urgent one served."""

from typing import Any

from casedesk import clock, permissions
from casedesk.cases import clocks, creating, listing, recording, viewing
from casedesk.cases.creating import NewCase
from casedesk.cases.models import Case
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.permissions import Permission
from casedesk.queues import known
from casedesk.rules.lifecycle import Act
from casedesk.users.directory import find_user


async def take(number: str, *, by: Actor) -> CaseView:
    """Make the case the actor's own; raises Conflict when somebody else has it."""
    return await viewing.case_by_id(await take_unseen(number, by=by), by=by)


async def take_unseen(number: str, *, by: Actor) -> int:
    """Do `take` without looking at the case afterwards: its id, for many acts in a row."""
    permissions.require(by, Permission.CASE_ASSIGN)
    async with transaction():
        case = await recording.hold_for(number, by=by, act=Act.ASSIGN)
        if case.owner_id is not None and case.owner_id != by.user_id:
            raise Conflict("Somebody else has taken this case.")
        await apply(case, {"owner_id": by.user_id}, by=by)
    return int(case.id)


async def assign(
    number: str, *, by: Actor, queue_id: int | None = None, user_id: int | None = None, hand_back: bool = False
) -> CaseView:
    """Give a case to a queue, a user or both; `hand_back` takes it from its owner. Raises Invalid for unknown ones."""
    done = await assign_unseen(number, by=by, queue_id=queue_id, user_id=user_id, hand_back=hand_back)
    return await viewing.case_by_id(done, by=by)


async def create_in_queue(new: NewCase, queue_id: int | None, *, by: Actor) -> CaseView:
    """Make a case for a queue that was chosen by hand, whatever the rules say; None leaves it where they put it.

    Sent again with the same mark it is the case that was made, and stays where it is by now.
    """
    async with transaction():
        if (made := await creating.made_before(new.once, by)) is not None:
            return await viewing.case_by_id(made, by=by)
        case = await creating.create_case(new, by=by)
        return case if queue_id is None else await assign(case.number, by=by, queue_id=queue_id)


async def assign_unseen(
    number: str, *, by: Actor, queue_id: int | None = None, user_id: int | None = None, hand_back: bool = False
) -> int:
    """Do `assign` without looking at the case afterwards: its id, for many acts in a row."""
    permissions.require(by, Permission.CASE_ASSIGN)
    to: dict[str, Any] = {}
    if queue_id is not None:
        to["queue_id"] = await _queue(queue_id)
    if user_id is not None:
        to["owner_id"] = await _worker(user_id)
    elif hand_back or queue_id is not None:
        # A case that moves to another queue waits there for its people.
        to["owner_id"] = None
    if not to:
        raise Invalid.field("queue_id", "give a queue or a user")
    async with transaction():
        case = await recording.hold_for(number, by=by, act=Act.ASSIGN)
        if user_id is None and not hand_back and to.get("queue_id") == case.queue_id:
            to.pop("owner_id", None)
        await apply(case, to, by=by)
    return int(case.id)


async def serve_me(*, by: Actor) -> CaseView | None:
    """Take the most urgent case the actor may take from their queues and return it; None when nothing waits."""
    permissions.require(by, Permission.CASE_ASSIGN)
    mine = [queue.id for queue in await known.every() if by.user_id in queue.members or not queue.members]
    while True:
        async with transaction():
            waiting = await listing.most_urgent(mine)
            if waiting is None:
                return None
            case = await recording.hold(waiting)
            if case.owner_id is None:
                await apply(case, {"owner_id": by.user_id}, by=by)
                break
        # Somebody else was served the same case a moment before: look for the next one.
    return await viewing.case_by_id(case.id, by=by)


async def apply(case: Case, to: dict[str, Any], *, by: Actor) -> None:
    """Set queue and owner of a held case, in the open transaction; nothing is recorded where nothing changes."""
    if all(getattr(case, key) == value for key, value in to.items()):
        return
    derived = await clocks.derived(case, clock.now(), by=by)
    await recording.change(case, EventName.CASE_ASSIGNED, by=by, to=to, derived=derived)


async def _queue(queue_id: int) -> int:
    try:
        return (await known.by_id(queue_id)).id
    except NotFound:
        raise Invalid.field("queue_id", "there is no such queue") from None


async def _worker(user_id: int) -> int:
    try:
        user = await find_user(user_id)
    except NotFound:
        raise Invalid.field("user_id", "there is no such user") from None
    if not user.active:
        raise Invalid.field("user_id", "this user is not active")
    return user.id
