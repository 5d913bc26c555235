"""Fields of a case are edited: one event with old and new, clocks planned again when what they hang on changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casedesk import clock, permissions
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases import clocks, fields, recording, viewing
from casedesk.cases.deciding import entitlement_decision
from casedesk.cases.models import Case
from casedesk.cases.numbering import parse
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.entitlements import verifying
from casedesk.errors import Conflict, Invalid
from casedesk.events import EventName
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import SYSTEM, Actor
from casedesk.permissions import Permission
from casedesk.rules import lifecycle
from casedesk.rules.lifecycle import Act, Category
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.rulesets.models import Decision

_WHO = ("contact_id", "account_id", "asset_id")


async def change(number: str, *, by: Actor, values: Mapping[str, Any], if_version: int | None = None) -> CaseView:
    """Set fields of a case (those of `fields.EDITABLE`) and return it.

    A status is a name or a category, and resolves, closes or reopens as its category says. Raises Invalid naming each
    wrong field, Stale when `if_version` is not the present version, Conflict when the state forbids it.
    """
    permissions.require(by, Permission.CASE_CHANGE)
    fields.check_values(values)
    now = clock.now()
    async with transaction():
        status_only = set(values) == {"status"}
        case = await recording.hold(parse(number))
        reopens = Category(case.status_category) in lifecycle.FINISHED and _unfinished(values)
        case = await recording.hold_for(number, by=by, act=Act.REOPEN if reopens else Act.CHANGE, if_version=if_version)
        to = {key: _stored(value) for key, value in values.items() if key != "status"}
        moved = await _move(case, values["status"], now) if "status" in values else {}
        await _check_references(to)
        event = _event_of(case, moved) if status_only else EventName.CASE_CHANGED
        await apply(case, {**to, **moved}, event=event, by=by, now=now)
    return await viewing.case_by_id(case.id, by=by)


async def apply(case: Case, to: Mapping[str, Any], *, event: EventName, by: Actor, now: datetime) -> None:
    """Write checked columns of a held case with all that follows: verdict, clocks, search; in the open transaction."""
    changed = {key: value for key, value in to.items() if getattr(case, key) != value}
    if any(key in changed for key in _WHO):
        changed |= await _verified(case, changed, now)
    if "priority" in changed or "process" in changed:
        await clocks.plan_again(
            case, now, process=changed.get("process", case.process), priority=changed.get("priority", case.priority)
        )
    derived = await clocks.derived(case, now, touched_at=now if by is not SYSTEM else None, **changed)
    await recording.change(case, event, by=by, to=changed, derived=derived)
    if "subject" in changed or "description" in changed:
        await database_engine.add(Kind.CASE, case.id, f"{changed.get('subject', '')}\n{changed.get('description', '')}")


async def _move(case: Case, wished: str, now: datetime) -> dict[str, Any]:
    status = fields.status_named(wished)
    move = lifecycle.move(
        Category(case.status_category), status.category, now=now, closed_at=case.closed_at,
        reopen_days=operator.current().reopen_days,
    )  # fmt: skip
    if not move.allowed:
        raise Conflict(_REFUSED[move.reason])
    return await clocks.move_to(case, status.category, now, name=status.name)


_REFUSED = {
    lifecycle.MoveReason.NEVER_NEW_AGAIN: "A case that was taken up cannot be new again.",
    lifecycle.MoveReason.CLOSED_CASES_ONLY_REOPEN: "A closed case can only be reopened.",
    lifecycle.MoveReason.REOPEN_WINDOW_OVER: "This case was closed too long ago to be reopened; log a follow-up case.",
}


def _event_of(case: Case, moved: Mapping[str, Any]) -> EventName:
    before, after = Category(case.status_category), Category(moved.get("status_category", case.status_category))
    if after == before:
        return EventName.CASE_CHANGED
    if after == Category.RESOLVED:
        return EventName.CASE_RESOLVED
    if after == Category.CLOSED:
        return EventName.CASE_CLOSED
    return EventName.CASE_REOPENED if before in lifecycle.FINISHED else EventName.CASE_CHANGED


def _unfinished(values: Mapping[str, Any]) -> bool:
    return "status" in values and fields.status_named(values["status"]).category not in lifecycle.FINISHED


async def _check_references(to: Mapping[str, Any]) -> None:
    if to.get("contact_id") is not None and await recognising.find_by_id(to["contact_id"]) is None:
        raise Invalid.field("contact_id", "there is no such contact")
    if to.get("account_id") is not None and await recognising.company(to["account_id"]) is None:
        raise Invalid.field("account_id", "there is no such account")
    if to.get("asset_id") is not None and await verifying.asset(to["asset_id"]) is None:
        raise Invalid.field("asset_id", "there is no such asset")


async def _verified(case: Case, changed: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Decide the entitlement again for another contact, account or asset, keep the decision, return what changes."""
    contact_id = changed.get("contact_id", case.contact_id)
    account_id = changed.get("account_id", case.account_id)
    asset_id = changed.get("asset_id", case.asset_id)
    person = await recognising.find_by_id(contact_id) if contact_id else None
    company = await recognising.company(account_id) if account_id else person.company if person else None
    installed = await verifying.asset(asset_id) if asset_id else None
    processes = await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)
    verdict = await verifying.verify(
        person, company, installed, now=now, processes=processes.compiled, grace_days=operator.current().grace_days
    )
    await Decision.bulk_create([entitlement_decision(case.id, verdict, now)])
    if verdict.entitlement_id != case.entitlement_id:
        if case.entitlement_id is not None:
            await verifying.count_incident(case.entitlement_id, -1)
        if verdict.entitlement_id is not None:
            await verifying.count_incident(verdict.entitlement_id)
    return {
        "account_id": company.id if company else None,
        "entitlement_id": verdict.entitlement_id,
        "verdict": verdict.outcome.value,
        "level": verdict.level,
        "process": verdict.process,
    }


def _stored(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
