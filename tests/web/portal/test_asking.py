"""Asking without a script: answers first, nothing lost, one case, and a promise that is kept."""

import re

import pytest

from casedesk import language
from casedesk.cases import question_drafts
from casedesk.cases.models import Attachment, Case, Message
from casedesk.milestones.models import Milestone
from casedesk.portals import branding
from casedesk.security import ratelimit
from casedesk.security.ratelimit import Limit
from knowledge.models import DeflectionSignal, Solution, SolutionRating
from tests.conftest import Frozen
from tests.web.portal.customers import HELP, Visits, a_solution, fields_of
from tests.world import World

ASKED = {"subject": "The gateway stays red", "text": "Since the update.\nTwo wards are dark.", "act": "send"}


async def kinds() -> set[tuple[str, int]]:
    return {(row.kind, row.solution_id) for row in await DeflectionSignal.all()}


async def test_the_answers_come_first_and_send_anyway_makes_one_case(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    solution = await a_solution()
    ada = await visits.of(world.ada)

    between = await ada.post("/ask", mark="q1", **ASKED)
    buttons = re.findall(r"<button[^>]*>(?:<svg.*?</svg>)?([^<]+)", between.text[between.text.index("<main") :], re.S)
    kept = fields_of(between.text)
    before = await Case.all().count()
    sent = [await ada.post("/ask", **{**ASKED, **kept, "mark": "q1"}) for _ in range(2)]

    assert (between.status_code, before, buttons[0]) == (200, 0, "Send anyway")
    assert solution.title in re.sub("</?mark>", "", between.text)
    assert "Two wards are dark." in between.text
    case = await Case.get()
    assert {str(each.url).partition("?")[0] for each in sent} == {f"http://desk.example{HELP}/cases/CD-{case.id}"}
    assert (case.origin, case.subject, case.description) == ("portal", ASKED["subject"], ASKED["text"])
    assert await kinds() == {("shown", solution.id), ("failed", solution.id)}
    portal = (await branding.every())[0]
    assert await question_drafts.read(portal_id=portal.id, by=world.ada.actor) is None


async def test_without_an_answer_the_question_is_sent_at_once(visits: Visits, world: World, frozen: Frozen) -> None:
    ada = await visits.of(world.ada)

    sent = await ada.post("/ask", mark="q1", **ASKED)

    case = await Case.get()
    assert sent.status_code == 200
    assert f"CD-{case.id}" in sent.text
    assert "We have sent you a mail with its number." in sent.text


async def test_this_solved_it_makes_no_case_and_keeps_what_was_written(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    solution = await a_solution()
    ada = await visits.of(world.ada)
    await ada.post("/ask", mark="q1", **ASKED)

    thanks = await ada.post("/ask", mark="q1", **{**ASKED, "act": f"solved-{solution.id}"})
    again = await ada.get("/ask")

    assert await Case.all().count() == 0
    assert "Good that it is solved" in thanks.text
    assert ASKED["subject"] in again.text
    assert await kinds() == {("shown", solution.id), ("confirmed", solution.id)}
    row = await Solution.get(id=solution.id)
    assert (row.uses, row.solved, await SolutionRating.all().count()) == (1, 1, 1)


async def test_the_promised_time_is_that_of_the_milestone(visits: Visits, world: World, frozen: Frozen) -> None:
    ada = await visits.of(world.ada)

    form = await ada.get("/ask")
    await ada.post("/ask", mark="q1", **ASKED)

    promised = re.search(r"A person answers before <b>(.*?)</b>", form.text)
    kept = await Milestone.get(kind="first_response")
    assert promised is not None
    assert promised[1] == f"{language.clock_time(kept.target_at)} UTC today"
    assert "You are covered by Premier." in form.text


async def test_the_uncovered_are_told_in_plain_words(visits: Visits, world: World, frozen: Frozen) -> None:
    otto = await visits.of(world.otto)

    form = await otto.get("/ask")

    assert "No contract of yours covers this at the moment." in form.text
    assert "You are covered" not in form.text


@pytest.mark.parametrize("act", ["keep", "attach", "edit"])
async def test_what_was_typed_is_there_again(visits: Visits, world: World, frozen: Frozen, act: str) -> None:
    ada = await visits.of(world.ada)

    await ada.post(
        "/ask", mark="q1", subject="Red", text="Half a <thought>", asset=str(world.ada.asset_id), act=act,
        files={"file": ("led.txt", b"red", "text/plain")},
    )  # fmt: skip
    again = await ada.get("/ask")

    assert "Half a &lt;thought&gt;" in again.text
    assert 'value="Red"' in again.text
    assert "led.txt" in again.text
    assert re.search(rf'value="{world.ada.asset_id}" checked', again.text)


async def test_an_error_keeps_words_and_files(visits: Visits, world: World, frozen: Frozen) -> None:
    ada = await visits.of(world.ada)

    refused = await ada.post(
        "/ask", mark="q1", subject="x" * 501, text="Half a thought", act="send", seen="x" * 501,
        files={"file": ("led.txt", b"red", "text/plain")},
    )  # fmt: skip

    assert (refused.status_code, await Case.all().count()) == (422, 0)
    assert "Half a thought" in refused.text
    assert "led.txt" in refused.text
    assert 'href="#subject"' in refused.text


async def test_a_drawing_is_kept_as_a_file_with_a_calm_sentence(visits: Visits, world: World, frozen: Frozen) -> None:
    ada = await visits.of(world.ada)
    drawing = {"file": ("photo.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")}

    told = await ada.post("/ask", mark="q1", **ASKED, files=drawing)
    kept = re.findall(r'name="kept" value="(\d+)"', told.text)
    await ada.post("/ask", mark="q1", **ASKED, kept=kept[0])
    file = await Attachment.get()
    shown = await ada.get(f"/files/{file.id}?inline=1")

    assert "photo.svg is kept as a file: pictures of this kind are not shown in pages." in told.text
    assert shown.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert (await Message.get()).id == file.message_id


async def test_ten_megabytes_of_text_get_a_calm_sentence(visits: Visits, world: World, frozen: Frozen) -> None:
    ada = await visits.of(world.ada)

    refused = await ada.post("/ask", mark="q1", **{**ASKED, "text": "x" * 10_000_000})

    assert (refused.status_code, await Case.all().count()) == (413, 0)
    assert "This form holds more than we take." in refused.text


async def test_a_question_goes_on_with_a_case_of_mine_and_no_other(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    ada, bo = await visits.of(world.ada), await visits.of(world.bo)
    await ada.post("/ask", mark="q1", **ASKED)
    first = await Case.get()

    form = await ada.get(f"/ask?follows=CD-{first.id}")
    others = await bo.get(f"/ask?follows=CD-{first.id}")

    assert f"This goes on with CD-{first.id}" in form.text
    assert f"CD-{first.id}" not in others.text


async def test_a_draft_is_nobody_else_s(visits: Visits, world: World, frozen: Frozen) -> None:
    ada, bo = await visits.of(world.ada), await visits.of(world.bo)

    await ada.post("/ask", mark="q1", subject="A secret of Ada's", act="keep")

    assert "A secret of Ada" in (await ada.get("/ask")).text
    assert "A secret of Ada" not in (await bo.get("/ask")).text
    await ada.post("/ask/discarding")
    assert "A secret of Ada" not in (await ada.get("/ask")).text


async def test_the_suggested_parts_name_only_what_customers_may_read(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    await a_solution("The gateway stays red: public")
    await a_solution("The gateway stays red: inside", visibility="internal")
    ada = await visits.of(world.ada)

    part = await ada.get("/ask/suggest?q=gateway+stays+red&mark=q1")

    assert "public" in part.text
    assert "inside" not in part.text


async def test_a_stranger_is_led_to_the_door_and_back(visits: Visits, frozen: Frozen) -> None:
    nobody = await visits.stranger()

    answer = await nobody.get("/ask?q=red")

    assert (answer.status_code, answer.headers["location"]) == (
        303, f"{HELP}/in?next=%2Fportal%2Fhelp%2Fask%3Fq%3Dred",
    )  # fmt: skip


async def test_another_company_s_product_is_refused_at_its_field(visits: Visits, world: World, frozen: Frozen) -> None:
    ada = await visits.of(world.ada)

    refused = await ada.post("/ask", mark="q1", **ASKED, asset=str(world.bo.asset_id))

    assert (refused.status_code, await Case.all().count()) == (422, 0)
    assert "Choose one of your products." in refused.text
    assert world.bo.serial not in refused.text
    assert "Two wards are dark." in refused.text


async def test_whoever_asks_far_too_often_finds_their_words_again(visits: Visits, world: World, frozen: Frozen) -> None:
    ada = await visits.of(world.ada)
    for _ in range(60):
        await ratelimit.count(Limit("portal-questions", 60, 3600), str(world.ada.id))

    refused = await ada.post("/ask", mark="q1", **ASKED, seen=ASKED["subject"])

    assert (refused.status_code, await Case.all().count()) == (429, 0)
    assert "Two wards are dark." in (await ada.get("/ask")).text
