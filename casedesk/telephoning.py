"""What a call leaves behind, in one transaction: a case or words on one, solutions used, follow-ups, a summary by mail.

Who calls and what is noted meanwhile stands in `casedesk.calls`; how the page looks is the console's.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casedesk import clock
from casedesk.accounts import recognising
from casedesk.accounts.directory import CONTACTS
from casedesk.activities.events import EVENTS
from casedesk.activities.tasks import TASKS
from casedesk.calls import notes, ringing
from casedesk.calls.ringing import CallRecord
from casedesk.cases import closing, conversing, creating, viewing
from casedesk.cases.creating import NewCase
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.identity import Actor
from knowledge import browsing, snippets, using
from knowledge.audience import Audience
from knowledge.using import Outcome

_LONGEST_SUBJECT = 300
"""Characters of a task's or an appointment's subject; what is longer came from a case's, and is cut."""
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A task for whoever talked, due at an instant."""

    subject: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """A calendar event that was agreed on the call."""

    subject: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who calls and is not known yet; `account_id` where they belong to a company we know."""

    name: str
    email: str = ""
    number: str = ""
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is left of a call beside its case. `used` are solutions that were put to use; `mark` names its notes.

    `summary` is mailed to the customer, empty for none, and can be taken back for `undo_seconds`; `{number}` in it becomes the
    case's, `{solutions}` those of the used ones that a customer may read.
    """

    call: CallRecord | None = None
    mark: str = ""
    used: tuple[int, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    appointment: Appointment | None = None
    summary: str = ""
    undo_seconds: int = 0


async def log_new(
    new: NewCase, leaving: Leaving, *, by: Actor, resolved: bool = False, stranger: Stranger | None = None
) -> CaseView:
    """Make the case a call was about and everything that goes with it; `resolved` ends it on the call.

    A `stranger` becomes the case's contact; one whose address is known is who that is.

    Raises Invalid naming each wrong field, and then nothing was made. `new.once` makes a form sent twice one case.
    """
    async with transaction():
        if (made := await creating.made_before(new.once, by)) is not None:
            return await viewing.case_by_id(made, by=by)
        if stranger is not None:
            new = replace(new, contact_id=await _contact_of(stranger, by), contact_email=None)
        details = {**details_of(leaving.call), **new.details}
        case = await creating.create_case(replace(new, details=details), by=by)
        return await _leave(case, leaving, by, resolved=resolved)


async def log_on(number: str, words: str, leaving: Leaving, *, by: Actor, once: str | None = None) -> CaseView:
    """Log the call on a case there is, with what was noted and the solutions used; what is ticked for afterwards is not."""
    async with transaction():
        posted = await conversing.log_call(number, by=by, text=words, details=details_of(leaving.call), once=once)
        kept = replace(leaving, follow_ups=(), appointment=None, summary="")
        return await _leave(posted.case, kept, by, resolved=False)


async def _contact_of(stranger: Stranger, by: Actor) -> int:
    known = await recognising.find_by_email(stranger.email) if stranger.email else None
    if known is not None and known.id is not None:
        return known.id
    given = {
        "name": stranger.name[:_LONGEST_NAME],
        "email": stranger.email or None,
        "phones": [stranger.number] if stranger.number else [],
    }
    return (await CONTACTS.add({**given, "account_id": stranger.account_id}, by=by)).id


def details_of(call: CallRecord | None) -> Mapping[str, Any]:
    """Return what the words of a call are kept with."""
    if call is None:
        return {"direction": "in"}
    told = {
        "call": call.id,
        "direction": call.direction,
        "number": call.other_number,
        "duration_s": call.lasted_s(clock.now()) if call.answered_at else None,
        "line": call.line,
        "menu": call.menu,
    }
    return {name: value for name, value in told.items() if value is not None}


async def _leave(case: CaseView, leaving: Leaving, by: Actor, *, resolved: bool) -> CaseView:
    for solution in leaving.used:
        with contextlib.suppress(NotFound):  # it was withdrawn while they talked
            await using.record_use(solution, outcome=Outcome.INSERTED, case=case.id, by=by)
    await _follow_up(case, leaving, by)
    if leaving.summary:
        text = leaving.summary.replace("{number}", case.number)
        text = text.replace("{solutions}", await _told_again(leaving.used))
        await conversing.reply(
            case.number, by=by, text=text, undo_seconds=leaving.undo_seconds, once=f"summary-{leaving.mark}"
        )
    if resolved:
        solution_id = leaving.used[0] if leaving.used else None
        case = await closing.resolve(case.number, by=by, resolution=case.subject, solution_id=solution_id)
    if leaving.call is not None:
        await ringing.saved_on(leaving.call.id, case.id, case.contact.id if case.contact else None)
    if leaving.mark:
        await notes.discard(leaving.mark, by=by)
    return case


async def _told_again(used: tuple[int, ...]) -> str:
    """Return the solutions that helped, as a letter repeats them: those a customer may read, each after an empty line."""
    told = []
    for solution_id in used:
        with contextlib.suppress(NotFound):
            solution = await browsing.find(solution_id, audience=Audience.PORTAL)
            told.append(f"\n\n{solution.title}\n\n{snippets.letter(solution.body)}")
    return "".join(told)


async def _follow_up(case: CaseView, leaving: Leaving, by: Actor) -> None:
    about = {"case": case.number, "contact_id": case.contact.id if case.contact else None}
    about["account_id"] = case.account.id if case.account else None
    for wanted in leaving.follow_ups:
        await TASKS.add({"subject": wanted.subject[:_LONGEST_SUBJECT], "due_at": wanted.due_at, **about}, by=by)
    if leaving.appointment is not None:
        agreed = leaving.appointment
        event = {
            "subject": agreed.subject[:_LONGEST_SUBJECT], "starts_at": agreed.starts_at, "ends_at": agreed.ends_at,
            "place": agreed.place[:_LONGEST_SUBJECT] or None, "attendees": [by.user_id] if by.user_id else [], **about,
        }  # fmt: skip
        await EVENTS.add(event, by=by)
