"""A desk's beginning and its doctor: make one, say who may sign in to a demo, look for what could go wrong."""

import asyncio
import json
import shutil
from dataclasses import asdict
from pathlib import Path

from casedesk import database, security
from casedesk.app import opened, spool_of
from casedesk.database.migrating import migrate, pending_migrations
from casedesk.errors import CasedeskError, Unusable
from casedesk.founding import found_desk
from casedesk.identity import SYSTEM
from casedesk.journal import pending
from casedesk.mail import outbox
from casedesk.security import passwords
from casedesk.settings import Settings
from casedesk.users import enrolling
from casedesk.web.pages import SampleSignIn
from knowledge.index import SolutionIndex

SAMPLES_FILE, STORY_FILE = "demo.json", "demo-story.json"
"""What a demo leaves beside its database: who may sign in, and what is told in it."""

_LEAST_FREE = 0.05


async def make_desk(settings: Settings, *, admin_email: str, password: str, token: bool) -> str:
    """Make folder, keys, database and first rows; return a token of the administrator when one is wanted, else "".

    Raises Unusable, touching nothing, when the folder or the PostgreSQL database holds a desk already; Invalid for a
    password that is too weak.
    """
    passwords.check_new(password)
    await _refuse_to_touch(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    for of_a_demo in (SAMPLES_FILE, STORY_FILE):
        # Left by a demo that was taken away: a new desk must not be taken for one, and filled.
        (settings.data / of_a_demo).unlink(missing_ok=True)
    settings.make_key()
    security.configure(settings)
    try:
        return await _found(settings, admin_email, password, token)
    except BaseException:
        # Half a desk would be refused by the next try; what was here before was nothing.
        if not settings.is_postgres:
            for leftover in settings.data.glob("casedesk.db*"):
                leftover.unlink(missing_ok=True)
        raise


async def _found(settings: Settings, admin_email: str, password: str, token: bool) -> str:
    await migrate(settings, lambda _name: None)
    async with opened(settings):
        password_hash = await passwords.hashed(password)
        user_id = await found_desk(
            admin_email=admin_email, admin_name=admin_email.partition("@")[0], password_hash=password_hash
        )
        if not token:
            return ""
        return (await enrolling.add_token(user_id, by=SYSTEM, name="made by init")).secret


def sample_sign_ins(settings: Settings) -> tuple[SampleSignIn, ...]:
    """Return the sign-ins of a demo desk, none for any other; they are shown on loopback only."""
    try:
        found = json.loads((settings.data / SAMPLES_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(SampleSignIn(each["email"], each["name"], each["role"], each.get("portal", "")) for each in found)


async def examine(settings: Settings) -> list[str]:
    """Return one line for each problem of a desk, with its cure; an empty list when all is well."""
    try:
        if waiting := await pending_migrations(settings):
            return [f"{len(waiting)} migration(s) are pending: run `casedesk migrate`"]
        async with opened(settings):
            return [*_of_disk(settings), *await _of_work(), *await _of_index(settings), *await _of_spool(settings)]
    except Unusable as error:
        return [error.message]


async def _refuse_to_touch(settings: Settings) -> None:
    if settings.is_postgres:
        if await database.has_tables(settings):
            raise Unusable("this PostgreSQL database holds a desk already: it is left as it is")
    elif settings.sqlite_file.exists():
        raise Unusable(f"{settings.data} holds a desk already: it is left as it is")


def _of_disk(settings: Settings) -> list[str]:
    usage = shutil.disk_usage(settings.data)
    problems = []
    if usage.free / usage.total < _LEAST_FREE:
        problems.append(f"the disk of {settings.data} is nearly full ({usage.free >> 20} MB left): make room")
    key = settings.secret_file
    if not settings.secret and key.exists() and key.stat().st_mode & 0o077:
        problems.append(f"{key} can be read by others: run `chmod 600 {key}`")
    return problems


async def _of_work() -> list[str]:
    waiting, again, dead = await pending.backlog()
    states = await outbox.counts_by_state()
    problems = []
    if waiting > 1000:
        problems.append(f"{waiting} events wait for the worker: see that `casedesk serve` runs")
    if again:
        problems.append(f"{again} reactions failed and are tried again: see the log for why")
    if dead:
        problems.append(f"{dead} reactions are dead letters: look at Setup, Operations, and try them again there")
    if states.get("failed"):
        problems.append(f"{states['failed']} mails could not be delivered: look at Setup, Operations")
    return problems


async def _of_index(settings: Settings) -> list[str]:
    try:
        faults = await SolutionIndex(settings).compare()
    except (CasedeskError, OSError) as error:
        return [f"the search index cannot be read ({error}): run `casedesk reindex`"]
    return [f"the search index differs from the database ({faults[0]}): run `casedesk reindex`"] if faults else []


async def _of_spool(settings: Settings) -> list[str]:
    spool = spool_of(settings)
    await spool.open()
    try:
        verdict = await spool.verify()
    finally:
        await spool.close()
    return [f"spool: {fault}: restore it from a backup" for fault in verdict.faults[:3]]


async def write_samples(settings: Settings, samples: list[SampleSignIn]) -> None:
    """Keep the sign-ins that a demo shows."""
    said = json.dumps([asdict(each) for each in samples], indent=1)
    target: Path = settings.data / SAMPLES_FILE
    await asyncio.to_thread(target.write_text, said, "utf-8")
