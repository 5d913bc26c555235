"""A rule asked for a letter from a template: it goes into the outbox, once for each who gets it."""

from datetime import timedelta

from casedesk import journal
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases.models import Case
from casedesk.database import transaction
from casedesk.database.selecting import first
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.journal.pending import Happened
from casedesk.mail import outbox, writing
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import is_ours, sender_of
from casedesk.reactions.filling import values_of
from casedesk.reactions.notifying import users_of_part
from casedesk.security.tokens import reply_token
from casedesk.users import directory


async def send_letter(event: Happened) -> None:
    """Put the letter an event names into the outbox; an event that names none asks for something else. Safe twice."""
    template = event.data.get("template")
    case = await first(Case, "id = ?", event.case_id) if isinstance(template, str) else None
    if case is None or not isinstance(template, str):
        return
    sender, kind = await sender_of(case.mailbox_id), f"rule:{event.id}"
    written = await writing.write(template, case.language, await values_of(case, sender))
    for recipient in await _recipients(case, event.data.get("to")):
        async with transaction():
            await outbox.hold_recipient(recipient)
            if await _is_written(kind, recipient) or await _is_enough(case, recipient):
                continue
            mail = await outbox.put(
                Letter(
                    kind=kind, sender=sender, to=[recipient], subject=written.subject, text=written.text,
                    html=written.html, case_id=case.id, token=reply_token(case.id, recipient), automatic=True,
                )
            )  # fmt: skip
            data = {"mail": mail.id, "kind": "rule", "template": template}
            await journal.record(EventName.MAIL_QUEUED, by=SYSTEM, case=case.id, data=data)


async def _is_written(kind: str, recipient: str) -> bool:
    same_mailbox = await OutgoingMail.filter(kind=kind, recipient=outbox.mailbox_of(recipient))
    return any(mail.to == [recipient] for mail in same_mailbox)


async def _recipients(case: Case, wanted: object) -> list[str]:
    if isinstance(wanted, list):
        found = [str(address).lower() for address in wanted]
    elif wanted == "contact":
        person = await recognising.find_by_id(case.contact_id) if case.contact_id else None
        found = [person.email.lower()] if person and person.email else []
    else:
        found = [await _address(user) for user in await users_of_part(case, str(wanted))]
    return [address for address in dict.fromkeys(found) if address and not await is_ours(address)]


async def _address(user_id: int) -> str:
    try:
        return (await directory.find_user(user_id)).email
    except NotFound:
        return ""


async def _is_enough(case: Case, recipient: str) -> bool:
    """Say whether the address or the case had all the automatic mail of a day."""
    most, day = operator.current().automatic_per_day, timedelta(days=1)
    return await outbox.automatic_to(recipient, day) >= most or await outbox.automatic_of_case(case.id, day) >= most
