"""Which column means which field: guessed from the headings, or said by hand."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casedesk.errors import Invalid
from casedesk.imports.kinds import FIELDS, Field, Kind, field_of
from casedesk.imports.reading import Row
from casedesk.imports.values import BadCell, plain
from casedesk.language import gettext as _

LEFT_OUT = ("", "-")
"""What a map gives a column that is not to be used."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """The columns of a file by the fields they mean (the likeliest first), and those that mean nothing here."""

    kind: Kind
    columns: Mapping[str, tuple[str, ...]]
    unused: tuple[str, ...]

    @property
    def by_column(self) -> dict[str, str]:
        """Return the field of each column that is used."""
        return {column: field for field, columns in self.columns.items() for column in columns}


@dataclass(frozen=True, slots=True)
class Read:
    """A row's values by field; `problems` fail the row, `notes` tell of cells that were left out."""

    values: Mapping[str, Any]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def read_map(text: str, name: str) -> dict[str, str]:
    """Return the columns and fields of a file with a map, JSON or TOML; raises Invalid."""
    try:
        given = tomllib.loads(text) if name.lower().endswith(".toml") else json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid.field("map", _("The map is neither JSON nor TOML; write {column: field}.")) from None
    if not isinstance(given, dict) or not all(isinstance(field, str) for field in given.values()):
        raise Invalid.field("map", _("The map gives the field of each column as text: {column: field}."))
    return {str(column): field.strip() for column, field in given.items()}


def match(kind: Kind, headings: Sequence[str], by_hand: Mapping[str, str]) -> Mapped:
    """Return what each column means: as said `by_hand`, the others by their headings.

    Raises Invalid for a field that the kind has not, a column that the file has not, and two columns for one field that
    takes one value.
    """
    if missing := [column for column in by_hand if column not in headings]:
        words = _("The file has no column %(column)s; it has %(known)s.")
        raise Invalid.field("map", words % {"column": missing[0][:60], "known": ", ".join(headings)[:2000]})
    columns: dict[str, list[str]] = {}
    for column, name in by_hand.items():
        if name in LEFT_OUT:
            continue
        field = field_of(kind, name)
        if columns.get(name) and not field.gathers:
            raise Invalid.field("map", _("%(field)s takes one column only.") % {"field": name})
        columns.setdefault(name, []).append(column)
    _guess(kind, [heading for heading in headings if heading not in by_hand], columns)
    used = {column for found in columns.values() for column in found}
    unused = tuple(heading for heading in headings if heading not in used)
    return Mapped(kind, {field: tuple(found) for field, found in columns.items()}, unused)


def values_of(row: Row, mapped: Mapped) -> Read:
    """Return what a row's cells say, and which of them could not be read."""
    found: dict[str, Any] = {}
    problems: list[str] = []
    notes: list[str] = []
    for name, columns in mapped.columns.items():
        field = field_of(mapped.kind, name)
        cells = [row.cells[column] for column in columns if column in row.cells]
        if not cells:
            continue
        try:
            value = _gathered(field, cells) if field.gathers else field.read(cells[0])
        except BadCell as problem:
            (notes if field.lenient else problems).append(f"{columns[0]}: {problem}")
            continue
        if value not in ("", [], {}):
            found[name] = value
    return Read(found, tuple(problems), tuple(notes))


def _gathered(field: Field, cells: Sequence[Any]) -> list[Any]:
    """Return the values of several columns as one list, each once, in their order."""
    found: list[Any] = []
    for cell in cells:
        value = field.read(cell)
        found += value if isinstance(value, list) else [value]
    return list(dict.fromkeys(each for each in found if each not in ("", None)))


def _guess(kind: Kind, headings: Sequence[str], columns: dict[str, list[str]]) -> None:
    """Add to `columns` what headings say. The field whose own name a heading is goes first, then the likelier one."""
    by_key: dict[str, list[str]] = {}
    for heading in headings:
        by_key.setdefault(_key(heading), []).append(heading)
    taken: set[str] = set()
    wanted = [(rank, field, name) for field in FIELDS[kind] for rank, name in enumerate((field.name, *field.also))]
    by_hand = set(columns)
    for _rank, field, name in sorted(wanted, key=lambda each: each[0]):
        for heading in by_key.get(_key(name), []):
            full = columns.get(field.name) and not field.gathers
            if heading in taken or full or (field.name in by_hand):
                continue
            taken.add(heading)
            columns.setdefault(field.name, []).append(heading)


def _key(heading: str) -> str:
    """Return a heading as it is compared: letters and digits, lower case; a second column of a name counts as the first."""
    name = plain(heading)
    name = name[: name.rindex(" (")] if name.endswith(")") and " (" in name and name[-2].isdigit() else name
    return "".join(character for character in name.casefold() if character.isalnum())
