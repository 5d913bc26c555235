"""After a case is resolved: one question to the customer, whose opening stores nothing and whose sending does.

Mail scanners open every link they see, so a score counts only when its form is sent.
"""

from dataclasses import dataclass

from casedesk import clock, journal
from casedesk.cases.models import Case, Survey
from casedesk.cases.numbering import shown
from casedesk.database import transaction
from casedesk.database.inserting import insert_one, update_row
from casedesk.database.selecting import first
from casedesk.errors import Invalid, NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Actor, ActorKind
from casedesk.mail.senders import sender_of
from casedesk.security import tokens

PURPOSE = "survey"
SCORES = (1, 2, 3, 4, 5)
LONGEST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey as its page shows it; `score` and `words` are what was answered before, None when nothing was."""

    case_number: str
    subject: str
    brand: str
    score: int | None
    words: str | None
    answered: bool


async def open_survey(case: Case) -> str:
    """Make the survey of a resolved case and return its token; inside the open transaction."""
    return tokens.sign(PURPOSE, str(await insert_one(Survey, {"case_id": case.id})))


async def find(token: str) -> SurveyView:
    """Return the survey of a link, changing nothing; raises NotFound for a token that is not ours."""
    survey, case = await _of(token)
    brand = (await sender_of(case.mailbox_id)).name
    answered = survey.answered_at is not None
    return SurveyView(shown(case.prefix, case.id), case.subject, brand, survey.score, survey.words, answered)


async def answer(token: str, score: int, words: str = "") -> SurveyView:
    """Store an answer; a second one takes the place of the first. Raises Invalid for a score that is none."""
    await answer_unseen(token, score, words)
    return await find(token)


async def answer_unseen(token: str, score: int, words: str = "") -> None:
    """Do `answer` without looking at the survey afterwards, for many acts in a row."""
    if score not in SCORES:
        raise Invalid.field("score", "choose one of the five")
    async with transaction():
        survey, case = await _of(token)
        survey.score, survey.answered_at = score, clock.now()
        survey.words = words.strip()[:LONGEST_WORDS]
        await update_row(survey, ["score", "words", "answered_at"])
        by = Actor(ActorKind.CONTACT, case.contact_id) if case.contact_id else SYSTEM
        content = {"words": survey.words} if survey.words else None
        await journal.record(
            EventName.SURVEY_ANSWERED, by=by, case=case.id, data={"survey": survey.id, "score": score}, content=content
        )


async def _of(token: str) -> tuple[Survey, Case]:
    payload = tokens.open_signed(PURPOSE, token)
    survey = await first(Survey, "id = ?", int(payload)) if payload and payload.isdigit() else None
    case = await first(Case, "id = ?", survey.case_id) if survey else None
    if survey is None or case is None:
        raise NotFound("This link is not valid.")
    return survey, case
