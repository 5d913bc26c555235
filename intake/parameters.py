"""Content-Type and Content-Disposition: a value and its parameters, read in one pass (RFC 2045, RFC 2231)."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from intake import charsets, limits
from intake.headers import clean_line, decoded
from intake.problems import Problems

_PARAMETER = re.compile(
    rb";[ \t\r\n]*+([^\s=;\"]{1,80})[ \t\r\n]*+=[ \t\r\n]*+(?:\"((?:[^\"\\]|\\.)*+)(?:\"|\Z)|([^;]*))", re.DOTALL
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_SECTION = re.compile(r"([^*]{1,80})(?:\*(\d{1,3}))?(\*?)")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,100}")


@dataclass(frozen=True, slots=True)
class Value:
    """A structured header: its main word in lower case ("" where there is none) and its decoded parameters."""

    word: str
    parameters: dict[str, str]


def read(value: bytes | None, problems: Problems) -> Value:
    """Return a header value's main word and parameters; continued and encoded ones (RFC 2231) are put together."""
    if not value:
        return Value("", {})
    semicolon = value.find(b";")
    word = value if semicolon < 0 else value[:semicolon]
    main = clean_line(word[:200].decode("ascii", "replace")).split(" ", 1)[0].lower()
    if semicolon < 0:
        return Value(main, {})
    return Value(main, _parameters(value, semicolon, problems))


def media_type(word: str) -> str:
    """Return a Content-Type word as a sound media type; text/plain where it is none (RFC 2045 section 5.2)."""
    return word if _TYPE.fullmatch(word) else "text/plain"


def _parameters(value: bytes, start: int, problems: Problems) -> dict[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(value, start)):
        if count >= limits.MAX_PARAMETERS:
            problems.note("a header has too many parameters; the later ones were left out")
            break
        quoted = found[2]
        content = _ESCAPED.sub(rb"\1", quoted) if quoted is not None else found[3].strip()
        content = content[: limits.MAX_PARAMETER_VALUE]
        section = _SECTION.fullmatch(found[1].decode("ascii", "replace").lower())
        if section is None:
            continue
        if section[2] is None and not section[3]:
            plain.setdefault(section[1], decoded(content, problems))
        else:
            pieces.setdefault(section[1], []).append((int(section[2] or 0), bool(section[3]), content))
    for name, sections in pieces.items():
        plain[name] = _together(sections, problems)  # RFC 2231 wins over the plain form beside it (RFC 6266 4.3).
    return plain


def _together(sections: list[tuple[int, bool, bytes]], problems: Problems) -> str:
    sections.sort(key=lambda section: section[0])
    charset: str | None = None
    content = b""
    for position, (_, is_encoded, piece) in enumerate(sections):
        if is_encoded and position == 0 and piece.count(b"'") >= 2:
            label, _, piece = piece.split(b"'", 2)
            charset = label.decode("ascii", "replace") or None
        content += unquote_to_bytes(piece) if is_encoded else piece
    if charset is None and b"=?" in content:
        return decoded(content, problems)
    return clean_line(charsets.decode(content, charset, problems))
