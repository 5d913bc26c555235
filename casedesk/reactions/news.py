"""Those who follow a case hear that there is news: a letter with its number and the way there, and nothing of what was said.

Whoever asked gets the answer itself by mail and no news of it. Who follows is asked anew for their sight of the case.
"""

from datetime import timedelta

from casedesk import clock, journal
from casedesk import settings as operator
from casedesk.cases.models import Case, CaseFollower
from casedesk.cases.numbering import shown
from casedesk.database import transaction
from casedesk.database.selecting import first, many
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Actor
from casedesk.journal.pending import Happened
from casedesk.mail import outbox, writing
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import Sender, sender_of
from casedesk.portals import branding, readers
from casedesk.scopes import case_scope

KIND = "news"
QUIET = timedelta(hours=1)
"""So long nobody hears of the same case again: what ends a case is told together with the answer that ended it."""


async def tell_followers(event: Happened) -> None:
    """Put a letter for each follower who may see the case into the outbox. Safe twice: of one case there is one an hour."""
    followers = await many(CaseFollower, "case_id = ? ORDER BY id", event.case_id)
    case = await first(Case, "id = ?", event.case_id) if followers else None
    if case is None:
        return
    ids = [follower.contact_id for follower in followers]
    wanted = [each for each in ids if each not in (case.contact_id, _contact(event))]
    sender = await sender_of(case.mailbox_id)
    for reader in await readers.of_contacts(wanted):
        if case_scope(reader).covers(case):
            await _write(case, reader, sender)


def _contact(event: Happened) -> int | None:
    return event.actor.id if event.actor.user_id is None else None


async def _write(case: Case, reader: Actor, sender: Sender) -> None:
    number, portal = shown(case.prefix, case.id), await branding.of_mailbox(sender.portal_id)
    url = f"{branding.address_of(portal)}/cases/{number}" if portal else ""
    values = {"case.number": number, "contact.name": reader.name, "desk.name": sender.name, "case.url": url}
    written = await writing.write(KIND, case.language, values)
    async with transaction():
        await outbox.hold_recipient(reader.email)
        if await _heard(case, reader) or await _is_enough(reader):
            return
        mail = await outbox.put(
            Letter(
                kind=KIND, sender=sender, to=[reader.email], subject=written.subject, text=written.text,
                html=written.html, case_id=case.id, automatic=True,
                not_before=clock.now() + timedelta(seconds=operator.current().undo_seconds),
            )
        )  # fmt: skip
        data = {"mail": mail.id, "kind": KIND}
        await journal.record(EventName.MAIL_QUEUED, by=SYSTEM, case=case.id, data=data)


async def _heard(case: Case, reader: Actor) -> bool:
    lately = OutgoingMail.filter(case_id=case.id, kind=KIND, created_at__gt=clock.now() - QUIET)
    return any(mail.to == [reader.email] for mail in await lately)


async def _is_enough(reader: Actor) -> bool:
    most = operator.current().automatic_per_day
    return await outbox.automatic_to(reader.email, timedelta(days=1)) >= most
