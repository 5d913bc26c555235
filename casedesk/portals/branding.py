"""The brands customers meet: name, address, the prefix of their case numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.permissions import Permission
from casedesk.portals.models import Portal
from casedesk.registers import Register, Use


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """A brand; `case_prefix` is put before the numbers of cases made from now on."""

    id: int
    version: int
    slug: str
    name: str
    case_prefix: str
    host: str | None
    created_at: datetime
    updated_at: datetime


async def _portals(rows: Sequence[Portal]) -> tuple[PortalRecord, ...]:
    return tuple(
        PortalRecord(
            id=row.id,
            version=row.version,
            slug=row.slug,
            name=row.name,
            case_prefix=row.case_prefix,
            host=row.host,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


PORTALS: Register[Portal, PortalRecord] = Register(
    noun="portal",
    model=Portal,
    read=Permission.PORTAL_READ,
    write=Permission.PORTAL_CHANGE,
    show=_portals,
    unique=("slug", "host"),
    uses=(Use("mailboxes", "mailboxes", "portal_id"),),
    remembered=("senders",),
)
"""What mail calls itself comes from here, hence the senders are forgotten with each change."""
