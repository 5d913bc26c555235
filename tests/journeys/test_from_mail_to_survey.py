"""The main job: a mail arrives and is seen, understood, answered with a solution, resolved, and rated."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Desk, SignIn, close_case

pytestmark = pytest.mark.browser


async def test_a_mail_becomes_a_case_that_is_answered_resolved_and_rated(desk: Desk, sign_in: SignIn) -> None:
    page = await sign_in("tess", "/console/v/q-premier")
    letter = await desk.receive(
        "ada@ridgeline.example", "Gateway shows a red light", "It blinks three times, then nothing."
    )

    # It is seen without a click, and opened
    await page.get_by_text("1 new case · show").click()
    await page.get_by_role("link", name=re.compile("Gateway shows a red light")).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Gateway shows a red light")

    # It says why it is here and when it is due
    await page.locator(".cd-event", has_text="Routed to Premier").get_by_text("Why here?").click()
    await expect(page.locator(".cd-why:visible")).to_contain_text(re.compile("Level of support is premier.*rule 3"))
    await expect(page.locator("#part-clock")).to_contain_text(re.compile(r"Reply due \S+"))
    await expect(page.locator("#part-context")).to_contain_text("Entitled: Premier")

    # A solution goes into the reply, and the reply leaves in its thread
    await page.locator("#part-suggestions").get_by_role("button", name="Insert steps").click()
    await expect(page.locator("#composer-reply")).to_have_value(re.compile("Hold Reset for ten seconds"))
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Reply to Ada Premier")).to_be_visible()
    answer = await desk.sent("Re: Gateway shows a red light")
    assert answer["In-Reply-To"] == letter["Message-ID"]
    assert letter["Message-ID"] in answer["References"]
    assert "Hold Reset" in answer.get_body(("plain",)).get_content()

    # The customer's answer joins the case while it is looked at
    await expect(page.locator("#status-button")).to_contain_text("Waiting on customer")
    await desk.receive(
        "ada@ridgeline.example", str(answer["Subject"]), "That helped, thank you!",
        to=str(answer["Reply-To"]), In_Reply_To=str(answer["Message-ID"]),
    )  # fmt: skip
    await expect(page.locator("#timeline")).to_contain_text("That helped, thank you!")
    await expect(page.locator("#status-button")).to_contain_text("Open")

    # It is resolved, and the customer is asked
    await page.locator("#timeline").focus()
    await page.keyboard.press("Shift+R")
    await page.get_by_label("What solved it").fill("Reset brought slot B back.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#timeline")).to_contain_text("Tess Odell resolved the case")
    survey = await desk.sent("How did we do")
    link = re.search(r"https?://\S+/s/\S+", survey.get_body(("plain",)).get_content())[0].split("?")[0]

    # Looking stores nothing, sending does
    customer = await page.context.browser.new_page()
    for _ in range(2):
        await customer.goto(f"{link}?r=5")
    await expect(customer.get_by_label("Very good")).to_be_checked()
    await customer.goto(link)
    await expect(customer.get_by_label("Very good")).not_to_be_checked()
    await expect(page.locator("#timeline")).not_to_contain_text("rated this case")
    await customer.goto(f"{link}?r=5")
    await customer.get_by_label("Anything you would like to add?").fill("Quick and kind.")
    await customer.get_by_role("button", name="Send").click()
    await expect(customer.get_by_role("heading", level=1)).to_have_text("Thank you")
    await expect(page.locator("#timeline")).to_contain_text("The customer rated this case 5 of 5: Quick and kind.")
    await customer.close()
    await close_case(page)
