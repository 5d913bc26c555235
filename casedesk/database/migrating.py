"""Bring a database to the schema of this program, and refuse to serve one that is older or newer.

Tortoise's own migrations lose rows on SQLite when a parent table is rebuilt with foreign keys on, and forget indexes.
So on SQLite the file is copied first, keys are off, what was lost is looked for, and the copy comes back when anything
differs or the process dies. On PostgreSQL everything is one transaction under an advisory lock.
"""

import importlib
import pkgutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any, cast

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.graph import MigrationKey
from tortoise.models import Model
from tortoise.transactions import in_transaction

from casedesk.database import APP, keeping, postgres_arguments, tortoise_config
from casedesk.database.lock import serving_lock
from casedesk.database.shape import losses, mend, shape_of, shape_of_models, wanted_indexes
from casedesk.database.sqlite import DirectConnection
from casedesk.database.steps import use_steps
from casedesk.errors import Unusable
from casedesk.settings import Settings

STEPS = "casedesk.migrations"
ADVISORY_LOCK = 0x63_64_6D_69_67  # "cdmig": one migration at a time on a PostgreSQL database
_APPLIED = "SELECT name FROM tortoise_migrations WHERE app = 'casedesk' ORDER BY name"

Progress = Callable[[str], None]


async def migrate(settings: Settings, progress: Progress, *, steps: str = STEPS) -> list[str]:
    """Run what is pending and return the names in order; none when the database is current.

    `progress` is told each name before it runs; `steps` is the package of migrations. An interrupted earlier run is
    undone first. Raises Unusable, with everything as before, when a server serves, the database is newer than the
    program, or anything got lost on the way.
    """
    if settings.is_postgres:
        return await _migrate_postgres(settings, progress, steps)
    with serving_lock(settings.data):
        if keeping.put_back(settings.sqlite_file):
            progress("an interrupted migration was undone")
        if not await pending_migrations(settings, steps=steps):
            return []
        return await _migrate_sqlite(settings, progress, steps)


async def pending_migrations(settings: Settings, *, steps: str = STEPS) -> list[str]:
    """Return the names of migrations this database still needs, in order.

    Raises Unusable when it is newer than this program, or when a migration of it was interrupted.
    """
    if not settings.is_postgres and keeping.kept_copy(settings.sqlite_file).exists():
        raise Unusable(
            "a migration of this database was interrupted: run `casedesk migrate`, which undoes and repeats it"
        )
    applied = await _applied_postgres(settings) if settings.is_postgres else _applied_sqlite(settings)
    return _pending(applied, steps)


async def require_current(settings: Settings) -> None:
    """Raise Unusable, with the cure in one line, unless the database has exactly the schema of this program."""
    pending = await pending_migrations(settings)
    if pending:
        raise Unusable(f"the database needs {len(pending)} migration(s) ({pending[0]} …): run `casedesk migrate`")


def _pending(applied: list[str], steps: str) -> list[str]:
    known = sorted(
        found.name for found in pkgutil.iter_modules(importlib.import_module(steps).__path__) if found.name[0].isdigit()
    )
    newer = sorted(set(applied) - set(known))
    if newer:
        raise Unusable(f"the database is newer than this program (it has {newer[-1]}): install the newer casedesk")
    return [name for name in known if name not in applied]


