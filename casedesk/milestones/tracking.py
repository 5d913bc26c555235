"""Service clocks as rows: begin, complete, pause, go on, plan again; which are due; how they stand.

The arithmetic is `rules.milestones`; what a step does to its case is the case's own business. Everything here runs in
the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk.database import rows, run
from casedesk.database.inserting import as_stored, insert, insert_one, update_row
from casedesk.database.selecting import exists, first, many
from casedesk.milestones import hours as calendars
from casedesk.milestones.models import ClockPause, Milestone, MilestoneStep
from casedesk.records import NEVER
from casedesk.rules import milestones as rule
from casedesk.rules.lifecycle import Priority
from casedesk.rules.milestones import MilestoneRule, MilestoneState, Moment, Process, StepKind
from casedesk.rulesets import published

RESOLVED_SPAN = "resolved"
"""Cause of the pause that stands for the time between a resolution and a reopening."""

UNFINISHED = (MilestoneState.RUNNING.value, MilestoneState.PAUSED.value, MilestoneState.MISSED.value)
_TAKEN = "SELECT s.milestone_id, s.step FROM milestones m JOIN milestone_steps s ON s.milestone_id = m.id WHERE m.case_id = ?"
_STAND = ("state", "target_at", "next_action_at", "completed_at")
_UNFINISHED = ", ".join(f"'{state}'" for state in UNFINISHED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case's list row shows of its clocks: the earliest target still owed, NEVER when none runs."""

    due_at: datetime
    kind: str | None


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step of a milestone that is to be taken now, with the rule that says what it does."""

    milestone_id: int
    case_id: int
    name: str
    kind: str
    ruleset_version: int
    step: rule.Step
    rule: MilestoneRule | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A milestone about to begin, in the columns of its row; its case is not named yet."""

    kind: str
    name: str
    process: str
    ruleset_version: int
    hours: str
    minutes: int
    started_at: datetime
    target_at: datetime
    next_action_at: datetime


async def plan_for(process: Process, version: int, priority: str, start: datetime, moment: Moment) -> list[Planned]:
    """Return the milestones that begin at `moment`."""
    hours = await calendars.named(process.business_hours)
    planned = rule.plan(process, Priority(priority), start, hours, moment=moment)
    return [
        Planned(
            kind=each.kind.value,
            name=each.name,
            process=process.key,
            ruleset_version=version,
            hours=process.business_hours,
            minutes=each.minutes,
            started_at=start,
            target_at=each.target_at,
            next_action_at=each.next_action_at,
        )
        for each in planned
    ]


async def begin(case_id: int, process: Process, version: int, priority: str, at: datetime, moment: Moment) -> None:
    """Start the milestones that `moment` begins for a case, where one of the same name is not still owed.

    A response that is still owed starts no second one: the customer who writes twice waits for one answer.
    """
    existing = await many(Milestone, "case_id = ? ORDER BY id", case_id)
    owed = {row.kind for row in existing if row.completed_at is None and row.state in UNFINISHED}
    ran = {row.name for row in existing}
    recurring = {each.name: each.recurs for each in process.milestones}
    owes_response = bool(owed & {rule.MilestoneKind.FIRST_RESPONSE.value, rule.MilestoneKind.NEXT_RESPONSE.value})
    for row in await plan_for(process, version, priority, at, moment):
        if row.kind in owed or (row.name in ran and not recurring.get(row.name, False)):
            continue
        if row.kind == rule.MilestoneKind.NEXT_RESPONSE.value and owes_response:
            continue
        await save_new(case_id, [row])


async def complete(case_id: int, moment: Moment, at: datetime) -> None:
    """Complete the milestones that `moment` completes; their success or late violation is then due at once."""
    pauses, taken = await _pauses(case_id), await _taken(case_id)
    for row in await _owed(case_id):
        if not rule.completes(rule.MilestoneKind(row.kind), moment):
            continue
        row.completed_at = at
        await _refresh(row, pauses, at, taken)


async def pause(case_id: int, at: datetime, cause: str) -> None:
    """Stop the clocks of a case at `at` unless they stand still already."""
    if await exists(ClockPause, "case_id = ? AND ended_at IS NULL", case_id):
        return
    await insert_one(ClockPause, {"case_id": case_id, "started_at": at, "cause": cause})
    await _refresh_all(case_id, at)


async def go_on(case_id: int, at: datetime) -> None:
    """Let the clocks of a case run again from `at`; their targets move by the pause."""
    sql = "UPDATE clock_pauses SET ended_at = ? WHERE case_id = ? AND ended_at IS NULL"
    if await run(sql, as_stored(at), case_id):
        await _refresh_all(case_id, at)


