"""What became of a row, and the faults that a row can have; shared by everything that stores one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from casedesk.imports.finding import Finder
from casedesk.language import gettext as _


class Fate(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    FAILED = "failed"


class BadRow(Exception):
    """Why a row cannot be taken, as a sentence for people."""


@dataclass(slots=True)
class Incoming:
    """A row on its way in: its values by field, what to look things up with, and notes of what was left out."""

    values: Mapping[str, Any]
    find: Finder
    notes: list[str] = field(default_factory=list)

    def get(self, name: str) -> Any:
        """Return the value of a field, None when the row has none."""
        return self.values.get(name)

    def leads_nowhere(self, name: str, told: Any) -> None:
        """Note that a reference leads nowhere and that the row goes in without it."""
        words = _("%(field)s %(value)s leads nowhere; imported without it")
        self.notes.append(words % {"field": name, "value": _shown(told)})

    def refuse(self, name: str, told: Any) -> BadRow:
        """Return the fault that a needed reference leads nowhere."""
        words = _("%(field)s %(value)s leads nowhere")
        return BadRow(words % {"field": name, "value": _shown(told)})


def _shown(told: Any) -> str:
    return (", ".join(told) if isinstance(told, list) else str(told))[:120]
