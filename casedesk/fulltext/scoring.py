"""Answer a question over a view of the index: BM25 with a budget of postings, then a closer look at the best candidates."""

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casedesk.fulltext import stemming
from casedesk.fulltext.closeness import closeness, fit
from casedesk.fulltext.segments import Postings, View

BUDGET = 12_000
"""Postings that may bring in candidates; what is left of the question only weighs the best of them."""
WEIGHED = 200
"""Candidates that the words beyond the budget weigh."""
LOOKED_AT = 50
"""Candidates that are looked at closer."""
MOST_WORDS = 64
"""Stems of a question that count, the rarest first."""
MOST_CHARACTERS = 4_000
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question cut into words: in order, how often each, and its stems in the languages of the base."""

    words: tuple[str, ...]
    counts: dict[str, int]
    stems: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, text: str, languages: Iterable[str]) -> "Asked":
        """Cut `text`; without any language its words stand for themselves."""
        cuts = [list(stemming.analysed(text[:MOST_CHARACTERS], language)) for language in languages or ("",)]
        stems: dict[str, dict[str, None]] = {}
        for cut in cuts:
            for stem, word in cut:
                stems.setdefault(word, {})[stem] = None
        spoken = tuple(word for _, word in cuts[0])
        return cls(spoken, dict(Counter(spoken)), {word: tuple(found) for word, found in stems.items()})


@dataclass(frozen=True, slots=True)
class Answer:
    """A document that answers: `fit` in 0..1, and the words of the question it holds, rarest first."""

    document: int
    fit: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stem:
    """A stem of a word asked, with its postings by segment."""

    word: str
    rarity: float
    weight: float
    holders: int
    postings: Sequence[tuple[Postings, int]]

    def gain(self, document: int) -> float:
        for postings, base in reversed(self.postings):
            if document >= base:
                return postings.gain(document - base) * self.weight
        return 0.0


def answer(view: View, asked: Asked, limit: int) -> list[Answer]:
    """Return the best documents of the view, best first; nothing when it holds no word of the question."""
    stems = [_look_up(view, asked, word, stem) for word, found in asked.stems.items() for stem in found]
    possible: dict[str, float] = {}
    for stem in stems:
        possible[stem.word] = max(possible.get(stem.word, 0.0), stem.weight)
    known = sorted((stem for stem in stems if stem.holders), key=lambda stem: stem.holders)[:MOST_WORDS]
    best = _look_closer(view, asked, _candidates(known, view.deleted))[:limit]
    total, unknown = sum(possible.values()), view.rarity(0)
    return [Answer(document, fit(score, total, unknown), _held(known, document)) for document, score in best]


def _look_up(view: View, asked: Asked, word: str, stem: str) -> _Stem:
    postings = view.postings(stem)
    holders = sum(len(each.documents) for each, _ in postings)
    rarity = view.rarity(holders)
    return _Stem(word, rarity, rarity * (1 + math.log(asked.counts.get(word, 1))), holders, postings)


def _candidates(stems: Sequence[_Stem], deleted: set[int]) -> list[tuple[int, float]]:
    """Add up the gains, rarest words first, new candidates only within the budget; return the best to look at."""
    scores: dict[int, float] = {}
    spent = opened = 0
    for stem in stems:
        spent += stem.holders
        if spent > BUDGET and opened:
            break
        opened += 1
        _add_up(scores, stem)
    for document in deleted:
        scores.pop(document, None)
    rest = stems[opened:]
    if not rest:
        return _best(scores, LOOKED_AT)
    weighed = {
        document: score + sum(stem.gain(document) for stem in rest) for document, score in _best(scores, WEIGHED)
    }
    return _best(weighed, LOOKED_AT)


def _add_up(scores: dict[int, float], stem: _Stem) -> None:
    """The hot loop of every search: nothing but local names in it."""
    held, weight = scores.get, stem.weight
    for postings, base in stem.postings:
        for document, gain in zip(postings.documents, postings.gains, strict=True):
            document += base
            scores[document] = held(document, 0.0) + gain * weight


def _best(scores: dict[int, float], count: int) -> list[tuple[int, float]]:
    """Return the highest, best first; equals by age, so that the same question gets the same answer."""
    if len(scores) > count:
        least = heapq.nlargest(count, scores.values())[-1]
        scores = {document: score for document, score in scores.items() if score >= least}
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:count]


def _look_closer(view: View, asked: Asked, candidates: list[tuple[int, float]]) -> list[tuple[int, float]]:
    texts = [view.snapshot.kept(document)["plain"] for document, _ in candidates]
    nearer = closeness(asked.words, texts)
    closer = {document: score + more for (document, score), more in zip(candidates, nearer, strict=True)}
    return _best(closer, LOOKED_AT)


def _held(stems: Sequence[_Stem], document: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem.word for stem in stems if stem.gain(document)))
