"""Bytes as text: byte order marks, UTF-16 without one, UTF-8 with a few broken bytes, what Windows wrote."""

from charset_normalizer import from_bytes

from casedesk.language import gettext as _

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_SAMPLE = 100_000
_FOREIGN_SHARE = 0.3
"""From this share of bytes beyond ASCII on, the script is not Latin and one has to guess which."""


def decoded(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Return the text of a file, the name of its encoding for people, and what a reader should know. Never fails."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _replaced(data, codec, name)
    if codec := _unmarked_utf_16(data):
        return _replaced(data, codec, "UTF-16")
    try:
        return data.decode("utf-8").replace("\x00", ""), "UTF-8", ()
    except UnicodeDecodeError:
        pass
    broken = data.decode("utf-8", "replace")
    whole = sum(1 for character in broken if character > "\x7f" and character != "�")
    if whole > broken.count("�"):
        return _replaced(data, "utf-8", "UTF-8")
    return _single_bytes(data)


def _replaced(data: bytes, codec: str, name: str) -> tuple[str, str, tuple[str, ...]]:
    text = data.decode(codec, "replace").replace("\x00", "")
    broken = text.count("�")
    words = _("Some bytes are no %(encoding)s; � stands in their place (%(count)d times).")
    return text, name, (words % {"encoding": name, "count": broken},) if broken else ()


def _unmarked_utf_16(data: bytes) -> str:
    """Return the codec when every second byte is NUL, as of Latin text in UTF-16."""
    sample = data[:2000]
    if len(sample) < 4:
        return ""
    half = len(sample) // 2
    if sample[1::2].count(0) > half * 0.7 and sample[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[::2].count(0) > half * 0.7 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _single_bytes(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    sample = data[:_SAMPLE]
    letters = sum(1 for byte in sample if byte > 0x7F or chr(byte).isalpha())
    if letters and sum(1 for byte in sample if byte > 0x7F) / letters > _FOREIGN_SHARE:
        guessed = from_bytes(sample).best()
        if guessed is not None and guessed.encoding not in ("ascii", "utf_8"):
            return _replaced(data, guessed.encoding, guessed.encoding.replace("_", "-"))
    try:
        return data.decode("cp1252").replace("\x00", ""), "Windows-1252", ()
    except UnicodeDecodeError:
        return data.decode("latin-1").replace("\x00", ""), "Latin-1", ()
