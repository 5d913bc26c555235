"""Fields of a case are edited: one event with old and new, clocks planned again when what they hang on changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casedesk import clock, permissions
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases import clocks, deciding, fields, moving, recording, viewing
from casedesk.cases.models import Case
from casedesk.cases.recording import NOTHING, Told
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.entitlements import verifying
from casedesk.errors import Invalid
from casedesk.events import EventName
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.permissions import Permission
from casedesk.rules.lifecycle import FINISHED, Act, Category
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind

_WHO = ("contact_id", "account_id", "asset_id")


async def change(number: str, *, by: Actor, values: Mapping[str, Any], if_version: int | None = None) -> CaseView:
    """Set fields of a case (those of `fields.EDITABLE`) and return it; what changes nothing leaves no trace.

    A status is a name or a category, and resolves, closes or reopens as its category says. Raises Invalid naming each
    wrong field, Stale when `if_version` is not the present version, Conflict when the state forbids it.
    """
    permissions.require_staff(by, Permission.CASE_CHANGE)
    fields.check_values(values)
    now = clock.now()
    status = fields.status_named(values["status"]) if "status" in values else None
    to = {key: _stored(value) for key, value in values.items() if key != "status"}
    async with transaction():
        case = await recording.hold_seen(number, by=by, if_version=if_version)
        reopens = Category(case.status_category) in FINISHED and status and status.category not in FINISHED
        recording.allow(case, Act.REOPEN if reopens else Act.CHANGE)
        if status and reopens:
            await moving.move(case, status, by=by, now=now)
        await _check_references(case, to)
        await apply(case, to, by=by, now=now)
        if status and not reopens:
            await moving.move(case, status, by=by, now=now)
    return await viewing.case_by_id(case.id, by=by)


async def apply(case: Case, to: Mapping[str, Any], *, by: Actor, now: datetime, told: Told = NOTHING) -> None:
    """Write checked columns of a held case with all that follows: verdict, clocks, search; in the open transaction."""
    changed = {key: value for key, value in to.items() if getattr(case, key) != value}
    if not changed:
        return
    if any(key in changed for key in _WHO):
        changed |= await _verified(case, changed, now)
    process, priority = changed.get("process", case.process), changed.get("priority", case.priority)
    if (process, priority) != (case.process, case.priority):
        await clocks.plan_again(case, now, process=process, priority=priority)
    derived = await clocks.derived(case, now, by=by, **changed)
    await recording.change(case, EventName.CASE_CHANGED, by=by, to=changed, derived=derived, told=told)
    if "subject" in changed or "description" in changed:
        await database_engine.add(Kind.CASE, case.id, f"{changed.get('subject', '')}\n{changed.get('description', '')}")


async def _check_references(case: Case, to: Mapping[str, Any]) -> None:
    if to.get("contact_id") is not None and await recognising.find_by_id(to["contact_id"]) is None:
        raise Invalid.field("contact_id", "there is no such contact")
    if to.get("account_id") is not None and await recognising.company(to["account_id"]) is None:
        raise Invalid.field("account_id", "there is no such account")
    if to.get("asset_id") is not None:
        installed = await verifying.asset(to["asset_id"])
        account_id = to.get("account_id", case.account_id)
        if installed is None or (account_id is not None and installed.account_id != account_id):
            raise Invalid.field("asset_id", "the case's account has no such asset")


async def _verified(case: Case, changed: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Decide the entitlement again for another contact, account or asset, keep the decision, return what changes.

    A contact brings their account along unless one is given; an asset of another account than the new one is let go.
    """
    contact_id = changed.get("contact_id", case.contact_id)
    person = await recognising.find_by_id(contact_id) if contact_id else None
    account_id = changed.get("account_id", case.account_id)
    company = await recognising.company(account_id) if account_id else None
    if "account_id" not in changed and "contact_id" in changed and person is not None and person.company is not None:
        company = person.company
    asset_id = changed.get("asset_id", case.asset_id)
    installed = await verifying.asset(asset_id) if asset_id else None
    if installed is not None and company is not None and installed.account_id != company.id:
        installed = None
    processes = await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)
    verdict = await verifying.verify(
        person, company, installed, now=now, processes=processes.compiled, grace_days=operator.current().grace_days
    )
    await deciding.keep(case.id, [deciding.entitlement(verdict)], now)
    await verifying.move_incident(case.entitlement_id, verdict.entitlement_id)
    return {
        "account_id": company.id if company else None,
        "asset_id": installed.id if installed else None,
        "entitlement_id": verdict.entitlement_id,
        "verdict": verdict.outcome.value,
        "level": verdict.level,
        "process": verdict.process,
    }


def _stored(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
