"""Cursors: what we made opens, anything else is refused in words."""

import pytest

from casedesk.errors import Invalid
from casedesk.web import paging


def test_a_cursor_gives_back_its_keys() -> None:
    cursor = paging.cursor_of(17, "2026-03-02T09:00:00+00:00")

    assert paging.keys_of(cursor, int, str) == (17, "2026-03-02T09:00:00+00:00")


def test_no_cursor_is_the_first_page() -> None:
    assert (paging.after_id(None), paging.after_id("")) == (0, 0)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "W10",
        "WyJhIl0",
        "Wy0xXQ",
        "W3RydWVd",
        "ÿ",
        "W10=",
        "AAAA",
        "W" * 1000,
        "W1sxXV0",
        "WzFdIDE",
        "W0luZmluaXR5XQ",
    ],
)
def test_anything_else_is_refused_naming_the_field(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        paging.after_id(cursor)

    assert [problem.field for problem in refused.value.problems] == ["cursor"]


def test_one_row_more_than_asked_makes_a_next_page() -> None:
    assert paging.next_after([1, 2, 3], 3) == (3, None)
    assert paging.next_after([1, 2, 3, 4], 3) == (3, paging.cursor_of(3))
