"""A file as rows: CSV in whatever encoding and with whatever separator, spreadsheets, JSON lines.

A row that cannot be read carries its problem and never stops the others. What columns mean is not known here.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casedesk.errors import Invalid, TooLarge
from casedesk.imports.encodings import decoded
from casedesk.language import gettext as _
from casedesk.language import number as said
from casedesk.language import size

LARGEST_FILE = 200_000_000
"""Bytes of a file."""
LARGEST_UNPACKED = 1_000_000_000
"""Bytes of what a spreadsheet unpacks to."""
MOST_ROWS = 500_000
MOST_COLUMNS = 1_000
LONGEST_CELL = 1_000_000
"""Characters of a cell."""

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SNIFFED_ROWS = 50
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` as a spreadsheet shows it (for JSON lines the line), `cells` by heading, empty ones left out."""

    number: int
    cells: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read: `form` says as what, `short` are the numbers of rows with fewer cells than headings."""

    form: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    short: tuple[int, ...] = ()


def read(data: bytes, name: str) -> Sheet:
    """Return the rows of a file; `name` helps to tell its format.

    Raises TooLarge, and Invalid for a file without headings or rows, or one that is not what it says it is.
    """
    if len(data) > LARGEST_FILE:
        raise TooLarge(
            _("The file has %(size)s; at most %(most)s are read at once. Cut it in parts.")
            % {"size": size(len(data)), "most": size(LARGEST_FILE)}
        )
    if data.startswith((_ZIP, _OLD_EXCEL)):
        return _spreadsheet(data)
    text, encoding, notes = decoded(data)
    beginning = text[:4096].lstrip()
    ending = name.rpartition(".")[2].lower()
    if ending in ("jsonl", "ndjson", "json") or beginning.startswith(("{", "[{")):
        return _json(text, encoding, notes)
    return _separated(text, encoding, notes)


def _separated(text: str, encoding: str, notes: Sequence[str]) -> Sheet:
    """Read text with separators: `sep=;` in the first line, or the separator that gives the most regular rows."""
    first, _end, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text, before = first.strip()[4], rest, 1
    else:
        separator, before = _separator_of(text), 0
    records = list(_records(text, separator))
    form = _("CSV, %(encoding)s, %(separator)s") % {
        "encoding": encoding,
        "separator": _SEPARATORS.get(separator, separator),
    }
    return _tabled(form, records, notes, before=before, unclosed=_is_unclosed(text, records))


def _records(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(LARGEST_FILE)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t")


def _separator_of(text: str) -> str:
    beginning = text[:200_000]
    return max(_SEPARATORS, key=lambda separator: _regularity(beginning, separator))


def _regularity(text: str, separator: str) -> float:
    """Say how well a separator fits: columns of the headings, weighed by how many rows have as many."""
    widths: list[int] = []
    for record in _records(text, separator):
        if any(cell.strip() for cell in record):
            widths.append(len(record))
        if len(widths) > _SNIFFED_ROWS:
            break
    if not widths or widths[0] < 2:
        return 0
    alike = sum(1 for width in widths[1:] if width == widths[0]) + 1
    return widths[0] * alike / len(widths)


def _is_unclosed(text: str, records: Sequence[Sequence[str]]) -> bool:
    """Say whether the last cell swallowed the rest of the file behind a quotation mark that is never closed."""
    last = records[-1][-1] if records and records[-1] else ""
    return last.count("\n") > 1 and not text.rstrip().endswith('"')


def _spreadsheet(data: bytes) -> Sheet:
    """Read the first sheet of a workbook that holds anything (XLSX, XLS, XLSB, ODS)."""
    from python_calamine import CalamineError, CalamineWorkbook  # only this format needs it

    if data.startswith(_ZIP):
        _refuse_bomb(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
        filled = [name for name, sheet in sheets.items() if sheet.start is not None]
        records = sheets[filled[0]].to_python(skip_empty_area=False) if filled else []
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile):
        raise Invalid.field("file", _("This is not a spreadsheet that can be read; save it as XLSX or CSV.")) from None
    notes = []
    if len(filled) > 1:
        words = _("Only the sheet %(name)s was read; left out: %(others)s.")
        notes.append(words % {"name": filled[0], "others": ", ".join(filled[1:])})
    return _tabled(_("spreadsheet"), [list(record) for record in records], notes)


def _refuse_bomb(data: bytes) -> None:
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except zipfile.BadZipFile:
        raise Invalid.field("file", _("This spreadsheet is broken; save it again as XLSX or CSV.")) from None
    if unpacked > LARGEST_UNPACKED:
        words = _("The spreadsheet unpacks to %(size)s; at most %(most)s are read. Cut it in parts.")
        raise TooLarge(words % {"size": size(unpacked), "most": size(LARGEST_UNPACKED)})


def _json(text: str, encoding: str, notes: Sequence[str]) -> Sheet:
    """Read an object a line, or one list of objects."""
    rows = list(_listed(text) if text.lstrip().startswith("[") else _lines(text))
    _refuse_too_many(len(rows))
    headings = tuple(dict.fromkeys(heading for row in rows for heading in row.cells))
    _refuse_empty(headings, rows)
    return Sheet(_("JSON lines, %(encoding)s") % {"encoding": encoding}, headings, tuple(rows), tuple(notes))


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            yield Row(number, {}, _("is not JSON"))
            continue
        yield _object(number, given)


def _listed(text: str) -> Iterator[Row]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid.field("file", _("This is not JSON; give one object a line, or one list of objects.")) from None
    yield from (_object(number, each) for number, each in enumerate(given, 1))


def _object(number: int, given: Any) -> Row:
    if not isinstance(given, dict):
        return Row(number, {}, _("must be a JSON object"))
    cells = {key: value for key, value in _flat(given, "") if not _is_empty(value)}
    return Row(number, cells, _too_long(cells))


def _flat(given: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    """Give nested objects as `requester.email`; `custom` stays whole."""
    for key, value in given.items():
        if isinstance(value, dict) and not before and key != "custom":
            yield from _flat(value, f"{key}.")
        else:
            yield before + str(key), value


def _tabled(
    form: str, records: Sequence[Sequence[Any]], notes: Iterable[str], *, before: int = 0, unclosed: bool = False
) -> Sheet:
    """Return records as rows under the headings: the first record with anything in it. Empty records are left out."""
    start = next((place for place, record in enumerate(records) if _filled(record)), len(records))
    _refuse_too_many(len(records) - start - 1)
    headings, doubled = _headings(records[start] if start < len(records) else [])
    told = list(notes)
    if doubled:
        words = _("Several columns are called %(names)s; each is looked at by itself.")
        told.append(words % {"names": ", ".join(doubled)})
    rows, short = [], []
    for place in range(start + 1, len(records)):
        record = records[place]
        if not _filled(record):
            continue
        number = place + 1 + before
        if len(record) < len(headings):
            short.append(number)
        rows.append(_row(number, record, headings))
    if unclosed and rows:
        last = rows.pop()
        rows.append(
            Row(last.number, last.cells, _("a quotation mark that opens here is never closed: all below is lost in it"))
        )
    _refuse_empty(headings, rows)
    return Sheet(form, headings, tuple(rows), tuple(told), tuple(short))


def _row(number: int, record: Sequence[Any], headings: Sequence[str]) -> Row:
    cells = {heading: value for heading, value in zip(headings, record, strict=False) if not _is_empty(value)}
    if _filled(record[len(headings) :]):
        words = _("has %(cells)d cells, but there are %(columns)d columns: is a separator inside a cell not quoted?")
        return Row(number, cells, words % {"cells": len(record), "columns": len(headings)})
    return Row(number, cells, _too_long(cells))


def _headings(record: Sequence[Any]) -> tuple[tuple[str, ...], list[str]]:
    """Return unique headings and the names that occur more than once; a column without a name is numbered."""
    while record and _is_empty(record[-1]):
        record = record[:-1]
    if len(record) > MOST_COLUMNS:
        raise Invalid.field("file", _("There are more than %(most)s columns.") % {"most": said(MOST_COLUMNS)})
    seen: dict[str, int] = {}
    doubled: dict[str, None] = {}
    for place, value in enumerate(record, 1):
        name = " ".join(str(value).split()) or _("column %(n)d") % {"n": place}
        again, tries = name, 1
        while again in seen:
            doubled[name] = None
            tries += 1
            again = f"{name} ({tries})"
        seen[again] = place
    return tuple(seen), list(doubled)


def _filled(record: Sequence[Any]) -> bool:
    return any(not _is_empty(value) for value in record)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def _too_long(cells: Mapping[str, Any]) -> str:
    longest = next((key for key, value in cells.items() if isinstance(value, str) and len(value) > LONGEST_CELL), "")
    words = _("%(column)s is longer than %(most)s characters")
    return words % {"column": longest, "most": said(LONGEST_CELL)} if longest else ""


def _refuse_too_many(count: int) -> None:
    if count > MOST_ROWS:
        words = _("The file has %(rows)s rows; at most %(most)s are read at once. Cut it in parts.")
        raise TooLarge(words % {"rows": said(count), "most": said(MOST_ROWS)})


def _refuse_empty(headings: Sequence[str], rows: Sequence[Row]) -> None:
    if not headings and not rows:
        raise Invalid.field("file", _("There is nothing in this file: give headings in the first row and rows below."))
    if not rows:
        raise Invalid.field("file", _("There are headings in this file, but no rows below them."))
