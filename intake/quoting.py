"""Parts what a sender newly wrote from quoted history and signatures, in one pass over the lines.

The whole text is kept elsewhere; a wrong cut here hides words from the first look, never from the record. Known
libraries for this are slow on some inputs, so each rule looks at a bounded stretch of each line once.
"""

import re
from collections.abc import Sequence
from enum import Enum

from casedesk import richtext
from intake import limits, quoted_html
from intake.quoting_words import LABELS, MOBILE, OPENINGS, ORIGINAL, REPLY_MARKERS, WROTE

REPLY_MARKER = "##- Please type your reply above this line -##"
"""The line that casedesk's own letters carry above everything they quote."""

_LONGEST_LINE = 400
_ATTRIBUTION_LINES = 4
_HEADER_BLOCK_LINES = 8
_SIGNATURE_LINES = 15
_SHORT_SIGNATURE_LINES = 5

_QUOTE = re.compile(r"[ \t]{0,8}[A-Z]{0,3}>")
_BAR_QUOTE = re.compile(r"[ \t]{0,4}\|")
_DIVIDER = re.compile(r"[ \t]*[-_=*–—─━~]{3,}[ \t]*")
_DASHED = re.compile(r"[\s>*_#=–—-]*([^\W\d_][^\n]{3,60}?)[\s*_#=:–—-]*")
_SIGNATURE = re.compile(r"(?:--|—|– ?|__)[ \t\xa0]*")
_DATE_FIRST = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.? [^\W\d_]{3,12}\.? \d{4})\D"
    r"|\d{4}[年년]"
)
# "2016-03-03 17:21 GMT+01:00 Some One", "2013/7/20 sam <a@b>": older Gmail says no verb at all.
_DATE_AND_NAME = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2} (?:\d{1,2}:\d\d(?::\d\d)? (?:GMT|UTC)[+-]\d\d:?\d\d \S.{0,120}"
    r"|[^<>]{1,80}<[^<>@\s]+@[^<>\s]+>:?)"
)
# "26.06.2014, 14:41, "Ann" <ann@x>:" and "Thu, 26 Jun 2014 14:00:51 +0400 от Ann <ann@x>:" have no verb either.
_STAMPED = re.compile(r"[^<>\n]{8,60}\d{1,2}:\d\d[^<>\n]{0,160}[<(\[][^<>\s]{1,100}@[^<>\s]{1,200}[>)\]]:")
_LABEL = re.compile(r"[\s>*|]{0,6}([^\W\d_](?:[^\W\d_]|[ _-]){0,17}?)[ \xa0]?\*?[:：]\*?(?:\s|\Z)")
_TRIMMED = " \t\xa0\u200b"


class _Kind(Enum):
    EMPTY = 0
    TEXT = 1
    QUOTE = 2


class _Letter:
    """The lines of one text with what is asked of all of them, found once: asking per line would be quadratic."""

    __slots__ = ("last_quote", "last_text", "lines", "verbs")

    def __init__(self, text: str) -> None:
        lowered = text.lower()
        self.lines = text.split("\n")
        self.verbs = tuple(verb for verb in WROTE if verb in lowered)
        self.last_text, self.last_quote = -1, -1
        for position in range(len(_without_signature(self.lines)) - 1, -1, -1):
            kind = _kind(self.lines[position])
            if kind is _Kind.TEXT and not self.lines[position].rstrip().endswith((":", "：")):
                self.last_text = position
                break
            if kind is _Kind.QUOTE and self.last_quote < 0:
                self.last_quote = position

    def has_verb(self, line: str) -> bool:
        lowered = line.lower()
        return any(verb in lowered for verb in self.verbs)


def new_text(text: str, html: str | None = None, *, text_is_from_html: bool = False) -> str:
    """Return what the sender newly wrote in `text`: without quoted messages and signatures, "" when nothing is new.

    `html` is the same message as HTML, not yet clean; its marks of quotes are used when `text` was made from it
    (`text_is_from_html`) or shows no quote itself. Linear; only the first `limits.MAX_QUOTED` characters are read.
    """
    if html is not None and text_is_from_html:
        return _written(_text_without_quotes(html) or text)
    written = _written(text)
    if html is not None and written == text.strip() and quoted_html.may_quote(html):
        return _written(_text_without_quotes(html) or text)
    return written


