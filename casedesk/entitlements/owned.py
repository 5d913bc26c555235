"""The products of a customer: what is installed at the company a contact belongs to, with warranty.

A contact belongs to the company that staff wrote down for them; a mail address of its domain is not enough to be shown
what it owns.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from casedesk import clock
from casedesk.database import reading, rows
from casedesk.entitlements.verifying import today_in
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor, ActorKind
from casedesk.language import gettext as _

MOST = 200

_OWNED = """
SELECT s.id, s.serial, s.site, s.warranty_until, s.contact_id, s.created_at, p.id AS product_id, p.name AS product,
       a.time_zone AS zone
FROM assets s
JOIN products p ON p.id = s.product_id
JOIN accounts a ON a.id = s.account_id
JOIN contacts k ON k.account_id = s.account_id
WHERE k.id = ?
"""


@dataclass(frozen=True, slots=True)
class OwnedAsset:
    """An installed product as its customer sees it; `mine` that it is in their own care.

    `in_warranty` is None where no warranty is known; `known_since` is the first day we know of it.
    """

    id: int
    serial: str
    product_id: int
    product: str
    site: str
    warranty_until: date | None
    in_warranty: bool | None
    known_since: date
    mine: bool


async def assets(*, by: Actor, limit: int = MOST) -> tuple[OwnedAsset, ...]:
    """Return what is installed at the contact's company: their own first, then by product and site."""
    async with reading():
        order = "ORDER BY CASE WHEN s.contact_id = k.id THEN 0 ELSE 1 END, p.name, s.site, s.id"
        found = await rows(f"{_OWNED}{order} LIMIT {int(limit)}", _contact(by))
    return tuple(_asset(row, by) for row in found)


async def asset(asset_id: int, *, by: Actor) -> OwnedAsset:
    """Return one of them; raises NotFound for any other."""
    async with reading():
        found = await rows(f"{_OWNED}AND s.id = ?", _contact(by), asset_id)
    if not found:
        raise NotFound
    return _asset(found[0], by)


async def require(asset_id: int | None, *, by: Actor) -> None:
    """Raise Invalid unless this is one of the contact's products; None is none and fits."""
    if asset_id is not None and not await rows(f"{_OWNED}AND s.id = ?", _contact(by), asset_id):
        raise Invalid.field("asset", _("Choose one of your products."))


def _contact(by: Actor) -> int:
    if by.kind is not ActorKind.CONTACT or not by.verified or by.id is None:
        raise NotFound
    return by.id


def _asset(row: dict[str, Any], by: Actor) -> OwnedAsset:
    until = row["warranty_until"]
    until = date.fromisoformat(until) if isinstance(until, str) else until
    return OwnedAsset(
        id=row["id"],
        serial=row["serial"],
        product_id=row["product_id"],
        product=row["product"],
        site=row["site"] or "",
        warranty_until=until,
        in_warranty=None if until is None else today_in(row["zone"], clock.now()) <= until,
        known_since=date.fromisoformat(str(row["created_at"])[:10]),
        mine=row["contact_id"] == by.id,
    )
