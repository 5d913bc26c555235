"""The Chromium that tests of pages drive: the machine's own."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--disable-gpu", "--disable-dev-shm-usage")


def chromium() -> str:
    """Return the path of a Chromium; raises RuntimeError with the way out when there is none."""
    named = os.environ.get("CASEDESK_TEST_CHROMIUM")
    found = named or next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        raise RuntimeError(
            "no Chromium for the tests of pages: `.ci/setup chromium` or `apt-get install chromium` brings one, or "
            "name one in CASEDESK_TEST_CHROMIUM=/path"
        )
    return found


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start a Chromium and end it after the block; as root it runs without its sandbox, which refuses root."""
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield browser
        finally:
            await browser.close()
