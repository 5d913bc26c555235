"""The rows a new desk begins with, so that an empty desk works: queues, hours, letters, rules, a brand, two doors, one person.

The same for `casedesk init`, for the demo and for tests. Making the database, its tables and the key is not done here.
"""

from casedesk.cases.fields import CATALOGUE
from casedesk.database import transaction
from casedesk.errors import Conflict
from casedesk.identity import SYSTEM, Role
from casedesk.mail.first_letters import FIRST_LETTERS
from casedesk.mail.portal_letters import PORTAL_LETTERS
from casedesk.mail.templates import TEMPLATES
from casedesk.milestones.calendars import CALENDARS
from casedesk.portals.branding import PORTALS
from casedesk.queues.arranging import QUEUES
from casedesk.rulesets import defaults, published
from casedesk.rulesets.documents import KnownNames
from casedesk.rulesets.models import RuleSet
from casedesk.users.enrolling import USERS
from casedesk.users.models import User
from intake.mailboxes import MAILBOXES
from intake.web_forms import WEB_FORMS

PORTAL = {"slug": "help", "name": "Help", "case_prefix": "CD"}
LETTERS = (*FIRST_LETTERS, *PORTAL_LETTERS)
ADDRESSES = ("support@example.com", "billing@example.com")
"""The support addresses of a new desk."""
WEB_FORM = {
    "key": "contact",
    "name": "Ask the support team",
    "portal": PORTAL["slug"],
    "asks": ["company", "phone", "serial", "subject", "files"],
}
"""The form of a new desk."""


async def found_desk(*, admin_email: str, admin_name: str, password_hash: str) -> int:
    """Write everything a new desk needs in one transaction and return the administrator's id.

    Raises Conflict when somebody founded the desk before.
    """
    async with transaction():
        if await User.exists() or await RuleSet.exists():
            raise Conflict("This desk has been set up already; nothing was changed.")
        person = {"name": admin_name, "email": admin_email, "role": Role.ADMINISTRATOR, "password_hash": password_hash}
        administrator = await USERS.add(person, by=SYSTEM)
        for position, (key, values) in enumerate(defaults.QUEUES.items()):
            await QUEUES.add({"key": key, "position": position, **values}, by=SYSTEM)
        for calendar in defaults.BUSINESS_HOURS:
            await CALENDARS.add(calendar, by=SYSTEM)
        for letter in LETTERS:
            given = {"key": letter.key, "language": letter.language, "subject": letter.subject, "text": letter.text}
            await TEMPLATES.add(given, by=SYSTEM)
        await PORTALS.add(PORTAL, by=SYSTEM)
        for address in ADDRESSES:
            await MAILBOXES.add({"address": address, "origin": "email", "portal": PORTAL["slug"]}, by=SYSTEM)
        await WEB_FORMS.add(WEB_FORM, by=SYSTEM)
        await _publish_rules()
    return administrator.id


async def _publish_rules() -> None:
    published.CATALOGUES["case"] = CATALOGUE
    known = KnownNames(
        queues=defaults.QUEUES.keys(),
        templates={letter.key for letter in LETTERS},
        business_hours={calendar["key"] for calendar in defaults.BUSINESS_HOURS},
        users=(),
        webhooks=(),
    )
    for kind, document in defaults.DOCUMENTS.items():
        await published.publish(kind.value, document, known, by=SYSTEM)
