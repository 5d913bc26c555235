"""What a customer has typed into the form and not sent, kept on the server for some days: one by contact and portal."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from casedesk import clock
from casedesk.cases import attaching, fields, following
from casedesk.cases.models import QuestionDraft
from casedesk.cases.shapes import FileView
from casedesk.database import transaction
from casedesk.identity import Actor

KEPT = timedelta(days=7)
LONGEST_MARK = 40


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is typed. `mark` names it from its first word to the case it becomes."""

    mark: str
    subject: str = ""
    text: str = ""
    asset_id: int | None = None
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A draft as the form shows it again."""

    question: Question
    files: tuple[FileView, ...]
    saved_at: datetime


def new_mark() -> str:
    """Return the mark of a question that begins."""
    return secrets.token_urlsafe(18)


async def save(question: Question, *, portal_id: int, by: Actor) -> datetime:
    """Keep a question and return when; one without a word and a file is discarded. Twice is the same as once."""
    contact_id = following.contact_of(by)
    now = clock.now()
    if not (question.subject.strip() or question.text.strip() or question.files):
        await discard(portal_id=portal_id, by=by)
        return now
    values = {
        "mark": question.mark[:LONGEST_MARK],
        "subject": question.subject[: fields.LONGEST_SUBJECT],
        "text": question.text[: fields.LONGEST_TEXT],
        "asset_id": question.asset_id,
        "files": list(question.files),
        "saved_at": now,
    }
    async with transaction():
        await QuestionDraft.update_or_create(defaults=values, contact_id=contact_id, portal_id=portal_id)
    return now


async def read(*, portal_id: int, by: Actor) -> KeptQuestion | None:
    """Return what the contact has begun on this portal, None when nothing is kept or it grew too old."""
    contact_id = following.contact_of(by)
    oldest = clock.now() - KEPT
    row = await QuestionDraft.get_or_none(contact_id=contact_id, portal_id=portal_id, saved_at__gt=oldest)
    if row is None:
        return None
    files = await attaching.waiting_of(by, row.files)
    question = Question(row.mark, row.subject, row.text, row.asset_id, tuple(file.id for file in files))
    return KeptQuestion(question, files, row.saved_at)


async def discard(*, portal_id: int, by: Actor, mark: str = "") -> None:
    """Forget what was begun (only the question of this `mark`, if one is given); what is not there is no error."""
    contact_id = following.contact_of(by)
    kept = QuestionDraft.filter(contact_id=contact_id, portal_id=portal_id)
    await (kept.filter(mark=mark) if mark else kept).delete()


async def sweep() -> int:
    """Delete what grew too old and return how many (the worker's sweep); files wait no longer than that either."""
    return await QuestionDraft.filter(saved_at__lte=clock.now() - KEPT).delete()