def _text_without_quotes(html: str) -> str | None:
    """Return the text of `html` with what is quoted as lines that begin with ">", None where nothing marks a quote."""
    stretches = quoted_html.parted(html[: limits.MAX_QUOTED])
    if stretches is None:
        return None
    texts = [(richtext.to_text(stretch), is_quote) for stretch, is_quote in stretches if stretch.strip()]
    return "\n".join("> " + text.replace("\n", "\n> ") if is_quote else text for text, is_quote in texts)


def _written(text: str) -> str:
    text = text[: limits.MAX_QUOTED]
    if "\n" not in text.strip():
        return text.strip()
    lowered = text.lower()
    marker = _MARKER.search(text) if any(marker in lowered for marker in REPLY_MARKERS) else None
    if marker:
        above = _written_in(text[: text.rfind("\n", 0, marker.start()) + 1])
        if above:
            return above
    return _written_in(text)


def _written_in(text: str) -> str:
    lines = _above_history(_Letter(text))
    lines = _without_signature(lines)
    lines = _without_trailing_quotes(lines)
    lines = _without_signature(lines)
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _above_history(letter: _Letter) -> list[str]:
    """Return the lines without the history that a line of its own introduces."""
    kept: list[str] = []
    position = 0
    has_text = False
    while position < len(letter.lines):
        line = letter.lines[position]
        if _kind(line) is not _Kind.TEXT:
            kept.append(line)
            position += 1
            continue
        after = _end_of_header(letter.lines, position)
        if after and has_text:
            return _without_divider(kept)
        if not after:
            after = _end_of_attribution(letter, position)
            if after:
                resumed = _after_attribution(letter, after, has_text)
                if resumed is None:
                    return _without_divider(kept)
                after = resumed
        if after:
            position = after
            continue
        kept.append(line)
        has_text = has_text or not _DIVIDER.fullmatch(line[:_LONGEST_LINE])
        position += 1
    return kept


def _kind(line: str) -> _Kind:
    if not line or not line.strip(_TRIMMED):
        return _Kind.EMPTY
    return _Kind.QUOTE if _QUOTE.match(line) else _Kind.TEXT


def _end_of_header(lines: Sequence[str], position: int) -> int:
    """Return the position after a "Original message" line or a block of quoted headers, 0 where none stands here."""
    line = lines[position]
    if _is_original(line):
        return _end_of_block(lines, position + 1) or position + 1
    label = _LABEL.match(line, 0, 40) if ":" in line or "：" in line else None
    return _end_of_block(lines, position) if label and _label_kind(label[1]) in ("from", "date", "subject") else 0


def _is_original(line: str) -> bool:
    if len(line) > 120:
        return False
    dashed = _DASHED.fullmatch(line)
    if dashed is None:
        return False
    words = dashed[1].lower().strip()
    return words in _ORIGINAL or (words.rpartition(" ")[0] in _ORIGINAL and line.lstrip().startswith("--"))


def _end_of_block(lines: Sequence[str], position: int) -> int:
    """Return the position after a header block: a sender and two more labels within a few lines."""
    kinds: set[str] = set()
    end = 0
    for index in range(position, min(position + _HEADER_BLOCK_LINES, len(lines))):
        line = lines[index]
        if not line.strip():
            if kinds and (len(kinds) >= 3 or index - position > 2):
                break
            continue
        label = _LABEL.match(line[:_LONGEST_LINE])
        kind = _label_kind(label[1]) if label else None
        if kind:
            kinds.add(kind)
        if kind or len(kinds) >= 3:
            end = index + 1  # A long recipient or subject goes on in the next line.
    return end if "from" in kinds and len(kinds) >= 3 else 0


def _label_kind(label: str) -> str | None:
    return _LABEL_KINDS.get(label.strip().lower().replace(" ", "_"))


def _end_of_attribution(letter: _Letter, position: int) -> int:
    """Return the position after "On …, Ann wrote:", which programs wrap; 0 where none stands here."""
    lines = letter.lines
    joined = lines[position].strip(_TRIMMED)[:_LONGEST_LINE]
    if not _may_open_attribution(letter, joined):
        return 0
    for following in range(position + 1, position + 1 + _ATTRIBUTION_LINES):
        if _is_attribution(letter, joined):
            return following
        if following >= len(lines) or len(joined) >= _LONGEST_LINE:
            return 0
        line = lines[following].strip(_TRIMMED)
        if not line or _begins_with_date(line):
            return 0  # What stands here is the sender's last sentence above the attribution.
        joined = f"{joined} {line}"[:_LONGEST_LINE]
    return 0


