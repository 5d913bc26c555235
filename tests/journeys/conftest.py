"""A served desk with everybody in it, their browsers, and the world's mail."""

import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import anyio
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from casedesk.accounts import recognising
from casedesk.cases.creating import NewCase, create_case
from casedesk.database import close_database
from casedesk.identity import SYSTEM, Actor, ActorKind
from casedesk.portals import access, branding
from casedesk.security import passwords
from casedesk.settings import Settings
from casedesk.users.directory import find_by_email
from knowledge import writing
from knowledge.solution import Draft, Status, Visibility
from tests.serving import Served
from tests.world import PASSWORD, open_fresh

SUPPORT = "support@example.com"
SOLUTION = "## Fix\n\n1. Hold Reset for ten seconds.\n2. Wait for the blue light.\n"

SignIn = Callable[..., Awaitable[Page]]


@dataclass
class Desk:
    """A desk that is served; mail goes in over SMTP and comes out as files.

    `silent` and `loud` are the numbers of two cases of Ada's that wait in premier, "Gateway is silent" and "Pump is loud".
    """

    settings: Settings
    served: Served
    silent: str = ""
    loud: str = ""
    seen: set[Path] = field(default_factory=set)

    @property
    def http(self) -> str:
        return self.served.http

    async def receive(self, sender: str, subject: str, text: str, *, to: str = SUPPORT, **headers: str) -> EmailMessage:
        """Let a customer's mail arrive, over a real SMTP connection."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = sender, SUPPORT, subject
        letter["Message-ID"] = f"<{abs(hash((sender, subject, text)))}@customer.example>"
        for name, value in headers.items():
            letter[name.replace("_", "-")] = value
        letter.set_content(text)
        await anyio.to_thread.run_sync(self._deliver, letter, sender, to)
        return letter

    def _deliver(self, letter: EmailMessage, sender: str, to: str) -> None:
        host, _, port = self.served.smtp.rpartition(":")
        with smtplib.SMTP(host, int(port), timeout=10) as connection:
            connection.send_message(letter, sender, [to])

    async def sent(self, subject_part: str, *, seconds: float = 15) -> EmailMessage:
        """Wait for the next mail that leaves with these words in its subject, and return it."""
        with anyio.fail_after(seconds):
            while True:
                for letter in self._letters():
                    if subject_part in str(letter["Subject"]):
                        return letter
                await anyio.sleep(0.05)

    def all_sent(self, subject_part: str) -> list[EmailMessage]:
        """Return every mail that has left with these words in its subject."""
        found = [self._read(path) for path in self._files()]
        return [letter for letter in found if subject_part in str(letter["Subject"])]

    def _letters(self) -> Iterator[EmailMessage]:
        for path in self._files():
            if path not in self.seen:
                letter = self._read(path)
                yield letter
                self.seen.add(path)

    def _files(self) -> list[Path]:
        return sorted((self.settings.data / "outgoing").glob("*.eml"))

    @staticmethod
    def _read(path: Path) -> EmailMessage:
        return BytesParser(policy=default).parsebytes(path.read_bytes())  # type: ignore[return-value]


@pytest.fixture
async def desk(peopled: Settings) -> AsyncIterator[Desk]:
    """Return a served desk with everybody, one solution and two cases in it; a reply can be taken back for two seconds."""
    await open_fresh(peopled)
    try:
        silent, loud = await _filled()
    finally:
        await close_database()
    served = Served(peopled, CASEDESK_UNDO_SECONDS="2")
    made = Desk(peopled, served, silent, loud)
    yield made
    assert made.served.stop() == 0


async def _filled() -> list[str]:
    """Write the solution and the cases, let Ada into the portal, and return the cases' numbers."""
    shown = Draft(
        "Restore a gateway that shows a red light", SOLUTION, visibility=Visibility.PUBLIC, status=Status.PUBLISHED
    )
    await writing.create(shown, by=SYSTEM)
    tess = await find_by_email("tess@halden.example")
    by = Actor(ActorKind.USER, tess.id, tess.name, tess.email, tess.role)
    ada = await recognising.find_by_email("ada@ridgeline.example")
    assert ada is not None
    portal = (await branding.every())[0]
    await access.grant(ada.id or 0, portal.id, by=SYSTEM, password_hash=await passwords.hashed(PASSWORD))
    asked = [
        NewCase(subject=subject, origin="email", description="Please help.", contact_id=ada.id)
        for subject in ("Gateway is silent", "Pump is loud")
    ]
    return [(await create_case(each, by=by)).number for each in asked]


@pytest.fixture
async def sign_in(desk: Desk, browser: Browser) -> AsyncIterator[SignIn]:
    """Return a maker of pages on which a member of staff is signed in; any complaint of the browser fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def make(name: str = "tess", path: str = "/console", context: BrowserContext | None = None) -> Page:
        if context is None:
            context = await browser.new_context(viewport={"width": 1440, "height": 900})
            contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        await page.goto(f"{desk.http}/sign-in?next={path}")
        if "/sign-in" in page.url:
            await page.get_by_label("Email").fill(f"{name}@halden.example")
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()
        await page.locator('[data-live-state="live"], [data-live-state][data-state="live"]').wait_for(state="attached")
        return page

    yield make
    for context in contexts:
        await context.close()
    assert complaints == []


async def close_case(page: Page) -> None:
    """Close the case that a page of the console shows, by its menu."""
    await page.locator("[popovertarget=menu-more]:visible").first.click()
    await page.locator("#menu-more").get_by_role("button", name="Close").click()
    await expect(page.locator("#timeline")).to_contain_text("closed the case")
