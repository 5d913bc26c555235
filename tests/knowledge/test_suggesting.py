"""Suggestions fit, say why, and never show what the reader may not see."""

import asyncio

import pytest

from casedesk.identity import SYSTEM
from knowledge import browsing, suggesting, using, writing
from knowledge.audience import Audience
from knowledge.browsing import Wanted
from knowledge.index import SolutionIndex
from knowledge.ranking import LIKELY
from knowledge.solution import Changes, Status, Visibility
from knowledge.suggesting import Suggestion
from knowledge.using import Outcome
from tests.knowledge.conftest import a_solution


async def suggested(text: str, audience: Audience = Audience.PUBLIC, *, language: str | None = None) -> list[str]:
    found = await suggesting.suggest(text, language=language, audience=audience, limit=10)
    return [each.key for each in found]


async def test_a_suggestion_says_what_it_is_and_why(index: SolutionIndex) -> None:
    made = await a_solution(
        "Reset a password", "Not this.\nChoose *Forgot password* to [reset](https://x.example/) it."
    )
    await a_solution("Print an invoice")
    await index.catch_up()

    (found,) = await suggesting.suggest("How do I reset my passwords", "It is lost", audience=Audience.PUBLIC)

    assert found == Suggestion(
        made.id, "reset-a-password", "en", "Reset a password", found.score, ("reset", "passwords", "it"),
        "Choose Forgot password to reset it.",
    )  # fmt: skip
    assert 0 < found.score <= 1


async def test_a_question_that_fits_nothing_scores_low(index: SolutionIndex) -> None:
    for title in ("Reset my password", "Print an invoice", "Pair the gateway", "Change the plan of my account"):
        await a_solution(title, f"What to do? {title}: how do I do it? Open the page and follow the steps.")
    await index.catch_up()

    (foreign, *_) = await suggesting.suggest("what is the weather in the mountains today", audience=Audience.PUBLIC)
    (fitting, *_) = await suggesting.suggest("how do I reset my password", audience=Audience.PUBLIC)

    assert foreign.score < LIKELY < fitting.score


@pytest.mark.parametrize(
    ("audience", "keys"),
    [
        (Audience.PUBLIC, ["everybody"]),
        (Audience.PORTAL, ["everybody", "customers"]),
        (Audience.STAFF, ["everybody", "customers", "staff"]),
    ],
)
async def test_everybody_is_offered_what_is_meant_for_them(
    index: SolutionIndex, audience: Audience, keys: list[str]
) -> None:
    await _one_for_each()
    await index.catch_up()

    assert sorted(await suggested("gateway merger", audience)) == sorted(keys)
    assert sorted(await suggested("", audience)) == sorted(keys)
    page = await browsing.list_solutions(Wanted(q="gateway merger", status=Status.PUBLISHED), audience=audience)
    assert sorted(each.key for each in page.items) == sorted(keys)


async def test_what_is_internal_changes_no_score_and_no_count_of_a_customer(index: SolutionIndex) -> None:
    await a_solution("Gateway", key="everybody", categories=("hardware",))
    await index.catch_up()
    before = await suggesting.suggest("secret merger gateway", audience=Audience.PORTAL)

    for number in range(20):
        await a_solution(
            f"Secret merger {number}", "gateway", visibility=Visibility.INTERNAL, categories=("hardware", "plans")
        )
    await index.catch_up()

    assert await suggesting.suggest("secret merger gateway", audience=Audience.PORTAL) == before
    counts = await browsing.categories(audience=Audience.PORTAL)
    assert [(each.name, each.solutions) for each in counts] == [("hardware", 1)]


async def test_a_solution_withdrawn_a_moment_ago_is_not_offered_from_an_index_that_is_behind(
    index: SolutionIndex,
) -> None:
    made = await a_solution("Gateway")
    await index.catch_up()

    await writing.change(made.id, Changes(visibility=Visibility.INTERNAL), by=SYSTEM)

    assert (await suggested("gateway"), await suggested("")) == ([], [])


async def test_drafts_are_offered_to_nobody(index: SolutionIndex) -> None:
    for status in (Status.DRAFT, Status.REVIEW, Status.ARCHIVED):
        await a_solution(f"Gateway {status}", status=status)
    await index.catch_up()

    assert await suggested("gateway", Audience.STAFF) == []


async def test_of_a_solution_in_two_languages_the_readers_is_offered(index: SolutionIndex) -> None:
    await a_solution("Router reset", key="reset", language="en")
    await a_solution("Router reset auf Deutsch", key="reset", language="de")
    await index.catch_up()

    found = [
        (await suggesting.suggest("router reset", language=language, audience=Audience.PUBLIC))[0].language
        for language in ("de-AT", "en")
    ]
    assert found == ["de", "en"]


async def test_what_solved_cases_comes_before_its_like(index: SolutionIndex) -> None:
    await a_solution("Gateway reset", key="one")
    proven = await a_solution("Gateway reset", key="two")
    await index.catch_up()
    for _ in range(3):
        await using.record_use(proven.id, outcome=Outcome.SOLVED, case=None, by=SYSTEM)

    assert (await suggested("gateway reset"), await suggested("")) == (["two", "one"], ["two", "one"])


@pytest.mark.parametrize(
    "text", ["%", "' OR 1=1", '"gateway', "gateway AND NOT (", "gateway*", "\0", "\ud800", "x" * 99_999]
)
async def test_a_hostile_question_is_only_words(index: SolutionIndex, text: str) -> None:
    await a_solution("Gateway")
    await a_solution("Secret", visibility=Visibility.INTERNAL)
    await index.catch_up()

    assert set(await suggested(text)) <= {"gateway"}


async def test_many_ask_at_once(index: SolutionIndex) -> None:
    await a_solution("Gateway")
    await index.catch_up()

    assert await asyncio.gather(*(suggested("gateway") for _ in range(20))) == [["gateway"]] * 20


async def _one_for_each() -> None:
    for key, visibility in (
        ("everybody", Visibility.PUBLIC),
        ("customers", Visibility.PORTAL),
        ("staff", Visibility.INTERNAL),
    ):
        await a_solution(f"Gateway merger {key}", key=key, visibility=visibility)
