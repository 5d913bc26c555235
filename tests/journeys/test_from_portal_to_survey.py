"""A customer asks in the portal: answers and promise while they type, a person's answer, the end, the survey."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import Desk, SignIn
from tests.world import PASSWORD

pytestmark = pytest.mark.browser

PROMISE = re.compile(r"A person answers before \d\d:\d\d( UTC)? (today|tomorrow)\.")
"""The minute goes on while somebody types; that the promise is kept to the second is shown on a frozen clock."""


async def customer_at(desk: Desk, browser: Browser, complaints: list[str]) -> Page:
    """Return a page on which Ada has signed in to the portal."""
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    await page.goto(f"{desk.http}/portal/help/in")
    await page.get_by_label("Email").fill("ada@ridgeline.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/portal/help/")
    return page


async def test_a_question_is_answered_by_a_person_closed_and_rated(
    desk: Desk, sign_in: SignIn, browser: Browser
) -> None:
    complaints: list[str] = []
    ada = await customer_at(desk, browser, complaints)

    # My open cases stand first; asking is one click away
    await expect(ada.get_by_role("heading", name="My open cases")).to_be_visible()
    await ada.get_by_role("link", name="Ask for help").first.click()

    # Solutions and the promise follow the words; what does not fit is put aside
    await ada.get_by_label("In a few words").press_sequentially("gateway red light")
    answers = ada.locator("#answers")
    await expect(answers.get_by_role("heading", name="Restore a gateway that shows a red light")).to_be_visible()
    await expect(answers).to_contain_text("Hold Reset for ten seconds.")
    await expect(ada.locator("#promise")).to_contain_text("You are covered by Premier.")
    await expect(ada.locator("#promise")).to_contain_text(PROMISE)
    await answers.get_by_role("button", name="Not this").click()
    await expect(answers).to_be_hidden()

    # What was typed outlives the page
    await ada.get_by_label("What happened?").fill("Three blinks, then nothing.")
    await expect(ada.get_by_text("Saved just now")).to_be_visible()
    await ada.goto(f"{desk.http}/portal/help/")
    await ada.goto(f"{desk.http}/portal/help/ask")
    await expect(ada.get_by_label("What happened?")).to_have_value("Three blinks, then nothing.")

    # It is sent once, under the promise that was made
    await ada.get_by_role("button", name="Send to the support team").click()
    await expect(ada.get_by_text("Your question is with us.")).to_be_visible()
    await expect(ada.locator(".cd-next")).to_contain_text(PROMISE)
    number = ada.url.rpartition("/")[2].partition("?")[0]
    acknowledged = await desk.sent(number)
    assert acknowledged["To"] == "ada@ridgeline.example"

    # An agent notes something inside and answers
    tess = await sign_in("tess", f"/console/c/{number}?compose=note")
    await tess.locator("#composer-note").fill("Same as slot B of Elsewhere.")
    await tess.keyboard.press("Control+Enter")
    await expect(tess.locator("#timeline")).to_contain_text("Same as slot B of Elsewhere.")
    await tess.goto(f"{desk.http}/console/c/{number}")
    await tess.locator("#composer-reply").fill("Please hold Reset for ten seconds.")
    await tess.keyboard.press("Control+Enter")
    await desk.sent("Re: gateway red light")

    # The customer reads the answer and nothing else, and answers
    await ada.reload()
    await expect(ada.locator("#thread")).to_contain_text("Please hold Reset for ten seconds.")
    assert "slot B" not in await ada.content()
    await ada.get_by_label("Your answer").fill("That helped, thank you!")
    await ada.get_by_role("button", name="Send", exact=True).click()
    await expect(ada.get_by_text("Your message is with us.")).to_be_visible()
    await expect(tess.locator("#timeline")).to_contain_text("That helped, thank you!")

    # They close it themselves, and are asked how it was
    await ada.get_by_text("Close the case").click()
    await ada.get_by_label("Why?").fill("Reset helped.")
    await ada.get_by_role("button", name="Close it").click()
    await expect(ada.locator(".cd-next")).to_contain_text("Closed")
    survey = await desk.sent("How did we do")
    link = re.search(r"https?://\S+/s/\S+", survey.get_body(("plain",)).get_content())[0].split("?")[0]
    await ada.goto(f"{link}?r=5")
    await ada.get_by_role("button", name="Send").click()
    await expect(ada.get_by_role("heading", level=1)).to_have_text("Thank you")
    await expect(tess.locator("#timeline")).to_contain_text("The customer rated this case 5 of 5")
    await ada.close()
    assert complaints == []
