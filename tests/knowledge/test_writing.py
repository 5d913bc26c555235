"""Solutions are written by those who may, keep their history, and lose nothing to a colleague's edit."""

import pytest

from casedesk.errors import Conflict, Invalid, NotFound, Stale
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from knowledge import writing
from knowledge.models import Solution
from knowledge.solution import Changes, Draft, SolutionView, Status, Visibility
from tests.knowledge.conftest import AGENT, KEEPER, SALES, a_solution

pytestmark = pytest.mark.usefixtures("database")


async def test_a_new_solution_is_an_internal_draft_with_a_key_of_its_title() -> None:
    made = await writing.create(Draft("Reset the gateway, quickly!", "Hold the button."), by=AGENT)

    assert (made.key, made.status, made.visibility, made.version) == (
        "reset-the-gateway-quickly", Status.DRAFT, Visibility.INTERNAL, 1,
    )  # fmt: skip


async def test_the_same_title_again_gets_a_key_of_its_own() -> None:
    keys = [(await a_solution("Reset")).key for _ in range(3)]

    assert keys == ["reset", "reset-2", "reset-3"]


async def test_a_key_may_exist_once_in_each_language() -> None:
    await a_solution("Reset", key="reset")
    await a_solution("Zurücksetzen", key="reset", language="de")

    with pytest.raises(Conflict):
        await a_solution("Reset again", key="reset")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(" ", "x"), "title"),
        (Draft("x" * 301, "x"), "title"),
        (Draft("x", "x", language="english!"), "language"),
        (Draft("x", "x", key="k" * 121), "key"),
        (Draft("x", "nul \0"), "body"),
        (Draft("half \ud800", "x"), "title"),
        (Draft("x", "x", categories=("",)), "categories"),
        (Draft("x", "x", categories=tuple(map(str, range(21)))), "categories"),
    ],
)
async def test_words_that_cannot_be_kept_are_refused_by_field(draft: Draft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await writing.create(draft, by=SYSTEM)

    assert {problem.field for problem in refused.value.problems} == {field}


async def test_an_agent_writes_but_does_not_publish() -> None:
    made = await writing.create(Draft("Reset", "Hold."), by=AGENT)

    with pytest.raises(NotFound):
        await writing.set_status(made.id, Status.PUBLISHED, by=AGENT)
    published = await writing.set_status(made.id, Status.PUBLISHED, by=KEEPER)
    with pytest.raises(NotFound):
        await writing.change(made.id, Changes(title="Other"), by=AGENT)
    assert published.status is Status.PUBLISHED


async def test_sales_may_not_write() -> None:
    with pytest.raises(NotFound):
        await writing.create(Draft("Reset", "Hold."), by=SALES)


async def test_a_change_keeps_the_earlier_wording_and_can_be_taken_back() -> None:
    made = await a_solution("Reset", "Hold the button.")
    await writing.change(made.id, Changes(body="Pull the plug."), by=KEEPER)

    (revision,) = await writing.revisions(made.id, by=KEEPER)
    restored = await writing.restore(made.id, revision.id, by=KEEPER)

    assert (revision.of_version, revision.title, revision.body) == (1, "Reset", "Hold the button.")
    assert (restored.body, restored.version) == ("Hold the button.", 3)
    assert [each.body for each in await writing.revisions(made.id, by=KEEPER)] == ["Pull the plug.", "Hold the button."]


async def test_a_revision_of_another_solution_is_not_restored() -> None:
    one, other = await a_solution("One"), await a_solution("Other")
    await writing.change(other.id, Changes(title="Changed"), by=KEEPER)
    (revision,) = await writing.revisions(other.id, by=KEEPER)

    with pytest.raises(NotFound):
        await writing.restore(one.id, revision.id, by=KEEPER)


async def test_an_edit_of_what_a_colleague_has_changed_is_stale() -> None:
    made = await a_solution("Reset")
    await writing.change(made.id, Changes(title="Reset it"), by=KEEPER, if_version=made.version)

    with pytest.raises(Stale):
        await writing.change(made.id, Changes(title="Mine"), by=KEEPER, if_version=made.version)


async def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    made = await a_solution("Reset", categories=("hardware",))

    same = await writing.change(made.id, Changes(title="Reset", categories=("hardware",)), by=KEEPER)

    assert (same.version, await Event.all().count()) == (1, 1)


async def test_each_change_gets_a_number_larger_than_all_before() -> None:
    one, other = await a_solution("One"), await a_solution("Other")
    await writing.change(one.id, Changes(title="One again"), by=KEEPER)

    numbers = dict(await Solution.all().values_list("id", "changed"))

    assert numbers == {one.id: 3, other.id: 2}


async def test_changes_are_told_to_the_journal_without_their_words() -> None:
    made: SolutionView = await a_solution("Secret title")
    await writing.change(made.id, Changes(title="New title", visibility=Visibility.INTERNAL), by=KEEPER)

    events = await Event.all().order_by("id").values_list("name", "subject_kind", "subject_id", "data")

    assert [(name, kind, number) for name, kind, number, _ in events] == [("solution_written", "solution", made.id)] * 2
    assert [data["changed"] for *_, data in events] == [["created"], ["title", "visibility"]]


async def test_an_absent_solution_is_not_found() -> None:
    with pytest.raises(NotFound):
        await writing.change(99, Changes(title="x"), by=KEEPER)
