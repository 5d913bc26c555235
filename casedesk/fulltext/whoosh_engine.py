"""The knowledge base's index: Whoosh keeps the postings on disk, the scoring is our own and keeps to a budget.

The folder is disposable: it can be deleted at any time and is made again from the database. One writer at a time
(Whoosh's lock), any number of readers, which see each commit. Everything blocks: call it in a thread, never on the
event loop.

Why not Whoosh's own queries: its parser joins words with AND, by which nine of ten natural questions find nothing, and
its OR costs a second at 24 words of 50,000 documents. Here the rarest words open the list of candidates until the
budget of postings is spent; the common ones only weigh the candidates found so far.
"""

import contextlib
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats, index, writing

from casedesk.errors import Unavailable
from casedesk.fulltext import Document, Hit, Question, closeness, stemming
from casedesk.fulltext.scoring import Asked, answer
from casedesk.fulltext.segments import Memory, Snapshot

SCHEMA = 1
"""Grows with each change of what is kept or how it is cut; an index of another number is made anew."""
TITLE_WEIGHT = 2
KEPT_CHARACTERS = 4_000
"""Characters of a document (title twice, then the body) that the second look sees."""
READ_CHARACTERS = 200_000
"""Characters of a document that are indexed."""
LOOK_EVERY = 0.3
"""Seconds after which a search asks whether another process has committed."""
REPLACED_AT_ONCE = 2_000
"""Documents of one commit: with more, Whoosh writes what it sorts to disk and reads it back, at twice the time."""
CROWDED = 0.3
"""Share of deleted documents from which on a commit packs the whole index."""


