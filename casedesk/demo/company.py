"""The demo company is written to a desk: who works there, what it sells, who bought it and on which contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.demo.arrangement import arrange, process_of
from casedesk.demo.population import Buyer, is_medical
from casedesk.demo.reading import read
from casedesk.demo.telling import Cast
from casedesk.entitlements.catalogue import ASSETS, CONTRACTS, ENTITLEMENTS, PRODUCTS
from casedesk.identity import SYSTEM, Actor, ActorKind, Role
from casedesk.portals import access
from casedesk.portals.branding import PORTALS
from casedesk.queues.arranging import QUEUES
from casedesk.users.enrolling import USERS
from intake.mailboxes import MAILBOXES
from knowledge import browsing

ADMINISTRATOR = "admin@example.com"


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who was given a way into a portal."""

    contact_id: int
    name: str
    email: str
    portal: str
    portal_id: int


async def furnish(buyers: Sequence[Buyer], *, password_hash: str, administrator_id: int, today: date) -> list[Customer]:
    """Fill a desk that was just founded with the company, in the open transaction; return who may enter a portal.

    Dates of contracts and warranties are counted from `today`.
    """
    told = read("company.toml")
    portals = await _brand(told["portal"])
    await arrange(today)
    await USERS.change(administrator_id, {"name": "Alex Moreau"}, by=SYSTEM)
    await _hire(told["staff"], password_hash)
    skus = {}
    for product in told["product"]:
        added = await PRODUCTS.add({"name": product["name"], "sku": product["sku"]}, by=SYSTEM)
        skus[product["sku"]] = added.id
    people = await _win(buyers, skus, today)
    shown = []
    for each in told["customer"]:
        contact, name = people[each["email"]]
        await access.grant(
            contact, portals[each["portal"]], by=SYSTEM, sees_company=each["sees_company"], password_hash=password_hash
        )
        shown.append(Customer(contact, name, each["email"], each["portal"], portals[each["portal"]]))
    return shown


async def cast() -> Cast:
    """Return who and what the plots name, as they stand in the desk."""
    staff = {
        user.email: Actor(ActorKind.USER, user.id, user.name, user.email, Role(user.role))
        for user in await USERS.page(by=SYSTEM, limit=100)
    }
    return Cast(staff, await browsing.ids_by_key("en"))


async def _brand(portals: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Give the first portal of the desk its brand and add the others; return ids by slug."""
    first = (await PORTALS.page(by=SYSTEM, limit=1))[0]
    ids = {}
    for number, portal in enumerate(portals):
        given = {name: value for name, value in portal.items() if name != "mailbox"}
        if number == 0:
            await PORTALS.change(first.id, given, by=SYSTEM)
            ids[portal["slug"]] = first.id
            continue
        ids[portal["slug"]] = (await PORTALS.add(given, by=SYSTEM)).id
        await MAILBOXES.add({"address": portal["mailbox"], "origin": "email", "portal": portal["slug"]}, by=SYSTEM)
    return ids


async def _hire(staff: list[dict[str, Any]], password_hash: str) -> None:
    members: dict[str, list[int]] = {}
    for person in staff:
        given: dict[str, Any] = {
            key: person[key] for key in ("name", "email", "role", "tier", "skills", "languages") if key in person
        }
        added = await USERS.add({**given, "password_hash": password_hash}, by=SYSTEM)
        for queue in person["queues"]:
            members.setdefault(queue, []).append(added.id)
    for queue in await QUEUES.page(by=SYSTEM, limit=50):
        if queue.key in members:
            await QUEUES.change(queue.id, {"members": members[queue.key]}, by=SYSTEM)


async def _win(buyers: Sequence[Buyer], skus: dict[str, int], today: date) -> dict[str, tuple[int, str]]:
    """Add the customers: accounts, people, what they bought and what they may ask for; return people by address."""
    accounts = await ACCOUNTS.add_many(
        [
            {"name": buyer.name, "region": buyer.region, "time_zone": buyer.zone, "domains": [buyer.domain]}
            for buyer in buyers
        ],
        by=SYSTEM,
    )
    people: list[dict[str, Any]] = []
    devices: list[dict[str, Any]] = []
    for buyer, account in zip(buyers, accounts, strict=True):
        people += [
            {
                "name": person.name, "email": person.email, "account_id": account, "language": person.language,
                "role": person.role, "time_zone": buyer.zone, "phones": [person.phone],
            }
            for person in buyer.people
        ]  # fmt: skip
        devices += [
            {
                "serial": device.serial, "product_id": skus[device.sku], "account_id": account, "site": device.site,
                "warranty_until": today + timedelta(days=device.days),
            }
            for device in buyer.devices
        ]  # fmt: skip
    contacts = await CONTACTS.add_many(people, by=SYSTEM)
    known = {each["email"]: (contact, each["name"]) for each, contact in zip(people, contacts, strict=True)}
    await ASSETS.add_many(devices, by=SYSTEM)
    for buyer, account in zip(buyers, accounts, strict=True):
        await _sign(buyer, account, [known[person.email][0] for person in buyer.people], today)
    return known


async def _sign(buyer: Buyer, account_id: int, people: list[int], today: date) -> None:
    """Add the contract and the entitlement of an account that has one; one that ended counts for nothing."""
    kind = buyer.contract
    if kind in ("none", "warranty"):
        return
    starts, ends = (today - timedelta(days=210), today + timedelta(days=155))
    if kind == "ended":
        kind, starts, ends = "standard", starts - timedelta(days=300), today - timedelta(days=160)
    process = process_of(kind, buyer.region, medical=is_medical(buyer.name))
    dates: dict[str, date] = {"starts_on": starts, "ends_on": ends}
    terms = {**dates, "account_id": account_id, "level": kind}
    contract = (await CONTRACTS.add_many([{**terms, "name": _CONTRACT_NAMES[process]}], by=SYSTEM))[0]
    given: dict[str, Any] = {**terms, "contract_id": contract, "process": process}
    if buyer.named:
        given["named_contacts"] = people[:2]
    if buyer.pack is not None:
        given["incidents_allowed"], given["incidents_used"] = buyer.pack
    await ENTITLEMENTS.add_many([given], by=SYSTEM)


_CONTRACT_NAMES = {
    "premier_us": "Premier 24x7 US",
    "premier_emea": "Premier 24x5 EMEA",
    "medical": "Halden Medical Premier",
    "standard_emea": "Standard, business hours EMEA",
    "standard_us": "Standard, business hours US",
}
