"""`casedesk import`: records from elsewhere come in, with a report of each row that did not or came in without something."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casedesk import settings as operator
from casedesk.cli.asking import DATA, progress, run
from casedesk.errors import Unusable
from casedesk.settings import Settings

if TYPE_CHECKING:
    from casedesk.imports.kinds import Kind
    from casedesk.imports.mapping import Mapped
    from casedesk.imports.reading import Sheet
    from casedesk.imports.running import Report

KINDS = ("accounts", "contacts", "products", "assets", "contracts", "entitlements", "cases", "solutions", "users")
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_MOST_SHOWN = 20


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=_FILE)
@click.option("--map", "map_file", type=_FILE, default=None, help="JSON or TOML that gives columns their fields.")
@click.option("--dry-run", is_flag=True, help="Report what would become of each row and change nothing.")
@click.option(
    "--failed", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Write failed rows here as CSV."
)
@DATA
def import_(
    kind: str, file: Path, map_file: Path | None, dry_run: bool, failed: Path | None, data: Path | None
) -> None:
    """Import FILE (CSV, XLSX or JSON lines); prints created, updated, skipped and failed rows. Exit 1 when any failed."""
    settings = operator.load(data=data)
    from casedesk.imports import mapping, reading
    from casedesk.imports.kinds import Kind
    from casedesk.imports.running import rows_to_mend

    wanted = Kind(kind)
    by_hand = mapping.read_map(map_file.read_text("utf-8-sig"), map_file.name) if map_file else {}
    sheet = reading.read(file.read_bytes(), file.name)
    mapped = mapping.match(wanted, sheet.headings, by_hand)
    _tell_of_file(sheet, mapped, wanted)
    report = _import(settings, sheet, mapped, dry_run=dry_run)
    _tell(report, dry_run=dry_run)
    if failed is not None and report.failed:
        failed.write_text(rows_to_mend(sheet, report), "utf-8", newline="")
        click.echo(f"the failed rows are in {failed}: mend them there and import that file")
    if report.failed:
        raise click.exceptions.Exit(1)


def _import(settings: Settings, sheet: "Sheet", mapped: "Mapped", *, dry_run: bool) -> "Report":
    """Run the import, on SQLite with the desk to itself, and let the index follow what came in."""
    told = progress("rows")

    async def tell(done: int, total: int) -> None:
        told("rows", done, total)

    async def work() -> "Report":
        from casedesk.app import opened
        from casedesk.identity import SYSTEM
        from casedesk.imports import running

        act = running.try_out if dry_run else running.run
        with _alone(settings, needed=dry_run or mapped.kind != "solutions") as alone:
            async with opened(settings):
                report = await act(sheet, mapped, by=SYSTEM, progress=tell)
                if alone and mapped.kind == "solutions":
                    await _index(settings)
                return report

    return run(work)


@contextmanager
def _alone(settings: Settings, *, needed: bool) -> Iterator[bool]:
    """Keep `serve` away inside the block and say whether that was possible; raises Unusable where it is `needed`.

    PostgreSQL bears many writers. On SQLite solutions come in beside the server, in one short statement after another.
    """
    if settings.is_postgres or not settings.sqlite_file.exists():
        yield False
        return
    from casedesk.database.lock import serving_lock

    with ExitStack() as stack:
        try:
            stack.enter_context(serving_lock(settings.data))
        except Unusable as held:
            if needed:
                raise Unusable(f"{held.message}, or import the file in Setup, Imports, while it serves") from None
            yield False
        else:
            yield True


async def _index(settings: Settings) -> None:
    from knowledge.index import SolutionIndex

    index = SolutionIndex(settings)
    await index.open()
    try:
        await index.catch_up()
    finally:
        await index.close()


def _tell_of_file(sheet: "Sheet", mapped: "Mapped", kind: "Kind") -> None:
    click.echo(f"read {len(sheet.rows)} rows ({sheet.form}) as {kind}")
    for note in sheet.notes:
        click.echo(f"note: {note}")
    if sheet.short:
        click.echo(f"note: rows with fewer cells than headings, the missing ones empty: {_rows(sheet.short)}")
    used = ", ".join(f"{column} -> {field}" for column, field in mapped.by_column.items())
    click.echo(f"columns used: {used or 'none'}")
    if mapped.unused:
        click.echo(f"columns not used: {', '.join(mapped.unused)}")


def _tell(report: "Report", *, dry_run: bool) -> None:
    for told in report.failed:
        click.echo(f"row {told.row}: {told.message}")
    for message, rows in report.grouped():
        click.echo(f"{'rows' if len(rows) > 1 else 'row'} {_rows(rows)}: {message}")
    click.echo(f"created {report.created}")
    click.echo(f"updated {report.updated}")
    click.echo(f"skipped {report.skipped}")
    click.echo(f"failed {len(report.failed)}")
    if dry_run:
        click.echo("dry run: nothing was changed")


def _rows(numbers: tuple[int, ...]) -> str:
    """Return row numbers as people write them: 2–41, 50; long lists are cut."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:_MOST_SHOWN]]
    return ", ".join(shown) + (f" and {len(spans) - _MOST_SHOWN} more" if len(spans) > _MOST_SHOWN else "")
