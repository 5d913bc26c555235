"""Which mailbox an envelope address reaches: the desk's own addresses, in any case, with or without a `+detail`."""

from collections.abc import Sequence
from dataclasses import dataclass

from casedesk.database import rows
from casedesk.remembering import Remembered


@dataclass(frozen=True, slots=True)
class Door:
    """A mailbox as intake needs it; `queue` is the key of the queue its mail goes to when no rule wants it."""

    id: int
    address: str
    origin: str
    priority: str | None
    queue: str | None


async def _load() -> dict[str, Door]:
    found = await rows(
        "SELECT m.id, m.address, m.origin, m.priority, q.key AS queue FROM mailboxes m LEFT JOIN queues q ON q.id = m.queue_id"
    )
    return {
        row["address"]: Door(row["id"], row["address"], row["origin"], row["priority"], row["queue"]) for row in found
    }


_by_address = Remembered("mailboxes", _load)


async def of(envelope_to: Sequence[str]) -> Door | None:
    """Return the first mailbox these recipients reach, or None."""
    known = await _by_address.get()
    for address in envelope_to:
        door = known.get(plain(address))
        if door is not None:
            return door
    return None


async def accepts(address: str) -> bool:
    """Say whether mail to this address is taken at the SMTP edge."""
    return plain(address) in await _by_address.get()


def plain(address: str) -> str:
    """Return an address in lower case without its detail (RFC 5233): `Support+x@Example.com` is support@example.com."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
