"""Whom mail comes from: the support address a case was written to, under the name of its brand."""

from dataclasses import dataclass, replace

from casedesk.database import rows
from casedesk.errors import Unavailable
from casedesk.remembering import Remembered


@dataclass(frozen=True, slots=True)
class Sender:
    """A support address and the name beside it; `template` is the key of its own acknowledgement, if it has one."""

    mailbox_id: int
    address: str
    name: str
    template: str | None
    prefix: str
    portal_id: int | None = None

    @property
    def domain(self) -> str:
        """The domain for Message-IDs."""
        return self.address.rpartition("@")[2]

    def plus(self, detail: str) -> str:
        """Return the address with a detail (`support+DETAIL@…`), by which an answer finds its case."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{detail}@{domain}"


async def _load() -> dict[int, Sender]:
    # Mailboxes are rows of the doors, which stand above this floor; only their addresses are read here.
    found = await rows(
        "SELECT m.id, m.address, m.template, m.portal_id, p.name, p.case_prefix FROM mailboxes m "
        "LEFT JOIN portals p ON p.id = m.portal_id ORDER BY m.id"
    )
    return {
        row["id"]: Sender(
            row["id"],
            row["address"],
            row["name"] or "Support",
            row["template"],
            row["case_prefix"] or "",
            row["portal_id"],
        )
        for row in found
    }


_all = Remembered("senders", _load)


async def sender_of(mailbox_id: int | None) -> Sender:
    """Return the sender for a case of this mailbox, the desk's first mailbox when it has none; raises Unavailable."""
    known = await _all.get()
    if mailbox_id in known:
        return known[mailbox_id]
    if not known:
        raise Unavailable("No support address is set up, so no mail can be sent.")
    return next(iter(known.values()))


async def sender_of_portal(portal_id: int, name: str) -> Sender:
    """Return the sender of a brand's own letters: its first mailbox, else the desk's, under the brand's name.

    Raises Unavailable when the desk has no mailbox at all.
    """
    return replace(await _first_of(portal_id) or await sender_of(None), name=name)


async def mailbox_of_portal(portal_id: int) -> int | None:
    """Return the id of a brand's first mailbox, from which its cases are answered; None where it has none."""
    sender = await _first_of(portal_id)
    return sender.mailbox_id if sender is not None else None


async def prefix_of(mailbox_id: int | None) -> str:
    """Return the prefix of case numbers for a mailbox's brand, of the desk's first brand when it has none."""
    known = await _all.get()
    sender = known.get(mailbox_id or 0) or next(iter(known.values()), None)
    return sender.prefix if sender else ""


async def is_ours(address: str) -> bool:
    """Say whether mail to `address` comes back to us: a support address, also with something after a plus."""
    local, at, domain = address.lower().rpartition("@")
    return not {address.lower(), f"{local.partition('+')[0]}{at}{domain}"}.isdisjoint(await own_addresses())


async def own_addresses() -> frozenset[str]:
    """Return every support address, in lower case."""
    return frozenset(sender.address for sender in (await _all.get()).values())


async def _first_of(portal_id: int) -> Sender | None:
    return next((sender for sender in (await _all.get()).values() if sender.portal_id == portal_id), None)
