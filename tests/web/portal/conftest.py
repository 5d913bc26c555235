"""The portal of a peopled desk, and customers who are signed in to it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from casedesk.identity import SYSTEM
from casedesk.portals import access, branding
from casedesk.portals.branding import PortalRecord
from casedesk.security import passwords
from casedesk.settings import Settings
from casedesk.web.middleware import Shield
from casedesk.web.routes import create_web
from tests.web.browser import OUR_ORIGIN, visitor
from tests.world import PASSWORD, Customer, World

HELP = "/portal/help"
Enter = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def app(world: World, peopled: Settings) -> Shield:
    """Return the whole web of a desk with everybody in it."""
    return create_web(peopled)


@pytest.fixture
async def portal(world: World) -> PortalRecord:
    """Return the desk's first portal, whose slug is help."""
    return (await branding.every())[0]


@pytest.fixture
async def stranger(app: Shield) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser in which nobody is signed in."""
    async with visitor(app, origin=OUR_ORIGIN) as browser:
        yield browser


@pytest.fixture
async def enter(app: Shield, portal: PortalRecord) -> AsyncIterator[Enter]:
    """Return a maker of browsers in which a customer is signed in; `sees_company` gives them sight of their account."""
    async with AsyncExitStack() as stack:

        async def make(customer: Customer, *, sees_company: bool = False) -> httpx.AsyncClient:
            await access.grant(
                customer.id,
                portal.id,
                by=SYSTEM,
                sees_company=sees_company,
                password_hash=await passwords.hashed(PASSWORD),
            )
            browser = await stack.enter_async_context(visitor(app, origin=OUR_ORIGIN))
            answer = await browser.post(f"{HELP}/in", data={"email": customer.email, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            browser.headers["x-csrf-token"] = token_in((await browser.get(f"{HELP}/me")).text)
            return browser

        yield make


def token_in(page: str) -> str:
    """Return the token that the forms of a page carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]
