"""The doors: addresses the desk answers for, and what their mail starts with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.accounts.recognising import is_address
from casedesk.errors import Invalid
from casedesk.identity import Actor
from casedesk.permissions import Permission
from casedesk.portals.models import Portal
from casedesk.queues.models import Queue
from casedesk.registers import Reference, Register, Use, Values
from casedesk.rules.lifecycle import Priority
from intake.models import Mailbox


@dataclass(frozen=True, slots=True)
class MailboxRecord:
    """A mailbox; `queue` and `template` are keys, `portal` a slug."""

    id: int
    version: int
    address: str
    queue: str | None
    origin: str
    priority: Priority | None
    portal: str | None
    template: str | None
    created_at: datetime
    updated_at: datetime


async def _mailboxes(rows: Sequence[Mailbox]) -> tuple[MailboxRecord, ...]:
    queues = {
        queue.id: queue.key for queue in await Queue.filter(id__in=[row.queue_id for row in rows if row.queue_id])
    }
    portals = {
        each.id: each.slug for each in await Portal.filter(id__in=[row.portal_id for row in rows if row.portal_id])
    }
    return tuple(
        MailboxRecord(
            id=row.id,
            version=row.version,
            address=row.address,
            queue=queues.get(row.queue_id) if row.queue_id is not None else None,
            origin=row.origin,
            priority=None if row.priority is None else Priority(row.priority),
            portal=portals.get(row.portal_id) if row.portal_id is not None else None,
            template=row.template,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check(values: Values, row: Mailbox | None, by: Actor) -> Values:
    if "address" in values:
        values["address"] = values["address"].strip().lower()
        if not is_address(values["address"]) or "+" in values["address"].rpartition("@")[0]:
            raise Invalid.field("address", "must be an email address without a + in it")
    return values


MAILBOXES: Register[Mailbox, MailboxRecord] = Register(
    noun="mailbox",
    model=Mailbox,
    read=Permission.MAILBOX_READ,
    write=Permission.MAILBOX_CHANGE,
    show=_mailboxes,
    check=_check,
    unique=("address",),
    references={
        "queue": Reference("queues", "queue", column="key", stores="queue_id"),
        "portal": Reference("portals", "portal", column="slug", stores="portal_id"),
        "template": Reference("email_templates", "template", column="key"),
    },
    uses=(Use("cases", "cases", "mailbox_id"),),
    remembered=("mailboxes", "senders"),
)
