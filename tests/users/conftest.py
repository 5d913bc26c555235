"""Members of staff for the tests of signing in and enrolling."""

from collections.abc import Awaitable, Callable

import pytest

from casedesk import security
from casedesk.identity import SYSTEM
from casedesk.settings import Settings
from casedesk.users import enrolling
from casedesk.users.directory import UserRecord

AddUser = Callable[..., Awaitable[UserRecord]]


@pytest.fixture(autouse=True)
async def _configured(database: Settings) -> None:
    security.configure(database)


@pytest.fixture
def add_user() -> AddUser:
    """Return a maker of members of staff, an agent with the password `casedesk-test` unless told otherwise."""

    async def add(email: str = "tess@halden.example", **given: object) -> UserRecord:
        usual = {"name": email.partition("@")[0].title(), "email": email, "role": "agent", "password": "casedesk-test"}
        return await enrolling.add_user({**usual, **given}, by=SYSTEM)

    return add