class WeightedWords(fields.FieldType):  # type: ignore[misc]
    """A field of words that are cut already, with their weights; at module level, for Whoosh pickles it."""

    def __init__(self) -> None:
        # Scorable only so that Whoosh keeps lengths: without them its writer asks the disk for every posting.
        super().__init__(formats.Existence(), None, scorable=True)

    def index(self, value: Mapping[str, int], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield what Whoosh stores for each word: its bytes, count, weight and no value."""
        for word, weight in value.items():
            yield word.encode(), weight, float(weight), b""


class Number(fields.FieldType):  # type: ignore[misc]
    """A number kept for each document in a column, not searched."""

    indexed = False

    def __init__(self) -> None:
        super().__init__(None, None)
        self.column_type = columns.NumericColumn("q", default=0)

    def to_column_value(self, value: int) -> int:
        """Return the value as the column keeps it."""
        return value


def _schema() -> fields.Schema:
    return fields.Schema(
        id=fields.ID(unique=True),
        words=WeightedWords(),
        labels=WeightedWords(),
        language=fields.ID(),
        number=Number(),
        follows=Number(),
        length=Number(),
        kept=fields.STORED(),
    )


class WhooshEngine:
    """An engine over one folder; see `Engine` for `put`, `drop` and `search`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: Any = None
        self._snapshot: Snapshot | None = None
        self._generation = -1
        self._memory = Memory()
        self._lock = threading.RLock()
        self._looked = 0.0

    def open(self) -> bool:
        """Open the folder, making an empty index where there is none of this schema; say whether it is a new one."""
        with self._lock:
            self.close()
            if self.open_existing():
                return False
            self.make_empty()
            return True

    def make_empty(self) -> None:
        """Throw away whatever is in the folder and open an empty index there."""
        with self._lock:
            self.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            self._index = index.create_in(str(self.folder), _schema(), indexname=_name())
            self._refresh()

    def open_existing(self) -> bool:
        """Open the folder only if it holds a readable index of this schema, and say so; changes nothing."""
        with self._lock:
            try:
                self._index = index.open_dir(str(self.folder), indexname=_name())
                self._refresh()
            except Exception:  # whoever broke it, the cure is the same: make it anew
                self._index = None
                return False
            return True

    @property
    def is_open(self) -> bool:
        """Say whether there is anything to search in."""
        return self._index is not None

    def is_there(self) -> bool:
        """Say whether the folder still holds the index that is open."""
        return self._index is not None and index.exists_in(str(self.folder), indexname=_name())

    def close(self) -> None:
        """Let go of the files; calling twice is safe."""
        with self._lock:
            if self._snapshot is not None:
                with contextlib.suppress(Exception):  # files that are broken cannot be closed well either
                    self._snapshot.close()
            self._snapshot = self._index = None
            self._memory = Memory()

    def put(self, documents: Iterable[Document]) -> None:
        """Keep the documents in place of earlier ones with the same ids; one commit."""
        latest = {document.id: document for document in documents}

        def write(writer: Any) -> None:
            known = self.versions().keys()
            for document in latest.values():
                # Whoosh leaves two documents when an id is written twice: deleting comes first, and once.
                if document.id in known:
                    writer.delete_by_term("id", str(document.id))
                writer.add_document(**_row(document))

        if latest:
            self._write(write)

    def drop(self, ids: Collection[int]) -> None:
        """Forget these documents; absent ones are no error."""

        def write(writer: Any) -> None:
            for document in ids:
                writer.delete_by_term("id", str(document))

        if ids:
            self._write(write)

    def replace_all(self, documents: Iterable[Document], progress: Callable[[int], None] = lambda _: None) -> None:
        """Make the index anew from `documents` (each id once), in several commits; `progress` hears how many are in.

        Cut off half-way it holds a part of them, which a comparison of `versions` tells.
        """
        waiting = iter(documents)
        done, mergetype = 0, writing.CLEAR
        while True:
            batch = list(islice(waiting, REPLACED_AT_ONCE))
            if done and not batch:
                return

            def write(writer: Any, batch: list[Document] = batch) -> None:
                for document in batch:
                    writer.add_document(**_row(document))

            self._write(write, mergetype=mergetype)
            done, mergetype = done + len(batch), None
            progress(done)
            if not batch:
                return

    def versions(self) -> dict[int, int]:
        """Return for each document kept the number of the change that made it (`Document.follows`)."""
        with self._lock:
            return self._current().versions()

    def search(self, question: Question) -> list[Hit]:
        """Return the best documents, best first; a text without any known word finds nothing. One search at a time."""
        with self._lock:
            snapshot = self._current()
            view = snapshot.view(question.labels)
            languages = question.languages or snapshot.languages
            asked = Asked.of(question.text, languages)
            return [
                Hit(snapshot.number(found.document), found.fit, found.words, snapshot.kept(found.document)["stored"])
                for found in answer(view, asked, question.limit)
            ]

    def _current(self) -> Snapshot:
        if self._index is None:
            raise Unavailable("the search index is not open")
        if self._snapshot is None or time.monotonic() - self._looked > LOOK_EVERY:
            self._refresh()
        assert self._snapshot is not None
        return self._snapshot

    def _refresh(self) -> None:
        """Show the newest commit, of whichever process."""
        self._looked = time.monotonic()
        # Asked before reading: a commit in between then costs one more refresh, and is never missed.
        generation = self._index.latest_generation()
        if self._snapshot is not None and self._generation == generation:
            return
        snapshot = Snapshot(self._index.reader(), self._memory)
        if self._snapshot is not None:
            self._snapshot.close()
        self._snapshot, self._generation = snapshot, generation

    def _write(self, write: Callable[[Any], None], mergetype: Any = None) -> None:
        """Run `write` with the one writer and commit; raises Unavailable while another process holds it."""
        try:
            writer = self._index.writer(limitmb=64)
        except index.LockError:
            raise Unavailable("another process is writing the search index") from None
        try:
            write(writer)
        except BaseException:
            writer.cancel()
            raise
        writer.commit(mergetype=mergetype, optimize=self._is_crowded())
        with self._lock:
            self._refresh()

    def _is_crowded(self) -> bool:
        with self._lock:
            reader = self._current().reader
            return bool(reader.doc_count_all() and 1 - reader.doc_count() / reader.doc_count_all() > CROWDED)


def _name() -> str:
    return f"solutions{SCHEMA}"


def _row(document: Document) -> dict[str, Any]:
    """Return the fields of a document: title and body as one field of words, the title's twice."""
    weights: Counter[str] = Counter()
    lines: list[list[str]] = []
    body = document.body[:READ_CHARACTERS]
    for at, line in enumerate([document.title, *body.split("\n")]):
        cut = list(stemming.analysed(line, document.language))
        for stem, _ in cut:
            weights[stem] += TITLE_WEIGHT if at == 0 else 1
        lines.append([word for _, word in cut])
    return {
        "id": str(document.id),
        "words": weights,
        "labels": dict.fromkeys(document.labels, 1),
        "language": stemming.language_of(document.language),
        "number": document.id,
        "follows": document.follows,
        "length": weights.total(),
        "kept": {
            "plain": closeness.plain_text([lines[0], *lines])[:KEPT_CHARACTERS],
            "stored": dict(document.stored),
        },
    }
