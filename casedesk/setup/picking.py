"""Finding a record by a few letters of its name, and the names of records by their ids: what forms of setup pick from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from casedesk.accounts.models import Account, Contact
from casedesk.entitlements.models import Asset, Contract, Product
from casedesk.identity import Actor
from casedesk.permissions import Permission, require
from casedesk.users.models import User

MOST = 12


@dataclass(frozen=True, slots=True)
class Picked:
    """A record that may be picked."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class _Kind:
    model: type[Model]
    named: str
    read: Permission
    spoken: Callable[[Any], str]


_KINDS: Mapping[str, _Kind] = {
    "account": _Kind(Account, "name", Permission.ACCOUNT_READ, lambda row: row.name),
    "contact": _Kind(Contact, "name", Permission.ACCOUNT_READ, lambda row: row.name or f"#{row.id}"),
    "product": _Kind(Product, "name", Permission.PRODUCT_READ, lambda row: row.name),
    "asset": _Kind(Asset, "serial", Permission.PRODUCT_READ, lambda row: row.serial),
    "contract": _Kind(Contract, "name", Permission.PRODUCT_READ, lambda row: row.name),
    "user": _Kind(User, "name", Permission.USER_READ, lambda row: row.name),
}

KINDS = frozenset(_KINDS)
"""What can be picked."""


async def find(what: str, text: str, *, by: Actor) -> tuple[Picked, ...]:
    """Return up to twelve records whose name holds `text`, those called exactly so first."""
    kind = _KINDS[what]
    require(by, kind.read)
    wanted = Q(**{f"{kind.named}__icontains": text}) if text else Q()
    exact = [] if not text else await kind.model.filter(**{f"{kind.named}__iexact": text}).order_by("id").limit(MOST)
    others = await kind.model.filter(wanted).order_by(kind.named, "id").limit(MOST)
    rows: dict[int, Any] = {row.pk: row for row in [*exact, *others]}
    return tuple(Picked(number, kind.spoken(row)) for number, row in list(rows.items())[:MOST])


async def names(what: str, ids: Iterable[int | None], *, by: Actor) -> dict[int, str]:
    """Return the names of records by id; those that are gone are missing."""
    kind = _KINDS[what]
    require(by, kind.read)
    wanted: Sequence[int] = sorted({each for each in ids if each is not None})
    if not wanted:
        return {}
    return {row.pk: kind.spoken(row) for row in await kind.model.filter(id__in=wanted)}
