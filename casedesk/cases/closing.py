"""A case ends: resolved (clocks met, survey after the undo time), closed by hand or by itself, opened again."""

from datetime import timedelta
from typing import Any

from casedesk import clock, permissions
from casedesk import settings as operator
from casedesk.cases import moving, recording, viewing
from casedesk.cases.models import Case
from casedesk.cases.recording import NOTHING, Told
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.identity import SYSTEM, Actor
from casedesk.permissions import Permission
from casedesk.rules.lifecycle import Act, Category, default_status


async def resolve(number: str, *, by: Actor, resolution: str = "", solution_id: int | None = None) -> CaseView:
    """Resolve a case: its clocks are met and the survey is due; `resolution` is for colleagues."""
    done = await resolve_unseen(number, by=by, resolution=resolution, solution_id=solution_id)
    return await viewing.case_by_id(done, by=by)


async def resolve_unseen(number: str, *, by: Actor, resolution: str = "", solution_id: int | None = None) -> int:
    """Do `resolve` without looking at the case afterwards: its id, for many acts in a row."""
    permissions.require_staff(by, Permission.CASE_CLOSE)
    async with transaction():
        case = await recording.hold_for(number, by=by, act=Act.RESOLVE)
        await _end(case, Category.RESOLVED, by, resolution, solution_id)
    return int(case.id)


async def close(number: str, *, by: Actor, resolution: str = "", solution_id: int | None = None) -> CaseView:
    """Close a case; an unresolved one passes through resolved, so that its clocks are met and one survey goes out."""
    permissions.require_staff(by, Permission.CASE_CLOSE)
    async with transaction():
        case = await recording.hold_for(number, by=by, act=Act.CLOSE)
        await _end(case, Category.CLOSED, by, resolution, solution_id)
    return await viewing.case_by_id(case.id, by=by)


async def reopen(number: str, *, by: Actor, reason: str = "") -> CaseView:
    """Open a resolved or closed case again; raises Conflict when it was closed longer ago than the window."""
    permissions.require_staff(by, Permission.CASE_CLOSE)
    async with transaction():
        case = await recording.hold_for(number, by=by, act=Act.REOPEN)
        told = Told(content={"reason": reason.strip()}) if reason.strip() else NOTHING
        await moving.move(case, default_status(Category.OPEN), by=by, now=clock.now(), told=told)
    return await viewing.case_by_id(case.id, by=by)


async def close_old(limit: int = 200) -> int:
    """Close cases that have been resolved for longer than the setting says; return how many (the worker's sweep)."""
    before = clock.now() - timedelta(days=operator.current().close_after_days)
    ids: Any = (
        await Case.filter(status_category=Category.RESOLVED.value, resolved_at__lte=before)
        .order_by("resolved_at")
        .limit(limit)
        .values_list("id", flat=True)
    )
    for case_id in ids:
        await close_if_old(case_id)
    return len(ids)


async def close_if_old(case_id: int) -> None:
    """Close one case if it has been resolved for longer than the setting says."""
    before = clock.now() - timedelta(days=operator.current().close_after_days)
    async with transaction():
        case = await recording.hold(case_id)
        if case.status_category == Category.RESOLVED.value and case.resolved_at and case.resolved_at <= before:
            await _end(case, Category.CLOSED, SYSTEM, "", None)


async def _end(case: Case, category: Category, by: Actor, resolution: str, solution_id: int | None) -> None:
    also = {"resolution": resolution.strip()} if resolution.strip() else {}
    told = Told(data={"solution": solution_id}) if solution_id is not None else NOTHING
    await moving.move(case, default_status(category), by=by, now=clock.now(), also=also, told=told)
