"""Contacts as they read cases when no request of theirs is there to say it: what each may see, and where to write to.

The same two facts as for somebody who signed in (`sessions`): a confirmed address, and access that is active now.
"""

from collections.abc import Sequence
from typing import Any

from casedesk.database import rows
from casedesk.identity import Actor, ActorKind

_READERS = """
SELECT c.id, c.name, c.account_id,
       MAX(CASE WHEN p.sees_company = ? AND p.company_id = c.account_id THEN 1 ELSE 0 END) AS sees_company,
       (SELECT e.email FROM contact_emails e WHERE e.contact_id = c.id AND e.verified_at IS NOT NULL
        ORDER BY e.id LIMIT 1) AS email
FROM contacts c JOIN portal_access p ON p.contact_id = c.id AND p.state = 'active'
"""


async def of_contacts(contact_ids: Sequence[int]) -> tuple[Actor, ...]:
    """Return those of the contacts who may enter a portal now, as actors with their confirmed address, by id."""
    if not contact_ids:
        return ()
    marks = ", ".join("?" * len(contact_ids))
    sql = f"{_READERS} WHERE c.id IN ({marks}) GROUP BY c.id, c.name, c.account_id ORDER BY c.id"
    found = await rows(sql, True, *contact_ids)
    return tuple(_actor(row) for row in found if row["email"])


def _actor(row: dict[str, Any]) -> Actor:
    company = row["account_id"] if row["sees_company"] else None
    return Actor(ActorKind.CONTACT, row["id"], row["name"], row["email"], verified=True, company_id=company)
