"""The desk of the measures: on a real disk, with a hundred companies that have contracts, served in its own process."""

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from casedesk import clock
from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.app import opened
from casedesk.database import rows, transaction
from casedesk.entitlements.catalogue import ASSETS, CONTRACTS, ENTITLEMENTS, PRODUCTS
from casedesk.identity import SYSTEM
from casedesk.settings import Settings
from casedesk.starting import make_desk
from tests.engines import Desks
from tests.house.tree import ROOT
from tests.serving import Served

ADMINISTRATOR, PASSWORD = "admin@example.com", "correct-horse-battery"
COMPANIES, PEOPLE, DEVICES = 100, 300, 150


@dataclass(slots=True)
class Stage:
    """A desk of a hundred companies and, while it serves, its process; `token` is the administrator's."""

    settings: Settings
    token: str
    served: Served | None = None

    @property
    def engine(self) -> str:
        return "postgres" if self.settings.is_postgres else "sqlite"

    @contextmanager
    def serving(self) -> Iterator[Served]:
        """Serve the desk for the length of the block."""
        # A rate limit of the door would measure itself.
        self.served = Served(self.settings, CASEDESK_LOG_LEVEL="warning")
        try:
            yield self.served
        finally:
            self.served.stop()
            self.served = None

    def client(self) -> httpx.Client:
        """Return a client that is signed in by token for the API and by form for the pages."""
        assert self.served is not None
        client = httpx.Client(base_url=self.served.http, follow_redirects=False, timeout=60)
        answer = client.post(
            "/sign-in", data={"email": ADMINISTRATOR, "password": PASSWORD}, headers={"origin": self.served.http}
        )
        if answer.status_code >= 400:
            raise RuntimeError(f"sign-in was answered {answer.status_code}: {answer.text[:300]}")
        return client

    def asked(self, sql: str) -> int:
        """Return the one number a statement gives, read beside the serving process."""

        async def ask() -> int:
            async with opened(self.settings):
                return int((await rows(sql))[0]["n"])

        return asyncio.run(ask())

    def wait_until(self, sql: str, least: int, seconds: float = 600) -> float:
        """Wait until a statement gives at least `least` and return the instant (monotonic) at which it was seen."""

        async def wait() -> float:
            async with opened(self.settings):
                deadline = time.perf_counter() + seconds
                while time.perf_counter() < deadline:
                    if int((await rows(sql))[0]["n"]) >= least:
                        return time.perf_counter()
                    await asyncio.sleep(0.05)
            raise RuntimeError(f"after {seconds:.0f} s still fewer than {least}: {sql}")

        return asyncio.run(wait())


@contextmanager
def stage(database: str) -> Iterator[Stage]:
    """Make a desk in .tests/bench (on PostgreSQL: a database of its own on that server) and take it away afterwards."""
    folder = ROOT / ".tests" / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    desks = Desks(folder, database)
    settings = desks.empty()
    token = asyncio.run(_made(settings))
    try:
        yield Stage(settings, token)
    finally:
        desks.drop(settings)
        shutil.rmtree(folder, ignore_errors=True)


async def _made(settings: Settings) -> str:
    token = await make_desk(settings, admin_email=ADMINISTRATOR, password=PASSWORD, token=True)
    async with opened(settings), transaction():
        product = await PRODUCTS.add({"name": "Aurora AG-200", "sku": "AG-200"}, by=SYSTEM)
        for number in range(COMPANIES):
            await _company(number, product.id)
    return token


async def _company(number: int, product_id: int) -> None:
    level, region = ("premier", "standard")[number % 2], ("US", "EMEA")[number // 2 % 2]
    given: dict[str, Any] = {"name": f"Company {number}", "region": region, "domains": [f"company{number}.example"]}
    account = await ACCOUNTS.add(given, by=SYSTEM)
    today = clock.now().date()
    terms = {
        "account_id": account.id, "level": level, "starts_on": today - timedelta(days=90),
        "ends_on": today + timedelta(days=300),
    }  # fmt: skip
    contract = await CONTRACTS.add({**terms, "name": level.capitalize()}, by=SYSTEM)
    await ENTITLEMENTS.add({**terms, "contract_id": contract.id, "process": level}, by=SYSTEM)
    for person in range(number, PEOPLE, COMPANIES):
        given = {
            "name": f"Person {person}",
            "email": f"person{person}@company{number}.example",
            "account_id": account.id,
        }
        await CONTACTS.add(given, by=SYSTEM)
        if person < DEVICES:
            await ASSETS.add(
                {"serial": f"AG200-24-{10_000 + person}", "product_id": product_id, "account_id": account.id}, by=SYSTEM
            )


def cpu_seconds(process: int) -> float:
    """Return how much of the processor a process has used (its own time, in all threads)."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(process: int) -> int:
    """Return how much memory a process and its children hold, what they share counted once (PSS)."""
    total = 0
    for each in (process, *_children(process)):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def _children(process: int) -> list[int]:
    place = Path(f"/proc/{process}/task/{process}/children")
    return [int(each) for each in place.read_text("ascii").split()] if place.exists() else []
