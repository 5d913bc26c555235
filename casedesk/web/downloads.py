"""Files of customers as answers: never run, never rendered but for four kinds of picture whose bytes say so."""

from pathlib import Path

from starlette.responses import FileResponse

from casedesk.cases.shapes import FileView

_SANDBOX = "sandbox; default-src 'none'"
_PICTURES = (
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF8"),
    ("image/webp", b"RIFF"),
)


def file_answer(file: FileView, path: Path, *, inline: bool = False) -> FileResponse:
    """Return the answer that hands out `file`; the caller has asked for its permission.

    `inline` shows a picture in the page if its first bytes are those of one; everything else is saved, not opened.
    """
    picture = _picture(path) if inline else ""
    return FileResponse(
        path,
        media_type=picture or file.content_type,
        filename=file.filename,
        content_disposition_type="inline" if picture else "attachment",
        headers={"content-security-policy": _SANDBOX, "cache-control": "private, max-age=3600"},
    )


def _picture(path: Path) -> str:
    with path.open("rb") as opened:
        head = opened.read(16)
    for content_type, magic in _PICTURES:
        if head.startswith(magic) and (content_type != "image/webp" or head[8:12] == b"WEBP"):
            return content_type
    return ""
