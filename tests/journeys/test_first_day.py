"""The first day: an empty desk is set up by hand, and every step proves itself."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from casedesk import clock
from casedesk.database import close_database
from casedesk.settings import Settings
from tests.journeys.conftest import Desk
from tests.serving import Served
from tests.world import FOUNDED, PASSWORD, found, open_fresh

pytestmark = pytest.mark.browser


@pytest.fixture
async def empty_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Return a served desk as `casedesk init` leaves it: nobody but Ines, and no case."""
    await open_fresh(settings)
    try:
        with clock.frozen_at(FOUNDED):
            await found()
    finally:
        await close_database()
    made = Desk(settings, Served(settings))
    yield made
    assert made.served.stop() == 0


async def test_an_empty_desk_is_set_up_by_hand(empty_desk: Desk, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)

    # Signing in leads to the first steps
    await page.goto(f"{empty_desk.http}/sign-in")
    await page.get_by_label("Email").fill("ines@halden.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("First steps")

    # A queue is found by the word somebody would use, and added
    await page.get_by_role("link", name="All of setup").click()
    await page.get_by_label("What do you want to set up?").fill("buckets")
    await expect(page.locator("[data-words]:visible")).to_have_count(1)
    await page.locator("main").get_by_role("link", name="Queues").click()
    await page.get_by_role("link", name="Add a queue").click()
    await page.locator("main").get_by_label("Name", exact=True).fill("Night shift")
    await page.locator("main").get_by_label("Key", exact=True).fill("night")
    await page.get_by_role("button", name="Add a queue").click()
    await expect(page.get_by_role("status").filter(has_text="Added")).to_be_visible()

    # A colleague is invited into it, and lets herself in by the mail's link
    await page.goto(f"{empty_desk.http}/console/setup/people/new")
    await page.locator("main").get_by_label("Name", exact=True).fill("Kim Walsh")
    await page.locator("main").get_by_label("Email", exact=True).fill("kim@halden.example")
    await page.locator("main").get_by_label("Role", exact=True).select_option("agent")
    await page.get_by_label("Night shift").check()
    await page.get_by_role("button", name="Invite somebody").click()
    await expect(page.get_by_text("has not chosen a password yet")).to_be_visible()
    letter = await empty_desk.sent("invites you")
    link = re.search(r"http\S+/invitation/\S+", letter.get_body(("plain",)).get_content())[0]
    kim = await (await browser.new_context()).new_page()
    await kim.goto(link)
    await kim.get_by_label("Password").fill("a fine long password")
    await kim.get_by_label("The same again").fill("a fine long password")
    await kim.get_by_role("button", name="Choose it and sign in").click()
    await kim.wait_for_url("**/console/v/mine")
    await kim.context.close()

    # A rule sends cases there: written, moved to the top, tried, published
    await page.goto(f"{empty_desk.http}/console/setup/assignment")
    await page.get_by_role("button", name="Add a rule").click()
    await page.locator("main").get_by_label("Name", exact=True).fill("Night cases go to the night shift")
    await page.get_by_label("Value", exact=True).fill("night")
    await page.get_by_label("Queue", exact=True).select_option("night")
    await page.get_by_role("button", name="Done").click()
    for _ in range(5):
        await page.get_by_role("button", name="Move Night cases go to the night shift up").click()
        await page.wait_for_load_state()
    await page.locator("#trial").get_by_label("Subject").fill("Alarm at night")
    await page.get_by_role("button", name="Try these rules").click()
    await expect(
        page.get_by_role("status").filter(has_text="To the queue Night shift, because rule 1 held")
    ).to_be_visible()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_role("status").filter(has_text="Version 2 is in force")).to_be_visible()

    # A mail goes through the doors of the desk and comes back
    await page.goto(f"{empty_desk.http}/console/setup/checklist")
    await page.locator("#step-mail").get_by_label("To which mailbox").select_option("support@example.com")
    await page.locator("#step-mail").get_by_role("button").click()
    await expect(page.locator("#step-mail")).to_contain_text(re.compile(r"came back as case \S+, which is closed"))
    await page.locator("#step-relay").get_by_role("button").click()
    await expect(page.locator("#step-relay")).to_contain_text("The relay took a mail to ines@halden.example")
    await page.locator("#step-portal").get_by_role("button").click()
    await expect(page.locator("#step-portal")).to_contain_text("Last proven:")
    await page.locator("#step-people").get_by_role("button").click()
    await expect(page.get_by_role("status").filter(has_text="5 of 8 proven")).to_be_visible()
    await context.close()
    assert complaints == []
