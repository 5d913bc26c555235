"""What a record is used by: how many cases, rules, people or other records would feel a change of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casedesk.database import rows
from casedesk.rulesets import naming


@dataclass(frozen=True, slots=True)
class Used:
    """`number` things of the kind `what` use the record; `what` is a word of `KINDS`."""

    what: str
    number: int


_FINISHED = "('resolved', 'closed')"
_OPEN = f"SELECT COUNT(*) FROM cases WHERE status_category NOT IN {_FINISHED} AND"  # noqa: S608  # words of ours

_BY_NOUN: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "queue": {
        "open_cases": (f"{_OPEN} queue_id = ?", "id"),
        "cases": ("SELECT COUNT(*) FROM cases WHERE queue_id = ?", "id"),
        "mailboxes": ("SELECT COUNT(*) FROM mailboxes WHERE queue_id = ?", "id"),
        "web_forms": ("SELECT COUNT(*) FROM web_forms WHERE queue_id = ?", "id"),
    },
    "mailbox": {
        "open_cases": (f"{_OPEN} mailbox_id = ?", "id"),
        "cases": ("SELECT COUNT(*) FROM cases WHERE mailbox_id = ?", "id"),
    },
    "business_hours": {
        "clocks": ("SELECT COUNT(*) FROM milestones WHERE hours = ? AND completed_at IS NULL", "key"),
    },
    "account": {
        "open_cases": (f"{_OPEN} account_id = ?", "id"),
        "contacts": ("SELECT COUNT(*) FROM contacts WHERE account_id = ?", "id"),
        "assets": ("SELECT COUNT(*) FROM assets WHERE account_id = ?", "id"),
        "entitlements": ("SELECT COUNT(*) FROM entitlements WHERE account_id = ?", "id"),
    },
    "contact": {
        "open_cases": (f"{_OPEN} contact_id = ?", "id"),
        "cases": ("SELECT COUNT(*) FROM cases WHERE contact_id = ?", "id"),
    },
    "product": {"assets": ("SELECT COUNT(*) FROM assets WHERE product_id = ?", "id")},
    "asset": {
        "open_cases": (f"{_OPEN} asset_id = ?", "id"),
        "entitlements": ("SELECT COUNT(*) FROM entitlements WHERE asset_id = ?", "id"),
    },
    "contract": {"entitlements": ("SELECT COUNT(*) FROM entitlements WHERE contract_id = ?", "id")},
    "entitlement": {
        "open_cases": (f"{_OPEN} entitlement_id = ?", "id"),
        "cases": ("SELECT COUNT(*) FROM cases WHERE entitlement_id = ?", "id"),
    },
    "template": {"mailboxes": ("SELECT COUNT(*) FROM mailboxes WHERE template = ?", "key")},
    "portal": {
        "mailboxes": ("SELECT COUNT(*) FROM mailboxes WHERE portal_id = ?", "id"),
        "web_forms": ("SELECT COUNT(*) FROM web_forms WHERE portal_id = ?", "id"),
    },
    "user": {
        "open_cases": (f"{_OPEN} owner_id = ?", "id"),
        "queues": ("SELECT COUNT(*) FROM queue_members WHERE user_id = ?", "id"),
    },
}

_NAMED_IN_RULES = {
    "queue": ("queue", "key"),
    "business_hours": ("business_hours", "key"),
    "template": ("template", "key"),
    "user": ("user", "email"),
}
"""How rules name a noun: the word in their documents, and the field of the record that stands there."""


async def of_record(noun: str, record: Any) -> tuple[Used, ...]:
    """Return what uses a record of a register, leaving out what does not."""
    counted = _BY_NOUN.get(noun, {})
    found: list[Used] = []
    if noun in _NAMED_IN_RULES:
        word, field = _NAMED_IN_RULES[noun]
        found.append(Used("rules", await naming.times(word, getattr(record, field))))
    if counted:
        parts = " UNION ALL ".join(f"SELECT '{what}' AS what, ({sql}) AS n" for what, (sql, _field) in counted.items())
        values = [getattr(record, field) for _sql, field in counted.values()]
        found += [Used(row["what"], int(row["n"])) for row in await rows(parts, *values)]
    return tuple(each for each in found if each.number)
