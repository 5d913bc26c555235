"""Solutions beside a case: what fits with its words, put to use, and nothing that only shares small words."""

import pytest

from casedesk.identity import SYSTEM
from knowledge import browsing, writing
from knowledge.audience import Audience
from knowledge.index import SolutionIndex
from knowledge.solution import Draft, Status, Visibility

STEPS = "## Fix\n\n1. Hold **Reset** for ten seconds.\n2. Wait for the blue light.\n"


@pytest.fixture
async def solution(world, peopled):
    """Return a published solution in an open index."""
    index = SolutionIndex(peopled)
    await index.open()
    draft = Draft("Restore a silent gateway", STEPS, visibility=Visibility.PUBLIC, status=Status.PUBLISHED)
    made = await writing.create(draft, by=SYSTEM)
    await writing.create(
        Draft("Invoices abroad", "Write VAT numbers.", visibility=Visibility.PUBLIC, status=Status.PUBLISHED), by=SYSTEM
    )
    await index.catch_up()
    yield made
    await index.close()


async def test_a_case_is_offered_what_fits_with_the_reason(world, sign_in, open_case, solution) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    page = await tess.get(f"/console/c/{case.number}")

    assert f'href="/console/solutions/{solution.id}"' in page.text
    assert "gateway" in page.text.partition("cd-suggestion-facts")[2].partition("</p>")[0]
    assert "Invoices abroad" not in page.text


async def test_a_solution_put_to_use_counts_once_and_is_marked(world, sign_in, open_case, solution) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    for _ in range(2):
        part = await tess.post(
            f"/console/c/{case.number}/used", data={"solution": str(solution.id)}, headers={"hx-request": "true"}
        )

    page = await tess.get(f"/console/c/{case.number}")
    assert ("Used" in part.text, "cd-suggestion-used" in page.text) == (True, True)
    assert f'<option value="{solution.id}" selected>' in page.text.partition('id="resolve-solution"')[2]
    assert (await browsing.find(solution.id, audience=Audience.STAFF)).uses == 1


async def test_resolving_with_a_solution_names_it(world, sign_in, open_case, solution) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    form = await tess.get(f"/console/c/{case.number}/resolution")
    answer = await tess.post(
        f"/console/c/{case.number}/resolution", data={"resolution": "A reset", "solution": str(solution.id)}
    )

    assert f'<option value="{solution.id}">Restore a silent gateway</option>' in form.text
    assert answer.status_code == 303


async def test_solutions_are_found_browsed_and_read(world, sign_in, solution) -> None:
    tess = await sign_in(world.tess)

    found, absent = await tess.get("/console/solutions?q=gateway"), await tess.get("/console/solutions/999")
    read = await tess.get(f"/console/solutions/{solution.id}")

    assert "Restore a silent gateway" in found.text
    assert "<strong>Reset</strong>" in read.text
    assert absent.status_code == 404


async def test_words_typed_for_a_new_case_bring_solutions(world, sign_in, solution) -> None:
    tess = await sign_in(world.tess)

    page = await tess.get("/console/new?subject=silent+gateway")

    assert "Restore a silent gateway" in page.text
