"""Read the files of a Whoosh index: postings with what each adds to a score, kept in memory as long as their file lives.

Only for `whoosh_engine` and `scoring`. A segment never changes but for its deletions, so what was read of it stays right
when others are committed; only the rarity of a word is looked up anew. A `View` sees nothing but the documents that bear
one of its labels: numbers, rarity and mean length are counted among those alone, so that a score tells nothing of
documents its reader may not see.
"""

import math
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from whoosh.codec.whoosh3 import W3LeafMatcher

SATURATION = 1.5
LENGTH_SHARE = 0.75
"""The two parameters of BM25 (k1 and b)."""
MEAN_STEP = 1.1
"""The mean length is taken in steps of a tenth, so that gains stay known while it creeps."""
REMEMBERED_POSTINGS = 2_500_000
"""Postings kept in memory (8 bytes each)."""
REMEMBERED_TEXTS = 1_000
SIZE_OF_NOTHING = 16
"""What remembering that a word is absent costs, counted in postings."""

Value = TypeVar("Value")
Key = tuple[Any, ...]


class Remembered(Generic[Value]):
    """Values by key up to a total size; what was used longest ago goes first."""

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        self._most, self._size, self._total = most, size, 0
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of `key`, made now if it is not known."""
        known = self._values.get(key)
        if known is not None:
            self._values.move_to_end(key)
            return known
        made = self._values[key] = make()
        self._total += self._size(made)
        while self._total > self._most and len(self._values) > 1:
            _, oldest = self._values.popitem(last=False)
            self._total -= self._size(oldest)
        return made


@dataclass(frozen=True, slots=True)
class Postings:
    """The visible documents of one segment that hold a stem, ascending, and what it adds to each but for its rarity."""

    documents: "array[int]"
    gains: "array[float]"

    def gain(self, document: int) -> float:
        """Return what the stem adds to one document, 0 when it does not hold it."""
        documents = self.documents
        at = bisect_left(documents, document)
        return self.gains[at] if at < len(documents) and documents[at] == document else 0.0


@dataclass(slots=True)
class Memory:
    """What outlives a commit."""

    segments: "dict[str, Segment]" = field(default_factory=dict)
    postings: Remembered[Postings] = field(
        default_factory=lambda: Remembered(REMEMBERED_POSTINGS, lambda each: len(each.documents) + SIZE_OF_NOTHING)
    )
    kept: Remembered[dict[str, Any]] = field(default_factory=lambda: Remembered(REMEMBERED_TEXTS, lambda _: 1))


class Segment:
    """One file of the index; `leaf` is Whoosh's reader of it and is replaced with each generation."""

    def __init__(self, name: str, leaf: Any) -> None:
        self.name = name
        self.leaf = leaf
        self.numbers = self._column("number")
        self.follows = self._column("follows")
        self.lengths = self._column("length")
        self._flags: dict[frozenset[str], bytearray] = {}

    @property
    def deleted(self) -> set[int]:
        """Return the documents that a later commit has deleted."""
        return set(self.leaf.segment().deleted_docs())

    def bearers(self, labels: frozenset[str]) -> bytearray:
        """Return for each document, deleted ones included, 1 if it bears one of `labels`, or if there are none."""
        flags = self._flags.get(labels)
        if flags is None:
            flags = self._flags[labels] = bytearray((0 if labels else 1,)) * len(self.numbers)
            for label in labels:
                for document, _ in self.pairs("labels", label):
                    flags[document] = 1
        return flags

    def pairs(self, name: str, word: str) -> Iterator[tuple[int, float]]:
        """Yield (document, weight) of a word in the field `name`, ascending, deleted documents included."""
        encoded = word.encode()
        if (name, encoded) not in self.leaf:
            return
        matcher = self.leaf.postings(name, encoded)
        matcher = getattr(matcher, "child", matcher)  # under the filter of deleted documents
        while matcher.is_active():
            if isinstance(matcher, W3LeafMatcher):
                # A block at a time: one call for each posting costs ten times as much.
                matcher._read_ids()
                matcher._read_weights()
                yield from zip(matcher._ids, matcher._weights, strict=True)
                matcher._next_block()
            else:
                yield matcher.id(), matcher.weight()
                matcher.next()

    def _column(self, name: str) -> list[int]:
        if not self.leaf.has_column(name):
            return [0] * self.leaf.doc_count_all()
        return list(self.leaf.column_reader(name, translate=False))


