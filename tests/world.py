"""The people of the tests: Ada premier, Bo standard, Otto outsider; Tess tier 1, Uma tier 2, Max, Sally and Ines.

The desk is the one `found_desk` makes, so tests and a new desk never differ. Founded on the first of January 2026.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from casedesk import clock, remembering, security
from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.database import close_database, open_database
from casedesk.entitlements.catalogue import ASSETS, CONTRACTS, ENTITLEMENTS, PRODUCTS
from casedesk.founding import found_desk
from casedesk.identity import SYSTEM, Actor, ActorKind, Role
from casedesk.queues.arranging import QUEUES
from casedesk.queues.models import Queue
from casedesk.rulesets import published
from casedesk.security import passwords
from casedesk.settings import Settings
from casedesk.users.enrolling import USERS
from tests.engines import Desks

FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "casedesk-demo"
STARTS, ENDS = date(2026, 1, 1), date(2027, 12, 31)


@dataclass(frozen=True, slots=True)
class Customer:
    """A contact, their account, what they have installed (its serial) and are entitled to; None where they have none."""

    id: int
    name: str
    email: str
    account_id: int
    serial: str | None = None
    asset_id: int | None = None
    entitlement_id: int | None = None

    @property
    def actor(self) -> Actor:
        """Return the customer as somebody who acts, signed in with a proven address, without sight of the company's cases."""
        return Actor(ActorKind.CONTACT, self.id, self.name, self.email, verified=True)

    @property
    def for_company(self) -> Actor:
        """Return the customer as somebody who also sees the cases of their company."""
        return Actor(ActorKind.CONTACT, self.id, self.name, self.email, verified=True, company_id=self.account_id)


@dataclass(frozen=True, slots=True)
class World:
    """Everybody by name, and the queues' ids by key.

    Ada: premier, US. Bo: standard, EMEA. Otto: an outsider whose contract has long ended.
    """

    ada: Customer
    bo: Customer
    otto: Customer
    tess: Actor
    uma: Actor
    max: Actor
    sally: Actor
    ines: Actor
    queues: dict[str, int]


_made: dict[str, tuple[Settings, World]] = {}


@pytest.fixture
def peopled(desks: Desks) -> Iterator[Settings]:
    """Return the settings of a desk with everybody in it; nothing is open."""
    if "world" not in _made:
        model = desks.prepared()
        _made["world"] = (model, asyncio.run(_people_of(model)))
    settings = desks.copy_of(_made["world"][0])
    yield settings
    desks.drop(settings)


@pytest.fixture
async def world(peopled: Settings) -> AsyncIterator[World]:
    """Open a desk of this test's own, with everybody in it, and return them."""
    await open_fresh(peopled)
    yield _made["world"][1]
    await close_database()


@pytest.fixture
async def desk(database: Settings) -> Settings:
    """Return the settings of an open desk as `casedesk init` leaves it: founded, with Ines and nobody else."""
    security.configure(database)
    with clock.frozen_at(FOUNDED):
        await found()
    return database


async def open_fresh(settings: Settings) -> None:
    """Open a desk's database and forget what was known of another one."""
    security.configure(settings)
    await open_database(settings)
    remembering.forget_all()
    published.forget_versions()


async def _people_of(settings: Settings) -> World:
    await open_fresh(settings)
    try:
        with clock.frozen_at(FOUNDED):
            return await populate()
    finally:
        await close_database()


async def found() -> int:
    """Found the desk with Ines as its administrator and return her id."""
    hashed = await passwords.hashed(PASSWORD)
    return await found_desk(admin_email="ines@halden.example", admin_name="Ines Ferro", password_hash=hashed)


async def populate() -> World:
    """Found the desk and let everybody in."""
    ines = Actor(ActorKind.USER, await found(), "Ines Ferro", "ines@halden.example", Role.ADMINISTRATOR)
    hashed = await passwords.hashed(PASSWORD)
    tess = await _staff("Tess Odell", Role.AGENT, hashed, tier=1)
    uma = await _staff("Uma Rao", Role.AGENT, hashed, tier=2)
    leader = await _staff("Max Brandt", Role.SUPERVISOR, hashed)
    sally = await _staff("Sally Moore", Role.SALES, hashed)
    queues = {queue.key: queue.id for queue in await Queue.all()}
    for key, members in {"tier_1": [tess.id], "tier_2": [uma.id], "premier": [tess.id, uma.id]}.items():
        await QUEUES.change(queues[key], {"members": members}, by=SYSTEM)
    gateway = await PRODUCTS.add({"name": "Gateway 4", "sku": "GW-4"}, by=SYSTEM)
    ada = await _customer(
        "Ada Premier", "ada@ridgeline.example", "Ridgeline", "US", "premier", "RL-77120-4", gateway.id
    )
    bo = await _customer(
        "Bo Standard", "bo@orebro.example", "Örebro Metall", "EMEA", "standard", "OB-31180-2", gateway.id
    )
    otto = await _customer("Otto Outsider", "otto@elsewhere.example", "Elsewhere", "US", None, "EW-90001-9", gateway.id)
    return World(ada, bo, otto, tess, uma, leader, sally, ines, queues)


async def _staff(name: str, role: Role, hashed: str, *, tier: int | None = None) -> Actor:
    email = f"{name.partition(' ')[0].lower()}@halden.example"
    given = {"name": name, "email": email, "role": role, "tier": tier, "password_hash": hashed}
    added = await USERS.add(given, by=SYSTEM)
    return Actor(ActorKind.USER, added.id, name, email, role)


async def _customer(
    name: str, email: str, company: str, region: str, level: str | None, serial: str, product_id: int
) -> Customer:
    account = await ACCOUNTS.add({"name": company, "region": region}, by=SYSTEM)
    contact = await CONTACTS.add({"name": name, "email": email, "account_id": account.id}, by=SYSTEM)
    asset = await ASSETS.add({"serial": serial, "product_id": product_id, "account_id": account.id}, by=SYSTEM)
    if level is None:
        return Customer(contact.id, name, email, account.id, serial, asset.id)
    dates = {"starts_on": STARTS, "ends_on": ENDS, "account_id": account.id, "level": level}
    contract = await CONTRACTS.add({"name": f"{company} {level}", **dates}, by=SYSTEM)
    entitlement = await ENTITLEMENTS.add({**dates, "contract_id": contract.id, "process": level}, by=SYSTEM)
    return Customer(contact.id, name, email, account.id, serial, asset.id, entitlement.id)
