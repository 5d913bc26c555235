"""What the pages of setup are handed: the index, lists, forms and histories, finished for the eye."""

from dataclasses import dataclass
from datetime import datetime

from casedesk.web.admin.form_fields import FieldView
from casedesk.web.views import Tone


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of setup: what it is, in a sentence, and how it stands. `words` are found by the search as well."""

    key: str
    title: str
    sentence: str
    url: str
    mark: str
    state: str = ""
    tone: Tone = Tone.PLAIN
    words: str = ""
    adds: str = ""


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """A headed run of entries."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class IndexPage:
    """The index of setup; `searched` is the text looked for, `done` and `steps` stand while the checklist is not done."""

    groups: tuple[EntryGroup, ...]
    searched: str = ""
    done: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a list: text, or a pill of a tone."""

    text: str
    tone: Tone | None = None
    faint: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One record in a list; `name` leads to it."""

    name: str
    url: str
    cells: tuple[Cell, ...]
    off: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of one kind of record."""

    title: str
    intro: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    url: str
    add_label: str = ""
    empty: str = ""
    searchable: bool = False
    searched: str = ""
    more_url: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One event of a record; `changes` are label, before and after; `revert` is the event to be taken back, 0 for none."""

    at: datetime
    who: str
    words: str
    changes: tuple[tuple[str, str, str], ...] = ()
    revert: int = 0


@dataclass(frozen=True, slots=True)
class EditPage:
    """The form of one record, or of a new one (`version` 0)."""

    title: str
    list_title: str
    list_url: str
    url: str
    fields: tuple[FieldView, ...]
    version: int = 0
    intro: str = ""
    affects: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    stale: bool = False
    may_change: bool = True
    may_remove: bool = False
    history: tuple[HistoryRow, ...] = ()
    said: str = ""
    save_label: str = ""


@dataclass(frozen=True, slots=True)
class RemovalPage:
    """The question before a record is deleted; `refused` says why it cannot be."""

    title: str
    list_title: str
    list_url: str
    url: str
    back_url: str
    version: int
    affects: tuple[str, ...] = ()
    refused: str = ""
