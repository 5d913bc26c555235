"""Solutions for customers: who reads which, found, read, rated once, with a way on to the people."""

import re

import pytest

from knowledge.models import DeflectionSignal, Solution, SolutionRating
from tests.conftest import Frozen
from tests.web.portal.customers import HELP, Visits, a_solution
from tests.world import World


async def test_visitors_read_public_ones_customers_more_and_neither_what_is_internal(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    made = [await a_solution(f"Gateway {name}", visibility=name) for name in ("public", "portal", "internal")]
    nobody, ada = await visits.stranger(), await visits.of(world.ada)

    seen = {
        who: [(await browser.get(f"/solutions/{each.id}")).status_code for each in made]
        for who, browser in (("nobody", nobody), ("ada", ada))
    }
    found = {
        who: sorted(re.findall(r"Gateway (\w+)", re.sub("</?mark>", "", (await browser.get(path)).text)))
        for who, browser in (("nobody", nobody), ("ada", ada))
        for path in ("/search?q=gateway",)
    }

    assert seen == {"nobody": [200, 404, 404], "ada": [200, 200, 404]}
    assert found == {"nobody": ["public"], "ada": ["portal", "public"]}


async def test_a_solution_is_found_by_id_key_category_and_words(visits: Visits, world: World, frozen: Frozen) -> None:
    made = await a_solution(key="red-gateway", categories=("Gateways & more",))
    nobody = await visits.stranger()

    pages = [
        (await nobody.get(path)).text
        for path in (
            f"/solutions/{made.id}", f"/solutions/{made.id}-anything", "/solutions/red-gateway", "/solutions",
            "/solutions/Gateways%20%26%20more", "/search?q=gateway+red", "/",
        )
    ]  # fmt: skip

    assert [made.title in re.sub("</?mark>", "", page) for page in pages] == [True] * 7
    assert (await nobody.get("/solutions/no-such-thing")).status_code == 404


@pytest.mark.parametrize("name", ["Gateways", "Pumps / valves", "4", "Größe & Maß #1?", "ポンプ"])
async def test_a_category_is_reached_by_its_link_whatever_its_name(
    visits: Visits, world: World, frozen: Frozen, name: str
) -> None:
    made = await a_solution(categories=(name,))
    nobody = await visits.stranger()

    links = re.findall(r'href="/portal/help(/solutions[/?][^"]+)"><bdi>', (await nobody.get("/solutions")).text)
    page = await nobody.get(links[0].replace("&amp;", "&"))

    here = re.findall(r'<a href="[^"]+" aria-current="page"><bdi>', page.text)
    assert (page.status_code, made.title in page.text, len(here)) == (200, True, 1)


async def test_yes_and_no_count_once_each_reader_and_a_no_leads_on_to_people(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    made = await a_solution()
    nobody, ada = await visits.stranger(), await visits.of(world.ada)
    url = f"/solutions/{made.id}/rating"

    yes = await nobody.post(url, helpful="yes")
    await nobody.post(url, helpful="yes")
    no = await ada.post(url, helpful="no")
    why = await ada.post(url, helpful="no", reason="unclear")

    assert "Good to hear." in yes.text
    assert "What was wrong?" in no.text
    assert f"{HELP}/ask?solution={made.id}" in no.text
    assert "The people who wrote this read your answer." in why.text
    row = await Solution.get(id=made.id)
    assert (row.uses, row.solved) == (2, 1)
    told = await SolutionRating.all().order_by("id").values_list("helpful", "reason")
    assert list(told) == [(True, None), (False, "unclear")]


async def test_ask_us_carries_over_what_was_read(visits: Visits, world: World, frozen: Frozen) -> None:
    made = await a_solution()
    ada = await visits.of(world.ada)

    form = await ada.get(f"/ask?solution={made.id}&q=red")

    assert f"I have read “{made.title}”, and it did not solve it." in form.text
    assert 'value="red"' in form.text


async def test_opened_from_a_question_it_offers_to_end_it(visits: Visits, world: World, frozen: Frozen) -> None:
    made = await a_solution()
    ada = await visits.of(world.ada)
    await ada.post("/ask", mark="q1", subject="Gateway red", act="keep")

    page = await ada.get(f"/solutions/{made.id}?question=q1")
    await ada.post("/ask", mark="q1", act=f"solved-{made.id}", **{"from": "reading"})
    kept = await ada.get("/ask")

    assert "This solved it" in page.text
    rows = await DeflectionSignal.all().order_by("id").values_list("kind", "question")
    assert [each for each in rows if each[0] != "shown"] == [("opened", "q1"), ("confirmed", "q1")]
    assert 'value="Gateway red"' in kept.text


async def test_what_was_written_cannot_run_in_the_reader_s_page(visits: Visits, frozen: Frozen) -> None:
    made = await a_solution(
        "<script>alert(1)</script>", body="## <b>x\n\n[a](javascript:alert(1)) <img src=x onerror=1>"
    )
    nobody = await visits.stranger()

    page = (await nobody.get(f"/solutions/{made.id}")).text

    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "<img" not in page
