"""Solutions come in by the line; bad lines are told of and stop nobody."""

import json
import time
from typing import Any

import pytest

from casedesk.errors import NotFound
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from knowledge import browsing, writing
from knowledge.audience import Audience
from knowledge.importing import Failure, Imported, import_lines
from knowledge.models import Solution, SolutionCategory
from knowledge.solution import Status, Visibility
from tests.knowledge.conftest import AGENT, KEEPER, SALES

pytestmark = pytest.mark.usefixtures("database")


def line(**given: Any) -> bytes:
    usual = {"key": "reset", "title": "Reset", "body": "Hold.", "language": "en", "categories": ["a", "b"]}
    return json.dumps({**usual, "visibility": "public", "status": "published"} | given).encode()


async def test_every_field_of_a_line_is_kept() -> None:
    done = await import_lines(line(), by=SYSTEM)

    kept = await browsing.find_by_key("reset", audience=Audience.PUBLIC)
    assert done == Imported(1, 0, ())
    assert (kept.title, kept.body, kept.language, kept.categories, kept.visibility, kept.status) == (
        "Reset", "Hold.", "en", ("a", "b"), Visibility.PUBLIC, Status.PUBLISHED,
    )  # fmt: skip


async def test_bad_lines_are_told_with_their_number_and_the_others_are_kept() -> None:
    lines = [
        line(key="one"),
        b"{broken",
        b"",
        line(key=""),
        b"[1, 2]",
        b"\xff\xfe",
        line(key="five", status="printed"),
        line(key="six", title=7),
        line(key="seven", surprise=1),
        line(key="eight", title="", body=" "),
        line(key="nine", title="x" * 301),
        b'{"key": "ten", "title": "\\ud800"}',
        line(key="eleven", body="nul \0"),
        line(key="twelve", categories="a"),
        b"[" * 100_000,
        line(key="two"),
    ]

    done = await import_lines(b"\n".join(lines), by=SYSTEM)

    assert (done.created, done.updated) == (2, 0)
    assert done.failed == (
        Failure(2, "is not JSON"),
        Failure(4, "key: must not be empty"),
        Failure(5, "must be a JSON object"),
        Failure(6, "is not UTF-8"),
        Failure(7, "status: must be one of draft, review, published, archived"),
        Failure(8, "title: must be a string"),
        Failure(9, "surprise: unknown field"),
        Failure(10, "body: must not be empty together with the title"),
        Failure(11, "title: may have at most 300 characters"),
        Failure(12, "title: holds characters that are not text"),
        Failure(13, "body: holds characters that are not text"),
        Failure(14, "categories: must be a list of strings"),
        Failure(15, "is not JSON"),
    )


async def test_a_key_that_exists_is_updated_and_keeps_its_earlier_wording() -> None:
    await import_lines(line(), by=SYSTEM)

    done = await import_lines(line(body="Pull.", categories=["c"]), by=KEEPER)

    kept = await browsing.find_by_key("reset", audience=Audience.PUBLIC)
    assert done == Imported(0, 1, ())
    assert (kept.body, kept.categories, kept.version) == ("Pull.", ("c",), 2)
    assert [each.body for each in await writing.revisions(kept.id, by=KEEPER)] == ["Hold."]
    assert await SolutionCategory.all().values_list("name", flat=True) == ["c"]


async def test_the_same_file_again_changes_nothing() -> None:
    lines = [line(key="one"), line(key="two")]
    await import_lines(lines, by=SYSTEM)
    before = await Solution.all().order_by("id").values("id", "version", "changed")

    done = await import_lines(lines, by=SYSTEM)

    assert done == Imported(0, 2, ())
    assert await Solution.all().order_by("id").values("id", "version", "changed") == before
    assert await Event.all().count() == 1


async def test_a_key_twice_in_a_file_ends_as_the_later_line_says() -> None:
    done = await import_lines([line(body="First."), line(body="Second.")], by=SYSTEM)

    kept = await browsing.find_by_key("reset", audience=Audience.PUBLIC)
    assert (done, kept.body) == (Imported(1, 1, ()), "Second.")


async def test_a_key_in_two_languages_is_two_solutions() -> None:
    done = await import_lines([line(), line(language="de", title="Zurücksetzen")], by=SYSTEM)

    german = await browsing.find_by_key("reset", language="de", audience=Audience.PUBLIC)
    assert (done.created, german.title) == (2, "Zurücksetzen")


async def test_a_solution_without_title_shows_the_beginning_of_its_body() -> None:
    await import_lines(line(title="", body="# Hold the button\nfor ten seconds"), by=SYSTEM)

    assert (await browsing.find_by_key("reset", audience=Audience.PUBLIC)).title == "Hold the button"


async def test_who_may_not_publish_brings_in_drafts_only() -> None:
    done = await import_lines([line(key="one"), line(key="two", status="draft")], by=AGENT)

    assert done == Imported(1, 0, (Failure(1, "you may not publish: give status draft or review"),))


async def test_who_may_not_publish_leaves_what_is_published_as_it_is() -> None:
    await import_lines(line(), by=SYSTEM)

    done = await import_lines(
        [line(key="new", status="draft"), line(body="Taken over.", status="draft"), line(key="last", status="draft")],
        by=AGENT,
    )

    kept = await browsing.find_by_key("reset", audience=Audience.PUBLIC)
    assert done == Imported(2, 0, (Failure(2, "this solution is published, and you may not publish"),))
    assert (kept.body, kept.version) == ("Hold.", 1)


async def test_who_may_not_write_brings_in_nothing() -> None:
    with pytest.raises(NotFound):
        await import_lines(line(), by=SALES)


async def test_windows_line_ends_and_a_byte_order_mark_are_no_trouble() -> None:
    done = await import_lines(b"\xef\xbb\xbf" + line(key="one") + b"\r\n" + line(key="two") + b"\r\n", by=SYSTEM)

    assert done == Imported(2, 0, ())


async def test_three_thousand_lines_come_in_within_seconds() -> None:
    lines = b"\n".join(line(key=f"k{number}", body="word " * 50) for number in range(3_000))
    began = time.monotonic()

    done = await import_lines(lines, by=SYSTEM)

    numbers = await Solution.all().order_by("id").values_list("changed", flat=True)
    assert (done, list(numbers)) == (Imported(3_000, 0, ()), list(range(1, 3_001)))
    assert time.monotonic() - began < 30
