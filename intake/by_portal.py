"""What a signed-in customer sends by a page of a portal: a question that becomes a case, or words on a case of theirs.

Both are in the ledger in the transaction of what they became; the acknowledgement follows from the event as for mail.
"""

from dataclasses import dataclass
from datetime import datetime

from casedesk import clock, language
from casedesk.accounts import recognising
from casedesk.accounts.recognising import Person
from casedesk.cases import attaching, conversing, creating, customers_view, fields, following
from casedesk.cases.attaching import NewFile
from casedesk.cases.conversing import Said
from casedesk.cases.creating import FirstWords, Opening
from casedesk.cases.models import Attachment, Case, Message
from casedesk.cases.numbering import shown
from casedesk.cases.question_drafts import Question
from casedesk.database import is_postgres, reading, rows, transaction
from casedesk.entitlements import owned, verifying
from casedesk.errors import Conflict, FieldProblem, Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.mail.senders import mailbox_of_portal
from casedesk.rules.entitlement import Outcome as Verdict
from casedesk.rules.milestones import MilestoneKind
from casedesk.rulesets import published
from intake import by_form
from intake.by_form import Sent
from intake.receiving import Outcome

_LATEST_OF = "SELECT id FROM cases WHERE contact_id = ? ORDER BY id DESC LIMIT 10"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a customer is promised before they send: the verdict, its level, and when a person answers at the latest.

    `process` is the name under which the level is served, such as Premier 24×5. `answer_by` is None where no clock would
    run; it equals the milestone the case gets when it is sent at that moment.
    """

    verdict: Verdict
    level: str | None
    process: str
    answer_by: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The case a question became; `again` that this very question had been sent before."""

    number: str
    again: bool = False


async def promise(question: Question, *, portal_id: int, by: Actor) -> Promise:
    """Return what sending this question now would promise, decided by the functions that `ask` uses; writes nothing."""
    async with reading():
        person = await _person(by)
        decided = await creating.decide(await _opening(question, person, portal_id, by=by), by=by)
        process = await published.process(decided.verdict.process or "")
    first = next((row for row in decided.planned if row.kind == MilestoneKind.FIRST_RESPONSE.value), None)
    name = process.name if process else ""
    return Promise(decided.verdict.outcome, decided.verdict.level, name, first.target_at if first else None)


async def ask(
    question: Question, *, portal_id: int, by: Actor, language: str | None = None, follows: str | None = None
) -> Asked:
    """Make a case of a question, its files and its line in the ledger, and return it. Safe twice by its mark.

    `follows` is the number of an earlier case that this one goes on with. Raises Invalid naming the fields.
    """
    _check(question)
    await owned.require(question.asset_id, by=by)
    linked = (await customers_view.seen(follows, by=by)).id if follows else None
    async with transaction():
        person = await _person(by)
        await _take_turn(by)
        if made := await _made_before(question.mark, by):
            return Asked(shown(made.prefix, made.id), again=True)
        opening = await _opening(question, person, portal_id, by=by, language=language, linked_to=linked)
        opened = await creating.open_case(opening, by=by)
        sent = Sent("portal", opened.case.created_at, person.name, by.email or person.email, opening.subject, language)
        await by_form.write_down(sent, Outcome("created", "asked in the portal", opened.case.id, opened.message.id))
    return Asked(shown(opened.case.prefix, opened.case.id))


async def add(number: str, text: str, *, by: Actor, files: tuple[int, ...] = (), once: str = "") -> None:
    """Add words and files of a customer to a case they may see; it ends a wait or opens a solved case again.

    Sent again with the same `once` it is still one message. Raises Conflict when the case has been closed for too long.
    """
    following.contact_of(by)
    text = text.strip()
    if not text and not files:
        raise Invalid.field("text", _("Write something first."))
    _check_length("text", text)
    now = clock.now()
    async with transaction():
        case = await customers_view.seen(number, by=by)
        await _take_turn(by)
        if once and await _said_before(case.id, once, by):
            return
        if not conversing.takes_answers(case.status_category, case.closed_at):
            raise Conflict(_("This case was closed too long ago. Please ask again; we link the two."))
        said = Said(
            text=text, author_name=by.name, author_email=by.email, contact_id=by.id, channel="portal",
            details={"once": once} if once else None,
        )  # fmt: skip
        message = await conversing.add_customer_message(case.id, said, by=by, at=now)
        await attaching.bind(files, case_id=case.id, message_id=message.id, by=by)
        sent = Sent("portal", now, by.name, by.email, case.subject, None, await _files(message))
        await by_form.write_down(sent, Outcome("appended", "written in the portal", case.id, message.id))


async def _opening(
    question: Question,
    person: Person,
    portal_id: int,
    *,
    by: Actor,
    language: str | None = None,
    linked_to: int | None = None,
) -> Opening:
    asset = await verifying.asset(question.asset_id) if question.asset_id is not None else None
    words = FirstWords(
        text=question.text.strip() or question.subject.strip(),
        author_name=person.name,
        author_email=by.email or person.email,
        details={"once": question.mark},
    )
    return Opening(
        subject=" ".join(question.subject.split())[: fields.LONGEST_SUBJECT],
        origin="portal",
        words=words,
        person=person,
        company=person.company,
        asset=asset,
        asset_given=asset is not None,
        language=person.language or language,
        mailbox_id=await mailbox_of_portal(portal_id),
        linked_to=linked_to,
        files=question.files,
        channel="portal",
    )


def _check(question: Question) -> None:
    problems = []
    if not question.subject.strip():
        problems.append(FieldProblem("subject", _("Tell us in a few words what it is about.")))
    if len(question.subject) > fields.LONGEST_SUBJECT:
        problems.append(FieldProblem("subject", _too_long(fields.LONGEST_SUBJECT)))
    if len(question.text) > fields.LONGEST_TEXT:
        problems.append(FieldProblem("text", _too_long(fields.LONGEST_TEXT)))
    if problems:
        raise Invalid(problems)


def _check_length(field: str, text: str) -> None:
    if len(text) > fields.LONGEST_TEXT:
        raise Invalid.field(field, _too_long(fields.LONGEST_TEXT))


def _too_long(most: int) -> str:
    words = _("This is longer than we can take: at most %(most)s characters. Send the rest as a file.")
    return words % {"most": language.number(most)}


async def _person(by: Actor) -> Person:
    person = await recognising.find_by_id(following.contact_of(by))
    if person is None:
        raise NotFound
    return person


async def _take_turn(by: Actor) -> None:
    """Let two clicks at once wait for one another; on SQLite the transaction itself does that."""
    if is_postgres():
        await rows("SELECT id FROM contacts WHERE id = ? FOR UPDATE", by.id)


async def _made_before(mark: str, by: Actor) -> Case | None:
    ids = [row["id"] for row in await rows(_LATEST_OF, by.id)]
    for first in await Message.filter(case_id__in=ids, kind="message").order_by("id"):
        if first.details.get("once") == mark:
            return await Case.get(id=first.case_id)
    return None


async def _said_before(case_id: int, once: str, by: Actor) -> bool:
    latest = await Message.filter(case_id=case_id, contact_id=by.id).order_by("-id").limit(10)
    return any(each.details.get("once") == once for each in latest)


async def _files(message: Message) -> list[NewFile]:
    return [
        NewFile(each.filename, each.content_type, each.size, each.sha256)
        for each in await Attachment.filter(message_id=message.id).order_by("id")
    ]
