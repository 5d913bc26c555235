"""The clock sweep: steps of milestones that are due (warning, violation, success) are taken, each exactly once.

A step is a unique row written in the transaction of what it does: a crash before the commit leaves it due, after it
done, and a second worker finds the row. What piled up while the desk was down is taken in order, a batch at a time.
"""

from casedesk import clock
from casedesk.cases import clocks, deciding, recording
from casedesk.cases.actions import Cause, carry_out
from casedesk.cases.deciding import Taken
from casedesk.cases.models import Case
from casedesk.cases.recording import Told
from casedesk.database import transaction
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.language import marked
from casedesk.milestones import tracking
from casedesk.milestones.tracking import DueStep
from casedesk.rules.actions import Action
from casedesk.rules.milestones import StepKind

_EVENTS = {
    StepKind.WARNING: EventName.MILESTONE_WARNED,
    StepKind.VIOLATION: EventName.MILESTONE_MISSED,
    StepKind.SUCCESS: EventName.MILESTONE_MET,
}


async def sweep(limit: int = 200) -> int:
    """Take the steps due now, a transaction a case; return how many cases had any."""
    due = await tracking.due(clock.now(), limit)
    for case_id in due:
        await take_steps(case_id)
    return len(due)


async def take_steps(case_id: int) -> None:
    """Take the steps of one case that are due now, in a transaction."""
    async with transaction():
        await _take_steps(await recording.hold(case_id))


async def _take_steps(case: Case) -> None:
    now = clock.now()
    for step in await tracking.steps_due(case.id, now):
        if await tracking.take(step, now):
            await _tell(case, step)
            await carry_out(
                case, _actions(step), Cause("milestone", step.name, f"{step.milestone_id}:{step.step.key}"), now=now
            )
    await tracking.settle(case.id, now)


async def _tell(case: Case, step: DueStep) -> None:
    at, now = step.step.at, clock.now()
    detail = {
        "step": step.step.key, "name": step.name, "kind": step.kind, "at": at.isoformat(),
        "sentence": _SENTENCES[step.step.kind], "figures": _figures(step),
    }  # fmt: skip
    taken = Taken("milestone", step.step.kind.value, step.ruleset_version, detail)
    await deciding.keep(case.id, [taken], now)
    told = Told({"milestone": step.milestone_id, "step": step.step.key, "kind": step.kind, "at": at.isoformat()})
    derived = await clocks.derived(case, now, by=SYSTEM)
    await recording.change(case, _EVENTS[step.step.kind], by=SYSTEM, to={}, derived=derived, told=told)


def _actions(step: DueStep) -> tuple[Action, ...]:
    if step.rule is None:
        return ()
    return {
        StepKind.WARNING: step.rule.on_warning,
        StepKind.VIOLATION: step.rule.on_violation,
        StepKind.SUCCESS: step.rule.on_success,
    }[step.step.kind]


_SENTENCES = {
    StepKind.WARNING: marked("%(name)s: %(minutes)s open minutes are left."),
    StepKind.VIOLATION: marked("%(name)s was due and is missed."),
    StepKind.SUCCESS: marked("%(name)s is met."),
}


def _figures(step: DueStep) -> dict[str, str]:
    return {"name": step.name, "minutes": step.step.key.partition(":")[2]}
