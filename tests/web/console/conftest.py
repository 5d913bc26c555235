"""The console of a peopled desk, and people signed in to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from casedesk.cases import creating
from casedesk.cases.creating import NewCase
from casedesk.cases.shapes import CaseView
from casedesk.identity import Actor
from casedesk.settings import Settings
from casedesk.web.middleware import Shield
from casedesk.web.routes import create_web
from tests.web.browser import signed_in
from tests.world import PASSWORD, World

SignIn = Callable[[Actor], Awaitable[httpx.AsyncClient]]
OpenCase = Callable[..., Awaitable[CaseView]]


@pytest.fixture
def app(world: World, peopled: Settings) -> Shield:
    """Return the whole web of a desk with everybody in it."""
    return create_web(peopled)


@pytest.fixture
async def sign_in(app: Shield) -> AsyncIterator[SignIn]:
    """Return a maker of browsers in which a member of staff is signed in."""
    async with AsyncExitStack() as stack:

        async def make(actor: Actor) -> httpx.AsyncClient:
            browser = await signed_in(app, actor.email, PASSWORD)
            stack.push_async_callback(browser.aclose)
            return browser

        yield make


@pytest.fixture
def open_case(world: World) -> OpenCase:
    """Return a maker of cases that a customer (Ada, unless another is given) has asked, logged by Tess."""

    async def make(customer=None, by: Actor | None = None, **given: object) -> CaseView:
        usual = {
            "subject": "Gateway is silent",
            "origin": "email",
            "description": "Since the update it shows no light.",
        }
        asks = customer or world.ada
        return await creating.create_case(NewCase(**{**usual, "contact_id": asks.id, **given}), by=by or world.tess)  # type: ignore[arg-type]

    return make
