"""The places where cases wait, who works them and in which order they stand; which case goes where is a rule set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.errors import Conflict
from casedesk.identity import Actor
from casedesk.permissions import Permission
from casedesk.queues.models import Queue, QueueMember
from casedesk.registers import Part, Reference, Register, Use, Values, parts_of
from casedesk.rulesets import naming


@dataclass(frozen=True, slots=True)
class QueueRecord:
    """A queue; `members` are ids of members of staff, `position` orders it in the console."""

    id: int
    version: int
    key: str
    name: str
    region: str | None
    level: str | None
    tier: int | None
    position: int
    members: tuple[int, ...]
    created_at: datetime
    updated_at: datetime


_MEMBERS = Part(QueueMember, "queue_id", "user_id")


async def _queues(rows: Sequence[Queue]) -> tuple[QueueRecord, ...]:
    members = await parts_of(_MEMBERS, [row.id for row in rows])
    return tuple(
        QueueRecord(
            id=row.id,
            version=row.version,
            key=row.key,
            name=row.name,
            region=row.region,
            level=row.level,
            tier=row.tier,
            position=row.position,
            members=members[row.id],
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check(values: Values, row: Queue | None, by: Actor) -> Values:
    if row is not None and values.get("key", row.key) != row.key and await naming.names("queue", row.key):
        raise Conflict("The rules name this queue by its key; change them before the key.")
    if "members" in values:
        values["members"] = list(dict.fromkeys(values["members"]))
    return values


async def _check_removal(row: Queue) -> None:
    if await naming.names("queue", row.key):
        raise Conflict("The rules send cases to this queue; change them first.")


QUEUES: Register[Queue, QueueRecord] = Register(
    noun="queue",
    model=Queue,
    read=Permission.QUEUE_READ,
    write=Permission.QUEUE_CHANGE,
    show=_queues,
    check=_check,
    unique=("key",),
    references={"members": Reference("users", "user")},
    parts={"members": _MEMBERS},
    uses=(Use("cases", "cases", "queue_id"), Use("mailboxes", "mailboxes", "queue_id")),
    removable=_check_removal,
    remembered=("queues", "mailboxes"),
)
