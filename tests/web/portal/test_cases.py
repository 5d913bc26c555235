"""My cases: seen, written on, edited, closed, opened again without a script; another's are as absent as none."""

import csv
import io
import re

import pytest

from casedesk.accounts.directory import CONTACTS
from casedesk.cases import closing, conversing
from casedesk.cases.models import Case, CaseFollower
from casedesk.identity import SYSTEM
from casedesk.portals import access
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.web.portal.customers import HELP, Visits
from tests.world import World

SECRET = "zanzibar"


def without_chance(page: str) -> str:
    """Return a page without what differs at every look: nonces, and marks of forms."""
    return re.sub(r'(nonce="|name="(?:csrf|once)" value=")[^"]*', r"\1", page)


async def test_a_case_shows_what_was_said_in_public_and_its_steps(visits: Visits, world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, description="It is <red>.", asset_id=world.ada.asset_id)
    await conversing.note(case.number, by=world.uma, text=f"A note: {SECRET}")
    await conversing.reply(case.number, by=world.max, text="Please hold Reset.", status="waiting_on_customer")
    ada = await visits.of(world.ada)

    page = await ada.get(f"/cases/{case.number}")
    part = await ada.get(f"/cases/{case.number}/thread")

    assert SECRET not in page.text + part.text
    for words in ("It is &lt;red&gt;.", "Please hold Reset.", "Waiting for you", "Max Brandt", "With a team"):
        assert words in page.text
    assert "premier" not in page.text.lower().replace("ada premier", "")
    assert "Please hold Reset." in part.text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("", None),
        ("/thread", None),
        ("/edit", None),
        ("", {"text": "Let me in"}),
        ("/edit", {"subject": "Mine"}),
        ("/close", {}),
        ("/reopen", {}),
        ("/follow", {}),
    ],
)
async def test_another_s_case_is_as_absent_as_none(
    visits: Visits, world: World, frozen: Frozen, path: str, form: dict[str, str] | None
) -> None:
    case = await a_case(world.tess, world.ada, subject="A secret of Ada's")
    otto = await visits.of(world.otto)

    answers = [
        await (otto.get(f"/cases/{number}{path}") if form is None else otto.post(f"/cases/{number}{path}", **form))
        for number in (case.number, "999999", "nonsense")
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert len({without_chance(each.text) for each in answers}) == 1


async def test_the_customer_answers_edits_closes_and_opens_again(visits: Visits, world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    url = f"/cases/{case.number}"
    await conversing.reply(case.number, by=world.tess, text="And?", status="waiting_on_customer")
    ada = await visits.of(world.ada)

    answered = await ada.post(url, text="Still red.", once="a", files={"file": ("log.txt", b"log", "text/plain")})
    edited = await ada.post(f"{url}/edit", subject="Red and loud", asset=str(world.ada.asset_id))
    closed = await ada.post(f"{url}/close", reason="It was the cable.")
    reopened = await ada.post(f"{url}/reopen")

    assert "Still red." in answered.text
    assert "log.txt" in answered.text
    assert "We are working on it" in answered.text
    assert "Red and loud" in edited.text
    assert "The case is closed. Thank you for telling us." in closed.text
    assert "The case is open again." in reopened.text
    row = await Case.get(id=case.id)
    assert (row.status_category, row.subject, row.asset_id, row.reopened) == (
        "open", "Red and loud", world.ada.asset_id, 1,
    )  # fmt: skip


async def test_an_empty_answer_keeps_its_files_and_says_what_is_missing(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    case = await a_case(world.tess, world.ada)
    ada = await visits.of(world.ada)

    refused = await ada.post(f"/cases/{case.number}", text=" ", once="a")
    chosen = await ada.post(
        f"/cases/{case.number}", text="Half a thought", add="1", files={"file": ("log.txt", b"log", "text/plain")}
    )

    assert (refused.status_code, "Write something first." in refused.text) == (422, True)
    assert (chosen.status_code, "log.txt" in chosen.text, "Half a thought" in chosen.text) == (200, True, True)


async def test_after_the_window_the_page_offers_a_new_case(visits: Visits, world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.close(case.number, by=world.tess)
    frozen.forward(days=15)
    ada = await visits.of(world.ada)

    page = await ada.get(f"/cases/{case.number}")
    refused = await ada.post(f"/cases/{case.number}", text="Red again", once="a")

    assert f"{HELP}/ask?follows={case.number}" in page.text
    assert (refused.status_code, "closed too long ago" in refused.text) == (422, True)


async def test_a_colleague_s_case_may_be_followed_and_written_on_but_not_ended(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    case = await a_case(world.tess, world.bo, account_id=world.ada.account_id)
    alone, allowed = await visits.of(world.ada), f"/cases/{case.number}"
    before = (await alone.get(allowed)).status_code
    ada = await visits.of(world.ada, sees_company=True)

    followed = await ada.post(f"{allowed}/follow")
    refused = await ada.post(f"{allowed}/close")

    assert before == 404
    assert "You follow this case now." in followed.text
    assert await CaseFollower.filter(case_id=case.id).values_list("contact_id", flat=True) == [world.ada.id]
    assert (refused.status_code, "only they can do that" in refused.text) == (409, True)
    assert "Close the case" not in followed.text


async def test_sight_of_a_company_does_not_move_with_who_moves_to_another(visits: Visits, world: World) -> None:
    case = await a_case(world.tess, world.otto)
    ada = await visits.of(world.ada, sees_company=True)
    await CONTACTS.change(world.ada.id, {"account_id": world.otto.account_id}, by=SYSTEM)

    moved = (await ada.get(f"/cases/{case.number}")).status_code
    given = [each.sees_company for each in await access.of_contact(world.ada.id, by=world.max)]
    again = await visits.of(world.ada, sees_company=True)

    assert (moved, given) == (404, [False])
    assert (await again.get(f"/cases/{case.number}")).status_code == 200


async def test_the_list_is_narrowed_by_its_address_and_says_whose_turn_it_is(
    visits: Visits, world: World, frozen: Frozen
) -> None:
    red = await a_case(world.tess, world.ada, subject="Gateway stays red")
    await a_case(world.tess, world.ada, subject="Pump is loud")
    await a_case(world.tess, world.bo, subject="A secret of Bo's")
    await conversing.reply(red.number, by=world.tess, text="And?", status="waiting_on_customer")
    ada = await visits.of(world.ada)

    lists = {
        query: re.findall(r'<b dir="auto">([^<]+)', (await ada.get(f"/cases{query}")).text)
        for query in ("", "?state=waiting-for-me", "?state=closed", "?q=loud", "?q=secret", "?whose=company&state=all")
    }

    assert lists == {
        "": ["Pump is loud", "Gateway stays red"],
        "?state=waiting-for-me": ["Gateway stays red"],
        "?state=closed": [],
        "?q=loud": ["Pump is loud"],
        "?q=secret": [],
        "?whose=company&state=all": ["Pump is loud", "Gateway stays red"],
    }


async def test_the_file_of_the_list_holds_no_formula(visits: Visits, world: World, frozen: Frozen) -> None:
    await a_case(world.tess, world.ada, subject='=HYPERLINK("http://evil.example")')
    await a_case(world.tess, world.bo, subject="A secret of Bo's")
    ada = await visits.of(world.ada)

    answer = await ada.get("/cases.csv?state=all")

    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[1] for row in rows] == ["Subject", '\'=HYPERLINK("http://evil.example")']
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


async def test_my_products_are_cards_with_their_open_cases(visits: Visits, world: World, frozen: Frozen) -> None:
    await a_case(world.tess, world.ada, asset_id=world.ada.asset_id)
    ada = await visits.of(world.ada)

    page = await ada.get("/products")

    assert world.ada.serial in page.text
    assert "1 open case" in page.text
    assert world.bo.serial not in page.text


async def test_the_first_page_shows_my_open_cases_first(visits: Visits, world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="And?", status="waiting_on_customer")
    ada, nobody = await visits.of(world.ada), await visits.stranger()

    mine, theirs = await ada.get("/"), await nobody.get("/")

    assert "1 waits for you" in mine.text
    assert case.subject in mine.text
    assert "My open cases" not in theirs.text