async def reopen(case_id: int, resolved_at: datetime, at: datetime) -> None:
    """Let the resolution run on: the time it was resolved counts as a pause, what was missed stays missed."""
    await ClockPause.create(case_id=case_id, started_at=min(resolved_at, at), ended_at=at, cause=RESOLVED_SPAN)
    for row in await Milestone.filter(
        case_id=case_id, kind=rule.MilestoneKind.RESOLUTION.value, completed_at__not_isnull=True
    ):
        if row.state == MilestoneState.CANCELLED.value:
            continue
        row.completed_at = None
        await MilestoneStep.filter(milestone_id=row.id, step=StepKind.SUCCESS.value).delete()
        await _refresh(row, await _pauses(case_id), at, await _taken(case_id))


async def forget_pauses(case_id: int, at: datetime) -> None:
    """Undo the pause of a case that began at the very instant `at`, or let the one that ended then go on."""
    await ClockPause.filter(case_id=case_id, started_at=at, ended_at__isnull=True).delete()
    await ClockPause.filter(case_id=case_id, ended_at=at).exclude(cause=RESOLVED_SPAN).update(ended_at=None)


async def owe_again(case_id: int, at: datetime, now: datetime) -> None:
    """Undo the completions of the very instant `at`: what was met then is owed again."""
    undone = await Milestone.filter(case_id=case_id, completed_at=at).exclude(state=MilestoneState.CANCELLED.value)
    for row in undone:
        row.completed_at, row.state = None, MilestoneState.RUNNING.value
        await MilestoneStep.filter(milestone_id=row.id, step=StepKind.SUCCESS.value).delete()
        await row.save(update_fields=["completed_at", "state"])
    await _refresh_all(case_id, now)


async def plan_again(case_id: int, process: Process | None, version: int, priority: str, at: datetime) -> None:
    """Replace what is still owed by the milestones of another process or priority, counted from the same starts.

    The old rows stay, cancelled; what was completed is not touched. A violation already told is not told again: the new
    milestone inherits the steps taken.
    """
    pauses = await _pauses(case_id)
    owed = await _owed(case_id)
    for row in owed:
        row.state, row.next_action_at = MilestoneState.CANCELLED.value, NEVER
        await row.save(update_fields=["state", "next_action_at"])
    if process is None:
        return
    rules = {each.kind.value: each for each in process.milestones}
    for old in owed:
        again = rules.get(old.kind)
        minutes = again.minutes.get(Priority(priority)) if again else None
        if again is None or minutes is None:
            continue
        row = Milestone(
            case_id=case_id, kind=old.kind, name=again.name, process=process.key, ruleset_version=version,
            hours=process.business_hours, minutes=minutes, started_at=old.started_at, target_at=old.target_at,
        )  # fmt: skip
        await row.save()
        taken = await MilestoneStep.filter(milestone_id=old.id).values_list("step", flat=True)
        for step in taken:
            await MilestoneStep.create(milestone_id=row.id, step=step)
        await _refresh(row, pauses, at, await _taken(case_id))


async def standing(case_id: int) -> Standing:
    """Return the earliest target still owed; NEVER and "paused" while clocks stand still, NEVER and None without any."""
    owed = min(await _owed(case_id), key=lambda row: row.target_at, default=None)
    if owed is None:
        return Standing(NEVER, None)
    if owed.state == MilestoneState.PAUSED.value:
        return Standing(NEVER, "paused")
    return Standing(owed.target_at, owed.kind)


async def due(now: datetime, limit: int) -> list[int]:
    """Return the ids of cases with a milestone step due by `now`, the longest due first."""
    found = (
        await Milestone.filter(next_action_at__lte=now)
        .order_by("next_action_at")
        .limit(limit)
        .values_list("case_id", flat=True)
    )
    return list(dict.fromkeys(found))  # type: ignore[arg-type]


async def steps_due(case_id: int, now: datetime) -> list[DueStep]:
    """Return every step of a case's milestones that is to be taken now, in the order of time."""
    pauses, taken, found = await _pauses(case_id), await _taken(case_id), []
    for row in await many(Milestone, "case_id = ? AND next_action_at <= ? ORDER BY id", case_id, now):
        process = await published.process(row.process, row.ruleset_version)
        own = _rule_of(process, row.name)
        hours = await calendars.named(row.hours)
        for step in rule.steps_due(_facts(row, own, pauses), hours, taken.get(row.id, ()), now):
            found.append(DueStep(row.id, case_id, row.name, row.kind, row.ruleset_version, step, own))
    return sorted(found, key=lambda each: each.step.at)


async def take(step: DueStep, now: datetime) -> bool:
    """Mark a step as taken and move its milestone on; False when somebody took it before (then do nothing)."""
    row = await first(Milestone, "id = ?", step.milestone_id)
    taken = await _taken(step.case_id)
    if row is None or step.step.key in taken.get(row.id, ()):
        return False
    await insert_one(MilestoneStep, {"milestone_id": row.id, "step": step.step.key})
    taken.setdefault(row.id, set()).add(step.step.key)
    await _refresh(row, await _pauses(row.case_id), now, taken)
    return True


async def settle(case_id: int, now: datetime) -> None:
    """Set `next_action_at` of a case's milestones from their rules, so that none stays due without a step to take."""
    await _refresh_all(case_id, now)


