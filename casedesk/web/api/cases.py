"""Cases by API: make, list, read, change, say something, move along, and why it is where it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from casedesk.cases import assigning, changing, closing, conversing, creating, escalating, listing, viewing
from casedesk.cases.creating import NewCase
from casedesk.cases.listing import CaseFilter
from casedesk.cases.shapes import CaseView, Change, DecisionView, FileView, MailState, TimelineEntry
from casedesk.permissions import Permission
from casedesk.richtext import to_text
from casedesk.rules.lifecycle import EscalationKind, Priority
from casedesk.web import paging
from casedesk.web.api.operations import PREFIX, Answer, Call, Operation
from casedesk.web.api.schema import Email, Id, Instant, Listed, ListQuery, LongWords, Query, Shape, Tags, Word, Words

WHOLE_STORY = 1_000_000

Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Status = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Files = Annotated[list[Id], Field(max_length=50)]


class Origin(StrEnum):
    """How a case came."""

    PHONE = "phone"
    WEB = "web"
    EMAIL = "email"
    PORTAL = "portal"
    API = "api"


class MessageKind(StrEnum):
    """What is added to a case."""

    REPLY = "reply"
    NOTE = "note"
    CALL = "call"


class ByAddress(Shape):
    """A contact by address; made when there is none."""

    email: Email
    name: Annotated[str, StringConstraints(max_length=200)] | None = None


class ById(Shape):
    """A contact there is."""

    id: Id


class CaseNew(Shape):
    """A case to log."""

    subject: Subject
    description: LongWords = ""
    origin: Origin = Origin.API
    contact: ByAddress | ById | None = None
    account_id: Id | None = None
    asset_id: Id | None = None
    type: Word | None = None
    priority: Priority | None = None
    tags: Tags = []
    custom: dict[str, Any] = {}
    record_type: Annotated[str, StringConstraints(pattern="^case$")] = "case"
    logged_on_behalf: bool = False
    attachments: Files = []


class CaseChange(Shape):
    """What to change of a case; fields left out stay. A status is a name or a category."""

    subject: Subject = ""
    description: LongWords = ""
    status: Status = ""
    priority: Priority = Priority.NORMAL
    type: Word | None = None
    language: Annotated[str, StringConstraints(max_length=20)] | None = None
    tags: Tags = []
    custom: dict[str, Any] = {}
    contact_id: Id | None = None
    account_id: Id | None = None
    asset_id: Id | None = None


class MessageNew(Shape):
    """Words to add to a case: `text`, or `html` where a reply has a form."""

    kind: MessageKind
    text: LongWords = ""
    html: LongWords | None = None
    attachments: Files = []
    status: Status | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "MessageNew":
        if not self.text.strip() and not (self.html or "").strip():
            raise ValueError("give text or html")
        return self


class EscalationNew(Shape):
    """Why a case must be brought up, and what goes with it."""

    kind: EscalationKind
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    tried: Words | None = None
    need: Words | None = None
    impact: Words | None = None


class AssignmentNew(Shape):
    """Where or to whom a case goes; null takes it from its owner."""

    queue_id: Id | None = None
    user_id: Id | None = None


class ClosureNew(Shape):
    """How a case ended."""

    resolution: Words = ""
    solution_id: Id | None = None


class ReopeningNew(Shape):
    """Why a case is opened again."""

    reason: Words = ""


class CaseQuery(ListQuery):
    """What a list of cases is narrowed to; `status` is a name or a category, `owner` an address, `me` or `none`."""

    queue: Word | None = None
    status: Word | None = None
    owner: Annotated[str, StringConstraints(max_length=320)] | None = None
    account: Id | None = None
    q: Annotated[str, StringConstraints(max_length=500)] | None = None
    updated_since: Instant | None = None
    sort: Word | None = None
    view: Word | None = None


class TimelineQuery(ListQuery):
    """How much of a case's story."""

    limit: int = Field(paging.MOST, ge=1, le=paging.MOST)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a case's story."""

    id: str
    at: datetime
    kind: str
    public: bool
    author: str
    author_kind: str
    text: str
    body: str | None
    html: str | None
    attachments: tuple[FileView, ...]
    mail: MailState | None
    event: str | None
    changes: tuple[Change, ...]
    decision: DecisionView | None
    details: dict[str, Any]


async def listed(call: Call) -> Answer:
    """Answer with a page of cases."""
    given = call.query.model_dump(exclude={"limit", "cursor"})
    found = await listing.list_cases(
        CaseFilter(**given), by=call.actor, cursor=call.query.cursor, limit=call.query.limit
    )
    return Answer(Listed.model_construct(items=found.items, next=found.next))


async def made(call: Call) -> Answer:
    """Log a case."""
    body: CaseNew = call.body
    given = body.model_dump(exclude={"contact", "attachments", "tags", "origin"})
    contact = body.contact
    case = await creating.create_case(
        NewCase(
            **given,
            origin=body.origin.value,
            contact_id=contact.id if isinstance(contact, ById) else None,
            contact_email=contact.email if isinstance(contact, ByAddress) else None,
            contact_name=contact.name if isinstance(contact, ByAddress) else None,
            tags=tuple(body.tags),
            attachments=tuple(body.attachments),
        ),
        by=call.actor,
    )
    return Answer(case, case.version, {"location": f"{PREFIX}/cases/{case.number}"})


async def find(call: Call) -> CaseView:
    """Return the case of the path, if who asks may see it."""
    return await viewing.case(call.param("number"), by=call.actor)


async def shown(call: Call) -> Answer:
    """Answer with the case."""
    return _case(call.found)


