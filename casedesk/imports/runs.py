"""Imports by the pages of setup: a file is uploaded, its columns are looked over, tried, and imported while others work.

For files that a browser may wait for; larger ones are brought in by the command.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from casedesk import clock
from casedesk import settings as operator
from casedesk.cases.attaching import safe_name
from casedesk.database import reading as beside
from casedesk.database import transaction
from casedesk.errors import Conflict, NotFound, TooLarge
from casedesk.files import FileStore
from casedesk.identity import Actor
from casedesk.imports import mapping, reading, running
from casedesk.imports.kinds import Kind
from casedesk.imports.mapping import Mapped
from casedesk.imports.models import ImportRun
from casedesk.imports.reading import Sheet
from casedesk.imports.running import NEEDS, Progress, Report, Told
from casedesk.language import gettext as _
from casedesk.language import number as said
from casedesk.language import reader, size, speaking_to
from casedesk.permissions import can

LARGEST = 10_000_000
"""Bytes of a file."""
MOST = 5_000
"""Rows of a file."""
STEP = 25
"""Rows of a transaction: on SQLite everybody else waits for one."""
KEPT_FOR = timedelta(days=7)
_GIVEN_UP = timedelta(minutes=10)
"""After this long a run of a process that died may be begun again."""
_MOST_SHOWN = 50

Work = Callable[[], Awaitable[None]]
_How = Callable[..., Awaitable[Report]]


class State(StrEnum):
    """How far a run is."""

    NEW = "new"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its page shows it; counts, `failed` and `notes` are of the last check or run, empty before one.

    `seen` rows of `total` are worked so far, while it is under way.
    """

    id: int
    kind: Kind
    filename: str
    state: State
    at: datetime
    total: int
    seen: int
    created: int
    updated: int
    skipped: int
    failed: tuple[Told, ...]
    notes: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def is_under_way(self) -> bool:
        """Say whether somebody waits for it."""
        return self.state in (State.CHECKING, State.RUNNING)


def kinds_of(by: Actor) -> tuple[Kind, ...]:
    """Return what somebody may import."""
    return tuple(kind for kind in Kind if can(by, NEEDS[kind]))


async def begin(kind: Kind, filename: str, data: bytes, *, by: Actor) -> int:
    """Keep a file to be imported and return the run's id.

    Raises NotFound without the right, TooLarge beyond what a page takes, Invalid for a file that cannot be read.
    """
    if kind not in kinds_of(by) or by.user_id is None:
        raise NotFound
    if len(data) > LARGEST:
        words = _("The file has %(size)s; a page takes %(most)s. Use `casedesk import` for it.")
        raise TooLarge(words % {"size": size(len(data)), "most": size(LARGEST)})
    sheet = await asyncio.to_thread(reading.read, data, filename)
    if len(sheet.rows) > MOST:
        words = _("The file has %(rows)s rows; a page takes %(most)s. Use `casedesk import` for it.")
        raise TooLarge(words % {"rows": said(len(sheet.rows)), "most": said(MOST)})
    sha256 = await asyncio.to_thread(_store().put, data)
    async with transaction():
        row = await ImportRun.create(
            user_id=by.user_id, kind=kind.value, filename=safe_name(filename), sha256=sha256, total=len(sheet.rows),
            state_since=clock.now(),
        )  # fmt: skip
    return int(row.id)


async def latest(*, by: Actor) -> tuple[RunView, ...]:
    """Return the newest runs of what somebody may import."""
    async with beside():
        kinds = [kind.value for kind in kinds_of(by)]
        return tuple(_view(row) for row in await ImportRun.filter(kind__in=kinds).order_by("-id").limit(_MOST_SHOWN))


async def find(run_id: int, *, by: Actor) -> RunView:
    """Return a run; raises NotFound."""
    return _view(await _row(run_id, by))


async def columns(run_id: int, *, by: Actor) -> tuple[Sheet, Mapped]:
    """Return the file of a run as rows, and what its columns mean; raises NotFound."""
    row = await _row(run_id, by)
    sheet = await _sheet(row)
    return sheet, mapping.match(Kind(row.kind), sheet.headings, row.by_hand)


