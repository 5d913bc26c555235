"""Cells as people write them."""

from datetime import UTC, date, datetime

import pytest

from casedesk.imports import values
from casedesk.imports.values import BadCell


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-27", date(2026, 11, 27)),
        ("27.11.2026", date(2026, 11, 27)),
        ("7.1.2026", date(2026, 1, 7)),
        ("27/11/2026", date(2026, 11, 27)),
        ("11/27/2026", date(2026, 11, 27)),
        ("2/2/2026", date(2026, 2, 2)),
        ("2024-01-23T13:26:08.000+0000", date(2024, 1, 23)),
        (datetime.fromisoformat("2026-11-27T08:00"), date(2026, 11, 27)),
        (date(2026, 11, 27), date(2026, 11, 27)),
    ],
)
def test_dates_are_read_as_they_are_written_around_the_world(written, meant):
    assert values.day(written) == meant


@pytest.mark.parametrize("written", ["03/04/2026", "31.02.2026", "soon", "0001-01-01", "2026"])
def test_a_date_that_is_none_or_two_is_refused(written):
    with pytest.raises(BadCell):
        values.day(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-23T13:26:08.000+0000", datetime(2024, 1, 23, 13, 26, 8, tzinfo=UTC)),
        ("2024-01-23T13:26:08Z", datetime(2024, 1, 23, 13, 26, 8, tzinfo=UTC)),
        ("2024-01-23 14:26:08+01:00", datetime(2024, 1, 23, 13, 26, 8, tzinfo=UTC)),
        ("2024-01-23 13:26:08 UTC", datetime(2024, 1, 23, 13, 26, 8, tzinfo=UTC)),
        ("23.01.2024 13:26", datetime(2024, 1, 23, 13, 26, tzinfo=UTC)),
        ("23.01.2024, 13:26", datetime(2024, 1, 23, 13, 26, tzinfo=UTC)),
        ("1/23/2024 1:26 PM", datetime(2024, 1, 23, 13, 26, tzinfo=UTC)),
        ("1/23/2024 12:05 am", datetime(2024, 1, 23, 0, 5, tzinfo=UTC)),
        ("2024-01-23", datetime(2024, 1, 23, 12, tzinfo=UTC)),
        (datetime.fromisoformat("2024-01-23T13:26"), datetime(2024, 1, 23, 13, 26, tzinfo=UTC)),
    ],
)
def test_instants_are_read_as_they_are_written_around_the_world(written, meant):
    assert values.instant(written) == meant


@pytest.mark.parametrize("written", ["2024-13-01T00:00:00Z", "23.01.2024 25:61", "yesterday at noon"])
def test_an_instant_that_is_none_is_refused(written):
    with pytest.raises(BadCell):
        values.instant(written)


def test_text_loses_control_characters_and_the_quote_of_a_formula():
    assert [values.plain(value) for value in ("a\x00b\x07", "'+49 30", "O'Brien", 4711.0, True)] == [
        "ab",
        "+49 30",
        "O'Brien",
        "4711",
        "true",
    ]


def test_line_ends_of_windows_and_old_macs_become_ours():
    assert values.plain("one\r\ntwo\rthree") == "one\ntwo\nthree"


def test_lists_are_cut_at_commas_semicolons_and_lines_and_hold_each_once():
    assert values.listed(40)("a; b,c\na") == ["a", "b", "c"]
