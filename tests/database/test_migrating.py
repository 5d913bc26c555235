"""Migrations keep every row and index, whatever happens while they run."""

import signal
import subprocess
import sys

import pytest
from tortoise.connection import get_connections

from casedesk import database as db
from casedesk.accounts.models import Account, Contact, ContactEmail
from casedesk.cases.models import Case, CaseParticipant, Message
from casedesk.database import drafting, keeping
from casedesk.database.lock import serving_lock
from casedesk.database.migrating import migrate, pending_migrations, require_current
from casedesk.database.shape import shape_of
from casedesk.errors import Unusable
from casedesk.journal.models import Event
from casedesk.settings import Settings
from tests.database.newest_step import NEWEST
from tests.engines import environment

MODELS = (Account, Contact, ContactEmail, Case, CaseParticipant, Message, Event)
CHILD = """
import asyncio
from casedesk import settings
from casedesk.database.migrating import migrate
asyncio.run(migrate(settings.load(), print, steps="tests.database.steps_dying"))
"""


def _silently(_line):
    pass


@pytest.fixture
async def filled(settings):
    """A desk whose tables have children, closed again."""
    await db.open_database(settings)
    for number in range(20):
        account = await Account.create(name=f"Company {number}")
        contact = await Contact.create(name=f"Person {number}", account=account)
        await ContactEmail.create(contact=contact, email=f"person{number}@company.example")
        case = await Case.create(subject="Pump", origin="email", contact=contact, account=account)
        await CaseParticipant.create(case=case, email=f"person{number}@company.example")
        await Message.create(case=case, kind="message", public=True, channel="smtp")
        await Event.create(name="case_created", case=case, actor_kind="system", data={})
    await db.close_database()
    return settings


async def _content(settings: Settings) -> dict[str, object]:
    """Count the rows and list the indexes by what they do."""
    await db.open_database(settings)
    try:
        counts = {model._meta.db_table: await model.all().count() for model in MODELS}
        client = get_connections().get("default")
        if settings.is_postgres:
            found = await db.rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef")
            return {**counts, "indexes": [row["indexdef"] for row in found]}
        return {**counts, "indexes": sorted(map(str, (await shape_of(client)).indexes))}
    finally:
        await db.close_database()


async def test_an_empty_desk_gets_every_table_once(empty_settings):
    names = await migrate(empty_settings, _silently)

    assert names[0] == "0001_first"
    assert names[-1] == NEWEST
    assert await migrate(empty_settings, _silently) == []
    await require_current(empty_settings)


async def test_an_empty_desk_is_refused_with_the_command_that_helps(empty_settings):
    with pytest.raises(Unusable, match="run `casedesk migrate`"):
        await require_current(empty_settings)


async def test_the_first_case_has_number_10001(database):
    case = await Case.create(subject="Pump", origin="phone")

    assert case.id == 10001


async def test_widening_a_parent_keeps_its_children_and_every_index(filled):
    before = await _content(filled)

    names = await migrate(filled, _silently, steps="tests.database.steps_wider")

    assert names == ["9001_wider_names"]
    assert await _content(filled) == before
    await db.open_database(filled)
    assert await db.rows("SELECT DISTINCT weight FROM cases") == [{"weight": 7}]
    await db.close_database()


async def test_ids_are_not_used_again_after_a_table_was_rebuilt(filled):
    await db.open_database(filled)
    newest = (await Case.all().order_by("-id").first()).id
    await Case.filter(id=newest).delete()
    await db.close_database()

    await migrate(filled, _silently, steps="tests.database.steps_wider")

    await db.open_database(filled)
    fresh = await Case.create(subject="Pump", origin="phone")
    await db.close_database()
    assert fresh.id == newest + 1


async def test_a_migration_that_dies_half_way_is_undone_and_repeated(filled):
    before = await _content(filled)

    died = subprocess.run([sys.executable, "-c", CHILD], env=environment(filled), check=False, timeout=60)

    assert died.returncode == -signal.SIGKILL
    names = await migrate(filled, _silently, steps="tests.database.steps_wider")
    assert names == ["9001_wider_names"]
    assert await _content(filled) == before


@pytest.mark.sqlite_only
async def test_a_database_whose_migration_was_interrupted_is_not_served(filled):
    subprocess.run([sys.executable, "-c", CHILD], env=environment(filled), check=False, timeout=60)

    with pytest.raises(Unusable, match="interrupted: run `casedesk migrate`"):
        await require_current(filled)


@pytest.mark.sqlite_only
async def test_a_migration_that_loses_rows_is_taken_back(filled):
    before = await _content(filled)

    with pytest.raises(Unusable, match="table accounts had 20 rows and has 0"):
        await migrate(filled, _silently, steps="tests.database.steps_losing")

    assert await _content(filled) == before
    assert await pending_migrations(filled) == []
    assert not keeping.kept_copy(filled.sqlite_file).exists()


async def test_a_migration_that_fails_changes_nothing(filled):
    before = await _content(filled)

    with pytest.raises(Unusable, match="nowhere"):
        await migrate(filled, _silently, steps="tests.database.steps_failing")

    assert await _content(filled) == before
    assert await pending_migrations(filled) == []


async def test_a_database_newer_than_the_program_is_refused(filled):
    await migrate(filled, _silently, steps="tests.database.steps_wider")

    with pytest.raises(Unusable, match="newer than this program"):
        await require_current(filled)


@pytest.mark.sqlite_only
async def test_nothing_is_migrated_while_a_server_serves(filled):
    with serving_lock(filled.data), pytest.raises(Unusable, match="stop it first"):
        await migrate(filled, _silently, steps="tests.database.steps_wider")

    assert await pending_migrations(filled) == []


async def test_migrations_make_what_the_models_say():
    assert [operation.describe() for operation in await drafting.differences()] == []
