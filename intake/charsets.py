"""Bytes to text whatever the label says: never an error, no lone surrogates, no NUL.

The declared charset comes first, then UTF-8, then a guess, then Windows-1252, in which every mail is readable somehow.
"""

import codecs
import re
from functools import lru_cache

from intake import limits
from intake.problems import Problems

# Only character sets: Python's codec registry also holds compressors, escapes and two quadratic ones (punycode, idna).
_CHARSETS = re.compile(
    r"(?:ascii|utf-(?:7|8|16|32)(?:-sig|-le|-be)?|iso8859-\d{1,2}|cp\d{3,5}|koi8-[a-z]|mac-[a-z]+|gb2312|gbk|gb18030"
    r"|big5(?:hkscs)?|shift_jis(?:_2004|x0213)?|euc_[a-z_0-9]+|iso2022_[a-z_0-9]+|hz|johab|tis-620|ptcp154|hp-roman8|kz1048)"
)
# Labels that senders use for a superset (the WHATWG encoding table says the same of most of them).
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "windows1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "utf": "utf-8",
    "unicode": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "iso-2022-jp": "iso2022_jp_ext",
    "cp-850": "cp850",
    "tis-620": "cp874",
}
_UNSAID = frozenset(
    {"us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "unknown", "default", "8bit", "7bit", "binary"}
)
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")
_UNWANTED = re.compile("[\x00\ud800-\udfff]")
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
# A text with few bad bytes is kept in its declared charset: guessing another one would spoil all of it.
_TOLERATED_SHARE = 0.02
# A guess from fewer bytes is as often wrong as right.
_ENOUGH_TO_GUESS = 40


def decode(content: bytes, label: str | None, problems: Problems) -> str:
    """Return `content` as text by the charset `label` (None: not declared), by what fits where that fails."""
    if content.isascii() and (label is None or b"\x1b" not in content):
        codec = codec_of(label) if label else None
        if codec is None or not _means_other_than_ascii(codec):
            return content.decode("ascii").replace("\x00", "")
    return mended(_decode(content, label, problems))


def mended(text: str) -> str:
    """Return `text` without NUL and with a replacement mark for each lone surrogate: neither can be stored."""
    if _UNWANTED.search(text):
        return _UNWANTED.sub(lambda found: "" if found[0] == "\x00" else "�", text)
    return text


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """Return the codec for a charset label as senders write it; None where it says nothing or is not a charset."""
    name = label.strip().strip("\"'").lower()[:60]
    if not _LABEL.fullmatch(name) or name in _UNSAID:
        return None
    name = _ALIASES.get(name, name)
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return codec if _CHARSETS.fullmatch(codec) else None


def _means_other_than_ascii(codec: str) -> bool:
    return codec.startswith(("utf-7", "utf-16", "utf-32", "iso2022", "hz"))


def _decode(content: bytes, label: str | None, problems: Problems) -> str:
    codec = codec_of(label) if label else None
    if label and codec is None and label.strip().lower() not in _UNSAID:
        problems.note(f"the charset {label[:40]!r} is not known; another one was tried")
    if codec is not None:
        text = _strictly(content, codec)
        if text is not None:
            problems.likely_charset = problems.likely_charset or codec
            return text
        problems.note(f"some bytes do not fit the declared charset {codec}")
        text = content.decode(codec, "replace")
        if text.count("�") <= len(text) * _TOLERATED_SHARE:
            return text
    elif _JAPANESE_ESCAPE.search(content):
        text = _strictly(content, "iso2022_jp_ext")
        if text is not None:
            return text
    return _undeclared(content, problems)


def _undeclared(content: bytes, problems: Problems) -> str:
    text = _strictly(content, "utf-8")
    if text is not None:
        return text
    text = content.decode("utf-8", "replace")
    if text.count("�") <= len(text) * _TOLERATED_SHARE:
        problems.note("some bytes are not valid UTF-8")
        return text
    problems.note("the charset is not declared; it was guessed")
    codec = problems.likely_charset
    if codec is None and len(content) >= _ENOUGH_TO_GUESS and problems.may_guess():
        codec = problems.likely_charset = _guessed(content)
    text = _strictly(content, codec) if codec else None
    return text if text is not None else content.decode("cp1252", "replace")


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _guessed(content: bytes) -> str | None:
    # Loaded here: it is needed by one mail in thousands and costs every start some 15 ms.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(content[: limits.GUESS_SAMPLE], steps=3, chunk_size=1024).best()
    return codec_of(best.encoding) if best else None
