"""The links a portal mailed, as their reader finds them: in the composed mail, not in the outbox."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from typing import cast

from casedesk.mail.composing import compose
from casedesk.mail.models import OutgoingMail
from tests.factories.happenings import react

KINDS = ("portal_link", "portal_news")


async def portal_mail() -> list[OutgoingMail]:
    """Run what follows the pending events and return the mails of portals, the oldest first."""
    await react()
    return await OutgoingMail.filter(kind__in=KINDS).order_by("id")


def words_of(mail: OutgoingMail) -> str:
    """Return the text a reader sees."""
    message = cast(EmailMessage, email.message_from_bytes(compose(mail), policy=default))
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def newest_token() -> str:
    """Return the token in the newest mailed link."""
    found = re.search(r"/(?:verify|reset|in/link|c)/(\S+)", words_of((await portal_mail())[-1]))
    assert found is not None
    return found[1]