class Snapshot:
    """One generation of the index."""

    def __init__(self, reader: Any, memory: Memory) -> None:
        self.reader = reader
        self._memory = memory
        self.languages: tuple[str, ...] = tuple(sorted(word.decode() for word in reader.lexicon("language")))
        self.segments: list[tuple[Segment, int]] = []
        for leaf, base in reader.leaf_readers():
            if not leaf.doc_count_all():  # an index without any commit has one reader of nothing
                continue
            name = leaf.segment().segment_id()
            segment = memory.segments.get(name) or Segment(name, leaf)
            segment.leaf = leaf
            self.segments.append((segment, base))
        memory.segments = {segment.name: segment for segment, _ in self.segments}
        self._views: dict[frozenset[str], View] = {}

    def close(self) -> None:
        """Let go of the files."""
        self.reader.close()

    def versions(self) -> dict[int, int]:
        """Return document number -> number of its change, for those not deleted."""
        found: dict[int, int] = {}
        for segment, _ in self.segments:
            deleted = segment.deleted
            pairs = zip(segment.numbers, segment.follows, strict=True)
            found.update(pair for at, pair in enumerate(pairs) if at not in deleted)
        return found

    def number(self, document: int) -> int:
        """Return the id a document was put under."""
        segment, base = self._segment_of(document)
        return segment.numbers[document - base]

    def kept(self, document: int) -> dict[str, Any]:
        """Return what was kept beside the document's words."""
        segment, base = self._segment_of(document)
        at = document - base
        return self._memory.kept.get((segment.name, at), lambda: segment.leaf.stored_fields(at)["kept"])

    def view(self, labels: frozenset[str]) -> "View":
        """Return the view of the documents that bear one of `labels`; of all when there are none."""
        if labels not in self._views:
            self._views[labels] = View(self, labels, self._memory)
        return self._views[labels]

    def _segment_of(self, document: int) -> tuple[Segment, int]:
        return next((segment, base) for segment, base in reversed(self.segments) if document >= base)


class View:
    """The documents one kind of reader may see."""

    def __init__(self, snapshot: Snapshot, labels: frozenset[str], memory: Memory) -> None:
        self.snapshot = snapshot
        self._labels = labels
        self._memory = memory
        self.deleted: set[int] = set()
        self.count = words = 0
        for segment, base in snapshot.segments:
            deleted = segment.deleted
            self.deleted.update(base + document for document in deleted)
            for document, bears in enumerate(segment.bearers(labels)):
                if bears and document not in deleted:
                    self.count += 1
                    words += segment.lengths[document]
        self._mean_step = round(math.log(max(1.0, words / max(1, self.count)), MEAN_STEP))

    def rarity(self, holders: int) -> float:
        """Return the weight of a word that `holders` of the visible documents hold."""
        holders = min(holders, self.count)  # deleted ones are counted until their file is packed
        return math.log(1 + (self.count - holders + 0.5) / (holders + 0.5))

    def postings(self, stem: str) -> list[tuple[Postings, int]]:
        """Return the visible postings of a stem by segment, with the number at which the segment's documents begin."""
        found = []
        for segment, base in self.snapshot.segments:
            key = (segment.name, self._labels, self._mean_step, stem)
            postings = self._memory.postings.get(key, lambda segment=segment: self._read(segment, stem))  # type: ignore[misc]
            if postings.documents:
                found.append((postings, base))
        return found

    def _read(self, segment: Segment, stem: str) -> Postings:
        flags, lengths = segment.bearers(self._labels), segment.lengths
        seen = [(document, weight) for document, weight in segment.pairs("words", stem) if flags[document]]
        fixed = SATURATION * (1 - LENGTH_SHARE)
        by_length = SATURATION * LENGTH_SHARE / MEAN_STEP**self._mean_step
        top = SATURATION + 1
        return Postings(
            array("I", [document for document, _ in seen]),
            array("f", [top * weight / (weight + fixed + by_length * lengths[document]) for document, weight in seen]),
        )
