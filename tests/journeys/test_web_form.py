"""A visitor of another web site: a form there, a case here, answered, closed, rated."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Desk, SignIn, close_case

pytestmark = pytest.mark.browser


@contextmanager
def another_site(page: str) -> Iterator[str]:
    """Serve one page at another origin and return its address."""

    class OnePage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), OnePage)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_a_form_on_another_site_becomes_a_case_that_is_answered_closed_and_rated(
    desk: Desk, sign_in: SignIn
) -> None:
    # The HTML is copied from setup into a page of another site
    setup = await sign_in("ines", "/console/setup/web-forms/1")
    snippet = html.unescape(await setup.locator("#web-form-html").input_value())
    visitor = await setup.context.browser.new_page()
    with another_site(f"<!doctype html><title>Shop</title><h1>Shop</h1>{snippet}") as address:
        await visitor.goto(address)

        # A visitor asks, forgets the address, and loses nothing
        await visitor.get_by_label("Your name").fill("Ada Premier")
        await visitor.get_by_label("In a few words").fill("The pump hums")
        await visitor.get_by_label("What happened?").fill("Since Monday, louder every day.")
        await visitor.get_by_label("Files").set_input_files(
            {"name": "pump.log", "mimeType": "text/plain", "buffer": b"hum"}
        )
        await visitor.locator("form").evaluate("form => { form.noValidate = true }")
        await visitor.get_by_role("button", name="Send to the support team").click()
        await expect(visitor.get_by_role("alert")).to_contain_text("Give an address at which we can answer you.")
        await expect(visitor.get_by_label("What happened?")).to_have_value("Since Monday, louder every day.")
        await visitor.get_by_label("Your mail address").fill("ada@ridgeline.example")
        await visitor.get_by_role("button", name="Send to the support team").click()
    await expect(visitor.get_by_role("heading", level=1)).to_have_text("Thank you. Your message is with us.")
    await expect(visitor.get_by_text("A person answers before")).to_be_visible()

    # Tess answers and closes it
    page = await sign_in("tess", "/console/v/q-premier")
    await page.get_by_role("link", name=re.compile("The pump hums")).click()
    await expect(page.locator("#timeline")).to_contain_text("pump.log")
    await page.locator("#composer-reply").fill("Please tighten the screw at its foot.")
    await page.keyboard.press("Control+Enter")
    answer = await desk.sent("The pump hums")
    assert answer["To"] == "ada@ridgeline.example"
    await page.locator("#timeline").focus()
    await page.keyboard.press("Shift+R")
    await page.get_by_label("What solved it").fill("Tightened.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#timeline")).to_contain_text("Tess Odell resolved the case")

    # Ada rates it
    survey = await desk.sent("How did we do")
    link = re.search(r"https?://\S+/s/[^\s?]+", survey.get_body(("plain",)).get_content())[0]
    await visitor.goto(f"{link}?r=5")
    await visitor.get_by_role("button", name="Send").click()
    await expect(visitor.get_by_role("heading", level=1)).to_have_text("Thank you")
    await visitor.close()
    await close_case(page)
