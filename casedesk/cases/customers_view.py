"""One case as the customer sees it: what was said in public, where it stands, what happens next.

A query and shapes of their own. Notes, calls, decisions, owners, queues and priorities are never read here, so no page
of a portal can show them, whatever its template does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk import clock
from casedesk import settings as operator
from casedesk.cases import attaching, following, steps, viewing
from casedesk.cases.models import Case, Message
from casedesk.cases.numbering import parse, shown
from casedesk.cases.shapes import FileView
from casedesk.cases.steps import Step, StepName, StepState
from casedesk.database import reading, rows
from casedesk.errors import NotFound
from casedesk.identity import Actor
from casedesk.mail.models import OutgoingMail
from casedesk.milestones import tracking
from casedesk.rules import for_customers
from casedesk.rules.for_customers import CustomerFacts, CustomerState, NextStep, WhatNext
from casedesk.rules.lifecycle import Category
from casedesk.scopes import case_scope

_SAID = ("message", "reply")
_ABOUT = """
SELECT k.name AS contact_name, s.serial, s.site, p.name AS product,
       l.id AS linked_id, l.prefix AS linked_prefix, l.contact_id AS linked_contact, l.account_id AS linked_account,
       l.logged_by_id AS linked_logged_by
FROM cases c
LEFT JOIN contacts k ON k.id = c.contact_id
LEFT JOIN assets s ON s.id = c.asset_id
LEFT JOIN products p ON p.id = s.product_id
LEFT JOIN cases l ON l.id = c.linked_to_id
WHERE c.id = ?
"""


@dataclass(frozen=True, slots=True)
class CustomersMessage:
    """What somebody said in public; `mine` by the reader, `ours` by a member of staff."""

    id: int
    at: datetime
    mine: bool
    ours: bool
    author: str
    text: str
    body: str | None
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class CustomersStep:
    """A step that a case has taken or not; `at` is when, None where it has not or nobody noted it."""

    name: StepName
    done: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomersCase:
    """A case as its customer sees it.

    `is_own` says that the reader asked it (else a colleague did); `linked_to` is the number of the case it follows, None
    where there is none or the reader may not see it. What tells of work inside (version, last change) is left out.
    """

    id: int
    number: str
    subject: str
    state: CustomerState
    next: WhatNext
    is_own: bool
    follows: bool
    asked_by: str
    asset_id: int | None
    product: str
    serial: str
    site: str
    linked_to: str | None
    messages: tuple[CustomersMessage, ...]
    created_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None

    @property
    def may_add(self) -> bool:
        """Say whether words may still join this case; later they start another one."""
        return self.next.step is not NextStep.ASK_ANEW

    @property
    def may_reopen(self) -> bool:
        """Say whether the case is over and may be opened again."""
        return self.next.step in (NextStep.TELL_US_IF_NOT, NextStep.MAY_REOPEN)

    @property
    def is_open(self) -> bool:
        """Say whether the case is neither solved nor closed."""
        return self.state in (CustomerState.WORKING, CustomerState.WAITING_FOR_YOU)


async def case(number: str, *, by: Actor) -> CustomersCase:
    """Return the case with this number; raises NotFound when there is none or it is not the reader's to see."""
    following.contact_of(by)
    async with reading():
        row = await seen(number, by=by)
        about = (await rows(_ABOUT, row.id))[0]
        said = await Message.filter(case_id=row.id, public=True, kind__in=_SAID).order_by("id")
        stand = await tracking.standing(row.id)
        return CustomersCase(
            id=row.id,
            number=shown(row.prefix, row.id),
            subject=row.subject,
            state=for_customers.state_of(Category(row.status_category)),
            next=next_of(row.status_category, stand.kind, stand.due_at, row.closed_at),
            is_own=row.contact_id == by.id,
            follows=await following.follows(row, by=by),
            asked_by=about["contact_name"] or "",
            asset_id=row.asset_id,
            product=about["product"] or "",
            serial=about["serial"] or "",
            site=about["site"] or "",
            linked_to=_linked(about, by),
            messages=await _messages(said, by),
            created_at=row.created_at,
            resolved_at=row.resolved_at,
            closed_at=row.closed_at,
        )


async def steps_of(number: str, *, by: Actor) -> tuple[CustomersStep, ...]:
    """Return the dated steps of a case: received, checked, with a team, answered, solved, closed.

    Who has it and how it was escalated are left out. A case that waits for its owner is with a team all the same;
    answered is only what the customer can read; what was passed over is not named.
    """
    following.contact_of(by)
    async with reading():
        row = await seen(number, by=by)
        view = await viewing.view_of(row)
        found = [step for step in await steps.of_case(view) if step.name is not StepName.SOLUTION]
        replies = await _messages(await Message.filter(case_id=row.id, public=True, kind="reply").order_by("id"), by)
    told = [_told(step, view.created_at, replies) for step in found]
    last = max(place for place, step in enumerate(told) if step.done)
    return tuple(step for place, step in enumerate(told) if step.done or place > last)


def _told(step: Step, created_at: datetime, replies: Sequence[CustomersMessage]) -> CustomersStep:
    if step.name is StepName.COMMUNICATED:
        return CustomersStep(step.name, bool(replies), replies[-1].at if replies else None)
    done = step.state is StepState.DONE
    if step.name is StepName.ASSIGNED and not done:
        return CustomersStep(step.name, True, created_at)
    return CustomersStep(step.name, done, step.at if done else None)


async def seen(number: str, *, by: Actor) -> Case:
    """Return the row of a case the reader may see; raises NotFound."""
    row = await Case.get_or_none(id=parse(number))
    if row is None or not case_scope(by).covers(row):
        raise NotFound("There is no such case, or it is not yours to see.")
    return row


def next_of(category: str, kind: str | None, due_at: datetime, closed_at: datetime | None) -> WhatNext:
    """Return what happens next in a case whose first milestone owed is of `kind` and due at `due_at`."""
    owed = None if kind in (None, "paused") else kind
    facts = CustomerFacts(Category(category), owed, due_at if owed else None, closed_at, operator.current().reopen_days)
    return for_customers.what_next(facts, clock.now())


async def _messages(said: Sequence[Message], by: Actor) -> tuple[CustomersMessage, ...]:
    """Return what was said, without replies that were taken back or can still be."""
    ids = [each.id for each in said]
    files = await attaching.of_messages(ids)
    held = set(
        await OutgoingMail.filter(
            message_id__in=ids, state="waiting", tries=0, next_try_at__gt=clock.now()
        ).values_list("message_id", flat=True)
    )
    return tuple(
        CustomersMessage(
            id=each.id,
            at=each.created_at,
            mine=each.kind == "message" and each.contact_id == by.id,
            ours=each.kind == "reply",
            author=each.author_name or each.author_email,
            text=each.text,
            body=each.body,
            files=files.get(each.id, ()),
        )
        for each in said
        if each.id not in held and not each.details.get("undone")
    )


@dataclass(slots=True)
class _Linked:
    contact_id: int | None
    account_id: int | None
    logged_by_id: int | None


def _linked(about: dict[str, Any], by: Actor) -> str | None:
    if about["linked_id"] is None:
        return None
    other = _Linked(about["linked_contact"], about["linked_account"], about["linked_logged_by"])
    return shown(about["linked_prefix"] or "", about["linked_id"]) if case_scope(by).covers(other) else None
