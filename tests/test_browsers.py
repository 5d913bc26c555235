"""The Chromium of this machine shows a page."""

import pytest


@pytest.mark.browser
async def test_a_page_is_shown(browser):
    page = await browser.new_page()

    await page.set_content("<!doctype html><title>Desk</title><h1>Cases</h1>")

    assert (await page.title(), await page.inner_text("h1")) == ("Desk", "Cases")
