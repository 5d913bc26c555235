"""Business time: one row per sentence of the promise, and the slow way of counting as the judge."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casedesk.rules.business_hours import (
    BusinessTimeError,
    InvalidHours,
    NeverOpen,
    WorkingHours,
    add_working_time,
    is_ever_open,
    is_open,
    next_opening,
    working_hours,
    working_seconds_between,
)
from tests.rules import naive_clock

OFFICE = {str(day): [["09:00", "17:00"]] for day in range(5)}
ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}
NIGHTS = {str(day): [["22:00", "24:00"], ["00:00", "06:00"]] for day in range(7)}


def hours(zone: str = "UTC", week: dict[str, Any] | None = None, holidays: tuple[str, ...] = ()) -> WorkingHours:
    return working_hours({"tz": zone, "week": OFFICE if week is None else week, "holidays": list(holidays)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "calendar", "due"),
    [
        pytest.param("2026-11-02T10:00", 60, hours(), "2026-11-02T11:00", id="an hour within the day is an hour"),
        pytest.param("2026-11-02T10:00", 0, hours(), "2026-11-02T10:00", id="no minutes are due at once"),
        pytest.param(
            "2026-11-01T10:00", 0, hours(), "2026-11-01T10:00", id="no minutes are due at once, also on a Sunday"
        ),
        pytest.param(
            "2026-11-02T16:30", 60, hours(), "2026-11-03T09:30", id="what is left at closing goes on next morning"
        ),
        pytest.param(
            "2026-11-02T16:00", 60, hours(), "2026-11-02T17:00", id="a deadline on closing time is closing time"
        ),
        pytest.param("2026-11-06T16:30", 60, hours(), "2026-11-09T09:30", id="a weekend does not count"),
        pytest.param(
            "2026-11-07T03:00", 60, hours(), "2026-11-09T10:00", id="a mail of Saturday counts from Monday morning"
        ),
        pytest.param(
            "2026-12-24T16:30", 60, hours(holidays=("2026-12-25",)), "2026-12-28T09:30", id="a holiday is closed"
        ),
        pytest.param(
            "2026-11-02T08:00",
            60,
            hours(week={"0": [["13:00", "14:00"], ["09:00", "09:30"]]}),
            "2026-11-02T13:30",
            id="intervals of a day may come in any order",
        ),
        pytest.param(
            "2026-11-02T08:00",
            60,
            hours(week={"0": [["09:00", "10:00"], ["09:30", "09:45"]]}),
            "2026-11-02T10:00",
            id="overlapping intervals count once",
        ),
        pytest.param(
            "2026-11-02T23:00", 90, hours(week=NIGHTS), "2026-11-03T00:30", id="a night shift runs over midnight"
        ),
        pytest.param(
            "2026-03-29T00:00",
            120,
            hours("Europe/Paris", ALWAYS),
            "2026-03-29T02:00",
            id="a skipped hour of day and night takes no time away",
        ),
        pytest.param(
            "2026-03-29T00:30",
            60,
            hours("Europe/Paris", {"6": [["01:00", "04:00"]]}),
            "2026-03-29T01:30",
            id="the hour that a wall clock skips does not count",
        ),
        pytest.param(
            "2026-10-25T00:00",
            120,
            hours("Europe/Paris", {"6": [["02:00", "04:00"]]}),
            "2026-10-25T02:00",
            id="the hour that a wall clock shows twice counts twice",
        ),
        pytest.param(
            "2026-04-04T14:30",
            60,
            hours("Australia/Lord_Howe", {"6": [["01:00", "03:00"]]}),
            "2026-04-04T15:30",
            id="half an hour shown twice on Lord Howe counts twice",
        ),
        pytest.param(
            "2011-12-29T00:00",
            60,
            hours("Pacific/Apia", {"4": [["00:00", "24:00"]]}),
            "2012-01-05T11:00",
            id="the Friday that Samoa skipped does not count",
        ),
        pytest.param("2028-02-28T16:30", 60, hours(), "2028-02-29T09:30", id="a leap day is a day"),
    ],
)
def test_a_deadline(start: str, minutes: int, calendar: WorkingHours, due: str) -> None:
    assert add_working_time(at(start), minutes, calendar) == at(due)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        pytest.param([], "2026-11-02T11:00", id="without a pause"),
        pytest.param(
            [("10:15", "10:45")], "2026-11-02T11:30", id="half an hour's wait puts the deadline off by half an hour"
        ),
        pytest.param([("08:00", "10:30")], "2026-11-02T11:30", id="only what is paused after the start counts"),
        pytest.param([("10:15", "10:45"), ("10:30", "11:00")], "2026-11-02T11:45", id="pauses that overlap count once"),
        pytest.param([("10:45", "10:50"), ("10:15", "10:20")], "2026-11-02T11:10", id="pauses may come in any order"),
        pytest.param([("10:30", "10:20")], "2026-11-02T11:00", id="a pause that ends before it begins is none"),
        pytest.param([("16:00", "23:00")], "2026-11-02T11:00", id="a pause after the deadline changes nothing"),
        pytest.param([("10:30", "18:00")], "2026-11-03T09:30", id="a pause over closing time goes on next morning"),
        pytest.param([("11:00", None)], "2026-11-02T11:00", id="a pause that begins at the deadline comes too late"),
    ],
)
def test_a_deadline_with_pauses(pauses: list[tuple[str, str | None]], due: str) -> None:
    spans = [(at(f"2026-11-02T{a}"), at(f"2026-11-02T{b}") if b else None) for a, b in pauses]

    assert add_working_time(at("2026-11-02T10:00"), 60, hours(), spans) == at(due)


def test_seconds_and_microseconds_are_kept() -> None:
    start = datetime(2026, 11, 2, 16, 59, 30, 250_000, tzinfo=UTC)

    assert add_working_time(start, 1, hours()) == datetime(2026, 11, 3, 9, 0, 30, 250_000, tzinfo=UTC)


def test_seconds_between_count_open_time_only() -> None:
    start, until = at("2026-11-06T16:00"), at("2026-11-09T10:00") + timedelta(seconds=7)
    pauses = [(at("2026-11-06T16:30"), at("2026-11-06T16:40")), (at("2026-11-09T09:59"), None)]

    assert working_seconds_between(start, until, hours(), pauses) == (50 + 59) * 60


def test_no_seconds_lie_between_an_instant_and_an_earlier_one() -> None:
    assert working_seconds_between(at("2026-11-02T12:00"), at("2026-11-02T10:00"), hours()) == 0


def test_a_desk_is_open_from_opening_until_just_before_closing() -> None:
    instants = ["2026-11-02T08:59", "2026-11-02T09:00", "2026-11-02T16:59", "2026-11-02T17:00", "2026-11-07T12:00"]

    assert [is_open(at(instant), hours()) for instant in instants] == [False, True, True, False, False]


def test_the_next_opening_is_now_while_open_and_else_the_next_morning_of_work() -> None:
    assert next_opening(at("2026-11-06T12:00"), hours("Europe/Paris")) == at("2026-11-06T12:00")
    assert next_opening(at("2026-11-06T16:00"), hours("Europe/Paris")) == at("2026-11-09T08:00")


def test_a_calendar_without_hours_never_opens() -> None:
    closed = hours(week={"0": []})

    assert not is_ever_open(closed)
    assert working_seconds_between(at("2026-11-02T00:00"), at("2026-11-09T00:00"), closed) == 0
    with pytest.raises(NeverOpen, match="no open minute for 366 days"):
        add_working_time(at("2026-11-02T10:00"), 1, closed)
    with pytest.raises(NeverOpen):
        next_opening(at("2026-11-02T10:00"), closed)


def test_a_pause_without_an_end_stops_the_clock_for_good() -> None:
    with pytest.raises(NeverOpen, match="has not ended"):
        add_working_time(at("2026-11-02T10:00"), 60, hours(), [(at("2026-11-02T10:30"), None)])


def test_what_lies_beyond_forty_years_is_refused() -> None:
    a_minute_a_week = hours(week={"2": [["09:00", "09:01"]]})

    with pytest.raises(NeverOpen, match="40 years"):
        add_working_time(at("2026-11-02T10:00"), 5_000, a_minute_a_week)
    with pytest.raises(BusinessTimeError):
        working_seconds_between(at("2026-01-01T00:00"), at("2126-01-01T00:00"), hours())
    with pytest.raises(BusinessTimeError):
        is_open(datetime(9999, 12, 31, tzinfo=UTC), hours())


def test_negative_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_time(at("2026-11-02T10:00"), -1, hours())


def test_the_days_worked_out_before_take_no_part_in_comparing_calendars() -> None:
    used, fresh = hours(), hours()

    add_working_time(at("2026-11-02T10:00"), 600, used)

    assert used == fresh
    assert hash(used) == hash(fresh)


@pytest.mark.parametrize(
    ("document", "place", "words"),
    [
        pytest.param({"week": OFFICE}, "tz", "is not a time zone", id="a calendar needs a zone"),
        pytest.param({"tz": "Mars/Olympus", "week": {}}, "tz", "is not a time zone", id="the zone must exist"),
        pytest.param({"tz": "../etc/passwd", "week": {}}, "tz", "is not a time zone", id="a path is no zone"),
        pytest.param({"tz": "Europe", "week": {}}, "tz", "is not a time zone", id="a continent is no zone"),
        pytest.param({"tz": "UTC", "week": []}, "week", "must map weekdays", id="the week is by weekday"),
        pytest.param({"tz": "UTC", "week": {"7": []}}, "week.7", "0 \\(Monday\\) to 6", id="there is no eighth day"),
        pytest.param({"tz": "UTC", "week": {"0": "09:00"}}, "week.0", "must be a list", id="a day is a list"),
        pytest.param({"tz": "UTC", "week": {"0": [["09:00"]]}}, "week.0[0]", "a pair of times", id="hours are pairs"),
        pytest.param(
            {"tz": "UTC", "week": {"0": [["9:00", "17:00"]]}},
            "week.0[0]",
            "is not a time",
            id="times have two digits each",
        ),
        pytest.param(
            {"tz": "UTC", "week": {"0": [["09:00", "24:01"]]}}, "week.0[0]", "is not a time", id="a day ends at 24:00"
        ),
        pytest.param(
            {"tz": "UTC", "week": {"0": [["09:60", "17:00"]]}},
            "week.0[0]",
            "is not a time",
            id="an hour has 60 minutes",
        ),
        pytest.param(
            {"tz": "UTC", "week": {"0": [["22:00", "06:00"]]}},
            "week.0[0]",
            "split hours over midnight",
            id="hours over midnight are two",
        ),
        pytest.param(
            {"tz": "UTC", "week": {}, "holidays": ["25.12.2026"]},
            "holidays[0]",
            "is not a date",
            id="holidays are ISO dates",
        ),
        pytest.param(
            {"tz": "UTC", "week": {}, "holidays": "2026-12-25"}, "holidays", "must be a list", id="holidays are a list"
        ),
    ],
)
def test_a_calendar_that_cannot_be_used_names_the_place(document: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(InvalidHours, match=words) as refusal:
        working_hours(document)

    assert refusal.value.place == place


def test_a_calendar_is_read_with_its_other_keys_left_alone() -> None:
    document = {
        "id": 1,
        "key": "x",
        "name": "X",
        "tz": "UTC",
        "week": {"6": [["00:00", "24:00"]]},
        "holidays": ["2026-12-25"],
    }

    week = ((), (), (), (), (), (), ((0, 1440),))
    assert working_hours(document) == WorkingHours("UTC", week, frozenset({date(2026, 12, 25)}))


ZONES = [
    "UTC",
    "Europe/Paris",
    "Europe/Dublin",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Sao_Paulo",
]
STARTS = [
    "2026-03-28T20:00",
    "2026-10-24T20:00",
    "2026-03-07T20:00",
    "2026-10-31T23:00",
    "2026-04-04T10:00",
    "2026-10-03T10:00",
    "2011-12-29T00:00",
    "2028-02-28T12:00",
    "2026-02-14T12:00",
    "2026-12-31T12:00",
]
times = st.lists(st.integers(0, 1440), min_size=2, max_size=6).map(sorted)
week_days = times.map(lambda cuts: tuple((a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b))
weeks = st.lists(week_days | st.just(((0, 1440),)), min_size=7, max_size=7).map(tuple)
starts = st.tuples(st.sampled_from(STARTS), st.integers(0, 2_000)).map(
    lambda pair: at(pair[0]) + timedelta(minutes=pair[1])
)
stretches = st.lists(st.tuples(st.integers(-600, 4_000), st.none() | st.integers(0, 3_000)), max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), weeks, starts, st.integers(0, 2_400), stretches, st.integers(0, 6))
@example("Europe/Paris", (((0, 1440),),) * 7, at("2026-10-24T23:30"), 600, [(30, 90), (60, None)], 2)
def test_counting_agrees_with_looking_at_the_clock_every_minute(
    zone: str,
    week: tuple[tuple[tuple[int, int], ...], ...],
    start: datetime,
    minutes: int,
    stretches: list[tuple[int, int | None]],
    holiday: int,
) -> None:
    calendar = WorkingHours(zone, week, frozenset({start.date() + timedelta(days=holiday)}))
    pauses = [
        (start + timedelta(minutes=a), None if length is None else start + timedelta(minutes=a + length))
        for a, length in stretches
    ]
    until = start + timedelta(days=9)
    try:
        due = add_working_time(start, minutes, calendar, pauses)
    except NeverOpen:
        due = None

    assert (due if due and due < until else None) == naive_clock.due(start, minutes, calendar, pauses, until)
    assert working_seconds_between(start, until, calendar, pauses) == naive_clock.seconds(
        start, until, calendar, pauses
    )


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES), weeks, starts, st.integers(1, 5_000), st.integers(0, 59))
def test_the_time_up_to_a_deadline_is_the_time_that_was_promised(
    zone: str, week: tuple[tuple[tuple[int, int], ...], ...], start: datetime, minutes: int, second: int
) -> None:
    calendar = WorkingHours(zone, week)
    start += timedelta(seconds=second)
    try:
        due = add_working_time(start, minutes, calendar)
    except NeverOpen:
        assert not is_ever_open(calendar)
        return

    assert working_seconds_between(start, due, calendar) == minutes * 60
    assert working_seconds_between(start, due - timedelta(seconds=1), calendar) == minutes * 60 - 1
