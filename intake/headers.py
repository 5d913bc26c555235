"""The header block of a mail or a part: found, cut at the limits, and decoded without ever failing.

Parameters of Content-Type and Content-Disposition are in `parameters`, address lists in `addresses`.
"""

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intake import charsets, limits
from intake.message import Authentication
from intake.problems import Problems

_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*\Z")
_BLANK_LINE = re.compile(rb"\n\r*\n")
_HEADER_FOLLOWS = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
# C0, DEL, C1 and the Unicode line ends: a subject that holds a line end becomes a header of our own answer.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+ ?")
_WHITE = re.compile(r"[ \t\r\n\x85\u2028\u2029]")
_ID = re.compile(r"<[^<>\s]{1,998}>")
_VERDICT = re.compile(r"\b(spf|dkim|dmarc)[ \t]{0,8}=[ \t]{0,8}([a-z]{1,20})", re.IGNORECASE)


class Headers:
    """The fields of one header block: names in lower case, values as raw unfolded bytes, in order of appearance."""

    __slots__ = ("_by_name", "count")

    def __init__(self) -> None:
        self._by_name: dict[bytes, list[bytes]] = {}
        self.count = 0

    def add(self, name: bytes, value: bytes) -> None:
        self._by_name.setdefault(name, []).append(value)
        self.count += 1

    def raw(self, name: bytes) -> bytes | None:
        """Return the first value of `name` (lower case), None where the header is absent."""
        values = self._by_name.get(name)
        return values[0] if values else None

    def all_raw(self, name: bytes) -> list[bytes]:
        """Return every value of `name`, in order."""
        return self._by_name.get(name, [])

    def has(self, name: bytes) -> bool:
        return name in self._by_name

    def names(self) -> Iterator[bytes]:
        return iter(self._by_name)

    def text(self, name: bytes, problems: Problems) -> str:
        """Return the first value of `name` decoded to one clean line, "" where the header is absent."""
        values = self._by_name.get(name)
        return decoded(values[0], problems) if values else ""


def scan(raw: bytes, start: int, end: int, problems: Problems) -> tuple[Headers, int]:
    """Return the headers of `raw[start:end]` and the offset where the body starts. Linear in the header block."""
    headers = Headers()
    name: bytes | None = None
    lines: list[bytes] = []
    position, line_count = start, 0
    while position < end:
        newline = raw.find(b"\n", position, end)
        line = raw[position : newline if newline >= 0 else end].rstrip(b"\r")
        if not line:
            position = newline + 1 if newline >= 0 else end
            break
        line_count += 1
        if line_count > limits.MAX_HEADER_LINES or position - start > limits.MAX_ALL_HEADERS:
            problems.note("the headers are over the limit; the later ones were left out")
            position = _body_after(raw, position, end)
            break
        next_position = newline + 1 if newline >= 0 else end
        if line[0] in b" \t":
            lines.append(line)
        else:
            colon = line.find(b":")
            if colon > 0 and _NAME.match(line, 0, colon):
                _keep(headers, name, lines, problems)
                name, lines = line[:colon].rstrip(b" \t").lower(), [line[colon + 1 :]]
            elif not _is_stray(line, position, start, raw, next_position, problems):
                break
        position = next_position
    _keep(headers, name, lines, problems)
    return headers, min(position, end)


def starts_with_header(raw: bytes) -> bool:
    """Return whether `raw` begins with what looks like a header."""
    return _HEADER_FOLLOWS.match(raw) is not None


def decoded(value: bytes, problems: Problems) -> str:
    """Return a raw header value as one clean line: RFC 2047 words decoded, line ends and controls gone."""
    if b"=?" not in value:
        text = (
            value.decode("ascii")
            if value.isascii() and b"\x1b" not in value
            else charsets.decode(value, None, problems)
        )
    else:
        text = "".join(_words(value, problems))
    return clean_line(text)


def clean_line(text: str) -> str:
    """Return `text` as one line: white space folded to spaces where lines ended, other controls dropped."""
    if _CONTROLS.search(text):
        text = _CONTROLS.sub(lambda found: " " if _WHITE.search(found[0]) else "", text)
    return text.strip()