async def take(run_id: int, by_hand: Mapping[str, str], *, by: Actor) -> None:
    """Take columns as somebody says; raises Invalid for fields that the kind has not, Conflict while it is under way."""
    row = await _row(run_id, by)
    mapping.match(Kind(row.kind), (await _sheet(row)).headings, by_hand)
    if _view(row).is_under_way:
        raise Conflict(_("This import is under way."))
    async with transaction():
        await ImportRun.filter(id=run_id).update(by_hand=dict(by_hand))


async def begin_check(run_id: int, *, by: Actor) -> Work:
    """Begin to try the import; nothing of the file is stored. Raises as `begin_import`."""
    return await _begin(run_id, by, running.look_over, State.CHECKING, State.CHECKED)


async def begin_import(run_id: int, *, by: Actor) -> Work:
    """Begin to import the file; what is returned does it and keeps the report, however long that takes.

    Raises Conflict while it is under way, Invalid when no column means anything here.
    """
    return await _begin(run_id, by, running.run, State.RUNNING, State.DONE)


async def to_mend(run_id: int, *, by: Actor) -> str:
    """Return the rows that failed, with their reasons, as CSV; raises NotFound."""
    row = await _row(run_id, by)
    return running.rows_to_mend(await _sheet(row), Report(failed=list(_view(row).failed)))


async def sweep() -> int:
    """Forget runs, and their files, after a week; return how many."""
    old = await ImportRun.filter(created_at__lt=clock.now() - KEPT_FOR)
    for row in old:
        async with transaction():
            await row.delete()
        if not await ImportRun.exists(sha256=row.sha256):
            await asyncio.to_thread(_store().drop, row.sha256)
    return len(old)


async def _begin(run_id: int, by: Actor, how: _How, during: State, after: State) -> Work:
    row = await _row(run_id, by)
    sheet, mapped = await columns(run_id, by=by)
    running.require(mapped, by=by)
    before = State(row.state) if row.state in (State.NEW, State.CHECKED, State.DONE) else State.NEW
    async with transaction():
        free = ImportRun.filter(id=run_id, state__in=[State.NEW, State.CHECKED, State.DONE])
        late = ImportRun.filter(id=run_id, state_since__lt=clock.now() - _GIVEN_UP)
        started = {"state": during, "state_since": clock.now(), "seen": 0}
        if not (await free.update(**started) or await late.update(**started)):
            raise Conflict(_("This import is under way."))
    whom = reader()

    async def work() -> None:
        with speaking_to(whom):  # by now the page was answered, and its language with it
            await _work(run_id, how(sheet, mapped, by=by, progress=_teller(run_id), step=STEP), before, after)

    return work


async def _work(run_id: int, work: Awaitable[Report], before: State, after: State) -> None:
    kept: dict[str, Any] = {"state": before, "state_since": clock.now()}
    try:
        report = await work
        kept = {
            "state": after, "state_since": clock.now(), "created": report.created,
            "updated": report.updated, "skipped": report.skipped,
            "failed": [[told.row, told.message] for told in report.failed],
            "notes": [[message, list(rows)] for message, rows in report.grouped()],
        }  # fmt: skip
    finally:
        # An import that broke off can be begun again; what it stored is found again and skipped.
        async with transaction():
            await ImportRun.filter(id=run_id).update(**kept)


def _teller(run_id: int) -> Progress:
    async def tell(seen: int, total: int) -> None:
        # That it moves on is also what keeps others from taking it for one whose process died.
        async with transaction():
            await ImportRun.filter(id=run_id).update(seen=seen, state_since=clock.now())

    return tell


async def _row(run_id: int, by: Actor) -> ImportRun:
    row = await ImportRun.get_or_none(id=run_id)
    if row is None or Kind(row.kind) not in kinds_of(by):
        raise NotFound
    return row


async def _sheet(row: ImportRun) -> Sheet:
    path = _store().open_path(row.sha256)
    data = await asyncio.to_thread(path.read_bytes)
    return await asyncio.to_thread(reading.read, data, row.filename)


def _store() -> FileStore:
    return FileStore(operator.current().data / "imports")


def _view(row: ImportRun) -> RunView:
    return RunView(
        id=row.id, kind=Kind(row.kind), filename=row.filename, state=State(row.state), at=row.state_since,
        total=row.total, seen=row.seen, created=row.created, updated=row.updated, skipped=row.skipped,
        failed=tuple(Told(int(str(number)), str(message)) for number, message in row.failed),
        notes=tuple((str(message), tuple(rows)) for message, rows in row.notes),  # type: ignore[arg-type]
    )  # fmt: skip
