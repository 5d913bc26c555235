"""Rows of the nouns beside cases: found again by foreign id or by their natural key, added or changed by their registers.

An empty cell changes nothing, lists grow and never shrink, so that an import takes nothing away that was typed here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.accounts.models import Contact
from casedesk.database import rows
from casedesk.entitlements.catalogue import ASSETS, CONTRACTS, ENTITLEMENTS, PRODUCTS
from casedesk.entitlements.models import Contract, Entitlement
from casedesk.entitlements.verifying import serial_key
from casedesk.identity import Actor, Role
from casedesk.imports import finding
from casedesk.imports.kinds import FIELDS, Kind
from casedesk.imports.storing import BadRow, Fate, Incoming
from casedesk.language import gettext as _
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.users import enrolling
from casedesk.users.enrolling import USERS

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Noun:
    """How rows of a kind are stored: `prepare` gives the register's fields, `same` finds the record they belong to.

    `grows` are lists to which an import only adds.
    """

    kind: Kind
    prepare: Callable[[Incoming], Awaitable[Values]]
    same: Callable[[Values, Incoming], Awaitable[int | None]]
    find: Callable[..., Awaitable[Any]]
    add: Callable[..., Awaitable[Any]]
    change: Callable[..., Awaitable[Any]]
    grows: tuple[str, ...] = ()


async def store(noun: Noun, row: Incoming, *, by: Actor) -> Fate:
    """Add or change the record of a row in the open transaction and say which; raises BadRow and what registers raise."""
    missing = [field.name for field in FIELDS[noun.kind] if field.needed and row.get(field.name) is None]
    if missing:
        raise BadRow(_("%(fields)s: needed, and empty here") % {"fields": ", ".join(missing)})
    external_id = row.get("external_id")
    values = await noun.prepare(row)
    known = await row.find.foreign(noun.kind, external_id) if external_id else None
    known = known or await noun.same(values, row)
    if known is not None:
        fate = await _changed(noun, known, values, by)
    else:
        known, fate = (await noun.add(values, by=by)).id, Fate.CREATED
    if external_id:
        await finding.remember(noun.kind, external_id, known)
    return fate


async def _changed(noun: Noun, record_id: int, values: Values, by: Actor) -> Fate:
    before = await noun.find(record_id, by=by)
    differing = {}
    for name, value in values.items():
        kept = getattr(before, name)
        if name in noun.grows:
            value = list(dict.fromkeys([*kept, *value]))
        if isinstance(kept, tuple):
            kept = list(kept)
        if kept != value:
            differing[name] = value
    if not differing:
        return Fate.SKIPPED
    await noun.change(record_id, differing, by=by)
    return Fate.UPDATED


def _taken(row: Incoming, *names: str) -> Values:
    return {name: row.get(name) for name in names if row.get(name) is not None}


def _name(row: Incoming) -> Values:
    """Return the name, made of its parts where it is not given whole."""
    parts = [row.get(name) for name in ("first_name", "last_name") if row.get(name)]
    name = row.get("name") or " ".join(parts)
    return {"name": name[:200]} if name else {}


def _address(row: Incoming) -> Values:
    return {"address": "\n".join(row.get("address"))} if row.get("address") else {}


async def _account(row: Incoming) -> Values:
    kept = _taken(row, "name", "number", "kind", "region", "time_zone", "domains", "phones", "notes", "external_id")
    return kept | _address(row)


async def _same_account(values: Values, row: Incoming) -> int | None:
    """Find the account by its number, else by its name; one that is known elsewhere by another id is another account."""
    if number := values.get("number"):
        found = await rows("SELECT id, external_id FROM accounts WHERE number = ? LIMIT 2", number)
    else:
        found = await rows("SELECT id, external_id FROM accounts WHERE name = ? LIMIT 2", values["name"])
    return _if_alone(found, values)


def _if_alone(found: Sequence[Mapping[str, Any]], values: Values) -> int | None:
    wanted = values.get("external_id")
    fitting = [each for each in found if not (wanted and each["external_id"] and each["external_id"] != wanted)]
    return int(fitting[0]["id"]) if len(fitting) == 1 else None


async def _contact(row: Incoming) -> Values:
    values = _taken(row, "emails", "phones", "role", "title", "language", "time_zone", "external_id")
    values |= _name(row) | _address(row)
    if "emails" in values:
        values["emails"] = [address.lower() for address in values["emails"]]
    if told := row.get("account"):
        values["account_id"] = await row.find.account(told)
        if values["account_id"] is None:
            del values["account_id"]
            row.leads_nowhere("account", told)
    return values


async def _same_contact(values: Values, row: Incoming) -> int | None:
    if not values.get("emails"):
        return await _same_by_phone(values)
    found = await row.find.contact(values["emails"])
    wanted = values.get("external_id")
    if found is None or not wanted:
        return found
    other = (await rows("SELECT external_id FROM contacts WHERE id = ?", found))[0]["external_id"]
    if other is not None and other != wanted:
        words = _("%(email)s belongs to another contact, known elsewhere as %(other)s")
        raise BadRow(words % {"email": values["emails"][0], "other": other})
    return found


async def _same_by_phone(values: Values) -> int | None:
    """Find somebody without an address by name and a phone number."""
    if not values.get("name") or not values.get("phones"):
        return None
    called = await Contact.filter(name=values["name"]).limit(50)
    same = [each for each in called if set(each.phones) & set(values["phones"])]
    return _if_alone([{"id": each.id, "external_id": each.external_id} for each in same], values)


async def _product(row: Incoming) -> Values:
    return _taken(row, "name", "sku")


async def _same_product(values: Values, row: Incoming) -> int | None:
    return _only(await rows("SELECT id FROM products WHERE sku = ?", values["sku"]))


async def _asset(row: Incoming) -> Values:
    values = _taken(row, "serial", "warranty_until", "site")
    values["product_id"] = await row.find.product(row.get("product"))
    if values["product_id"] is None:
        raise row.refuse("product", row.get("product"))
    values["account_id"] = await _needed_account(row)
    if told := row.get("contact"):
        contact = await row.find.contact(told)
        if contact is None:
            row.leads_nowhere("contact", told)
        else:
            values["contact_id"] = contact
    return values


async def _same_asset(values: Values, row: Incoming) -> int | None:
    return _only(await rows("SELECT id FROM assets WHERE serial_key = ?", serial_key(values["serial"])))


async def _contract(row: Incoming) -> Values:
    return {**_taken(row, "name", "level", "starts_on", "ends_on"), "account_id": await _needed_account(row)}


async def _same_contract(values: Values, row: Incoming) -> int | None:
    alike = {name: values[name] for name in ("account_id", "name", "starts_on")}
    return _only(await Contract.filter(**alike).limit(2).values("id"))


async def _entitlement(row: Incoming) -> Values:
    values = _taken(row, "level", "process", "starts_on", "ends_on", "incidents_allowed")
    values["account_id"] = await _needed_account(row)
    if "process" not in values:
        values["process"] = await _process_of(values["level"])
    if told := row.get("contract"):
        values["contract_id"] = await row.find.contract(told, values["account_id"])
        if values["contract_id"] is None:
            raise row.refuse("contract", told)
    if told := row.get("asset"):
        values["asset_id"] = await row.find.asset(told)
        if values["asset_id"] is None:
            raise row.refuse("asset", told)
    if told := row.get("named_contacts"):
        values["named_contacts"] = [await _named(row, each) for each in told]
    return values


async def _named(row: Incoming, told: str) -> int:
    # Without one of its named contacts an entitlement would be for other people than were meant: refused, not left out.
    found = await row.find.contact([told])
    if found is None:
        raise row.refuse("named_contacts", told)
    return found


async def _process_of(level: str) -> str:
    processes = (await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)).compiled
    wanted = level.casefold()
    if wanted not in processes:
        words = _("process: give one of %(known)s")
        raise BadRow(words % {"known": ", ".join(processes)})
    return wanted


async def _same_entitlement(values: Values, row: Incoming) -> int | None:
    alike = {name: values.get(name) for name in ("account_id", "contract_id", "asset_id", "level", "starts_on")}
    return _only(await Entitlement.filter(**alike).limit(2).values("id"))


async def _user(row: Incoming) -> Values:
    values = _taken(row, "email", "tier", "skills", "languages", "active") | _name(row)
    if row.get("role"):
        values["role"] = Role(row.get("role"))
    values["email"] = values["email"].lower()
    return values


async def _same_user(values: Values, row: Incoming) -> int | None:
    return await row.find.user([values["email"]])


async def _add_user(values: Values, *, by: Actor) -> Any:
    """Add a member of staff, an agent where no role was given; nobody can sign in before they chose a password."""
    name = values.get("name") or values["email"].partition("@")[0]
    return await enrolling.add_user({"role": Role.AGENT, **values, "name": name}, by=by)


async def _needed_account(row: Incoming) -> int:
    found = await row.find.account(row.get("account"))
    if found is None:
        raise row.refuse("account", row.get("account"))
    return found


def _only(found: Sequence[Mapping[str, Any]]) -> int | None:
    return int(found[0]["id"]) if len(found) == 1 else None


NOUNS: Mapping[Kind, Noun] = {
    noun.kind: noun
    for noun in (
        Noun(
            Kind.ACCOUNTS, _account, _same_account, ACCOUNTS.find, ACCOUNTS.add, ACCOUNTS.change, ("domains", "phones")
        ),
        Noun(
            Kind.CONTACTS, _contact, _same_contact, CONTACTS.find, CONTACTS.add, CONTACTS.change, ("emails", "phones")
        ),
        Noun(Kind.PRODUCTS, _product, _same_product, PRODUCTS.find, PRODUCTS.add, PRODUCTS.change),
        Noun(Kind.ASSETS, _asset, _same_asset, ASSETS.find, ASSETS.add, ASSETS.change),
        Noun(Kind.CONTRACTS, _contract, _same_contract, CONTRACTS.find, CONTRACTS.add, CONTRACTS.change),
        Noun(
            Kind.ENTITLEMENTS, _entitlement, _same_entitlement, ENTITLEMENTS.find, ENTITLEMENTS.add, ENTITLEMENTS.change
        ),
        Noun(Kind.USERS, _user, _same_user, USERS.find, _add_user, enrolling.change_user, ("skills", "languages")),
    )
}
"""The kinds that registers keep, and how."""
