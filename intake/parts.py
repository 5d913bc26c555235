"""The tree of MIME parts, taken apart by offsets: iterative, linear in the size for each of at most twenty levels.

The standard library's parser recurses and is quadratic on nested parts, so it never sees a mail. What a part means
is decided in `bodies`; here are only its place, its headers and its type.
"""

import re
from dataclasses import dataclass

from intake import limits, parameters
from intake.headers import Headers, scan
from intake.problems import Problems

_UNDECLARED = re.compile(rb"(?:\A|\n)--([^\s-][^\r\n]{0,69})\r*\n(?:content-|\r*\n)", re.IGNORECASE)
_UNDECLARED_WITHIN = 8 * 1024


@dataclass(slots=True)
class Part:
    """A part between two offsets of the raw mail; `parent` and `kind` ("multipart/mixed" ...) tell where it stands."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    start: int
    end: int
    parent: "Part | None" = None
    depth: int = 0

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")


def walk(raw: bytes, root: Part, problems: Problems) -> list[Part]:
    """Return the leaves below `root` in the order of the mail; a multipart that cannot be parted is a leaf."""
    leaves: list[Part] = []
    waiting = [root]
    count = 0
    while waiting:
        part = waiting.pop()
        if not part.is_multipart:
            leaves.append(part)
            continue
        if part.depth >= limits.MAX_DEPTH:
            problems.note("parts are nested too deeply; the inner ones are not shown")
            continue
        children = _children(raw, part, limits.MAX_PARTS - count, problems)
        if children is None:
            part.content_type = "text/plain"
            leaves.append(part)
            continue
        count += len(children)
        waiting.extend(reversed(children))
    return leaves


def typed(headers: Headers, default: str, problems: Problems) -> tuple[str, dict[str, str]]:
    """Return the media type and its parameters as the headers of a part declare them."""
    raw = headers.raw(b"content-type")
    if raw is None:
        return default, {}
    value = parameters.read(raw, problems)
    return parameters.media_type(value.word), value.parameters


def _children(raw: bytes, part: Part, room: int, problems: Problems) -> list[Part] | None:
    boundary = _boundary(raw, part, problems)
    if boundary is None:
        problems.note("a multipart has no boundary; it is shown as text")
        return None
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    spans, is_closed = _spans(raw, part.start, part.end, b"--" + boundary, room + 1)
    if not spans:
        problems.note("the boundary of a multipart does not occur; it is shown as text")
        return None
    if not is_closed:
        problems.note("the mail ends before its last part does")
    if len(spans) > room:
        problems.note("too many parts; the later ones are not shown")
        spans = spans[: max(room, 0)]
    children = []
    for start, end in spans:
        headers, body = scan(raw, start, end, problems)
        content_type, values = typed(headers, default, problems)
        children.append(Part(headers, content_type, values, body, end, part, part.depth + 1))
    return children


def _boundary(raw: bytes, part: Part, problems: Problems) -> bytes | None:
    declared = part.parameters.get("boundary", "").rstrip()
    if declared:
        return declared.encode("utf-8", "replace")
    # Without a declared one, a line of two dashes and a word above the headers of a part can only be it.
    found = _UNDECLARED.search(raw, max(part.start - 1, 0), min(part.end, part.start + _UNDECLARED_WITHIN))
    if found:
        problems.note("the boundary of a multipart is not declared; it was taken from the body")
        return found[1].rstrip()
    return None


def _spans(raw: bytes, start: int, end: int, delimiter: bytes, room: int) -> tuple[list[tuple[int, int]], bool]:
    """Return the spans between delimiter lines and whether the closing one was met; stops after `room` spans."""
    spans: list[tuple[int, int]] = []
    opened = -1
    needle = b"\n" + delimiter
    position = start if raw.startswith(delimiter, start, end) else _next(raw, needle, start, end)
    for _ in range(limits.MAX_BOUNDARY_HITS):
        if position < 0:
            break
        after = position + len(delimiter)
        line_end = raw.find(b"\n", after, end)
        line_end = end if line_end < 0 else line_end
        rest = raw[after : min(line_end, after + 200)].strip()
        if rest in (b"", b"--"):
            if opened >= 0:
                spans.append((opened, _before(raw, position, opened)))
            if rest == b"--" and opened >= 0:
                return spans, True
            opened = min(line_end + 1, end)
            if len(spans) >= room:
                return spans, True
        position = _next(raw, needle, after, end)
    if opened >= 0:
        spans.append((opened, end))
    return spans, False


def _next(raw: bytes, needle: bytes, start: int, end: int) -> int:
    found = raw.find(needle, max(start - 1, 0), end)
    return found + 1 if found >= 0 else -1


def _before(raw: bytes, position: int, lowest: int) -> int:
    """Return where the part before the delimiter at `position` ends: the line end before it is the delimiter's."""
    end = position - 1
    while end > lowest and raw[end - 1] == 13:
        end -= 1
    return max(end, lowest)