def message_ids(value: bytes | None, problems: Problems) -> tuple[str, ...]:
    """Return the message ids of a header value with their angle brackets, each once, the last ones of too many."""
    if not value:
        return ()
    text = clean_line(charsets.mended(value.decode("utf-8", "replace")))
    found = _ID.findall(text)
    if not found:
        word = text.split(" ", 1)[0].strip("<>")
        return (f"<{word}>",) if "@" in word and len(word) <= limits.MAX_MESSAGE_ID else ()
    unique = list(dict.fromkeys(found))
    if len(unique) > limits.MAX_REFERENCES:
        problems.note("too many message ids; the earlier ones were left out")
        unique = unique[-limits.MAX_REFERENCES :]
    return tuple(unique)


def instant(value: bytes | None, problems: Problems) -> datetime | None:
    """Return a date header as an aware UTC instant; None where it is absent or says nothing."""
    if not value:
        return None
    text = clean_line(value[:200].decode("ascii", "replace"))
    for reading in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = reading(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    problems.note("the date could not be read")
    return None


def authentication(headers: Headers) -> Authentication:
    """Return the verdicts of the top-most Authentication-Results (RFC 8601): the one our own edge put there."""
    value = headers.raw(b"authentication-results")
    if value is None:
        return Authentication()
    verdicts: dict[str, str] = {}
    for method, verdict in _VERDICT.findall(value[: limits.MAX_PARAMETER_VALUE].decode("ascii", "replace")):
        verdicts.setdefault(method.lower(), verdict.lower())
    return Authentication(verdicts.get("spf"), verdicts.get("dkim"), verdicts.get("dmarc"))


def _keep(headers: Headers, name: bytes | None, lines: list[bytes], problems: Problems) -> None:
    if name is None:
        return
    value = lines[0] if len(lines) == 1 else b"".join(lines)
    if len(value) > limits.MAX_HEADER:
        problems.note("a header is over the limit and was cut")
        value = value[: limits.MAX_HEADER]
    headers.add(name, value.strip())


def _body_after(raw: bytes, position: int, end: int) -> int:
    found = _BLANK_LINE.search(raw, position, end)
    return found.end() if found else end


def _is_stray(line: bytes, position: int, start: int, raw: bytes, following: int, problems: Problems) -> bool:
    """Return whether a line that is no header stands among headers (skip it) or already belongs to the body."""
    if position == start and line.startswith((b"From ", b">From ")):
        return True  # The separator of an mbox file.
    if _HEADER_FOLLOWS.match(raw, following, following + 300):
        problems.note("a line among the headers is not a header")
        return True
    problems.note("the headers end without an empty line")
    return False


def _words(value: bytes, problems: Problems) -> Iterator[str]:
    """Yield the pieces of a value with encoded words; neighbours of one charset are joined before they are decoded.

    Senders cut a multi-byte character between two words although RFC 2047 section 5 forbids it.
    """
    position = 0
    pending, charset = b"", ""
    for found in _ENCODED_WORD.finditer(value):
        between = value[position : found.start()]
        label = found[1].decode("ascii", "replace").split("*", 1)[0].lower()  # RFC 2231 section 5: charset*language
        follows = bool(charset) and not between.strip(b" \t\r\n")
        if not (follows and label == charset):
            if charset:
                yield charsets.decode(pending, charset, problems)
                pending = b""
            if between and not follows:
                yield charsets.decode(between, None, problems)
        pending += _word(found[2], found[3])
        charset = label
        position = found.end()
    if charset:
        yield charsets.decode(pending, charset, problems)
    rest = value[position:]
    if rest:
        yield charsets.decode(rest, None, problems)


def _word(encoding: bytes, content: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)
    return base64_leniently(content)


def base64_leniently(content: bytes) -> bytes:
    """Return the bytes of base64 `content` whatever is wrong with it: foreign characters, missing padding."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        kept = content.translate(None, _NOT_BASE64)
        kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