def _applied_sqlite(settings: Settings) -> list[str]:
    try:
        with closing(sqlite3.connect(f"{settings.sqlite_file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return [row[0] for row in connection.execute(_APPLIED)]
    except sqlite3.OperationalError as error:
        if "no such table" in str(error) or not settings.sqlite_file.exists():
            return []
        raise Unusable(f"the database cannot be read: {error}") from None
    except sqlite3.DatabaseError as error:
        raise Unusable(f"{settings.sqlite_file} cannot be read: {error}") from None


async def _applied_postgres(settings: Settings) -> list[str]:
    try:
        connection = await asyncpg.connect(**postgres_arguments(settings.database))
    except (OSError, asyncpg.PostgresError) as error:
        raise Unusable(f"the database cannot be reached: {error}") from None
    try:
        if await connection.fetchval("SELECT to_regclass('tortoise_migrations')") is None:
            return []
        return [row["name"] for row in await connection.fetch(_APPLIED)]
    finally:
        await connection.close()


async def _migrate_postgres(settings: Settings, progress: Progress, steps: str) -> list[str]:
    async with _opened(settings, steps) as config, in_transaction("default") as client:
        await client.execute_query("SELECT pg_advisory_xact_lock($1)", [ADVISORY_LOCK])
        executor = await _executor(client, config)
        pending = _pending([key.name for key in await executor.recorder.applied_migrations()], steps)
        try:
            await _run(executor, progress)
        except (BaseORMException, asyncpg.PostgresError) as error:
            raise Unusable(f"the migration failed and nothing was changed: {error}") from error
        return pending


async def _migrate_sqlite(settings: Settings, progress: Progress, steps: str) -> list[str]:
    """Run the steps in the file itself, which this process holds alone from the copy to the last check."""
    file = settings.sqlite_file
    file.touch(mode=0o600)
    try:
        async with _opened(settings, steps) as config:
            client = _client(config)
            await client.execute_script("BEGIN IMMEDIATE; COMMIT")  # locking_mode=EXCLUSIVE keeps the lock from here on
            await cast(DirectConnection, client._connection).with_raw(lambda raw: keeping.keep(raw, file))
            executor = await _executor(client, config)
            applied = [key.name for key in await executor.recorder.applied_migrations()]
            faults = await _run_and_compare(client, executor, progress)
    except BaseException as error:
        keeping.put_back(file)
        if isinstance(error, (BaseORMException, sqlite3.Error)):
            raise Unusable(f"the migration failed and everything was put back: {error}") from error
        raise
    if faults:
        keeping.put_back(file)
        raise Unusable(f"the migration would have lost something and everything was put back: {'; '.join(faults)}")
    keeping.forget(file)
    return _pending(applied, steps)


async def _run_and_compare(client: BaseDBAsyncClient, executor: MigrationExecutor, progress: Progress) -> list[str]:
    """Run the plan, make again what rebuilt tables forgot, and return what is lost all the same."""
    applied = set(await executor.recorder.applied_migrations())
    if not applied:
        await _run(executor, progress)
        return []
    before, models_before = await shape_of(client), await shape_of_models(await _models(executor, applied))
    await _run(executor, progress)
    everything = set(executor.loader.graph.nodes)
    models_after = await shape_of_models(await _models(executor, everything))
    await mend(client, before, wanted_indexes(before, models_before, models_after))
    recounted = frozenset(
        table for key in everything - applied for table in getattr(executor.loader.graph.nodes[key], "recounted", ())
    )
    faults = losses(before, await shape_of(client), models_before, models_after, recounted)
    orphans: list[dict[str, Any]] = await client.execute_query_dict("PRAGMA foreign_key_check")
    return faults + [f"a row of {row['table']} points at nothing in {row['parent']}" for row in orphans[:5]]


@asynccontextmanager
async def _opened(settings: Settings, steps: str) -> AsyncIterator[dict[str, Any]]:
    """Open the database for migrating only; the program's own open database, if any, is not touched."""
    config = tortoise_config(settings, foreign_keys=False)
    config["apps"][APP]["migrations"] = steps
    if not settings.is_postgres:
        connection = config["connections"]["default"]
        connection["credentials"] = {"locking_mode": "EXCLUSIVE", **connection["credentials"]}
    async with TortoiseContext() as context:
        try:
            await context.init(config=config)
            yield {**config, "context": context}
        except OSError as error:
            raise Unusable(f"the database cannot be opened: {error}") from None


def _client(config: dict[str, Any]) -> BaseDBAsyncClient:
    context: TortoiseContext = config["context"]
    return context.db("default")


async def _executor(client: BaseDBAsyncClient, config: dict[str, Any]) -> MigrationExecutor:
    executor = MigrationExecutor(client, config["apps"])
    use_steps(executor)
    # Before anything is asked: a failed question would spoil the open transaction on PostgreSQL.
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    await executor.loader.build_graph()
    return executor


async def _models(executor: MigrationExecutor, applied: set[MigrationKey]) -> list[type[Model]]:
    state = await executor._project_state(applied)
    return list(state.apps.apps.get(APP, {}).values())


async def _run(executor: MigrationExecutor, progress: Progress) -> None:
    def tell(event: str, _app: str, name: str) -> None:
        if event == "apply_start":
            progress(name)

    await executor.migrate([MigrationTarget(APP, "__latest__")], direction="forward", progress=tell)
