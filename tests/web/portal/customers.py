"""Customers in their browsers: signed in to the first portal of a peopled desk, without a script."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
import pytest

from casedesk.identity import SYSTEM
from casedesk.portals import access, branding, sessions
from casedesk.settings import Settings
from casedesk.web import cookies
from casedesk.web.routes import create_web
from knowledge import writing
from knowledge.index import SolutionIndex
from knowledge.solution import Draft, SolutionView, Status, Visibility
from tests.web.browser import OUR_ORIGIN, visitor
from tests.world import Customer, World

HELP = "/portal/help"
BODY = "## Problem\n\nThe light is red.\n\n## Fix\n\n1. Hold **Reset** for ten seconds.\n2. Wait for blue.\n"


@dataclass
class Browsing:
    """A browser at a portal; `get` and `post` take addresses inside it, and a form's token goes along by itself."""

    client: httpx.AsyncClient
    token: str = ""
    hidden: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **given: object) -> httpx.Response:
        """Look at a page."""
        return await self.client.get(HELP + path, **given)

    async def post(self, path: str, files: object = None, **form: object) -> httpx.Response:
        """Send a form; the answer is where it led to."""
        if not self.token:
            page = await self.client.get(f"{HELP}/ask")
            self.token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1] if page.status_code == 200 else "none"
        answer = await self.client.post(HELP + path, data={"csrf": self.token, **form}, files=files)
        return answer if answer.status_code != 303 else await self.client.get(answer.headers["location"])


class Visits:
    """Opens browsers for the people of the world."""

    def __init__(self, settings: Settings, world: World, stack: AsyncExitStack) -> None:
        self.settings, self.world, self.stack = settings, world, stack
        self.app = create_web(settings)

    async def stranger(self) -> Browsing:
        """Return a browser in which nobody is signed in."""
        return Browsing(await self.stack.enter_async_context(visitor(self.app, origin=OUR_ORIGIN)), token="none")

    async def of(self, customer: Customer, *, sees_company: bool = False) -> Browsing:
        """Return a browser in which a customer is signed in."""
        portal = (await branding.every())[0]
        await access.grant(customer.id, portal.id, by=SYSTEM, sees_company=sees_company)
        secret = await sessions.begin(customer.actor, address="192.0.2.1")
        browser = await self.stack.enter_async_context(visitor(self.app, origin=OUR_ORIGIN))
        browser.cookies.set(cookies.of_customers(self.settings), secret)
        return Browsing(browser)


@pytest.fixture
async def visits(world: World, peopled: Settings) -> AsyncIterator[Visits]:
    """Return the maker of browsers; the index of solutions is open."""
    index = SolutionIndex(peopled)
    await index.open()
    async with AsyncExitStack() as stack:
        yield Visits(peopled, world, stack)
    await index.close()


async def a_solution(title: str = "Restore a gateway that stays red", **given: object) -> SolutionView:
    """Write a public solution."""
    usual: dict[str, object] = {"body": BODY, "visibility": Visibility.PUBLIC, "status": Status.PUBLISHED}
    return await writing.create(Draft(title, **{**usual, **given}), by=SYSTEM)


def fields_of(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form called "ask", or of its only form."""
    return dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', page))