def _may_open_attribution(letter: _Letter, line: str) -> bool:
    if _DATE_FIRST.match(line) or line[:12].lower().startswith(OPENINGS):
        return True
    if letter.verbs and ("@" in line or letter.has_verb(line)):
        return True
    return line.endswith(":") and _STAMPED.fullmatch(line) is not None


def _begins_with_date(line: str) -> bool:
    return bool(_DATE_FIRST.match(line)) or (
        line[:12].lower().startswith(OPENINGS) and any(map(str.isdigit, line[:40]))
    )


def _is_attribution(letter: _Letter, joined: str) -> bool:
    """Return whether a line says who wrote when: a verb of writing, a colon at the end, a date or an address."""
    if _STAMPED.fullmatch(joined) or _DATE_AND_NAME.fullmatch(joined):
        return True
    ending = joined.rstrip("- \xa0")
    if not ending.endswith((":", "：", "wrote", "написал", "пишет")) and not joined.endswith("----"):
        return False
    if not any(map(str.isdigit, joined)) and "@" not in joined:
        return False
    return letter.has_verb(ending)


def _after_attribution(letter: _Letter, position: int, has_text: bool) -> int | None:
    """Return where to go on after an attribution, None where everything after it is history.

    Text above it and no quote marks below: top posting. Quote marks and then unmarked text: the sender answers
    below or between, and the quoted lines between the answers are kept as what they answer.
    """
    lines = letter.lines
    start = position
    while start < len(lines) and _kind(lines[start]) is _Kind.EMPTY:
        start += 1
    if start >= len(lines):
        return None
    if _kind(lines[start]) is not _Kind.QUOTE:
        return None if has_text or _BAR_QUOTE.match(lines[start]) else start
    end = _end_of_quote(lines, start)
    if letter.last_text < end:
        return None
    return start if has_text or letter.last_quote >= end else end


def _end_of_quote(lines: Sequence[str], position: int) -> int:
    """Return the first position after a run of quoted lines; empty lines between quoted ones belong to it."""
    end = position
    while position < len(lines):
        kind = _kind(lines[position])
        if kind is _Kind.TEXT:
            break
        position += 1
        if kind is _Kind.QUOTE:
            end = position
    return end


def _without_divider(lines: list[str]) -> list[str]:
    """Return the lines without the rule or the bare quote marks right above the history."""
    end = len(lines)
    while end and (not lines[end - 1].strip(_TRIMMED) or _DIVIDER.fullmatch(lines[end - 1][:_LONGEST_LINE])):
        end -= 1
    return lines[:end]


def _without_signature(lines: list[str]) -> list[str]:
    """Return the lines without a signature below its mark and without the advertisements of mail programs."""
    for position, line in enumerate(lines):
        if len(line) <= 80 and _starts_signature(lines, position, line):
            lines = lines[:position]
            break
    end = len(lines)
    while end and (not lines[end - 1].strip(_TRIMMED) or _is_mobile(lines[end - 1])):
        end -= 1
    return lines[:end]


def _starts_signature(lines: Sequence[str], position: int, line: str) -> bool:
    if line.startswith("-- ") and not line.strip("- "):
        return True
    if position == 0:
        return False
    if _SIGNATURE.fullmatch(line):
        return _is_short_below(lines, position + 1, _SIGNATURE_LINES)
    if line.startswith("_____") and not line.strip("_ \t"):
        return _is_short_below(lines, position + 1, _SHORT_SIGNATURE_LINES)
    return False


def _is_short_below(lines: Sequence[str], position: int, most: int) -> bool:
    """Return whether at most `most` lines with words follow; a longer text is no signature."""
    if len(lines) - position > 4 * most:
        return False
    return sum(bool(line.strip(_TRIMMED)) for line in lines[position:]) <= most


def _is_mobile(line: str) -> bool:
    if len(line) > 160:
        return False
    return line.strip(" \t\xa0*_(<[").lower().startswith(MOBILE)


def _without_trailing_quotes(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and _kind(lines[end - 1]) is not _Kind.TEXT:
        end -= 1
    return lines[:end]


_ORIGINAL = frozenset(ORIGINAL)
_MARKER = re.compile("|".join(map(re.escape, REPLY_MARKERS)), re.IGNORECASE)
_LABEL_KINDS = {label: kind for kind, labels in LABELS.items() for label in labels.split()}
