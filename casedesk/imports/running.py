"""An import runs: rows in batches, each row whole or not at all, and a report of what became of them.

A dry run does all of it and takes it back at the end, so that its report is that of the run itself.
"""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tortoise.exceptions import BaseORMException

from casedesk import journal, permissions
from casedesk.database import transaction
from casedesk.errors import CasedeskError, Invalid, Unavailable
from casedesk.identity import Actor
from casedesk.imports import cases, mapping, nouns, solutions
from casedesk.imports.finding import Finder
from casedesk.imports.kinds import Kind
from casedesk.imports.mapping import Mapped
from casedesk.imports.reading import Row, Sheet
from casedesk.imports.storing import BadRow, Fate, Incoming
from casedesk.imports.values import plain
from casedesk.language import gettext as _
from casedesk.permissions import Permission

STEP = 200
"""Rows of one transaction."""
NEEDS: Mapping[Kind, Permission] = {
    Kind.ACCOUNTS: Permission.ACCOUNT_CHANGE,
    Kind.CONTACTS: Permission.ACCOUNT_CHANGE,
    Kind.PRODUCTS: Permission.PRODUCT_CHANGE,
    Kind.ASSETS: Permission.PRODUCT_CHANGE,
    Kind.CONTRACTS: Permission.PRODUCT_CHANGE,
    Kind.ENTITLEMENTS: Permission.PRODUCT_CHANGE,
    Kind.CASES: Permission.CASE_CREATE,
    Kind.SOLUTIONS: Permission.SOLUTION_WRITE,
    Kind.USERS: Permission.USER_CHANGE,
}
"""The right that each kind needs."""
REASON = "reason"
"""Heading of the column that the rows to mend carry."""

Progress = Callable[[int, int], Awaitable[None]]
_How = Callable[[Sequence[Row], Mapped, "Report", Actor], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Told:
    """Something about a row: why it failed, or what it came in without."""

    row: int
    message: str


@dataclass(slots=True)
class Report:
    """What became of the rows of a file; `notes` are about rows that came in, `failed` about those that did not."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: list[Told] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)

    def count(self, fate: Fate) -> None:
        """Count a row that did not fail."""
        setattr(self, fate.value, getattr(self, fate.value) + 1)

    def grouped(self) -> list[tuple[str, tuple[int, ...]]]:
        """Return each note once with the rows it is about, in the order of the first."""
        found: dict[str, list[int]] = {}
        for note in self.notes:
            found.setdefault(note.message, []).append(note.row)
        return [(message, tuple(rows)) for message, rows in found.items()]


class _TakenBack(Exception):
    """Ends a dry run's transaction; never leaves this file."""


async def run(sheet: Sheet, mapped: Mapped, *, by: Actor, progress: Progress | None = None, step: int = STEP) -> Report:
    """Store the rows of a file and return what became of them. Safe twice: what is here is updated or skipped.

    Raises NotFound without the right, Invalid when no column means anything here, Unavailable when the database is busy
    or full (the batches before are kept).
    """
    return await _each_batch(_keep, sheet, mapped, by=by, progress=progress, step=step)


async def look_over(sheet: Sheet, mapped: Mapped, *, by: Actor, progress: Progress | None = None, step: int) -> Report:
    """Return what `run` would report, a batch at a time, so that whoever works meanwhile waits for none of it long.

    Two rows of one record in different batches are both told of as new.
    """
    return await _each_batch(_take_back, sheet, mapped, by=by, progress=progress, step=step)


async def try_out(sheet: Sheet, mapped: Mapped, *, by: Actor, progress: Progress | None = None) -> Report:
    """Return what `run` would report, and change nothing."""
    found: list[Report] = []
    try:
        async with transaction():
            found.append(await run(sheet, mapped, by=by, progress=progress))
            raise _TakenBack
    except _TakenBack:
        return found[0]


def require(mapped: Mapped, *, by: Actor) -> None:
    """Raise NotFound without the right to import this kind, Invalid when no column means anything here."""
    permissions.require(by, NEEDS[mapped.kind])
    if not mapped.columns:
        words = _("No column of this file means anything for %(kind)s; it has %(columns)s. Say by a map what is what.")
        columns = ", ".join(mapped.unused)[:2000]
        raise Invalid.field("file", words % {"kind": mapped.kind.value, "columns": columns})


def rows_to_mend(sheet: Sheet, report: Report) -> str:
    """Return the failed rows as CSV with the reason beside each, to be mended and imported again."""
    reasons = {told.row: told.message for told in report.failed}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*sheet.headings, REASON])
    for row in sheet.rows:
        if row.number in reasons:
            cells = [_cell(row.cells.get(heading)) for heading in sheet.headings]
            writer.writerow([*cells, reasons[row.number]])
    return "\ufeff" + out.getvalue()


