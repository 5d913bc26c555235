"""After a resolution: the survey goes into the outbox, once, and stays unsent if the case is opened again before."""

from datetime import timedelta

from casedesk import clock, journal
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases.models import Case, Message, Survey
from casedesk.cases.surveying import open_survey
from casedesk.database import transaction
from casedesk.database.selecting import exists, first
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.journal.pending import Happened
from casedesk.mail import outbox, writing
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import is_ours, sender_of
from casedesk.reactions.filling import values_of
from casedesk.rules.lifecycle import FINISHED, Category
from casedesk.security.tokens import reply_token

KIND = "survey"
NOT_FINISHED = "case_not_finished"
"""Name of the condition under which a waiting survey is cancelled when it is claimed."""


async def send_survey(event: Happened) -> None:
    """Put the survey of a resolved case into the outbox, to leave once the resolution can no longer be undone."""
    case = await first(Case, "id = ?", event.case_id)
    if case is None or Category(case.status_category) not in FINISHED:
        return
    recipient = await _recipient(case)
    if not recipient or await is_ours(recipient) or await _is_enough(case, recipient):
        return
    sender = await sender_of(case.mailbox_id)
    values = await values_of(case, sender)
    async with transaction():
        await outbox.hold_recipient(recipient)
        # Safe twice, and one survey for one resolution: a case resolved again after it was reopened asks again.
        if case.resolved_at is None or await exists(
            Survey, "case_id = ? AND created_at >= ?", case.id, case.resolved_at
        ):
            return
        token = await open_survey(case)
        link = f"{operator.public_url()}/s/{token}"
        written = await writing.write("survey", case.language, {**values, "survey.url": link})
        mail = await outbox.put(
            Letter(
                kind=KIND, sender=sender, to=[recipient], subject=written.subject, text=written.text, html=written.html,
                case_id=case.id, token=reply_token(case.id, recipient), automatic=True, cancel_if=NOT_FINISHED,
                not_before=clock.now() + timedelta(seconds=operator.current().undo_seconds),
            )
        )  # fmt: skip
        await journal.record(EventName.SURVEY_SENT, by=SYSTEM, case=case.id, data={"mail": mail.id})


async def must_cancel(mail: OutgoingMail) -> bool:
    """Say whether a mail about to be claimed is no longer wanted."""
    if mail.cancel_if == NOT_FINISHED:
        case = await first(Case, "id = ?", mail.case_id)
        return case is None or Category(case.status_category) not in FINISHED
    return False


async def _recipient(case: Case) -> str:
    wrote = await first(Message, "case_id = ? AND kind = 'message' ORDER BY id DESC", case.id)
    if wrote is not None and recognising.is_address(wrote.author_email) and not wrote.details.get("automatic"):
        return wrote.author_email.lower()
    person = await recognising.find_by_id(case.contact_id) if case.contact_id else None
    return person.email.lower() if person else ""


async def _is_enough(case: Case, recipient: str) -> bool:
    """Say whether the address or the case had all the automatic mail of a day."""
    most, day = operator.current().automatic_per_day, timedelta(days=1)
    return await outbox.automatic_to(recipient, day) >= most or await outbox.automatic_of_case(case.id, day) >= most