async def changed(call: Call) -> Answer:
    """Change fields of the case."""
    seen = call.require_match(call.found.version) if "if-match" in call.request.headers else None
    given = call.body.model_dump(exclude_unset=True, mode="json")
    return _case(await changing.change(call.found.number, by=call.actor, values=given, if_version=seen))


async def told(call: Call) -> Answer:
    """Answer with the story of the case, oldest first."""
    entries = await viewing.timeline(call.found.number, by=call.actor, limit=WHOLE_STORY)
    keys = paging.keys_of(call.query.cursor, str)
    after = next((place for place, entry in enumerate(entries, 1) if keys and entry.id == keys[0]), 0)
    shown_entries = entries[after : after + call.query.limit]
    following = paging.cursor_of(shown_entries[-1].id) if len(entries) > after + call.query.limit else None
    return Answer(Listed.model_construct(items=[_entry(each) for each in shown_entries], next=following))


async def said(call: Call) -> Answer:
    """Add a reply, a note or a call; a reply's status is part of it, beside a note or call it is a change of its own."""
    body: MessageNew = call.body
    number, by, files = call.found.number, call.actor, tuple(body.attachments)
    if body.kind is MessageKind.REPLY:
        posted = await conversing.reply(
            number, by=by, text=body.text, html=body.html, attachments=files, status=body.status
        )
        return Answer(_entry(posted.entry), posted.case.version)
    add = conversing.note if body.kind is MessageKind.NOTE else conversing.log_call
    posted = await add(number, by=by, text=body.text or to_text(body.html or ""), attachments=files)
    version = posted.case.version
    if body.status is not None:
        version = (await changing.change(number, by=by, values={"status": body.status})).version
    return Answer(_entry(posted.entry), version)


async def escalated(call: Call) -> Answer:
    """Bring the case up."""
    given = call.body.model_dump(mode="json")
    return _case(await escalating.escalate(call.found.number, by=call.actor, **given))


async def assigned(call: Call) -> Answer:
    """Give the case to a queue or a member of staff."""
    given = call.body.model_dump(exclude_unset=True)
    return _case(await assigning.assign(call.found.number, by=call.actor, **given))


async def resolved(call: Call) -> Answer:
    """Resolve the case."""
    return _case(await closing.resolve(call.found.number, by=call.actor, **call.body.model_dump()))


async def closed(call: Call) -> Answer:
    """Close the case."""
    return _case(await closing.close(call.found.number, by=call.actor, **call.body.model_dump()))


async def reopened(call: Call) -> Answer:
    """Open the case again."""
    return _case(await closing.reopen(call.found.number, by=call.actor, **call.body.model_dump()))


async def decided(call: Call) -> Answer:
    """Answer with every decision about the case and its reasons."""
    found = await viewing.decisions(call.found.number, by=call.actor)
    return Answer(Listed.model_construct(items=found, next=None))


def operations() -> list[Operation]:
    """Return every operation on cases."""
    return [
        Operation("GET", "/cases", listed, "List cases.", Permission.CASE_READ, Listed[CaseView], query=CaseQuery,
                  tag="cases", name="list_cases"),
        Operation("POST", "/cases", made, "Log a case.", Permission.CASE_CREATE, CaseView, 201, body=CaseNew,
                  tag="cases", name="create_case"),
        Operation("GET", "/cases/{number}", shown, "Read a case.", Permission.CASE_READ, CaseView, find=find,
                  tag="cases", name="read_case"),
        Operation("PATCH", "/cases/{number}", changed, "Change a case.", Permission.CASE_CHANGE, CaseView,
                  body=CaseChange, find=find, tag="cases", name="change_case"),
        Operation("GET", "/cases/{number}/timeline", told, "Read the story of a case, oldest first.",
                  Permission.CASE_READ, Listed[Entry], query=TimelineQuery, find=find, tag="cases",
                  name="read_timeline"),
        Operation("POST", "/cases/{number}/messages", said, "Add a reply, a note or a call.", Permission.CASE_NOTE,
                  Entry, 201, body=MessageNew, find=find, tag="cases", name="add_message"),
        *(_move(*each) for each in _MOVES),
        Operation("GET", "/cases/{number}/decisions", decided, "Read why a case is where it is.",
                  Permission.CASE_READ, Listed[DecisionView], query=Query, find=find, tag="cases",
                  name="read_decisions"),
    ]  # fmt: skip


_MOVES = (
    ("escalate", escalated, "Escalate a case.", Permission.CASE_ESCALATE, EscalationNew),
    ("assign", assigned, "Assign a case to a queue or a member of staff.", Permission.CASE_ASSIGN, AssignmentNew),
    ("resolve", resolved, "Resolve a case.", Permission.CASE_CLOSE, ClosureNew),
    ("close", closed, "Close a case.", Permission.CASE_CLOSE, ClosureNew),
    ("reopen", reopened, "Open a case again.", Permission.CASE_CLOSE, ReopeningNew),
)


def _move(verb: str, run: Any, summary: str, needs: Permission, body: type[Shape]) -> Operation:
    return Operation("POST", f"/cases/{{number}}/{verb}", run, summary, needs, CaseView, body=body, find=find,
                     tag="cases", name=f"{verb}_case")  # fmt: skip


def _case(case: CaseView) -> Answer:
    return Answer(case, case.version)


def _entry(entry: TimelineEntry) -> Entry:
    return Entry(
        id=entry.id,
        at=entry.at,
        kind=entry.kind,
        public=entry.public,
        author=entry.author,
        author_kind=entry.author_kind,
        text=entry.text,
        body=entry.body,
        html=entry.html,
        attachments=entry.files,
        mail=entry.mail,
        event=entry.event,
        changes=entry.changes,
        decision=entry.decision,
        details=entry.details,
    )
