"""Readers that nobody is, whose words show what a page forgot: longer ones in brackets, and ones from right to left.

Whatever a page says without asking the catalogue stands there without brackets.
"""

import gettext
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

OPENING, CLOSING = "⟦", "⟧"
_KEPT = re.compile(r"%\(\w+\)0?\d*[sd]|%%|\{\w+\}|\s+|[^\w\s]")
"""What a translator leaves alone: placeholders, spaces, signs."""
_PATTERNS = frozenset({"d MMM", "EEE d MMM y, HH:mm"})
"""Ids that are no words but a pattern of dates."""
_ACCENTED = str.maketrans("aceinosuyzACEINOSUYZ", "áçéíñóšúýžÁÇÉÍÑÓŠÚÝŽ")
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_SPOKEN = ("aria-label", "aria-description", "title", "placeholder", "alt", "label")
_END = "\x00"
_SILENT = frozenset({"script", "style", "svg", "template", "textarea", "code", "pre"})
"""What nobody reads, and what holds what people or programs write."""


class Strange(gettext.NullTranslations):
    """A catalogue that has every word there is: `turn` makes it out of the English one."""

    def __init__(self, turn: Callable[[str], str]) -> None:
        super().__init__()
        self._turn = turn

    def gettext(self, message: str) -> str:
        return message if message in _PATTERNS else self._turn(message)

    def pgettext(self, context: str, message: str) -> str:
        return self._turn(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._turn(msgid1 if n == 1 else msgid2)


def lengthened(words: str) -> str:
    """Return words in brackets, accented, each two fifths longer: as long as the longest languages are."""
    return OPENING + _each_word(words, lambda word: word.translate(_ACCENTED) + "ö" * round(0.4 * len(word))) + CLOSING


def from_the_right(words: str) -> str:
    """Return words in Arabic letters."""
    return _each_word(words, lambda word: "".join(_ARABIC[ord(letter) % len(_ARABIC)] for letter in word))


def _each_word(words: str, turn: Callable[[str], str]) -> str:
    found, last = [], 0
    for kept in _KEPT.finditer(words):
        found += [turn(words[last : kept.start()]), kept.group()]
        last = kept.end()
    return "".join([*found, turn(words[last:])])


def unbracketed(page: str) -> Iterator[str]:
    """Return every piece of text of a page that a person sees or hears and that did not go through the catalogue."""
    reading = _Reading()
    reading.feed(page)
    # A sentence may run through several elements: its brackets open in one and close in another.
    for text in (*reading.spoken, _END.join(reading.seen)):
        yield from (piece.strip() for piece in _outside(text) if any(letter.isalpha() for letter in piece))


def _outside(text: str) -> list[str]:
    depth, pieces = 0, [""]
    for letter in text:
        if letter == OPENING:
            depth += 1
            pieces.append("")
        elif letter == CLOSING:
            depth -= 1
        elif letter == _END and not depth:
            pieces.append("")
        elif not depth:
            pieces[-1] += letter
    return pieces


class _Reading(HTMLParser):
    """Collects the texts of a page: between tags, and in the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[str] = []
        self.seen: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._silent += tag in _SILENT
        self.spoken += [words for name in _SPOKEN if (words := given.get(name))]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.spoken.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.seen.append(data)
