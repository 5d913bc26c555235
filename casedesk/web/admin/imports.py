"""Imports by pages: a file, what its columns mean, what would become of its rows, and what did."""

from dataclasses import dataclass

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import Conflict, Invalid, TooLarge
from casedesk.imports import runs
from casedesk.imports.kinds import FIELDS, Kind
from casedesk.imports.reading import Sheet
from casedesk.imports.runs import RunView, State
from casedesk.imports.values import plain
from casedesk.language import gettext as _
from casedesk.language import number
from casedesk.web import asking, forms, guard, refusals
from casedesk.web.admin import drawing, entries
from casedesk.web.views import Choice

URL = f"{entries.ROOT}/imports"
_MOST_COLUMNS = 200
_SAMPLES = 3
_MOST_ROWS = 100
_LOOK_AGAIN_SECONDS = 2


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list."""

    url: str
    name: str
    kind: str
    state: str
    run: RunView


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """The list of runs, and the form that begins one."""

    url: str
    kinds: tuple[Choice, ...]
    rows: tuple[RunRow, ...]
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: `name` is that of its select, `samples` its first values."""

    name: str
    heading: str
    samples: str
    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of a row, or of several."""

    rows: str
    words: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A run: its columns to look over, and the report of the last check or run; `seen` says how far one under way is."""

    url: str
    list_url: str
    name: str
    kind: str
    form: str
    run: RunView
    told: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    failed: tuple[Line, ...]
    remarks: tuple[Line, ...]
    seen: str
    problems: tuple[tuple[str, str], ...] = ()


async def show(request: Request) -> Response:
    """Show the runs there are and the form that begins one."""
    return await _list(request)


async def begin(request: Request) -> Response:
    """Take a file, and go on to its columns."""
    form = await forms.read(request)
    uploads = form.files.get("file", ())
    kind = form.line("kind")
    try:
        if not uploads:
            raise Invalid.field("file", _("choose a file"))
        if kind not in set(Kind):
            raise Invalid.field("kind", _("choose what the file holds"))
        data = await uploads[0].read()
        run_id = await runs.begin(Kind(kind), uploads[0].filename or "", data, by=guard.actor_of(request))
    except Invalid as wrong:
        return await _list(request, kind, refusals.problems_of(wrong), 422)
    except TooLarge as wrong:
        return await _list(request, kind, (("file", refusals.sentence(wrong.message)),), 413)
    return RedirectResponse(f"{URL}/{run_id}", 303)


async def look_over(request: Request) -> Response:
    """Show a run."""
    return await _one(request)


async def act(request: Request) -> Response:
    """Keep what the columns mean, and check or import: after the answer, whose page tells how far it is."""
    run_id, form, by = asking.whole_id(request, "id"), await forms.read(request), guard.actor_of(request)
    sheet, _mapped = await runs.columns(run_id, by=by)
    chosen = {heading: form.line(f"c{place}") for place, heading in enumerate(sheet.headings[:_MOST_COLUMNS])}
    try:
        await runs.take(run_id, chosen, by=by)
        work = await (runs.begin_import if form.text("act") == "import" else runs.begin_check)(run_id, by=by)
    except Invalid as wrong:
        return await _one(request, refusals.problems_of(wrong), 422)
    except Conflict as wrong:
        return await _one(request, (("", refusals.sentence(wrong.message)),), 409)
    return RedirectResponse(f"{URL}/{run_id}", 303, background=BackgroundTask(work))


async def failed(request: Request) -> Response:
    """Hand out the rows that failed, to be mended and imported again."""
    words = await runs.to_mend(asking.whole_id(request, "id"), by=guard.actor_of(request))
    headers = {"content-disposition": 'attachment; filename="failed-rows.csv"'}
    return Response(words.encode(), media_type="text/csv; charset=utf-8", headers=headers)


async def _list(
    request: Request, kind: str = "", problems: tuple[tuple[str, str], ...] = (), status: int = 200
) -> Response:
    by = guard.actor_of(request)
    page = ImportsPage(
        url=URL,
        kinds=tuple(Choice(each.value, kind_words(each), each == kind) for each in runs.kinds_of(by)),
        rows=tuple(
            RunRow(f"{URL}/{run.id}", run.filename, kind_words(run.kind), state_words(run.state), run)
            for run in await runs.latest(by=by)
        ),
        problems=problems,
    )
    return await drawing.page(request, "admin/imports.html", here="imports", status=status, page=page)


async def _one(request: Request, problems: tuple[tuple[str, str], ...] = (), status: int = 200) -> Response:
    run_id, by = asking.whole_id(request, "id"), guard.actor_of(request)
    run = await runs.find(run_id, by=by)
    sheet, mapped = await runs.columns(run_id, by=by)
    means = mapped.by_column
    page = ImportPage(
        url=f"{URL}/{run_id}",
        list_url=URL,
        name=run.filename,
        kind=kind_words(run.kind),
        form=sheet.form,
        run=run,
        told=state_words(run.state),
        columns=tuple(
            Column(f"c{place}", heading, _samples(sheet, heading), _fields(run.kind, means.get(heading, "")))
            for place, heading in enumerate(sheet.headings[:_MOST_COLUMNS])
        ),
        notes=_notes(sheet),
        failed=tuple(Line(str(told.row), told.message) for told in run.failed[:_MOST_ROWS]),
        remarks=tuple(Line(_rows(rows), message) for message, rows in run.notes[:_MOST_ROWS]),
        seen=_seen(run),
        problems=problems,
    )
    answer = await drawing.page(request, "admin/import.html", here="imports", status=status, page=page)
    if run.is_under_way:
        answer.headers["refresh"] = str(_LOOK_AGAIN_SECONDS)  # without a script; never while there is a form to fill in
    return answer


def _seen(run: RunView) -> str:
    if not run.is_under_way:
        return ""
    return _("%(done)s of %(total)s rows") % {"done": number(run.seen), "total": number(run.total)}


def _notes(sheet: Sheet) -> tuple[str, ...]:
    if not sheet.short:
        return sheet.notes
    words = _("Rows with fewer cells than headings, the missing ones empty: %(rows)s.")
    return (*sheet.notes, words % {"rows": _rows(sheet.short)})


def _samples(sheet: Sheet, heading: str) -> str:
    found = [plain(row.cells[heading])[:60] for row in sheet.rows if heading in row.cells][:_SAMPLES]
    return " · ".join(found)


def _fields(kind: Kind, chosen: str) -> tuple[Choice, ...]:
    known = [field.name for field in FIELDS[kind]]
    if chosen and chosen not in known:
        known.append(chosen)
    return tuple(Choice(name, name.replace("_", " "), name == chosen) for name in known)


def _rows(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(str(number) for number in numbers[:20])
    return shown + ("…" if len(numbers) > 20 else "")


def state_words(state: State) -> str:
    """Say how far a run is."""
    return {
        State.NEW: _("not checked yet"),
        State.CHECKING: _("being checked"),
        State.CHECKED: _("checked, not imported"),
        State.RUNNING: _("being imported"),
        State.DONE: _("imported"),
    }[state]


def kind_words(kind: Kind) -> str:
    """Say what a file holds."""
    return {
        Kind.ACCOUNTS: _("Accounts"),
        Kind.CONTACTS: _("Contacts"),
        Kind.PRODUCTS: _("Products"),
        Kind.ASSETS: _("Assets"),
        Kind.CONTRACTS: _("Contracts"),
        Kind.ENTITLEMENTS: _("Entitlements"),
        Kind.CASES: _("Cases"),
        Kind.SOLUTIONS: _("Solutions"),
        Kind.USERS: _("People"),
    }[kind]
