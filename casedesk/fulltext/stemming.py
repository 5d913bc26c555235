"""Bring the words of a language to their stems, where a stemmer for it exists; other languages keep their words.

Whoosh's analyser for Arabic fails on this Python, and Turkish has none; Chinese, Japanese, Korean and Thai are cut into
pairs of characters by `words` and have no endings to lose.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Protocol

from whoosh.lang.snowball import classes

from casedesk.fulltext import words

_SAME = {"nb": "no", "nn": "no"}
_REMEMBERED = 100_000


class _Stemmer(Protocol):
    def stem(self, word: str) -> str: ...


def language_of(tag: str) -> str:
    """Return the two-letter language of a tag such as `de-AT` or `pt_BR`; "" for none."""
    first = tag.replace("_", "-").split("-")[0].strip().lower()
    return _SAME.get(first, first)


def analysed(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield (stem, word) for each word of `text` in order, both folded; pairs of characters are their own stem."""
    stemmed = language_of(language)
    for piece, spaceless in words.pieces(unicodedata.normalize("NFKC", text).casefold()):
        if spaceless:
            for pair in words.bigrams(words.fold(piece)):
                yield pair, pair
        else:
            yield _folded_stem(piece, stemmed), words.fold(piece)


@lru_cache(_REMEMBERED)
def _folded_stem(word: str, language: str) -> str:
    """Stem before folding: the stemmers know their language with its accents."""
    stemmer = _stemmer(language)
    return words.fold(stemmer.stem(word) if stemmer else word) or word


@cache
def _stemmer(language: str) -> _Stemmer | None:
    maker = classes.get(language)
    made: _Stemmer | None = maker() if maker else None
    return made
