"""The web application of a test desk, and people of its staff."""

from collections.abc import Awaitable, Callable

import pytest

from casedesk import security
from casedesk.identity import SYSTEM, Actor
from casedesk.settings import Settings
from casedesk.users import directory, enrolling
from casedesk.users.models import User
from casedesk.web.middleware import Shield
from casedesk.web.routes import create_web
from tests.web.portal.customers import visits  # noqa: F401  # a fixture for every folder

AddUser = Callable[..., Awaitable[Actor]]


@pytest.fixture
def configured(database: Settings) -> Settings:
    """Return the settings of an open desk whose keys are set."""
    security.configure(database)
    return database


@pytest.fixture
def app(configured: Settings) -> Shield:
    """Return the whole web of the desk."""
    return create_web(configured)


@pytest.fixture
def add_user(configured: Settings) -> AddUser:
    """Return a maker of members of staff with the password `casedesk-test`; it returns the Actor they act as."""

    async def add(email: str = "tess@halden.example", role: str = "agent", **given: object) -> Actor:
        usual = {"name": email.partition("@")[0].title(), "email": email, "role": role, "password": "casedesk-test"}
        made = await enrolling.add_user({**usual, **given}, by=SYSTEM)
        return directory.actor_of(await User.get(id=made.id))

    return add
