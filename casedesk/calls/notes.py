"""What an agent notes while a call lasts: kept from the first key, found again, handed over with the call, discarded.

The fields are the page's own; nothing here reads them. One draft by page (`mark`), so that a key pressed twice keeps one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from casedesk import clock, permissions
from casedesk.calls.models import Call, CallDraft
from casedesk.calls.ringing import TOPIC
from casedesk.database import rows, transaction
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.identity import Actor, Role
from casedesk.language import gettext as _
from casedesk.language import number
from casedesk.live import HUB
from casedesk.permissions import Permission
from casedesk.queues import known
from casedesk.users import directory

LONGEST = 300_000
"""Characters of all fields together."""
_RESUMED = timedelta(hours=12)
_KEPT = timedelta(days=7)
_TOLD = timedelta(minutes=2)
"""How long whoever gave a call away is told what became of it."""


@dataclass(frozen=True, slots=True)
class CallNotes:
    """A draft: `form` is the page as it stood. `giver` and `taker` are names, empty where nobody gave or has it.

    `mine` says that the reader may go on with it; `waits` that it was handed over and nobody has taken it yet.
    """

    id: int
    mark: str
    call_id: int | None
    form: dict[str, str]
    saved_at: datetime
    mine: bool
    waits: bool
    giver: str = ""
    taker: str = ""
    queue: str = ""
    taken_at: datetime | None = None


async def keep(mark: str, form: Mapping[str, str], *, by: Actor, call_id: int | None = None) -> CallNotes:
    """Keep what stands on the page under its mark; raises Conflict when it was handed to somebody else meanwhile.

    Whoever writes the first word about a call that rang at everybody has it.
    """
    permissions.require(by, Permission.CALL_LOG)
    _check(mark, form)
    try:
        return await _keep(mark, form, by, call_id)
    except IntegrityError:  # two first keys at the same moment
        return await _keep(mark, form, by, call_id)


async def find(draft_id: int, *, by: Actor) -> CallNotes:
    """Return a draft that is the actor's, was given by them, or waits for their queue; raises NotFound."""
    permissions.require(by, Permission.CALL_LOG)
    draft = await CallDraft.filter(await _within(by), id=draft_id).first()
    if draft is None:
        raise NotFound
    return await _view(draft, by)


async def newest(*, by: Actor, call_id: int | None = None) -> CallNotes | None:
    """Return the actor's latest unfinished notes of this call (None: of a call nobody announced)."""
    since = clock.now() - _RESUMED
    draft = (
        await CallDraft.filter(user_id=by.user_id or 0, call_id=call_id, saved_at__gte=since).order_by("-id").first()
    )
    return await _view(draft, by) if draft is not None else None


async def discard(mark: str, *, by: Actor) -> None:
    """Forget the actor's notes; those that are not there are no error."""
    async with transaction():
        await CallDraft.filter(mark=mark, user_id=by.user_id or 0).delete()


async def give(mark: str, *, by: Actor, user_id: int | None = None, queue_id: int | None = None) -> CallNotes:
    """Hand the notes (and the call they belong to) to a colleague or to a queue; their screens are told at once.

    Raises NotFound unless they are the actor's, Invalid for nobody, oneself or a queue without people.
    """
    permissions.require(by, Permission.CALL_LOG)
    receivers = await _receivers(user_id, queue_id, by)
    async with transaction():
        # Looked for and given in one statement: of two clicks at once the second finds nothing of its own any more.
        given = await CallDraft.filter(mark=mark, user_id=by.user_id or 0).update(
            user_id=user_id, queue_id=queue_id if user_id is None else None, given_by_id=by.user_id,
            given_at=clock.now(), taken_at=None,
        )  # fmt: skip
        if not given:
            raise NotFound
        draft = await CallDraft.get(mark=mark)
        if draft.call_id is not None:
            await Call.filter(id=draft.call_id).update(agent_id=user_id)
    await HUB.publish(TOPIC, [draft.call_id or 0, *receivers, by.user_id or 0])
    return await _view(draft, by)


async def take(draft_id: int, *, by: Actor) -> CallNotes:
    """Take over notes that were handed to the actor or their queue; raises NotFound when somebody else was quicker."""
    permissions.require(by, Permission.CALL_LOG)
    async with transaction():
        # Looked for and taken in one statement: of two who are equally quick one has it.
        if not await CallDraft.filter(await _for(by), id=draft_id).update(user_id=by.user_id, queue_id=None):
            raise NotFound("This call was taken by somebody else.")
        await CallDraft.filter(id=draft_id, taken_at=None).update(taken_at=clock.now())
        draft = await CallDraft.get(id=draft_id)
        if draft.call_id is not None:
            await Call.filter(id=draft.call_id).update(agent_id=by.user_id)
    await HUB.publish(TOPIC, [draft.call_id or 0, *{draft.given_by_id or 0, by.user_id or 0}])
    return await _view(draft, by)


