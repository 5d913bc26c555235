"""How much there is of each part of the desk, counted in one statement for the index of setup."""

from collections.abc import Mapping

from casedesk.database import rows

_COUNTED: Mapping[str, str] = {
    "people": "SELECT COUNT(*) FROM users WHERE active",
    "invited": "SELECT COUNT(*) FROM users WHERE active AND password_hash = ''",
    "suspended": "SELECT COUNT(*) FROM users WHERE NOT active",
    "tokens": "SELECT COUNT(*) FROM api_tokens WHERE revoked_at IS NULL",
    "queues": "SELECT COUNT(*) FROM queues",
    "queues_without_members": "SELECT COUNT(*) FROM queues q WHERE NOT EXISTS "
    "(SELECT 1 FROM queue_members m WHERE m.queue_id = q.id)",
    "mailboxes": "SELECT COUNT(*) FROM mailboxes",
    "silent_mailboxes": "SELECT COUNT(*) FROM mailboxes m WHERE NOT EXISTS "
    "(SELECT 1 FROM cases c WHERE c.mailbox_id = m.id)",
    "web-forms": "SELECT COUNT(*) FROM web_forms WHERE active",
    "calendars": "SELECT COUNT(*) FROM business_hours",
    "accounts": "SELECT COUNT(*) FROM accounts",
    "contacts": "SELECT COUNT(*) FROM contacts",
    "products": "SELECT COUNT(*) FROM products",
    "assets": "SELECT COUNT(*) FROM assets",
    "contracts": "SELECT COUNT(*) FROM contracts",
    "entitlements": "SELECT COUNT(*) FROM entitlements",
    "letters": "SELECT COUNT(*) FROM email_templates",
    "brands": "SELECT COUNT(*) FROM portals",
    "dead_letters": "SELECT COUNT(*) FROM failed_reactions WHERE dead_at IS NOT NULL",
    "mail_failed": "SELECT COUNT(*) FROM outgoing_mail WHERE state = 'failed'",
}


async def take() -> Mapping[str, int]:
    """Return how many there are of everything the index speaks of, by word."""
    parts = " UNION ALL ".join(f"SELECT '{word}' AS word, ({sql}) AS n" for word, sql in _COUNTED.items())
    return {row["word"]: int(row["n"]) for row in await rows(parts)}
