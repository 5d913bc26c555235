"""The spool keeps what it said it keeps, in order, and notices when it was touched."""

import asyncio
import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from intake.spool import ArrivedMail, Spool, SpoolBusy, SpoolFull, SpoolVerdict, StoredMail
from intake.spool_postgres import SPOOL_CHANNEL, SPOOL_LOCK, PostgresSpool
from intake.spool_sqlite import SqliteSpool


def letter(number: int, *, size: int = 0, to: tuple[str, ...] = ("support@example.com",)) -> StoredMail:
    raw = b"Subject: letter %d\r\n\r\nHello \x00\xff\r\n" % number
    return StoredMail("ada@premier.example", to, raw.ljust(size, b"x"), peer="192.0.2.7", helo="mx.premier.example")


async def test_a_stored_letter_comes_back_as_it_was(spool: Spool) -> None:
    mail = StoredMail(
        "", ("support@example.com", "Büro@example.com"), b"\r\n.\r\n\x00", "192.0.2.7", "imap", "[192.0.2.7]"
    )

    arrival_id = await spool.store(mail)

    arrival = await spool.get(arrival_id)
    assert arrival is not None
    assert (
        StoredMail(
            arrival.envelope_from,
            arrival.envelope_to,
            await spool.raw(arrival_id),
            arrival.peer,
            arrival.channel,
            arrival.helo,
        )
        == mail
    )
    assert (arrival.size, arrival.raw_sha256) == (len(mail.raw), hashlib.sha256(mail.raw).hexdigest())
    assert arrival.received_at.utcoffset() is not None


async def test_an_unknown_arrival_is_absent(spool: Spool) -> None:
    assert await spool.get(7) is None
    with pytest.raises(KeyError):
        await spool.raw(7)


async def test_letters_are_read_in_the_order_they_came(spool: Spool) -> None:
    ids = await asyncio.gather(*(spool.store(letter(number)) for number in range(300)))

    found: list[ArrivedMail] = []
    while batch := await spool.read_on(found[-1].arrival.id if found else 0, 77):
        found += batch

    assert [mail.arrival.id for mail in found] == ids == sorted(ids)
    assert [mail.raw for mail in found] == [letter(number).raw for number in range(300)]


async def test_a_read_stays_near_its_bytes_but_gives_one_at_least(spool: Spool) -> None:
    for number in range(4):
        await spool.store(letter(number, size=30_000))

    assert [mail.arrival.id for mail in await spool.read_on(0, 100, max_bytes=70_000)] == [1, 2]
    assert [mail.arrival.id for mail in await spool.read_on(2, 100, max_bytes=1)] == [3]


async def test_arrivals_are_listed_without_their_bytes(spool: Spool) -> None:
    assert await spool.newest() is None

    for number in range(5):
        await spool.store(letter(number))

    assert await spool.list_on(1, 3) == [mail.arrival for mail in await spool.read_on(1, 3)]
    assert await spool.newest() == await spool.get(5)


async def test_verify_proves_every_letter(spool: Spool) -> None:
    letters = [letter(1), letter(2, size=50_000), letter(3)]
    for mail in letters:
        await spool.store(mail)

    assert await spool.verify() == SpoolVerdict(3, sum(len(mail.raw) for mail in letters), ())


async def test_a_caller_that_goes_away_does_not_take_the_letter_with_it(
    spool: Spool, new_spool: Callable[[], Spool]
) -> None:
    letters = [letter(1), letter(2, size=50_000)]
    for mail in letters:
        caller = asyncio.create_task(spool.store(mail))
        await asyncio.sleep(0)
        caller.cancel()
        await asyncio.wait([caller])

    await spool.close()

    again = new_spool()
    await again.open()
    assert {mail.raw for mail in await again.read_on(0, 10)} == {mail.raw for mail in letters}
    await again.close()


async def test_a_closed_spool_takes_nothing(spool: Spool) -> None:
    await spool.close()

    with pytest.raises(SpoolBusy):
        await spool.store(letter(1))


async def test_two_writers_share_one_chain(spool: Spool, new_spool: Callable[[], Spool]) -> None:
    other = new_spool()
    await other.open()

    seen: list[int] = []

    async def follow() -> None:
        while len(seen) < 400:
            seen.extend(mail.arrival.id for mail in await spool.read_on(seen[-1] if seen else 0, 50))
            await asyncio.sleep(0.001)

    async def write(writer: Spool) -> None:
        for start in range(0, 200, 5):
            await asyncio.gather(*(writer.store(letter(start + number)) for number in range(5)))

    await asyncio.wait_for(asyncio.gather(follow(), write(spool), write(other)), 60)

    assert seen == list(range(1, 401))
    assert (await spool.verify()).faults == ()
    await other.close()


