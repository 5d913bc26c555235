"""The clocks of a case follow its status: they begin, stand still, go on and are met as its category changes.

Keeps on the case what lists sort by (the earliest target) and what the sweep looks for (the earliest escalation).
"""

from datetime import datetime
from typing import Any

from casedesk.cases.models import Case
from casedesk.database import rows
from casedesk.errors import NotFound
from casedesk.identity import Actor, ActorKind
from casedesk.milestones import hours as calendars
from casedesk.milestones import tracking
from casedesk.records import NEVER
from casedesk.rules import escalation
from casedesk.rules.business_hours import WorkingHours
from casedesk.rules.escalation import CaseTimes, EscalationRules
from casedesk.rules.lifecycle import FINISHED, Category, default_status
from casedesk.rules.milestones import Moment, Process, is_paused
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind


async def process_of(case: Case) -> tuple[Process | None, int]:
    """Return the entitlement process a case is served by (None without clocks) and the version it is taken from."""
    version = await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)
    return (version.compiled.get(case.process) if case.process else None), version.number


async def follow_category(case: Case, before: Category, after: Category, at: datetime) -> None:
    """Pause, go on, complete or reopen the clocks of a held case that goes from one category to another."""
    process, version = await process_of(case)
    if before in FINISHED and after not in FINISHED:
        await tracking.reopen(case.id, case.resolved_at or at, at)
        if process is not None:
            await tracking.begin(case.id, process, version, case.priority, at, Moment.REOPENED)
    if process is not None and is_paused(process, after):
        await tracking.pause(case.id, at, after.value)
    else:
        await tracking.go_on(case.id, at)
    if after in FINISHED and before not in FINISHED:
        await tracking.complete(case.id, Moment.RESOLVED, at)


async def move_to(case: Case, category: Category, now: datetime, *, name: str | None = None) -> dict[str, Any]:
    """Move the clocks of a held case into `category` and return the columns to change."""
    before = Category(case.status_category)
    status = name or default_status(category).name
    if category == before:
        return {"status": name} if name and name != case.status else {}
    await follow_category(case, before, category, now)
    to: dict[str, Any] = {"status": status, "status_category": category.value}
    if category in FINISHED:
        to["resolved_at"] = case.resolved_at or now
        to["closed_at"] = now if category == Category.CLOSED else None
    elif before in FINISHED:
        to |= {"resolved_at": None, "closed_at": None, "reopened": case.reopened + 1}
    return to


async def customer_wrote(case: Case, after: Category, at: datetime) -> None:
    """Start the next response that a customer's message calls for in a case that is in category `after` by it."""
    process, version = await process_of(case)
    if process is not None and not is_paused(process, after):
        await tracking.begin(case.id, process, version, case.priority, at, Moment.CUSTOMER_MESSAGE)


async def agent_replied(case: Case, at: datetime) -> None:
    """Meet the response that was owed."""
    await tracking.complete(case.id, Moment.AGENT_REPLY, at)


async def plan_again(case: Case, at: datetime, *, process: str | None, priority: str) -> None:
    """Plan what is still owed again, for a held case that gets another priority or process."""
    version = await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)
    await tracking.plan_again(case.id, version.compiled.get(process) if process else None, version.number, priority, at)


async def derived(case: Case, now: datetime, *, by: Actor, **changed: Any) -> dict[str, Any]:
    """Return the columns that follow from clocks, rules and who acts, for a held case with `changed` not yet set."""
    touched = {} if by.kind is ActorKind.SYSTEM else {"touched_at": now}
    changed = {**changed, **touched}
    stand = await tracking.standing(case.id)
    category = Category(changed.get("status_category", case.status_category))
    finished = category in FINISHED
    return {
        **touched,
        "is_open": not finished,
        "next_due_at": NEVER if finished else stand.due_at,
        "next_due_kind": None if finished else stand.kind,
        "next_escalation_at": await next_escalation(case, now, category=category, changed=changed),
    }


async def next_escalation(
    case: Case, now: datetime, *, category: Category, changed: dict[str, Any], after: datetime | None = None
) -> datetime:
    """Return when the escalation rules next want to look at a case, NEVER when they do not."""
    rules = await escalation_rules()
    if not rules.rules or category in FINISHED:
        return NEVER
    taken = await taken_escalations(case.id) if case.id else frozenset()
    at = escalation.next_due_at(
        rules.rules, times_of(case, category, changed), await hours_of(case), taken=taken, after=after
    )
    return at or NEVER


async def escalation_rules() -> EscalationRules:
    """Return the escalation rules in force; none when nothing was published."""
    try:
        rules: EscalationRules = (await published.current(RuleSetKind.ESCALATION.value)).compiled
    except NotFound:
        return EscalationRules(())
    return rules


async def taken_escalations(case_id: int) -> frozenset[str]:
    """Return the keys of the escalation rules that acted on a case already."""
    return frozenset(
        row["entry"] for row in await rows("SELECT entry FROM escalation_steps WHERE case_id = ?", case_id)
    )


def times_of(case: Case, category: Category, changed: dict[str, Any] | None = None) -> CaseTimes:
    """Return the instants escalation counts from; what rules did to a case does not count as a change of it."""
    changed = changed or {}
    customer = changed.get("last_customer_message_at", case.last_customer_message_at)
    replied = changed.get("last_reply_at", case.last_reply_at)
    by_hand = changed.get("touched_at", case.touched_at)
    touched = max(at for at in (case.created_at, customer, replied, by_hand) if at is not None)
    return CaseTimes(category, case.created_at, touched, customer)


async def hours_of(case: Case) -> WorkingHours | None:
    """Return the calendar of a case's process, or None when it has no clocks."""
    process, _ = await process_of(case)
    return await calendars.named(process.business_hours) if process is not None else None
