"""Bring rows in as a command would: from the text of a file, as casedesk itself."""

from collections.abc import Mapping

from casedesk.identity import SYSTEM, Actor
from casedesk.imports import mapping, reading, running
from casedesk.imports.kinds import Kind
from casedesk.imports.running import Report


async def bring(
    kind: Kind, text: str | bytes, by_hand: Mapping[str, str] | None = None, *, dry: bool = False, by: Actor = SYSTEM
) -> Report:
    """Import the rows of a file and return the report."""
    sheet = reading.read(text.encode() if isinstance(text, str) else text, "rows.csv")
    mapped = mapping.match(kind, sheet.headings, by_hand or {})
    return await (running.try_out if dry else running.run)(sheet, mapped, by=by)


def counts(report: Report) -> tuple[int, int, int, int]:
    """Return created, updated, skipped, failed."""
    return report.created, report.updated, report.skipped, len(report.failed)


def faults(report: Report) -> list[tuple[int, str]]:
    """Return the failed rows with their reasons."""
    return [(told.row, told.message) for told in report.failed]


def notes(report: Report) -> list[tuple[int, str]]:
    """Return what is said about rows that came in."""
    return [(told.row, told.message) for told in report.notes]