async def test_more_than_may_wait_is_refused_at_once(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path, max_waiting=10)
    await spool.open()

    answers = await asyncio.gather(*(spool.store(letter(number)) for number in range(15)), return_exceptions=True)

    assert answers[:10] == list(range(1, 11))
    assert [type(answer) for answer in answers[10:]] == [SpoolBusy] * 5
    await spool.close()


async def test_letters_are_told_of_after_their_commit(tmp_path: Path) -> None:
    newest: list[int] = []
    spool = SqliteSpool(tmp_path, on_stored=newest.append)
    await spool.open()

    await asyncio.gather(*(spool.store(letter(number)) for number in range(5)))

    assert newest[-1] == 5
    await spool.close()


@pytest.mark.postgres_only
async def test_other_processes_hear_of_letters_in_postgres(postgres_dsn: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(postgres_dsn)
    await listener.add_listener(SPOOL_CHANNEL, lambda *said: heard.put_nowait(said[-1]))
    spool = PostgresSpool(postgres_dsn)
    await spool.open()

    await spool.store(letter(1))

    assert await asyncio.wait_for(heard.get(), 5) == "1"
    await spool.close()
    await listener.close()


# Backup.


async def test_a_restored_spool_is_the_same_and_goes_on(spool: Spool, tmp_path: Path) -> None:
    backup = SqliteSpool(tmp_path)
    await stored_in(backup, 7, size=20_000)
    again = SqliteSpool(tmp_path)
    await again.open()
    mails = await again.read_on(0, 100)

    await spool.restore(mails[:4])
    await spool.restore(mails[4:])

    assert await spool.read_on(0, 100) == mails
    assert await spool.store(letter(8)) == 8
    assert (await spool.verify()).faults == ()
    await again.close()


async def test_a_restore_out_of_order_is_refused_and_leaves_nothing(spool: Spool, tmp_path: Path) -> None:
    backup = SqliteSpool(tmp_path)
    await backup.open()
    for number in range(3):
        await backup.store(letter(number))
    mails = await backup.read_on(0, 100)

    for wrong in (mails[1:], [mails[0], mails[2]]):
        with pytest.raises(ValueError, match="in order"):
            await spool.restore(wrong)

    await spool.restore(mails)
    assert await spool.read_on(0, 100) == mails
    await backup.close()


# Full, locked, gone.


async def test_a_locked_file_is_busy_and_works_again_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.spool_sqlite.BUSY_SECONDS", 0.1)
    spool = SqliteSpool(tmp_path)
    await spool.open()
    bully = sqlite3.connect(spool.path, isolation_level=None)
    bully.execute("begin immediate")

    with pytest.raises(SpoolBusy):
        await spool.store(letter(1))

    bully.execute("rollback")
    assert await spool.store(letter(1)) == 1
    bully.close()
    await spool.close()


async def test_a_disk_with_hardly_any_room_is_full(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path, large_bytes=10_000, reserve_bytes=1 << 60)
    await spool.open()

    for mail in (letter(1), letter(2, size=20_000)):
        with pytest.raises(SpoolFull):
            await spool.store(mail)

    await spool.close()


FILLING = """
import asyncio, pathlib, resource, signal, sys
from intake.spool import SpoolBusy, SpoolFull, StoredMail
from intake.spool_sqlite import SqliteSpool

async def fill(folder):
    spool = SqliteSpool(folder, large_bytes=300_000)
    await spool.open()
    await spool.store(StoredMail("", ("a@b",), b"small"))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    for size in (250_000, 400_000):
        try:
            await spool.store(StoredMail("", ("a@b",), b"x" * size))
        except (SpoolBusy, SpoolFull) as refusal:
            print(type(refusal).__name__)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(await spool.store(StoredMail("", ("a@b",), b"x" * 400_000)), (await spool.verify()).faults)
    print(sorted(path.name[:6] for path in (folder / "spool").rglob("draft*")))
    await spool.close()

asyncio.run(fill(pathlib.Path(sys.argv[1])))
"""


def test_a_write_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    """The kernel refuses to let files grow (EFBIG), as a full disk would; the spool works on once it may again."""
    done = subprocess.run([sys.executable, "-c", FILLING, tmp_path], capture_output=True, text=True, timeout=60)

    assert (done.stderr, done.stdout.splitlines()) == ("", ["SpoolBusy", "SpoolBusy", "2 ()", "[]"])


@pytest.mark.postgres_only
async def test_a_database_that_goes_away_in_a_commit_is_busy_and_comes_back(postgres_dsn: str) -> None:
    spool = PostgresSpool(postgres_dsn)
    await spool.open()
    bully = await asyncpg.connect(postgres_dsn)
    await bully.execute("select pg_advisory_lock($1)", SPOOL_LOCK)
    storing = asyncio.create_task(spool.store(letter(1)))
    ended = False

    while not ended:
        ended = await bully.fetchval(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'casedesk spool' and wait_event_type = 'Lock'"
        )

    with pytest.raises(SpoolBusy):
        await storing
    await bully.close()
    assert await spool.store(letter(1)) == 1
    await spool.close()


@pytest.mark.postgres_only
async def test_a_letter_no_row_can_hold_does_not_refuse_its_neighbours(postgres_dsn: str) -> None:
    spool = PostgresSpool(postgres_dsn)
    await spool.open()

    answers = await asyncio.gather(
        spool.store(letter(1)),
        spool.store(letter(2, to=("nul\x00@example.com",))),
        spool.store(letter(3)),
        return_exceptions=True,
    )

    assert [answer if isinstance(answer, int) else type(answer) for answer in answers] == [1, SpoolBusy, 2]
    await spool.close()


# Append-only, and the chain.


def test_rows_cannot_be_changed_or_removed_in_sqlite(tmp_path: Path) -> None:
    asyncio.run(stored_in(SqliteSpool(tmp_path), 1))
    database = sqlite3.connect(tmp_path / "spool.db", isolation_level=None)

    for statement in ("update spool set envelope_from = ''", "delete from spool"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)

    database.close()


@pytest.mark.postgres_only
async def test_rows_cannot_be_changed_or_removed_in_postgres(postgres_dsn: str) -> None:
    await stored_in(PostgresSpool(postgres_dsn), 1)
    database = await asyncpg.connect(postgres_dsn)

    for statement in ("update spool set envelope_from = ''", "delete from spool", "truncate spool"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await database.execute(statement)

    await database.close()


async def stored_in(spool: Spool, letters: int, *, size: int = 0) -> None:
    await spool.open()
    for number in range(letters):
        await spool.store(letter(number, size=size))
    await spool.close()


@pytest.mark.parametrize(
    ("tampering", "faults"),
    [
        ("update spool set raw = x'00' where id = 2", ("arrival 2: its bytes are not those that arrived",)),
        ("update spool set raw = null where id = 2", ("arrival 2: its bytes are gone",)),
        ("update spool set envelope_from = 'eve@otto.example' where id = 2", ("arrival 2: the chain is broken here",)),
        ("update spool set received_at = received_at - 1 where id = 3", ("arrival 3: the chain is broken here",)),
        (
            "delete from spool where id = 2",
            ("arrival 3 follows 1: the rows between are gone", "arrival 3: the chain is broken here"),
        ),
    ],
)
async def test_verify_names_what_was_touched(tmp_path: Path, tampering: str, faults: tuple[str, ...]) -> None:
    spool = SqliteSpool(tmp_path)
    await stored_in(spool, 4)
    intruder = sqlite3.connect(tmp_path / "spool.db", isolation_level=None)
    for trigger in ("spool_is_never_changed", "spool_is_never_emptied"):
        intruder.execute(f"drop trigger {trigger}")
    intruder.execute(tampering)
    intruder.close()

    assert (await spool.verify()).faults == faults


async def test_verify_notices_a_large_letter_that_is_gone_or_changed(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path, large_bytes=10)
    await stored_in(spool, 2)
    first, second = (tmp_path / "spool" / sha[:2] / sha for sha in [digest(0), digest(1)])

    first.unlink()
    second.write_bytes(b"other")

    assert (await spool.verify()).faults == (
        "arrival 1: its bytes are gone",
        "arrival 2: its bytes are not those that arrived",
    )


def digest(number: int) -> str:
    return hashlib.sha256(letter(number).raw).hexdigest()


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    asyncio.run(stored_in(SqliteSpool(tmp_path, large_bytes=10), 1))

    found = {path.relative_to(tmp_path).parts[0]: path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")}

    assert found == {"spool.db": 0, "spool": 0}