async def handed(*, by: Actor) -> tuple[CallNotes, ...]:
    """Return what waits to be taken by the actor, and what became of what they gave away just now; newest first."""
    if by.user_id is None:
        return ()
    since = clock.now() - _TOLD
    waiting = await _for(by) & Q(taken_at=None, given_at__gte=clock.now() - _RESUMED)
    given = (
        Q(given_by_id=by.user_id)
        & ~Q(user_id=by.user_id)
        & (Q(taken_at=None, given_at__gte=clock.now() - _RESUMED) | Q(taken_at__gte=since))
    )
    return tuple([await _view(each, by) for each in await CallDraft.filter(waiting | given).order_by("-id").limit(5)])


async def sweep() -> int:
    """Forget notes that nobody has touched for a week and return how many."""
    async with transaction():
        return await CallDraft.filter(saved_at__lt=clock.now() - _KEPT).delete()


async def _keep(mark: str, form: Mapping[str, str], by: Actor, call_id: int | None) -> CallNotes:
    now, taken = clock.now(), 0
    async with transaction():
        draft = await CallDraft.get_or_none(mark=mark)
        if draft is None:
            call_id = call_id if call_id is not None and await Call.exists(id=call_id) else None
            draft = await CallDraft.create(
                mark=mark, user_id=by.user_id, call_id=call_id, form=dict(form), saved_at=now
            )
            if call_id is not None:
                taken = await Call.filter(id=call_id, agent_id=None).update(agent_id=by.user_id)
        elif draft.user_id != by.user_id:
            raise Conflict("This call was handed over; its notes are no longer yours to change.")
        else:
            draft.form, draft.saved_at = dict(form), now
            if draft.given_by_id is not None:
                draft.taken_at = draft.taken_at or now
            await draft.save(update_fields=["form", "saved_at", "taken_at"])
    if taken:  # it rang at everybody, and stops where it was not taken
        await HUB.publish(TOPIC, [call_id or 0, *await directory.ids_with_role(Role.AGENT)])
    return await _view(draft, by)


async def _within(by: Actor) -> Q:
    return await _for(by) | Q(given_by_id=by.user_id or 0)


async def _for(by: Actor) -> Q:
    """Return which drafts somebody may go on with: their own, and those that wait for a queue they belong to."""
    mine = Q(user_id=by.user_id or 0)
    queues = [queue.id for queue in await known.every() if by.user_id in queue.members]
    return mine | Q(user_id=None, queue_id__in=queues) if queues else mine


async def _receivers(user_id: int | None, queue_id: int | None, by: Actor) -> Sequence[int]:
    if user_id is not None:
        try:
            user = await directory.find_user(user_id)
        except NotFound:
            raise Invalid.field("give_to", "there is nobody like this") from None
        if user.id == by.user_id or not user.active:
            raise Invalid.field("give_to", "choose a colleague who works here")
        return [user.id]
    if queue_id is None:
        raise Invalid.field("give_to", "choose a colleague or a queue")
    members = sorted((await known.by_id(queue_id)).members - {by.user_id or 0})
    if not members:
        raise Invalid.field("give_to", "nobody else works in this queue")
    return members


def _check(mark: str, form: Mapping[str, str]) -> None:
    if not (16 <= len(mark) <= 64 and mark.isascii() and mark.isalnum()):
        raise Invalid.field("mark", "this page has grown old; load it again")
    if sum(len(value) for value in form.values()) > LONGEST:
        raise Invalid.field("notes", _("at most %(most)s characters") % {"most": number(LONGEST)})


async def _view(draft: CallDraft, by: Actor) -> CallNotes:
    ids = [each for each in (draft.given_by_id, draft.user_id) if each is not None and each != by.user_id]
    names: dict[Any, str] = {}
    if ids:
        sql = f"SELECT id, name FROM users WHERE id IN ({', '.join('?' * len(ids))})"  # noqa: S608  # marks alone
        names = {row["id"]: row["name"] for row in await rows(sql, *ids)}
    queue = (await known.by_id(draft.queue_id)).name if draft.queue_id is not None else ""
    given = draft.given_by_id is not None
    return CallNotes(
        id=draft.id,
        mark=draft.mark,
        call_id=draft.call_id,
        form={str(name): str(value) for name, value in draft.form.items()},
        saved_at=draft.saved_at,
        mine=draft.user_id == by.user_id,
        waits=given and draft.taken_at is None,
        giver=names.get(draft.given_by_id, "") if given else "",
        taker=names.get(draft.user_id, ""),
        queue=queue,
        taken_at=draft.taken_at,
    )
