"""What was sold: products, installed assets, contracts and entitlements, kept as registers.

Whether a customer is entitled is asked in `verifying`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import Q

from casedesk.entitlements.models import Asset, Contract, Entitlement, Product
from casedesk.entitlements.verifying import serial_key
from casedesk.errors import Invalid, NotFound
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.registers import Reference, Register, Use, Values
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """Something the company sells."""

    id: int
    version: int
    name: str
    sku: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """An installed product."""

    id: int
    version: int
    serial: str
    product_id: int
    account_id: int
    contact_id: int | None
    warranty_until: date | None
    site: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """A service contract; both its dates are included, in the account's zone."""

    id: int
    version: int
    account_id: int
    name: str
    level: str
    starts_on: date
    ends_on: date
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class EntitlementRecord:
    """What a customer may ask for; `named_contacts` None is anybody, `incidents_allowed` None is without count."""

    id: int
    version: int
    account_id: int
    contract_id: int | None
    asset_id: int | None
    level: str
    process: str
    starts_on: date
    ends_on: date
    named_contacts: tuple[int, ...] | None
    incidents_allowed: int | None
    incidents_used: int
    created_at: datetime
    updated_at: datetime


async def _products(rows: Sequence[Product]) -> tuple[ProductRecord, ...]:
    return tuple(ProductRecord(row.id, row.version, row.name, row.sku, row.created_at, row.updated_at) for row in rows)


async def _assets(rows: Sequence[Asset]) -> tuple[AssetRecord, ...]:
    return tuple(
        AssetRecord(
            id=row.id,
            version=row.version,
            serial=row.serial,
            product_id=row.product_id,
            account_id=row.account_id,
            contact_id=row.contact_id,
            warranty_until=row.warranty_until,
            site=row.site,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check_asset(values: Values, row: Asset | None, by: Actor) -> Values:
    if "serial" in values:
        values["serial_key"] = serial_key(values["serial"])
    return values


async def _contracts(rows: Sequence[Contract]) -> tuple[ContractRecord, ...]:
    return tuple(
        ContractRecord(
            id=row.id,
            version=row.version,
            account_id=row.account_id,
            name=row.name,
            level=row.level,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check_contract(values: Values, row: Contract | None, by: Actor) -> Values:
    _check_dates(values, row)
    return values


async def _entitlements(rows: Sequence[Entitlement]) -> tuple[EntitlementRecord, ...]:
    return tuple(
        EntitlementRecord(
            id=row.id,
            version=row.version,
            account_id=row.account_id,
            contract_id=row.contract_id,
            asset_id=row.asset_id,
            level=row.level,
            process=row.process,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            named_contacts=None if row.named_contacts is None else tuple(row.named_contacts),
            incidents_allowed=row.incidents_allowed,
            incidents_used=row.incidents_used,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check_entitlement(values: Values, row: Entitlement | None, by: Actor) -> Values:
    _check_dates(values, row)
    if "process" in values:
        await _check_process(values["process"])
    await _check_belongs(values, row)
    return values


async def _check_process(key: str) -> None:
    try:
        processes = (await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)).compiled
    except NotFound:
        return
    if key not in processes:
        raise Invalid.field("process", _("there is no entitlement process %(key)s") % {"key": key})


async def _check_belongs(values: Values, row: Entitlement | None) -> None:
    """Raise Invalid when contract or asset are another account's: nobody is served under somebody else's contract."""
    account_id = values.get("account_id", row.account_id if row else None)
    given: tuple[tuple[str, type[Asset] | type[Contract]], ...] = (("asset_id", Asset), ("contract_id", Contract))
    for name, model in given:
        value = values.get(name, getattr(row, name) if row else None)
        if value is None:
            continue
        found = await model.get_or_none(id=value)
        if found is not None and found.account_id != account_id:
            raise Invalid.field(name, "belongs to another account")


PRODUCTS: Register[Product, ProductRecord] = Register(
    noun="product",
    model=Product,
    read=Permission.PRODUCT_READ,
    write=Permission.PRODUCT_CHANGE,
    show=_products,
    words=frozenset({"name"}),
    unique=("sku",),
    filters={"sku": lambda sku: Q(sku=sku)},
    uses=(Use("assets", "assets", "product_id"),),
)

ASSETS: Register[Asset, AssetRecord] = Register(
    noun="asset",
    model=Asset,
    read=Permission.PRODUCT_READ,
    write=Permission.PRODUCT_CHANGE,
    show=_assets,
    check=_check_asset,
    words=frozenset({"site"}),
    unique=("serial", "serial_key"),
    references={
        "product_id": Reference("products", "product"),
        "account_id": Reference("accounts", "account"),
        "contact_id": Reference("contacts", "contact"),
    },
    filters={
        "serial": lambda serial: Q(serial_key=serial_key(serial)),
        "account_id": lambda account_id: Q(account_id=account_id),
        "product_id": lambda product_id: Q(product_id=product_id),
    },
    uses=(Use("cases", "cases", "asset_id"), Use("entitlements", "entitlements", "asset_id")),
    search=(Kind.ASSET, lambda shown: f"{shown.serial}\n{shown.site or ''}"),
)

CONTRACTS: Register[Contract, ContractRecord] = Register(
    noun="contract",
    model=Contract,
    read=Permission.PRODUCT_READ,
    write=Permission.PRODUCT_CHANGE,
    show=_contracts,
    check=_check_contract,
    words=frozenset({"name"}),
    references={"account_id": Reference("accounts", "account")},
    filters={"account_id": lambda account_id: Q(account_id=account_id)},
    uses=(Use("entitlements", "entitlements", "contract_id"),),
)

ENTITLEMENTS: Register[Entitlement, EntitlementRecord] = Register(
    noun="entitlement",
    model=Entitlement,
    read=Permission.PRODUCT_READ,
    write=Permission.PRODUCT_CHANGE,
    show=_entitlements,
    check=_check_entitlement,
    references={
        "account_id": Reference("accounts", "account"),
        "contract_id": Reference("contracts", "contract"),
        "asset_id": Reference("assets", "asset"),
        "named_contacts": Reference("contacts", "contact"),
    },
    filters={"account_id": lambda account_id: Q(account_id=account_id)},
    uses=(Use("cases", "cases", "entitlement_id"),),
)


def _check_dates(values: Values, row: Contract | Entitlement | None) -> None:
    starts_on = values.get("starts_on", row.starts_on if row else None)
    ends_on = values.get("ends_on", row.ends_on if row else None)
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Invalid.field("ends_on", "must not be before starts_on")
