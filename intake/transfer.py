"""The transfer encodings of mail undone (RFC 2045 section 6), and uuencoded files inside plain text."""

import binascii
import re
from collections.abc import Iterator

from intake.headers import base64_leniently
from intake.problems import Problems

_UUENCODE = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,200})\r*\Z")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=\s]+")


def undone(content: bytes, encoding: bytes | None, problems: Problems) -> bytes:
    """Return the bytes that `encoding` (a Content-Transfer-Encoding value, None for none) had wrapped."""
    word = (encoding or b"").split(b";", 1)[0].split(b"(", 1)[0].strip().lower().decode("ascii", "replace")
    if word in _IDENTITY:
        return content
    if word == "quoted-printable":
        return binascii.a2b_qp(content)
    if word == "base64":
        return _from_base64(content, problems)
    if word in _UUENCODE:
        for before, _, file, after in uuencoded(content):
            return file if not before.strip() and not after.strip() else content
        return content
    problems.note(f"the transfer encoding {word[:40]!r} is not known")
    return content


def uuencoded(content: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Yield (bytes before it, raw name, file, bytes after it) for each uuencoded file in `content`; linear."""
    position = 0
    while (begin := _begin(content, position)) >= 0:
        line_end = content.find(b"\n", begin)
        if line_end < 0:
            return
        named = _BEGIN.match(content, begin, line_end)
        if named is None:
            position = line_end
            continue
        end = content.find(b"\nend", line_end)
        if end < 0:
            return
        file = _uudecoded(content[line_end + 1 : end + 1])
        after = content.find(b"\n", end + 1)
        after = after + 1 if after >= 0 else len(content)
        if file is not None:
            yield content[position:begin], named[1], file, content[after:]
        # Never back to the next "begin" of a block that failed: many of them before one "end" would be quadratic.
        position = after


def _begin(content: bytes, position: int) -> int:
    if content.startswith(b"begin ", position):
        return position
    found = content.find(b"\nbegin ", position)
    return found + 1 if found >= 0 else -1


def _uudecoded(block: bytes) -> bytes | None:
    lines: list[bytes] = []
    for line in block.split(b"\n"):
        line = line.rstrip(b"\r")
        if not line:
            continue
        try:
            lines.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders give a wrong length; the count in the first character tells how much was meant.
            expected = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                lines.append(binascii.a2b_uu(line[:expected]))
            except binascii.Error:
                return None
    return b"".join(lines)


def _from_base64(content: bytes, problems: Problems) -> bytes:
    if not _BASE64_LINE.fullmatch(content) and content.strip():
        problems.note("base64 content holds foreign characters")
    return base64_leniently(content)
