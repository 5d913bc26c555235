"""The facts of a case as rules see them: flat names of the field catalogue, gathered once for each decision.

Nothing is decided here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casedesk.accounts import recognising
from casedesk.accounts.recognising import Company, Person
from casedesk.cases.models import Case, Message
from casedesk.entitlements import verifying
from casedesk.entitlements.verifying import InstalledAsset
from casedesk.mail.senders import sender_of
from casedesk.queues import known
from casedesk.records import NEVER
from casedesk.rules.entitlement import Outcome, status_of
from casedesk.users import directory

KEPT_TEXT = 500
"""Characters of subject and description kept with a decision: enough to see why, not a second copy of a letter."""


@dataclass(frozen=True, slots=True)
class Around:
    """The people and things a case is about; `mailbox` and `owner` are addresses, `queue` a key. None: there is none.

    `line` and `menu` are what a caller dialled and chose.
    """

    person: Person | None = None
    company: Company | None = None
    installed: InstalledAsset | None = None
    mailbox: str | None = None
    queue: str | None = None
    owner: str | None = None
    line: str | None = None
    menu: str | None = None


def of_case(case: Case, around: Around, *, now: datetime) -> dict[str, Any]:
    """Return the facts of a case (saved or about to be) with the people and things it is about."""
    person, company, installed = around.person, around.company, around.installed
    age = int((now - case.created_at).total_seconds() // 60)
    waits = case.next_due_at != NEVER
    return {
        "subject": case.subject,
        "description": case.description,
        "origin": case.origin,
        "type": case.type,
        "priority": case.priority,
        "status": case.status,
        "status_category": case.status_category,
        "language": case.language,
        "tags": case.tags,
        "queue": around.queue,
        "owner": around.owner,
        "mailbox": around.mailbox,
        "line": around.line,
        "menu": around.menu,
        "account.name": company.name if company else None,
        "account.number": company.number if company else None,
        "account.kind": company.kind if company else None,
        "account.region": company.region or None if company else None,
        "contact.name": person.name if person else None,
        "contact.email": person.email if person else None,
        "contact.role": person.role if person else None,
        "contact.language": person.language if person else None,
        "asset.serial": installed.serial if installed else None,
        "asset.site": installed.site if installed else None,
        "asset.warranty_until": installed.warranty_until if installed else None,
        "product.name": installed.product_name if installed else None,
        "product.sku": installed.product_sku if installed else None,
        "entitlement.level": case.level,
        "entitlement.status": status_of(Outcome(case.verdict)).value,
        "entitlement.verdict": case.verdict,
        "escalation_level": case.escalation_level,
        "age_minutes": max(age, 0),
        "milestone.kind": case.next_due_kind if waits else None,
        "milestone.minutes_left": int((case.next_due_at - now).total_seconds() // 60) if waits else None,
        **{f"custom.{key}": value for key, value in case.custom.items()},
    }


async def gather(case: Case, *, now: datetime) -> dict[str, Any]:
    """Return the facts of a stored case, reading its contact, account, asset, queue, owner and mailbox."""
    person = await recognising.find_by_id(case.contact_id) if case.contact_id else None
    company = await recognising.company(case.account_id) if case.account_id else None
    installed = await verifying.asset(case.asset_id) if case.asset_id else None
    queue = (await known.by_id(case.queue_id)).key if case.queue_id else None
    mailbox = (await sender_of(case.mailbox_id)).address if case.mailbox_id else None
    owner = (await directory.find_user(case.owner_id)).email if case.owner_id else None
    line, menu = await _dialled(case)
    return of_case(case, Around(person, company, installed, mailbox, queue, owner, line, menu), now=now)


async def _dialled(case: Case) -> tuple[str | None, str | None]:
    """Return the line and the menu choice of the call that a case began with; no other case is asked."""
    first = await Message.filter(case_id=case.id).order_by("id").first() if case.origin == "phone" else None
    return dialled(first.details) if first is not None else (None, None)


def dialled(details: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return line and menu choice as the details of a call's words hold them."""
    return details.get("line") or None, details.get("menu") or None


def kept(facts: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return those facts a rule set may look at, as a decision keeps them: long text cut, dates as ISO text."""
    return {name: _plain(facts[name]) for name in sorted(names) if facts.get(name) not in (None, [], ())}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value[:KEPT_TEXT]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple | set | frozenset) else value