async def pauses_of(case_id: int) -> Sequence[ClockPause]:
    """Return the pauses of a case, oldest first."""
    return await many(ClockPause, "case_id = ? ORDER BY started_at, id", case_id)


async def pauses_of_many(case_ids: Sequence[int]) -> dict[int, list[ClockPause]]:
    """Return the pauses of some cases, by case, oldest first."""
    found: dict[int, list[ClockPause]] = {}
    for row in await ClockPause.filter(case_id__in=list(case_ids)).order_by("started_at", "id"):
        found.setdefault(row.case_id, []).append(row)
    return found


async def milestones_of_many(case_ids: Sequence[int]) -> dict[int, list[Milestone]]:
    """Return all milestones of some cases, by case, cancelled ones too, in the order they were started."""
    found: dict[int, list[Milestone]] = {}
    for row in await Milestone.filter(case_id__in=list(case_ids)).order_by("id"):
        found.setdefault(row.case_id, []).append(row)
    return found


async def progress_of(
    row: Milestone, pauses: Sequence[ClockPause], now: datetime
) -> tuple[rule.Progress, tuple[datetime, ...]]:
    """Return how a milestone stands at `now` and the instants of its warnings."""
    process = await published.process(row.process, row.ruleset_version)
    own = _rule_of(process, row.name)
    hours = await calendars.named(row.hours)
    facts = _facts(row, own, [(each.started_at, each.ended_at) for each in pauses])
    before = [minutes for minutes in (own.warn_before if own else ()) if minutes < row.minutes]
    warnings = tuple(
        rule.target(rule.Milestone(row.minutes - minutes, row.started_at, pauses=facts.pauses), hours)
        for minutes in before
    )
    progress = rule.progress(facts, hours, now)
    if row.state == MilestoneState.CANCELLED.value:
        return rule.Progress(
            MilestoneState.CANCELLED, row.target_at, progress.elapsed_s, progress.remaining_s, None
        ), warnings
    return progress, warnings


async def _refresh_all(case_id: int, now: datetime) -> None:
    pauses, taken = await _pauses(case_id), await _taken(case_id)
    condition = f"case_id = ? AND (state IN ({_UNFINISHED}) OR next_action_at <= ?) ORDER BY id"
    for row in await many(Milestone, condition, case_id, now):
        if row.state != MilestoneState.CANCELLED.value:
            before = (row.state, row.target_at, row.next_action_at)
            await _set_stand(row, pauses, now, taken)
            if before != (row.state, row.target_at, row.next_action_at):
                await update_row(row, _STAND)


async def _refresh(
    row: Milestone, pauses: list[tuple[datetime, datetime | None]], now: datetime, taken: Mapping[int, set[str]]
) -> None:
    """Write state, target and next action of a row as the rules see them now; `taken` are steps by milestone."""
    await _set_stand(row, pauses, now, taken)
    await update_row(row, _STAND)


async def _set_stand(
    row: Milestone, pauses: list[tuple[datetime, datetime | None]], now: datetime, taken: Mapping[int, set[str]]
) -> None:
    process = await published.process(row.process, row.ruleset_version)
    facts = _facts(row, _rule_of(process, row.name), pauses)
    hours = await calendars.named(row.hours)
    stand = rule.progress(facts, hours, now, taken.get(row.id, ()))
    row.state, row.target_at, row.next_action_at = stand.state.value, stand.target_at, stand.next_action_at or NEVER


async def _pauses(case_id: int) -> list[tuple[datetime, datetime | None]]:
    return [(each.started_at, each.ended_at) for each in await pauses_of(case_id)]


async def _taken(case_id: int) -> dict[int, set[str]]:
    """Return the keys of the steps that were taken on a case, by milestone."""
    found: dict[int, set[str]] = {}
    for row in await rows(_TAKEN, case_id):
        found.setdefault(row["milestone_id"], set()).add(row["step"])
    return found


async def _owed(case_id: int) -> list[Milestone]:
    """Return the milestones of a case that are not completed, in the order they were started."""
    return await many(
        Milestone, f"case_id = ? AND state IN ({_UNFINISHED}) AND completed_at IS NULL ORDER BY id", case_id
    )


def _rule_of(process: Process | None, name: str) -> MilestoneRule | None:
    return next((each for each in process.milestones if each.name == name), None) if process else None


def _facts(
    row: Milestone, own: MilestoneRule | None, pauses: Sequence[tuple[datetime, datetime | None]]
) -> rule.Milestone:
    # A pause that ended before the milestone began does not concern it.
    concerned = tuple(pause for pause in pauses if pause[1] is None or pause[1] > row.started_at)
    return rule.Milestone(
        row.minutes, row.started_at, own.warn_before if own else (), concerned, completed_at=row.completed_at
    )


async def save_new(case_id: int, planned: Sequence[Planned]) -> None:
    """Save the planned milestones of a case."""
    if planned:
        await insert(Milestone, [{"case_id": case_id, **_columns(each)} for each in planned])


def _columns(planned: Planned) -> dict[str, Any]:
    return {name: getattr(planned, name) for name in Planned.__slots__}