async def _each_batch(
    how: _How, sheet: Sheet, mapped: Mapped, *, by: Actor, progress: Progress | None, step: int
) -> Report:
    require(mapped, by=by)
    report, done = Report(), 0
    for start in range(0, len(sheet.rows), step):
        batch = sheet.rows[start : start + step]
        await how(batch, mapped, report, by)
        done += len(batch)
        if progress is not None:
            await progress(done, len(sheet.rows))
        await asyncio.sleep(0)
    report.failed.sort(key=lambda told: told.row)
    return report


async def _keep(batch: Sequence[Row], mapped: Mapped, report: Report, by: Actor) -> None:
    async with transaction():
        with journal.only_history():
            await _store(batch, mapped, report, Finder(), by)


async def _take_back(batch: Sequence[Row], mapped: Mapped, report: Report, by: Actor) -> None:
    try:
        async with transaction():
            with journal.only_history():
                await _store(batch, mapped, report, Finder(), by)
            raise _TakenBack
    except _TakenBack:
        pass


async def _store(batch: Sequence[Row], mapped: Mapped, report: Report, find: Finder, by: Actor) -> None:
    if mapped.kind is Kind.SOLUTIONS:
        await _store_solutions(batch, mapped, report, by)
        return
    for row in batch:
        read = mapping.values_of(row, mapped)
        if row.problem or read.problems:
            report.failed.append(Told(row.number, row.problem or "; ".join(read.problems)))
            continue
        incoming = Incoming(read.values, find, list(read.notes))
        try:
            # A savepoint: what a row did before it failed is taken back, the others stay.
            async with transaction():
                fate = await _store_one(mapped.kind, incoming, by)
        except Unavailable:
            raise
        except (BadRow, CasedeskError, BaseORMException, ValueError) as error:
            report.failed.append(Told(row.number, _said(error)))
            continue
        report.count(fate)
        report.notes += [Told(row.number, note) for note in incoming.notes]


async def _store_one(kind: Kind, row: Incoming, by: Actor) -> Fate:
    if kind is Kind.CASES:
        return await cases.store(row, by=by)
    return await nouns.store(nouns.NOUNS[kind], row, by=by)


async def _store_solutions(batch: Sequence[Row], mapped: Mapped, report: Report, by: Actor) -> None:
    good: list[tuple[int, Mapping[str, object]]] = []
    for row in batch:
        read = mapping.values_of(row, mapped)
        if row.problem or read.problems:
            report.failed.append(Told(row.number, row.problem or "; ".join(read.problems)))
            continue
        report.notes += [Told(row.number, note) for note in read.notes]
        good.append((row.number, read.values))
    done = await solutions.store([values for _number, values in good], by=by)
    report.created += done.created
    report.updated += done.updated - done.unchanged
    report.skipped += done.unchanged
    report.failed += [Told(good[failure.line - 1][0], failure.message) for failure in done.failed]


def _said(error: Exception) -> str:
    if isinstance(error, Invalid):
        return "; ".join(f"{problem.field}: {problem.message}" for problem in error.problems)
    return " ".join(str(error).split())[:300] or _("cannot be stored")


def _cell(value: object) -> str:
    """Return a cell for a spreadsheet; what it would take for a formula is quoted, and `reading` takes the quote away."""
    text = plain(value) if value is not None else ""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
