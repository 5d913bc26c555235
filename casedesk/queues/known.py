"""Queues by key and id, held in memory: read by every decision, changed seldom."""

from dataclasses import dataclass

from casedesk.errors import NotFound
from casedesk.language import gettext as _
from casedesk.queues.models import Queue, QueueMember
from casedesk.remembering import Remembered


@dataclass(frozen=True, slots=True)
class KnownQueue:
    """A queue as decisions and lists need it; `members` are users' ids."""

    id: int
    key: str
    name: str
    tier: int | None
    members: frozenset[int]


async def _load() -> tuple[KnownQueue, ...]:
    members: dict[int, set[int]] = {}
    for row in await QueueMember.all():
        members.setdefault(row.queue_id, set()).add(row.user_id)
    found = await Queue.all().order_by("position", "id")
    return tuple(KnownQueue(q.id, q.key, q.name, q.tier, frozenset(members.get(q.id, ()))) for q in found)


_all = Remembered("queues", _load)


async def every() -> tuple[KnownQueue, ...]:
    """Return all queues in the order the console shows them."""
    return await _all.get()


async def by_key(key: str) -> KnownQueue:
    """Return the queue `key`; raises NotFound."""
    for queue in await _all.get():
        if queue.key == key:
            return queue
    raise NotFound(_("There is no queue called %(key)s.") % {"key": key})


async def by_id(queue_id: int) -> KnownQueue:
    """Return the queue with this id; raises NotFound."""
    for queue in await _all.get():
        if queue.id == queue_id:
            return queue
    raise NotFound("There is no such queue.")
