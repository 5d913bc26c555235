"""Look closer at the best candidates of a search: beginnings and parts of words, words that stand side by side. Pure.

Stemming misses compounds, misspellings and irregular forms; pieces of four characters do not (measured on questions of
a bank's customers, of an assistant's users, on German and Spanish paragraphs: 2 to 4 points more right first answers).
Rarity is counted among the candidates themselves: what all of them hold tells none of them apart.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

GRAM = 4
"""Characters of a piece; its ends count as characters, so short words are pieces too."""
GRAM_WEIGHT = 0.4
PAIR_WEIGHT = 0.4
MOST_GRAMS = 100
MOST_PAIRS = 40
SATURATION = 1.2
LENGTH_SHARE = 0.75
EVIDENCE = 2.0
"""Unknown words that a question is taken to have besides its own, so that one common word found is no perfect fit."""


def plain_text(lines: Iterable[Sequence[str]]) -> str:
    """Return folded words of lines in the form `closeness` reads: a space on both sides of every word."""
    return "\n".join(f" {' '.join(line)} " for line in lines if line)


def closeness(asked: Sequence[str], candidates: Sequence[str]) -> list[float]:
    """Return how much of the pieces and neighbours of the words `asked` each candidate (`plain_text`) holds; >= 0."""
    grams = _weigh(list(dict.fromkeys(_grams(asked)))[:MOST_GRAMS], candidates)
    pairs = _weigh(list(dict.fromkeys(_pairs(asked)))[:MOST_PAIRS], candidates)
    return [GRAM_WEIGHT * gram + PAIR_WEIGHT * pair for gram, pair in zip(grams, pairs, strict=True)]


def fit(score: float, possible: float, unknown: float) -> float:
    """Return how well a document fits as 0..1, the same for short and long questions.

    `score` is what it reached, `possible` the rarity of all words asked, `unknown` the rarity of a word nobody holds.
    """
    return 1.0 - math.exp(-score / (possible + EVIDENCE * unknown))


def _weigh(features: Sequence[str], candidates: Sequence[str]) -> list[float]:
    """Weigh by BM25 over the candidates: rarer features more, repeats with diminishing gain, long texts less."""
    weights = [0.0] * len(candidates)
    mean = (sum(map(len, candidates)) or 1) / (len(candidates) or 1)
    norms = [SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * len(text) / mean) for text in candidates]
    for feature in features:
        counts = [text.count(feature) for text in candidates]
        holders = len(counts) - counts.count(0)
        if not holders:
            continue
        rarity = math.log(1 + (len(counts) - holders + 0.5) / (holders + 0.5)) * (SATURATION + 1)
        for at, count in enumerate(counts):
            if count:
                weights[at] += rarity * count / (count + norms[at])
    return weights


def _grams(asked: Sequence[str]) -> Iterable[str]:
    for word in asked:
        if not _is_spaceless(word):
            edged = f" {word} "
            yield from (edged[at : at + GRAM] for at in range(max(1, len(edged) - GRAM + 1)))


def _pairs(asked: Sequence[str]) -> Iterable[str]:
    for first, second in pairwise(asked):
        if not (_is_spaceless(first) and _is_spaceless(second)):
            yield f" {first} {second} "


def _is_spaceless(word: str) -> bool:
    """Say whether the word is a pair of characters made by `words`, which holds its neighbourhood already."""
    return len(word) <= 2 and word[:1] > "\u0e00"
