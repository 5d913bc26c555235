"""Verify an entitlement: gather what is known of the customer, ask `rules.entitlement`, give back the verdict.

The same way for every channel. Writing the verdict on a case is the case's own business.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casedesk.accounts.recognising import Company, Person
from casedesk.database import rows, run
from casedesk.rules import entitlement as rule

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-/._]{3,39}")
_DIGIT = re.compile("[0-9]")
MOST_TOKENS = 60
LONGEST_SEARCHED = 20_000


@dataclass(frozen=True, slots=True)
class InstalledAsset:
    """An asset as decisions need it."""

    id: int
    serial: str
    account_id: int
    warranty_until: date | None
    site: str | None
    product_name: str
    product_sku: str


_ASSET = """
SELECT s.id, s.serial, s.account_id, s.warranty_until, s.site, p.name AS product_name, p.sku AS product_sku
FROM assets s JOIN products p ON p.id = s.product_id
"""


def serial_key(serial: str) -> str:
    """Return a serial as it is compared: letters and digits only, upper case."""
    return "".join(character for character in serial.upper() if character.isalnum())[:80]


def serials_in(text: str) -> tuple[str, ...]:
    """Return the keys of everything in `text` that could be a serial number: at least five characters and a digit."""
    keys: dict[str, None] = {}
    for token in _TOKEN.findall(text[:LONGEST_SEARCHED]):
        if _DIGIT.search(token) is None:
            continue
        key = serial_key(token)
        if len(key) >= 5:
            keys[key] = None
            if len(keys) == MOST_TOKENS:
                break
    return tuple(keys)


async def find_asset(text: str, company: Company | None) -> InstalledAsset | None:
    """Return the asset whose serial stands in `text`, one of `company` before any other; None when none is known.

    Where the company is known, another company's asset is never taken: a mistyped serial must not tie a case to a
    stranger's product.
    """
    keys = serials_in(text)
    if not keys:
        return None
    marks = ", ".join("?" for _ in keys)
    found = await rows(_ASSET + f"WHERE s.serial_key IN ({marks})", *keys)
    order = {key: place for place, key in enumerate(keys)}
    assets = sorted((_asset(row) for row in found), key=lambda asset: order[serial_key(asset.serial)])
    if company is None:
        return assets[0] if len(assets) == 1 else None
    return next((asset for asset in assets if asset.account_id == company.id), None)


async def asset(asset_id: int) -> InstalledAsset | None:
    """Return the asset with this id as decisions need it, or None."""
    found = await rows(_ASSET + "WHERE s.id = ?", asset_id)
    return _asset(found[0]) if found else None


async def verify(
    person: Person | None,
    company: Company | None,
    installed: InstalledAsset | None,
    *,
    now: datetime,
    processes: Iterable[str],
    grace_days: int,
) -> rule.Verdict:
    """Return the verdict for this person of this company about this asset; reads, writes nothing."""
    contact = None
    if person is not None and person.id is not None:
        own = None if person.by_domain or person.company is None else person.company.id
        contact = rule.ContactFacts(person.id, own)
    policy = rule.Policy(grace_days=grace_days, processes=frozenset(processes))
    if company is None:
        return rule.decide(rule.EntitlementQuestion(today=now.date(), contact=contact, policy=policy))
    facts = None
    if installed is not None:
        facts = rule.AssetFacts(installed.id, installed.serial, installed.account_id, installed.warranty_until)
    question = rule.EntitlementQuestion(
        today=today_in(company.time_zone, now),
        contact=contact,
        account=rule.AccountFacts(company.id, company.name),
        entitlements=await _entitlements(company.id),
        contracts=await _contracts(company.id),
        asset=facts,
        policy=policy,
    )
    return rule.decide(question)


async def count_incident(entitlement_id: int, by: int = 1) -> None:
    """Count an incident on an entitlement that counts them (or give it back with -1); inside the open transaction."""
    await run(
        "UPDATE entitlements SET incidents_used = incidents_used + ? WHERE id = ? AND incidents_allowed IS NOT NULL",
        by,
        entitlement_id,
    )


async def move_incident(before: int | None, after: int | None) -> None:
    """Give an incident back to the entitlement it was counted on and count it on another; the same one is left alone."""
    if before == after:
        return
    if before is not None:
        await count_incident(before, -1)
    if after is not None:
        await count_incident(after)


def today_in(zone: str, now: datetime) -> date:
    """Return the date it is in `zone` at `now`; an unknown zone counts as UTC."""
    try:
        return now.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return now.date()


async def _entitlements(account_id: int) -> tuple[rule.EntitlementFacts, ...]:
    found = await rows(
        "SELECT id, level, starts_on, ends_on, process, contract_id, asset_id, named_contacts, incidents_allowed, "
        "incidents_used FROM entitlements WHERE account_id = ? ORDER BY id",
        account_id,
    )
    return tuple(
        rule.EntitlementFacts(
            row["id"],
            account_id,
            row["level"],
            _day(row["starts_on"]),
            _day(row["ends_on"]),
            row["process"],
            row["contract_id"],
            row["asset_id"],
            _ids(row["named_contacts"]),
            row["incidents_allowed"],
            row["incidents_used"],
        )
        for row in found
    )


async def _contracts(account_id: int) -> tuple[rule.ContractFacts, ...]:
    found = await rows(
        "SELECT id, name, level, starts_on, ends_on FROM contracts WHERE account_id = ? ORDER BY id", account_id
    )
    return tuple(
        rule.ContractFacts(
            row["id"], account_id, row["name"], row["level"], _day(row["starts_on"]), _day(row["ends_on"])
        )
        for row in found
    )


def _ids(stored: Any) -> frozenset[int] | None:
    """Return a list of ids as plain rows give it (JSON text) as a set, None as None: for everybody."""
    ids = json.loads(stored) if isinstance(stored, str) else stored
    return None if ids is None else frozenset(ids)


def _day(stored: date | str) -> date:
    """Return a date as plain rows give it; SQLite keeps it as text."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def _asset(row: dict[str, Any]) -> InstalledAsset:
    until = row["warranty_until"]
    return InstalledAsset(
        row["id"],
        row["serial"],
        row["account_id"],
        None if until is None else _day(until),
        row["site"],
        row["product_name"],
        row["product_sku"],
    )
