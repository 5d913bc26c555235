"""What was typed is never lost, nothing is sent twice or unseen, and nothing moves under the pointer."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import Desk, SignIn
from tests.world import PASSWORD

pytestmark = pytest.mark.browser


async def type_reply(page: Page, words: str) -> None:
    await page.locator("#timeline").focus()
    await page.keyboard.press("r")
    await page.keyboard.type(words)


async def saved(page: Page, kind: str = "reply") -> None:
    await expect(page.locator(f'[data-draft-state="{kind}"] [data-words]')).to_have_text(re.compile("Draft saved"))


async def test_text_focus_and_caret_stay_while_others_change_the_case(desk: Desk, sign_in: SignIn) -> None:
    tess, uma = await sign_in("tess", f"/console/c/{desk.silent}"), await sign_in("uma", f"/console/c/{desk.silent}")
    await type_reply(tess, "Hello Ada")
    await tess.keyboard.press("ArrowLeft")
    await uma.keyboard.press("n")
    await uma.keyboard.type("Looked at it.")
    await uma.keyboard.press("Control+Enter")
    await uma.locator("#status-button").click()
    await uma.get_by_role("button", name="On hold").click()

    await expect(tess.locator("#status-button")).to_contain_text("On hold")
    await expect(tess.locator("#timeline")).to_contain_text("Looked at it.")
    await tess.keyboard.type("-")
    await expect(tess.locator("#composer-reply")).to_have_value("Hello Ad-a")


async def test_a_killed_tab_loses_no_word(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "Half a reply")
    await tess.set_input_files(
        "form[data-kind=reply] input[type=file]", {"name": "log.txt", "mimeType": "text/plain", "buffer": b"1"}
    )
    await expect(tess.locator("form[data-kind=reply] .cd-kept")).to_contain_text("log.txt")
    await saved(tess)
    await tess.context.close()
    again = await sign_in("tess", f"/console/c/{desk.silent}")

    await expect(again.locator("#composer-reply")).to_have_value("Half a reply")
    await expect(again.locator("form[data-kind=reply] .cd-kept")).to_contain_text("log.txt")


async def test_drafts_stay_with_their_case_and_their_author_until_discarded(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "Mine alone")
    await saved(tess)
    uma = await sign_in("uma", f"/console/c/{desk.silent}")
    await expect(uma.locator("#composer-reply")).to_have_value("")
    await tess.goto(f"{desk.http}/console/c/{desk.loud}")
    await expect(tess.locator("#composer-reply")).to_have_value("")
    await tess.goto(f"{desk.http}/console/c/{desk.silent}")
    await expect(tess.locator("#composer-reply")).to_have_value("Mine alone")
    await tess.locator('[data-draft-state="reply"]').get_by_role("button", name="Discard").click()
    await tess.reload()

    await expect(tess.locator("#composer-reply")).to_have_value("")


async def test_an_ended_session_is_renewed_in_place_and_the_reply_sent_once(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "Sent after all")
    await saved(tess)
    await tess.context.clear_cookies()
    await tess.keyboard.press("Control+Enter")
    await tess.get_by_label("Email").fill("tess@halden.example")
    await tess.get_by_label("Password").fill(PASSWORD)
    await tess.get_by_role("dialog").get_by_role("button", name="Sign in").click()
    await expect(tess.locator("#composer-reply")).to_have_value("")
    await desk.sent("Re: Gateway is silent")

    assert len(desk.all_sent("Re: Gateway is silent")) == 1


async def test_a_note_looks_different_and_never_leaves_the_house(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    colour = "getComputedStyle(document.getElementById('composer')).backgroundColor"
    before = await tess.evaluate(colour)
    await tess.keyboard.press("n")
    await tess.keyboard.type("For us alone")
    after = await tess.evaluate(colour)
    await tess.get_by_role("button", name="Add note").click()
    await expect(tess.locator("#timeline .cd-note")).to_contain_text("For us alone")
    await type_reply(tess, "For the customer")
    await tess.keyboard.press("Control+Enter")
    answer = await desk.sent("Re: Gateway is silent")

    assert before != after
    assert "For us alone" not in answer.as_string()


async def test_a_reply_taken_back_leaves_no_mail_and_is_all_there_again(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "Too early")
    await tess.set_input_files(
        "form[data-kind=reply] input[type=file]", {"name": "log.txt", "mimeType": "text/plain", "buffer": b"1"}
    )
    await tess.keyboard.press("Control+Enter")
    await expect(tess.get_by_text("Reply to Ada Premier")).to_be_visible()
    await tess.locator("#timeline").focus()
    await tess.keyboard.press("z")

    await expect(tess.locator("#composer-reply")).to_have_value("Too early")
    await expect(tess.locator("form[data-kind=reply] .cd-kept")).to_contain_text("log.txt")
    await expect(tess.locator("#status-button")).to_contain_text("New")
    await tess.locator("#composer-reply").focus()
    await tess.keyboard.press("Control+Enter")
    answer = await desk.sent("Re: Gateway is silent")
    assert len(desk.all_sent("Re: Gateway is silent")) == 1
    assert [part.get_filename() for part in answer.iter_attachments()] == ["log.txt"]


async def test_closing_the_tab_after_sending_still_sends_once(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "And gone")
    await tess.keyboard.press("Control+Enter")
    await expect(tess.get_by_text("Reply to Ada Premier")).to_be_visible()
    await tess.close()
    await desk.sent("Re: Gateway is silent")

    assert len(desk.all_sent("Re: Gateway is silent")) == 1


async def test_a_reply_is_held_when_a_colleague_was_faster(desk: Desk, sign_in: SignIn) -> None:
    tess, uma = await sign_in("tess", f"/console/c/{desk.silent}"), await sign_in("uma", f"/console/c/{desk.silent}")
    await type_reply(tess, "Second")
    await type_reply(uma, "First")
    await uma.keyboard.press("Control+Enter")
    await expect(tess.locator("#timeline")).to_contain_text("First")
    await tess.locator("#composer-reply").focus()
    await tess.keyboard.press("Control+Enter")
    await expect(tess.get_by_text("Uma Rao wrote while you were writing")).to_be_visible()
    await tess.get_by_role("button", name="Send anyway").click()
    await expect(tess.locator("#composer-reply")).to_have_value("")
    await expect(tess.locator("#timeline")).to_contain_text("Second")


async def test_a_double_click_sends_one_reply_and_makes_one_case(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "Once")
    await tess.get_by_role("button", name="Send, set Waiting on customer").dblclick()
    await desk.sent("Re: Gateway is silent")
    await tess.goto(f"{desk.http}/console/new?contact=1")
    await tess.get_by_label("In a few words").fill("Asked at the fair")
    await tess.get_by_role("button", name="Create case").dblclick()
    await tess.wait_for_url(re.compile("/console/c/"))
    await tess.goto(f"{desk.http}/console/v/all?q=fair")

    assert len(desk.all_sent("Re: Gateway is silent")) == 1
    await expect(tess.locator(".cd-case-row")).to_have_count(1)


async def test_new_cases_wait_behind_a_pill_and_rows_keep_their_places(desk: Desk, sign_in: SignIn) -> None:
    tess, uma = await sign_in("tess", "/console/v/q-premier"), await sign_in("uma", f"/console/c/{desk.loud}")
    row = tess.locator(".cd-case-row", has_text="Pump is loud")
    before = await row.bounding_box()
    await row.hover()
    await desk.receive("ada@ridgeline.example", "Lamp is dim", "It is.")
    await expect(tess.get_by_text("1 new case · show")).to_be_visible()
    await uma.locator("#owner-button").click()
    await uma.get_by_role("button", name=re.compile("Max Brandt")).click()
    await expect(row.get_by_text("Assigned to Max Brandt")).to_be_attached()
    after = await row.bounding_box()
    await row.click()

    assert before is not None
    assert after is not None
    # The pill takes its own line once; rows among themselves stay in order.
    assert after["height"] == before["height"]
    await expect(tess.get_by_role("heading", level=1)).to_have_text("Pump is loud")


async def test_a_row_that_leaves_says_why_and_stays_until_one_goes_on(desk: Desk, sign_in: SignIn) -> None:
    tess, uma = await sign_in("tess", "/console/v/unassigned"), await sign_in("uma", f"/console/c/{desk.loud}")
    await uma.get_by_role("button", name="Take it").click()

    row = tess.locator(".cd-case-row", has_text="Pump is loud")
    await expect(row).to_contain_text("Uma Rao has it")
    await tess.reload()
    await expect(row).to_have_count(0)


async def test_a_server_error_keeps_the_text_and_sends_on_retry(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "Try me twice")
    broken = {"detail": "Something went wrong on our side", "instance": "urn:casedesk:request:7f3a19c2"}
    await tess.route("**/messages", lambda route: route.fulfill(status=500, json=broken), times=1)
    await tess.keyboard.press("Control+Enter")
    await expect(tess.get_by_text(re.compile("Not sent. Your text is kept.*7f3a19c2"))).to_be_visible()
    await expect(tess.locator("#composer-reply")).to_have_value("Try me twice")
    await tess.get_by_role("button", name="Retry").click()

    assert "Try me twice" in (await desk.sent("Re: Gateway is silent")).get_body(("plain",)).get_content()


async def test_the_first_letter_takes_a_case_that_nobody_has_and_can_be_undone(desk: Desk, sign_in: SignIn) -> None:
    tess = await sign_in("tess", f"/console/c/{desk.silent}")
    await type_reply(tess, "H")
    await expect(tess.locator("#owner-button")).to_contain_text("Me")
    await tess.get_by_role("button", name=re.compile("^Undo")).click()

    await expect(tess.locator("#owner-button")).to_contain_text("Nobody")
    await expect(tess.locator("#composer-reply")).to_have_value("H")
