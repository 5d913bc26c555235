"""Full-text search: `words` cuts text, `database_engine` finds cases and people, `whoosh_engine` finds solutions.

What is searched for, and who may see a hit, belong to the slices above.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """What an engine is given to keep: `id` names it; putting the same id again replaces it.

    `title` weighs twice as much as `body`. `labels` are exact words that filter (such as "audience:public"); `stored`
    is handed back with each hit and should be small. `follows` is the growing number of the change that made it.
    """

    id: int
    title: str
    body: str
    language: str
    labels: frozenset[str] = frozenset()
    stored: Mapping[str, str | int] = field(default_factory=dict)
    follows: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found: `score` in 0..1 says how well it fits, `terms` are the words of the question it holds."""

    id: int
    score: float
    terms: tuple[str, ...]
    stored: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: `text`, in `languages` (all of the index when empty), among bearers of one of `labels`."""

    text: str
    labels: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    limit: int = 10


class Engine(Protocol):
    """An index beside the database: derived, disposable, one writer. Every call may be made from any thread."""

    def put(self, documents: Iterable[Document]) -> None:
        """Keep the documents in place of earlier ones with the same ids; one commit."""

    def drop(self, ids: Collection[int]) -> None:
        """Forget these documents; absent ones are no error."""

    def search(self, question: Question) -> Sequence[Hit]:
        """Return the best documents, best first; a text without any known word finds nothing."""
