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


async def publish(kind: str, document: dict[str, Any], *, by: Actor) -> Published:
    """Publish `document` as the rules of `kind`; raises Invalid with each wrong place, NotFound for no such kind."""
    require(by, Permission.RULES_CHANGE)
    published.CATALOGUES["case"] = CATALOGUE
    return await published.publish(kind, document, await _names(), by=by)


async def _names() -> KnownNames:
    return KnownNames(
        queues={queue.key for queue in await queues.every()},
        templates={row.key for row in await EmailTemplate.all().only("id", "key")},
        business_hours=await hours.keys(),
        users={row.email for row in await User.filter(active=True).only("id", "email")},
        webhooks=(),
        events={name.value for name in EventName},
        processes_in_use={row["process"] for row in await rows("SELECT DISTINCT process FROM entitlements")},
    )
