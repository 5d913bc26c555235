"""Databases for tests: one schema made once a session, copied for each test.

SQLite: a file on tmpfs. PostgreSQL: `CREATE DATABASE … TEMPLATE …`, dropped after the test. CASEDESK_TEST_ENGINE
(sqlite or postgres) names the engine: Tortoise caches SQL by connection name, so one pytest process serves one engine.
"""

import asyncio
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from casedesk import migrations
from casedesk import settings as settings_of_desk
from casedesk.database import postgres_arguments
from casedesk.database.drafting import differences, draft_first
from casedesk.database.migrating import STEPS, migrate
from casedesk.settings import Settings

ENGINES = ("sqlite", "postgres")
CHEAP = {"argon2_kib": 8, "argon2_rounds": 1, "secret": "only-for-tests", "http": "127.0.0.1:0", "smtp": "127.0.0.1:0"}
"""Settings of every test desk: cheap password hashes, one key, free ports."""


def engine() -> str:
    """Return the engine of this pytest process."""
    name = os.environ.get("CASEDESK_TEST_ENGINE", "sqlite")
    if name not in ENGINES:
        raise RuntimeError(f"CASEDESK_TEST_ENGINE is {name!r}: give one of {', '.join(ENGINES)}")
    return name


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment for a child process that works with the desk of `settings`."""
    own = {"CASEDESK_DATA": str(settings.data), "CASEDESK_DATABASE": settings.database}
    return {**os.environ, **own, **{f"CASEDESK_{name.upper()}": str(value) for name, value in CHEAP.items()}}


@dataclass
class Desks:
    """Maker of data folders with an empty or a prepared database, all under `folder`."""

    folder: Path
    server: str = ""
    """Address of a PostgreSQL whose user may create databases; empty for SQLite."""
    template: Settings | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def empty(self) -> Settings:
        """Return the settings of a desk without any table."""
        number = next(self._numbers)
        data = self.folder / f"desk{number}"
        data.mkdir()
        name = f"casedesk_test_{os.getpid()}_{number}"
        if self.server:
            asyncio.run(self._administer(f'CREATE DATABASE "{name}"'))
        return self._settings(data, name)

    def prepared(self) -> Settings:
        """Return the settings of a desk with every table and no row of a user's."""
        if self.template is None:
            model = self.empty()
            asyncio.run(make_schema(model))
            self.template = model
        return self.copy_of(self.template)

    def copy_of(self, model: Settings) -> Settings:
        """Return the settings of a desk whose database is a copy of `model`'s, which nobody has open."""
        number = next(self._numbers)
        data = self.folder / f"desk{number}"
        data.mkdir()
        name = f"casedesk_test_{os.getpid()}_{number}"
        if self.server:
            copied = postgres_arguments(model.database)["database"]
            asyncio.run(self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"'))
        else:
            shutil.copyfile(model.sqlite_file, data / model.sqlite_file.name)
        return self._settings(data, name)

    def drop(self, settings: Settings) -> None:
        """Delete a desk, its database with it."""
        if self.server:
            name = postgres_arguments(settings.database)["database"]
            asyncio.run(self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        shutil.rmtree(settings.data, ignore_errors=True)

    def _settings(self, data: Path, name: str) -> Settings:
        return settings_of_desk.load(data=data, database=self._address(name) if self.server else "", **CHEAP)

    def _address(self, name: str) -> str:
        parts = urlsplit(self.server)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(**postgres_arguments(self.server))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def make_schema(settings: Settings) -> None:
    """Make every table in the empty database of `settings`.

    While somebody changes models before the first release, the first migration is drafted from them for this run alone;
    the test that the migrations say what the models say stays red until it is written (`make first-migration`).
    """
    steps = await _drafted_steps(settings.data.parent / "drafted_steps") if await differences() else STEPS
    await migrate(settings, lambda _name: None, steps=steps)


async def _drafted_steps(folder: Path) -> str:
    if released := [path.name for path in _real_steps() if "0002_" < path.name[:5] < "9"]:
        raise RuntimeError(f"the models say more than the migrations (…, {released[-1]}): `make migration NAME=…`")
    folder.mkdir()
    for path in _real_steps():
        shutil.copy(path, folder)
    await draft_first(folder)
    sys.path.append(str(folder.parent))
    return folder.name


def _real_steps() -> list[Path]:
    return sorted(Path(migrations.__path__[0]).glob("*.py"))
