"""A new version of the rules about cases is published: checked against the names there are, in force at once."""

from typing import Any

from casedesk.cases.fields import CATALOGUE
from casedesk.database import rows
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.mail.models import EmailTemplate
from casedesk.milestones import hours
from casedesk.permissions import Permission, require
from casedesk.queues import known as queues
from casedesk.rulesets import published
from casedesk.rulesets.documents import KnownNames
from casedesk.rulesets.published import Published
from casedesk.users.models import User


async def publish(kind: str, document: dict[str, Any], *, by: Actor, if_number: int | None = None) -> Published:
    """Publish `document` as the rules of `kind`.

    Raises Invalid with each wrong place, NotFound for no such kind, Stale when version `if_number` is not the newest.
    """
    require(by, Permission.RULES_CHANGE)
    published.CATALOGUES["case"] = CATALOGUE
    return await published.publish(kind, document, await names(), by=by, if_number=if_number)


async def names() -> KnownNames:
    """Return every name that the rules of this desk may use."""
    return KnownNames(
        queues={queue.key for queue in await queues.every()},
        templates={row.key for row in await EmailTemplate.all().only("id", "key")},
        business_hours=await hours.keys(),
        users={row.email for row in await User.filter(active=True).only("id", "email")},
        webhooks=(),
        events={name.value for name in EventName},
        processes_in_use={row["process"] for row in await rows("SELECT DISTINCT process FROM entitlements")},
    )
