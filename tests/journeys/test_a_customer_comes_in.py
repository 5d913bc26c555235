"""A customer's door: register, confirm by the mailed link, set up one's profile, forget the password, come in again."""

import re
from email.message import EmailMessage

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Desk, SignIn

pytestmark = pytest.mark.browser

FIRST, SECOND = "four quiet horses", "five loud geese"


def _link_in(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return re.search(r"https?://\S+", body.get_content())[0]


async def test_a_customer_registers_signs_in_and_sets_a_new_password(desk: Desk, sign_in: SignIn) -> None:
    staff = await sign_in("tess", "/console")
    context = await staff.context.browser.new_context(java_script_enabled=False)
    page = await context.new_page()

    # The door leads to an account, and the mail to its confirmation
    await page.goto(f"{desk.http}/portal/help/me")
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("Name").fill("Nia New")
    await page.get_by_label("Email").fill("nia@elsewhere.example")
    await page.get_by_role("button", name="Create an account").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    letter = await desk.sent("Confirm your address")
    await page.goto(_link_in(letter))
    await expect(page.get_by_label("Name")).to_have_value("Nia New")
    await page.get_by_label("Password").fill(FIRST)
    await page.get_by_role("button", name="Confirm and sign in").click()

    # Inside, the profile is theirs
    await page.get_by_text("Nia New").first.click()
    await page.get_by_role("link", name="My profile").click()
    await page.get_by_label("Time zone").fill("Europe/Paris")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Your profile is saved")
    await page.get_by_text("Nia New").first.click()
    await page.get_by_role("button", name="Sign out").click()

    # Forgotten, set anew, and in with it
    await page.get_by_role("link", name="Sign in").click()
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("Email").fill("nia@elsewhere.example")
    await page.get_by_role("button", name="Mail me a link").click()
    letter = await desk.sent("Set a new password")
    await page.goto(_link_in(letter))
    await page.get_by_label("New password").fill(SECOND)
    await page.get_by_role("button", name="Save and sign in").click()
    await expect(page.get_by_text("Nia New").first).to_be_visible()
    await page.get_by_text("Nia New").first.click()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("link", name="Sign in").click()
    await page.get_by_label("Email").fill("nia@elsewhere.example")
    await page.get_by_label("Password").fill(SECOND)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_text("Nia New").first).to_be_visible()
    await context.close()
