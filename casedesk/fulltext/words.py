"""Cut text into the tokens that are searched: folded words, and bigrams for writing without spaces.

The same tokens on every engine: SQLite, PostgreSQL and the knowledge base's index are only ever handed what comes out
of here. No stemming (that depends on a language, see `stemming`).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST_WORD = 64
"""Characters of a word that count: what is longer is a key, a blob or an attack, and its beginning tells it apart."""

# Marks that carry vowels are part of a word, but `\w` of `re` leaves them out: Hindi and its neighbours fall to pieces.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0816-\u082d\u08d3-\u0903"
    "\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3\u0a01-\u0a51\u0a70-\u0a75"
    "\u0a81-\u0a83\u0abc-\u0acd\u0ae2\u0ae3\u0b01-\u0b03\u0b3c-\u0b57\u0b62\u0b63\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04"
    "\u0c3c-\u0c56\u0c62\u0c63\u0c81-\u0c83\u0cbc-\u0cd6\u0ce2\u0ce3\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d62\u0d63"
    "\u0d81-\u0d83\u0dca-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f18-\u0f3f\u0f71-\u0f84"
    "\u102b-\u103e\u1056-\u1060\u135d-\u135f\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a"
)
_SPACELESS = (
    "\u0e01-\u0e4e\u0e80-\u0eff\u1000-\u109f\u1780-\u17dd\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Chinese, Japanese, Korean (whose endings stick to the word)."""

_LETTER = rf"[^\W_{_SPACELESS}]"
_WORD = re.compile(rf"(?P<spaceless>[{_SPACELESS}]+)|{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*")
# The breve stays on Cyrillic letters: "й" is a letter of its own, and the Russian endings are made of it.
_POINTS = re.compile(
    "(?<![иуИУ])\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0655\u0670]"
)
_FOLDED = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ð": "d", "þ": "th"})


def fold(text: str) -> str:
    """Return `text` in one width and case, without accents, Hebrew points, Arabic vowel signs and hamza.

    "Größe", "GRÖSSE" and "grosse" become the same. Marks that are letters of their script (Devanagari, Thai) stay.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", _POINTS.sub("", decomposed).translate(_FOLDED))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each run of letters and digits of folded `text`, with True when its script writes no spaces."""
    for found in _WORD.finditer(text):
        yield found.group()[: None if found["spaceless"] else LONGEST_WORD], found["spaceless"] is not None


def bigrams(run: str) -> Iterable[str]:
    """Return the overlapping pairs of characters of a spaceless run; a single character stands for itself."""
    return (run[at : at + 2] for at in range(len(run) - 1)) if len(run) > 1 else (run,)


def of_document(text: str) -> list[str]:
    """Return the tokens to keep for `text`, in order, repeats included.

    Spaceless runs give their single characters too, so that a question of one character finds them.
    """
    tokens: list[str] = []
    for piece, spaceless in pieces(fold(text)):
        if not spaceless:
            tokens.append(piece)
            continue
        tokens.extend(bigrams(piece))
        if len(piece) > 1:
            tokens.extend(piece)
    return tokens


def of_question(text: str) -> list[str]:
    """Return the different tokens to look for, in order; quotes, operators and signs in `text` are only gaps."""
    tokens: dict[str, None] = {}
    for piece, spaceless in pieces(fold(text)):
        tokens.update(dict.fromkeys(bigrams(piece) if spaceless else (piece,)))
    return list(tokens)
