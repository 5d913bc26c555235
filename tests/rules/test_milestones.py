"""Service clocks: what begins, when it is due, how it stands, which steps are taken when, each once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casedesk.rules.actions import Notify, RaiseLevel
from casedesk.rules.business_hours import Pause, working_hours
from casedesk.rules.lifecycle import Category, Priority
from casedesk.rules.milestones import (
    Milestone,
    MilestoneKind,
    MilestoneRule,
    MilestoneState,
    Moment,
    PlannedMilestone,
    Process,
    Progress,
    Step,
    StepKind,
    begins,
    completes,
    is_paused,
    next_action_at,
    plan,
    progress,
    steps_due,
    target,
)

OFFICE = working_hours({"tz": "UTC", "week": {str(day): [["09:00", "17:00"]] for day in range(5)}})
FIRST = MilestoneRule(
    MilestoneKind.FIRST_RESPONSE,
    "First response",
    {Priority.URGENT: 10, Priority.NORMAL: 120},
    warn_before=(60, 15),
    on_warning=(Notify(("lena@halden.example",)),),
    on_violation=(RaiseLevel(),),
)
NEXT = MilestoneRule(MilestoneKind.NEXT_RESPONSE, "Next response", {Priority.NORMAL: 240}, recurs=True)
RESOLUTION = MilestoneRule(MilestoneKind.RESOLUTION, "Resolution", {Priority.URGENT: 60, Priority.NORMAL: 480})
PROCESS = Process(
    "standard", "Standard", "office", frozenset({Category.WAITING_ON_CUSTOMER}), (FIRST, NEXT, RESOLUTION)
)


def monday(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-02T{clock}").replace(tzinfo=UTC)


def tuesday(clock: str) -> datetime:
    return monday(clock) + timedelta(days=1)


def two_hours(**changes: object) -> Milestone:
    return Milestone(**{"minutes": 120, "started_at": monday("10:00"), "warn_before": (60, 15), **changes})  # type: ignore[arg-type]


def warning(before: int, at: datetime) -> Step:
    return Step(at, StepKind.WARNING, f"warning:{before}")


def violation(at: datetime) -> Step:
    return Step(at, StepKind.VIOLATION, "violation")


def test_a_new_case_gets_its_first_response_and_its_resolution() -> None:
    assert plan(PROCESS, Priority.NORMAL, monday("15:30"), OFFICE) == (
        PlannedMilestone(
            0,
            MilestoneKind.FIRST_RESPONSE,
            "First response",
            120,
            tuesday("09:30"),
            (warning(60, monday("16:30")), warning(15, tuesday("09:15")), violation(tuesday("09:30"))),
        ),
        PlannedMilestone(
            2, MilestoneKind.RESOLUTION, "Resolution", 480, tuesday("15:30"), (violation(tuesday("15:30")),)
        ),
    )


def test_a_warning_that_would_precede_the_start_is_none() -> None:
    urgent = plan(PROCESS, Priority.URGENT, monday("10:00"), OFFICE)

    assert urgent[0].steps == (violation(monday("10:10")),)
    assert urgent[0].next_action_at == monday("10:10")


def test_a_priority_without_minutes_has_no_clock() -> None:
    assert plan(PROCESS, Priority.LOW, monday("10:00"), OFFICE) == ()


def test_a_customer_message_begins_the_next_response() -> None:
    planned = plan(PROCESS, Priority.NORMAL, monday("10:00"), OFFICE, moment=Moment.CUSTOMER_MESSAGE)

    assert [(milestone.name, milestone.target_at) for milestone in planned] == [("Next response", monday("14:00"))]


@pytest.mark.parametrize(
    ("rule", "moment", "ran_before", "expected"),
    [
        pytest.param(FIRST, Moment.CREATED, False, True, id="a first response begins with the case"),
        pytest.param(FIRST, Moment.CUSTOMER_MESSAGE, False, False, id="a first response begins with no other message"),
        pytest.param(NEXT, Moment.CUSTOMER_MESSAGE, True, True, id="a next response begins again with each message"),
        pytest.param(RESOLUTION, Moment.REOPENED, True, False, id="a resolution that does not recur is promised once"),
        pytest.param(RESOLUTION, Moment.REOPENED, False, True, id="a resolution never promised begins on reopening"),
        pytest.param(NEXT, Moment.RESOLVED, False, False, id="resolving begins nothing"),
    ],
)
def test_what_begins(rule: MilestoneRule, moment: Moment, ran_before: bool, expected: bool) -> None:
    assert begins(rule, moment, ran_before=ran_before) is expected


def test_what_completes() -> None:
    completed = {moment: {kind for kind in MilestoneKind if completes(kind, moment)} for moment in Moment}

    assert completed == {
        Moment.CREATED: set(),
        Moment.CUSTOMER_MESSAGE: set(),
        Moment.AGENT_REPLY: {MilestoneKind.FIRST_RESPONSE, MilestoneKind.NEXT_RESPONSE},
        Moment.RESOLVED: set(MilestoneKind),
        Moment.REOPENED: set(),
    }


def test_clocks_stand_still_in_the_categories_of_the_process() -> None:
    assert [category for category in Category if is_paused(PROCESS, category)] == [Category.WAITING_ON_CUSTOMER]


WAIT = ((monday("10:30"), monday("11:00")),)
STILL_WAITING: tuple[Pause, ...] = ((monday("10:30"), None),)


@pytest.mark.parametrize(
    ("milestone", "now", "expected"),
    [
        pytest.param(
            two_hours(),
            monday("10:30"),
            Progress(MilestoneState.RUNNING, monday("12:00"), 1800, 5400, monday("11:00")),
            id="half an hour in, an hour and a half is left",
        ),
        pytest.param(
            two_hours(pauses=WAIT),
            monday("11:30"),
            Progress(MilestoneState.RUNNING, monday("12:30"), 3600, 3600, monday("11:30")),
            id="half an hour of waiting puts everything off by half an hour",
        ),
        pytest.param(
            two_hours(pauses=STILL_WAITING),
            monday("16:00"),
            Progress(MilestoneState.PAUSED, monday("12:00"), 1800, 5400, None),
            id="while waiting nothing counts and nothing is due",
        ),
        pytest.param(
            two_hours(),
            monday("12:00"),
            Progress(MilestoneState.MISSED, monday("12:00"), 7200, 0, monday("11:00")),
            id="at the target it is missed",
        ),
        pytest.param(
            two_hours(),
            monday("13:00"),
            Progress(MilestoneState.MISSED, monday("12:00"), 10800, -3600, monday("11:00")),
            id="an hour late, an hour is owed",
        ),
        pytest.param(
            two_hours(pauses=((monday("12:30"), None),)),
            monday("13:00"),
            Progress(MilestoneState.MISSED, monday("12:00"), 9000, -1800, monday("11:00")),
            id="waiting after the target helps nothing",
        ),
        pytest.param(
            two_hours(completed_at=monday("11:59")),
            monday("16:00"),
            Progress(MilestoneState.MET, monday("12:00"), 7140, 60, monday("11:59")),
            id="answered in time it is met",
        ),
        pytest.param(
            two_hours(completed_at=monday("12:00")),
            monday("16:00"),
            Progress(MilestoneState.MET, monday("12:00"), 7200, 0, monday("12:00")),
            id="answered on the last second it is met",
        ),
        pytest.param(
            two_hours(completed_at=monday("12:30")),
            monday("16:00"),
            Progress(MilestoneState.MISSED, monday("12:00"), 9000, -1800, monday("12:00")),
            id="answered late it stays missed",
        ),
        pytest.param(
            two_hours(cancelled_at=monday("11:00")),
            monday("16:00"),
            Progress(MilestoneState.CANCELLED, monday("12:00"), 3600, 3600, None),
            id="cancelled it counts no more",
        ),
        pytest.param(
            two_hours(started_at=monday("16:00")),
            tuesday("08:00"),
            Progress(MilestoneState.RUNNING, tuesday("10:00"), 3600, 3600, monday("17:00")),
            id="the night does not count",
        ),
    ],
)
def test_how_a_milestone_stands(milestone: Milestone, now: datetime, expected: Progress) -> None:
    assert progress(milestone, OFFICE, now) == expected


FIRST_WARNING, SECOND_WARNING = warning(60, monday("11:00")), warning(15, monday("11:45"))
TOO_LATE = violation(monday("12:00"))


@pytest.mark.parametrize(
    ("milestone", "taken", "now", "due"),
    [
        pytest.param(two_hours(), [], monday("10:59"), [], id="before the first warning nothing is due"),
        pytest.param(
            two_hours(), [], monday("11:00"), [FIRST_WARNING], id="an hour before the target the first warning is due"
        ),
        pytest.param(two_hours(), ["warning:60"], monday("11:30"), [], id="a warning is given once"),
        pytest.param(two_hours(), ["warning:60"], monday("11:45"), [SECOND_WARNING], id="the second warning follows"),
        pytest.param(
            two_hours(), ["warning:60", "warning:15"], monday("12:00"), [TOO_LATE], id="at the target it is violated"
        ),
        pytest.param(
            two_hours(),
            [],
            monday("16:00"),
            [FIRST_WARNING, SECOND_WARNING, TOO_LATE],
            id="after a stop of the desk every step is made up for, in order",
        ),
        pytest.param(
            two_hours(), ["warning:60", "warning:15", "violation"], monday("16:00"), [], id="a violation is told once"
        ),
        pytest.param(two_hours(pauses=STILL_WAITING), [], monday("16:00"), [], id="while waiting nothing is due"),
        pytest.param(
            two_hours(pauses=WAIT),
            [],
            monday("11:30"),
            [warning(60, monday("11:30"))],
            id="a pause puts warnings off too",
        ),
        pytest.param(
            two_hours(pauses=((monday("12:30"), None),)),
            ["warning:60", "warning:15"],
            monday("16:00"),
            [TOO_LATE],
            id="a violation before the wait is told during it",
        ),
        pytest.param(
            two_hours(completed_at=monday("11:30")),
            [],
            monday("11:30"),
            [Step(monday("11:30"), StepKind.SUCCESS, "success")],
            id="an answer in time is a success, and no warning comes after it",
        ),
        pytest.param(
            two_hours(completed_at=monday("11:30")), ["success"], monday("16:00"), [], id="a success is told once"
        ),
        pytest.param(
            two_hours(completed_at=monday("12:30")),
            [],
            monday("12:31"),
            [TOO_LATE],
            id="a late answer still owes its violation",
        ),
        pytest.param(
            two_hours(cancelled_at=monday("11:30")), [], monday("16:00"), [], id="a cancelled milestone does nothing"
        ),
    ],
)
def test_the_steps_due(milestone: Milestone, taken: list[str], now: datetime, due: list[Step]) -> None:
    assert list(steps_due(milestone, OFFICE, taken, now)) == due


@pytest.mark.parametrize(
    ("milestone", "taken", "at"),
    [
        pytest.param(two_hours(), [], monday("11:00"), id="the first warning"),
        pytest.param(two_hours(), ["warning:60"], monday("11:45"), id="the second warning"),
        pytest.param(two_hours(), ["warning:60", "warning:15"], monday("12:00"), id="the violation"),
        pytest.param(two_hours(), ["warning:60", "warning:15", "violation"], None, id="nothing more"),
        pytest.param(two_hours(pauses=STILL_WAITING), [], None, id="nothing while waiting"),
        pytest.param(two_hours(completed_at=monday("11:30")), ["warning:60"], monday("11:30"), id="the success"),
    ],
)
def test_the_instant_the_sweep_looks_for(milestone: Milestone, taken: list[str], at: datetime | None) -> None:
    assert next_action_at(milestone, OFFICE, taken) == at


def test_an_end_of_the_pause_moves_the_target() -> None:
    waiting, over = two_hours(pauses=STILL_WAITING), two_hours(pauses=((monday("10:30"), tuesday("09:00")),))

    assert [target(waiting, OFFICE), target(over, OFFICE)] == [monday("12:00"), tuesday("10:30")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 300), max_size=12),
    st.lists(st.integers(0, 180), max_size=6, unique=True),
    st.none() | st.integers(0, 2_000),
)
def test_however_the_sweep_is_late_every_step_is_taken_once(
    gaps: list[int], warn_before: list[int], completed_after: int | None
) -> None:
    milestone = two_hours(
        warn_before=tuple(warn_before),
        completed_at=None if completed_after is None else monday("10:00") + timedelta(minutes=completed_after),
    )
    expected = [step.key for step in steps_due(milestone, OFFICE, (), monday("10:00") + timedelta(days=30))]
    taken: list[str] = []
    now = monday("10:00")
    for gap in [*gaps, 30 * 24 * 60]:
        now += timedelta(minutes=gap)
        following = next_action_at(milestone, OFFICE, taken)
        due = steps_due(milestone, OFFICE, taken, now)
        assert bool(due) == (following is not None and following <= now)
        taken += [step.key for step in due]

    assert taken == expected
