"""What every test may ask for: a desk's settings, its open database, a frozen clock. Nothing clever."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk import clock, remembering
from casedesk.database import close_database, open_database
from casedesk.rulesets import published
from casedesk.settings import Settings
from tests.engines import Desks, engine
from tests.postgres import Server, folder_in_memory
from tests.serving import Served
from tests.world import desk, peopled, world  # noqa: F401  # fixtures for every folder

STORAGE_FIXTURES = {"settings", "empty_settings", "database", "postgres_dsn", "peopled", "desks"}
_server: Server | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the PostgreSQL of this run, once: workers of xdist inherit its address."""
    global _server
    for name in [name for name in os.environ if name.startswith("CASEDESK_") and not name.startswith("CASEDESK_TEST_")]:
        del os.environ[name]  # the desk of whoever runs the tests is not touched
    if engine() == "postgres" and "CASEDESK_TEST_DATABASE" not in os.environ and not config.option.collectonly:
        try:
            _server = Server()
        except RuntimeError as error:
            pytest.exit(str(error), returncode=4)
        os.environ["CASEDESK_TEST_DATABASE"] = _server.dsn


def pytest_unconfigure() -> None:
    """Stop the server that `pytest_configure` started."""
    if _server is not None:
        _server.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what says something on this engine: all on SQLite, on PostgreSQL only the tests that store."""
    kept = [item for item in items if _belongs(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _belongs(item: pytest.Item) -> bool:
    if engine() == "sqlite":
        return item.get_closest_marker("postgres_only") is None
    if item.get_closest_marker("sqlite_only") or item.get_closest_marker("browser"):
        return False
    return bool(STORAGE_FIXTURES.intersection(getattr(item, "fixturenames", ()))) or (
        item.get_closest_marker("postgres_only") is not None
    )


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run every async test, with its fixtures, in one task of one asyncio loop."""
    return "asyncio"


@pytest.fixture(scope="session")
def desks() -> Iterator[Desks]:
    """Return the maker of test desks."""
    folder = folder_in_memory("desks")
    maker = Desks(folder, os.environ["CASEDESK_TEST_DATABASE"] if engine() == "postgres" else "")
    yield maker
    if maker.template is not None:
        maker.drop(maker.template)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(desks: Desks) -> Iterator[Settings]:
    """Return the settings of a fresh desk whose database has every table; nothing is open."""
    made = desks.prepared()
    yield made
    desks.drop(made)


@pytest.fixture
def empty_settings(desks: Desks) -> Iterator[Settings]:
    """Return the settings of a desk that holds nothing at all (for `init`, `migrate`, `restore`)."""
    made = desks.empty()
    yield made
    desks.drop(made)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Settings]:
    """Open the database of `settings` for this test and return the settings."""
    remembering.forget_all()
    published.forget_versions()
    await open_database(settings)
    yield settings
    await close_database()


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    """Serve the desk of `settings` in a process of its own; it must drain and end well."""
    process = Served(settings)
    yield process
    assert process.stop() == 0, process.log.read_text()


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    """Start a Chromium for this test (marked `browser`) and return playwright's Browser, async."""
    from tests.browsers import open_browser  # playwright costs a fifth of a second that most runs can spare

    async with open_browser() as started:
        yield started


@pytest.fixture
def postgres_dsn(settings: Settings) -> str:
    """Return the address of a PostgreSQL database with every table; only for tests marked postgres_only."""
    if not settings.is_postgres:
        raise RuntimeError("mark the test postgres_only to use postgres_dsn")
    return settings.database


class Frozen:
    """A clock that stands still until the test moves it."""

    def __init__(self, stack: ExitStack, instant: datetime) -> None:
        self._stack = stack
        self.set(instant)

    def set(self, instant: datetime) -> datetime:
        """Let it be `instant` (aware) and return it."""
        self._stack.enter_context(clock.frozen_at(instant))
        return instant

    def forward(self, **span: float) -> datetime:
        """Move on by `timedelta(**span)` and return the new instant."""
        return self.set(clock.now() + timedelta(**span))


@pytest.fixture
async def frozen() -> AsyncIterator[Frozen]:
    """Freeze the clock of an async test at a Monday, 2026-03-02 09:00 UTC; plain tests use `clock.frozen_at`."""
    with ExitStack() as stack:
        yield Frozen(stack, datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
