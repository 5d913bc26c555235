"""Programs that speak to the API: one with an administrator's token, and makers of others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from casedesk.founding import found_desk
from casedesk.identity import SYSTEM
from casedesk.settings import Settings
from casedesk.users import enrolling
from knowledge.index import SolutionIndex

Program = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def program(app, add_user) -> AsyncIterator[Program]:
    """Return a maker of clients: each a program with a token of a new member of staff in the given role."""
    async with AsyncExitStack() as stack:
        made: list[str] = []

        async def make(role: str = "administrator", scopes: list[str] | None = None) -> httpx.AsyncClient:
            made.append(role)
            actor = await add_user(f"{role}{len(made)}@halden.example", role=role)
            token = await enrolling.add_token(actor.id, by=SYSTEM, scopes=scopes)
            return await stack.enter_async_context(client_of(app, token.secret))

        yield make


@pytest.fixture
async def admin(program: Program) -> httpx.AsyncClient:
    """Return a program with an administrator's token."""
    return await program("administrator")


@pytest.fixture
async def nobody(app) -> AsyncIterator[httpx.AsyncClient]:
    """Return a program without a token."""
    async with client_of(app, None) as client:
        yield client


def client_of(app, secret: str | None) -> httpx.AsyncClient:
    """Return a client of the API with this token."""
    headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://desk.example/api/v1", headers=headers)


@pytest.fixture
async def desk(configured: Settings) -> AsyncIterator[Settings]:
    """Found the desk (queues, hours, letters, rules, mailboxes), open its index, return its settings."""
    await found_desk(admin_email="founder@halden.example", admin_name="Founder", password_hash="x")
    index = SolutionIndex(configured)
    await index.open()
    yield configured
    await index.close()
