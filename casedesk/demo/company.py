"""The demo company itself: who works there, what it sells, who bought it and on which contract; its solutions."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.demo.plot import Customer, read
from casedesk.entitlements.catalogue import ASSETS, CONTRACTS, ENTITLEMENTS, PRODUCTS
from casedesk.identity import SYSTEM, Actor, ActorKind, Role
from casedesk.portals.branding import PORTALS
from casedesk.queues.arranging import QUEUES
from casedesk.users.enrolling import USERS
from knowledge import writing
from knowledge.solution import Draft, Status, Visibility

ADMINISTRATOR = "admin@example.com"
BRAND = {"name": "Halden Help", "case_prefix": "HAL"}
FIRST_SERIAL = 11_873
EVERYBODY_HAS = ("AG-200", "FJ-P4", "FJ-P4", "CH-C9", "KV-F80", "CH-C5")
_DEVICES = ("AG-200", "AG-100", "FJ-P4", "FJ-P2", "CH-C9", "VG-M1")


@dataclass(slots=True)
class Company:
    """What was furnished: staff by address, customers, product names by sku, solutions' ids by key."""

    staff: dict[str, Actor] = field(default_factory=dict)
    shown: list[Actor] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    products: dict[str, str] = field(default_factory=dict)
    solutions: dict[str, int] = field(default_factory=dict)


async def furnish(*, password_hash: str, administrator_id: int, seed: int, today: date) -> Company:
    """Fill a desk that was just founded with the company, in the open transaction.

    Texts and numbers depend on `seed`; dates of contracts and warranties are counted from `today`.
    """
    told, made = read("company.toml"), Company()
    portal = (await PORTALS.page(by=SYSTEM, limit=1))[0]
    await PORTALS.change(portal.id, BRAND, by=SYSTEM)
    await USERS.change(administrator_id, {"name": "Alex Moreau"}, by=SYSTEM)
    administrator = Actor(ActorKind.USER, administrator_id, "Alex Moreau", ADMINISTRATOR, Role.ADMINISTRATOR)
    made.shown = [administrator]
    await _hire(told["staff"], password_hash, made)
    skus = {}
    for product in told["product"]:
        added = await PRODUCTS.add({"name": product["name"], "sku": product["sku"]}, by=SYSTEM)
        skus[product["sku"]] = (added.id, product["serial"])
        made.products[product["sku"]] = product["name"]
    installer = _Installer(Random(f"{seed}:devices"), skus, today)
    for account in told["account"]:
        made.customers += await _win(account, installer)
    for solution in read("solutions.toml")["solution"]:
        await _publish(solution, made)
    return made


async def _hire(staff: list[dict[str, Any]], password_hash: str, made: Company) -> None:
    members: dict[str, list[int]] = {}
    for person in staff:
        given: dict[str, Any] = {
            key: person[key] for key in ("name", "email", "role", "tier", "skills", "languages") if key in person
        }
        added = await USERS.add({**given, "password_hash": password_hash}, by=SYSTEM)
        actor = Actor(ActorKind.USER, added.id, added.name, added.email, Role(person["role"]))
        made.staff[added.email] = actor
        if person.get("shown"):
            made.shown.append(actor)
        for queue in person["queues"]:
            members.setdefault(queue, []).append(added.id)
    for queue in await QUEUES.page(by=SYSTEM, limit=50):
        if queue.key in members:
            await QUEUES.change(queue.id, {"members": members[queue.key]}, by=SYSTEM)


class _Installer:
    """Gives each device its serial and its warranty: most run, some end soon, a quarter is over."""

    def __init__(self, chance: Random, skus: dict[str, tuple[int, str]], today: date) -> None:
        self.chance, self.skus, self.today, self.next = chance, skus, today, FIRST_SERIAL

    async def install(self, sku: str, account_id: int, site: str, *, ended: bool = False) -> str:
        """Add a device and return its serial."""
        product_id, stem = self.skus[sku]
        serial = f"{stem}-{self.chance.randint(22, 26) if self.next > FIRST_SERIAL else 24}-{self.next}"
        self.next += self.chance.randint(7, 90)
        days = self.chance.choices(
            (self.chance.randint(91, 900), self.chance.randint(3, 90), -self.chance.randint(20, 700)), (60, 15, 25)
        )[0]
        until = self.today + timedelta(days=-5 if ended else days)
        given = {
            "serial": serial, "product_id": product_id, "account_id": account_id, "site": site, "warranty_until": until,
        }  # fmt: skip
        await ASSETS.add(given, by=SYSTEM)
        return serial


async def _win(account: dict[str, Any], installer: _Installer) -> list[Customer]:
    """Add a customer: the account, its people, what they bought and what they may ask for."""
    given = {
        "name": account["name"], "region": account["region"], "time_zone": account["zone"], "domains": [account["domain"]],
    }  # fmt: skip
    added = await ACCOUNTS.add(given, by=SYSTEM)
    people = []
    for name, local, language, role in account["people"]:
        person = {
            "name": name, "email": f"{local}@{account['domain']}", "account_id": added.id, "language": language,
            "role": role, "time_zone": account["zone"],
        }  # fmt: skip
        people.append(await CONTACTS.add(person, by=SYSTEM))
    devices: dict[str, list[str]] = {}
    sites = tuple(account["sites"])
    more = installer.chance.choices(_DEVICES, k=installer.chance.randint(1, 2))
    for sku in (*EVERYBODY_HAS, *more):
        ended = account["contract"] == "warranty" and sku == "CH-C9"
        serial = await installer.install(sku, added.id, installer.chance.choice(sites), ended=ended)
        devices.setdefault(sku, []).append(serial)
    await _sign(account, added.id, [person.id for person in people], installer.today)
    return [
        Customer(str(person.email), person.name, person.language or "en", sites, devices) for person in people
    ]  # fmt: skip


async def _sign(account: dict[str, Any], account_id: int, people: list[int], today: date) -> None:
    """Add the contract and the entitlement of an account that has one; one that ended counts for nothing."""
    kind = account["contract"]
    if kind in ("none", "warranty"):
        return
    starts, ends = (today - timedelta(days=210), today + timedelta(days=155))
    if kind == "ended":
        kind, starts, ends = "standard", starts - timedelta(days=200), today - timedelta(days=60)
    dates: dict[str, date] = {"starts_on": starts, "ends_on": ends}
    terms = {**dates, "account_id": account_id, "level": kind}
    contract = await CONTRACTS.add({**terms, "name": f"{kind.capitalize()} support"}, by=SYSTEM)
    given = {**terms, "contract_id": contract.id, "process": kind}
    if account.get("named"):
        given["named_contacts"] = people[:2]
    if "pack" in account:
        given["incidents_allowed"], given["incidents_used"] = account["pack"]
    await ENTITLEMENTS.add(given, by=SYSTEM)


async def _publish(solution: dict[str, Any], made: Company) -> None:
    draft = Draft(
        title=solution["title"], body=solution["body"].strip(), key=solution["key"],
        language=solution.get("language", "en"), categories=tuple(solution["categories"]),
        visibility=Visibility(solution.get("visibility", "public")), status=Status(solution.get("status", "published")),
    )  # fmt: skip
    written = await writing.create(draft, by=made.staff["kofi@halden.example"])
    if draft.language == "en":
        made.solutions[draft.key] = written.id
