"""The passage of a solution that answers a question, as plain text. Pure."""

import re

from casedesk.fulltext import stemming

LONGEST = 240
READ = 30_000
"""Characters of a body that are looked through."""

_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|[-*+][ \t]+|>[ \t]?|\d{1,3}[.)][ \t]+|`{3,}.*$)|[*_`]{2,}", re.MULTILINE)
_MARK_BUT_LISTS = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|`{3,}.*$)|[*_`]{2,}", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\w*])\*([^*\s](?:[^*\n]{0,300}[^*\s])?)\*(?![\w*])")
_ENDS = re.compile(r"(?<=[.!?。！？])\s+|\n+|(?<=[。！？])")


def plain(body: str) -> str:
    """Return Markdown as the words a reader sees: no link targets, tags and marks; lines stay."""
    return _without(_MARK, body)


def letter(body: str) -> str:
    """Return Markdown as the words of a letter: as plain(), with the numbers and dashes of its lists."""
    return _without(_MARK_BUT_LISTS, body).strip()


def _without(marks: re.Pattern[str], body: str) -> str:
    return _EMPHASIS.sub(r"\1", marks.sub("", _TAG.sub(" ", _LINK.sub(r"\1", body))))


def passage(body: str, asked: frozenset[str], language: str) -> str:
    """Return the sentences that hold most of the stems `asked`, at most 240 characters; the beginning if none does."""
    sentences = [each.strip() for each in _ENDS.split(plain(body[:READ])) if each and each.strip()]
    if not sentences:
        return ""
    held = [len(asked & {stem for stem, _ in stemming.analysed(each, language)}) for each in sentences]
    start = held.index(max(held))
    chosen = sentences[start]
    for following in sentences[start + 1 :]:
        if len(chosen) + len(following) >= LONGEST:
            break
        chosen += " " + following
    return _cut(chosen)


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    end = text.rfind(" ", LONGEST // 2, LONGEST - 1)
    return text[: end if end > 0 else LONGEST - 1].rstrip() + "…"
