"""Names of attachments, made safe to show and to offer for download; files are never stored under them."""

import re
import unicodedata

from intake import limits
from intake.addresses import visible

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EXTENSIONS = {
    "application/ms-tnef": ("winmail", "dat"),
    "application/pdf": ("file", "pdf"),
    "application/pgp-encrypted": ("encrypted", "asc"),
    "application/pgp-keys": ("key", "asc"),
    "application/pgp-signature": ("signature", "asc"),
    "application/pkcs7-mime": ("smime", "p7m"),
    "application/pkcs7-signature": ("smime", "p7s"),
    "application/x-pkcs7-signature": ("smime", "p7s"),
    "application/zip": ("file", "zip"),
    "audio/mpeg": ("sound", "mp3"),
    "image/bmp": ("image", "bmp"),
    "image/gif": ("image", "gif"),
    "image/heic": ("image", "heic"),
    "image/jpeg": ("image", "jpg"),
    "image/png": ("image", "png"),
    "image/tiff": ("image", "tiff"),
    "image/webp": ("image", "webp"),
    "message/delivery-status": ("delivery-status", "txt"),
    "message/rfc822": ("message", "eml"),
    "text/calendar": ("invitation", "ics"),
    "text/csv": ("file", "csv"),
    "text/html": ("page", "html"),
    "text/plain": ("text", "txt"),
    "text/rfc822-headers": ("headers", "txt"),
    "text/vcard": ("contact", "vcf"),
    "text/x-vcard": ("contact", "vcf"),
}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def safe(name: str) -> str:
    """Return a file name without folders, controls, invisible or turning characters; "" where nothing is left.

    Composed (NFC), at most `limits.MAX_FILENAME` characters with its extension kept, no dot or space at either end.
    """
    name = name[: 8 * limits.MAX_FILENAME]
    name = _UNSAFE.sub("", visible(unicodedata.normalize("NFC", name)))
    name = re.split(r"[/\\]", name.rstrip("/\\ "))[-1].strip(" .")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"  # Device names on Windows.
    if len(name) > limits.MAX_FILENAME:
        stem, dot, extension = name.rpartition(".")
        kept = dot + extension if 0 < len(extension) <= 10 else ""
        name = (stem if kept else name)[: limits.MAX_FILENAME - len(kept)] + kept
    return name


def named_for(content_type: str, number: int) -> str:
    """Return a name for the `number`th attachment that came without one."""
    stem, extension = _EXTENSIONS.get(content_type, ("attachment", "bin"))
    return f"{stem}-{number}.{extension}" if stem != "winmail" else "winmail.dat"
