"""From the leaves of a mail to its text, its HTML and its attachments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from casedesk import richtext
from intake import charsets, filenames, flowed, headers, limits, parameters, transfer
from intake.message import ReceivedAttachment
from intake.parts import Part
from intake.problems import Problems

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_LINE_ENDS = re.compile(r"\r+\n?")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXT_TYPES = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html", "text/watch-html"}
)
# Variants of a body for some reader that are neither shown nor files somebody sent.
_UNSHOWN = frozenset({"text/x-amp-html", "text/watch-html"})


# What is kept as it came because nobody here may or can open it, and what the reader is told about it.
_CLOSED = {
    "application/ms-tnef": "Outlook packed its files into winmail.dat, which is attached as it came",
    "application/vnd.ms-tnef": "Outlook packed its files into winmail.dat, which is attached as it came",
    "application/pgp-encrypted": "the mail is encrypted; what it holds is attached as it came",
    "application/pkcs7-mime": "the mail is encrypted or signed as a whole; what it holds is attached as it came",
    "application/x-pkcs7-mime": "the mail is encrypted or signed as a whole; what it holds is attached as it came",
    "message/partial": "the mail is one piece of a larger one and is attached as it came",
    "message/external-body": "the mail refers to content elsewhere, which was not fetched",
}

_TEXT_WAS_CUT = "the text is over the limit and was cut; the raw mail holds all of it"


@dataclass(slots=True)
class Contents:
    """What a mail holds: `html` is as it came, not yet clean, or None; `made_from_html` tells the source of `text`."""

    text: str = ""
    html: str | None = None
    made_from_html: bool = False
    attachments: list[ReceivedAttachment] = field(default_factory=list)


@dataclass(slots=True)
class _Piece:
    """One stretch of the body in one or two forms."""

    plain: str | None = None
    html: str | None = None
    alternative: Part | None = None


def read(raw: bytes, leaves: Sequence[Part], problems: Problems) -> Contents:
    """Return the body and the attachments of the parts `leaves` of `raw`, in the order of the mail."""
    contents = Contents()
    pieces: list[_Piece] = []
    for number, part in enumerate(leaves, start=1):
        if _is_body(part, pieces):
            _add_text(raw, part, pieces, contents, problems)
        elif part.content_type not in _UNSHOWN or _filename(part, problems):
            _attach(raw, part, number, contents, problems)
    _join(pieces, contents, problems)
    return contents


def content_of(raw: bytes, part: Part, problems: Problems) -> bytes:
    """Return the bytes a part holds, its transfer encoding undone."""
    return transfer.undone(raw[part.start : part.end], part.headers.raw(b"content-transfer-encoding"), problems)


def text_of(raw: bytes, part: Part, problems: Problems) -> str:
    """Return the decoded text of a part, line ends as newlines, at most `limits.MAX_TEXT` characters."""
    content = raw[part.start : part.end]
    if len(content) > limits.MAX_BODY_PART:
        problems.note("a text part is over the limit and was cut")
        content = content[: limits.MAX_BODY_PART]
    content = transfer.undone(content, part.headers.raw(b"content-transfer-encoding"), problems)
    return _as_text(content, part, problems)


def _as_text(content: bytes, part: Part, problems: Problems) -> str:
    charset = part.parameters.get("charset")
    if charset is None and part.content_type == "text/html":
        declared = _META_CHARSET.search(content, 0, 2_000)
        charset = declared[1].decode("ascii") if declared else None
    text = charsets.decode(content, charset, problems)
    if "\r" in text:
        text = _LINE_ENDS.sub("\n", text)
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", text)
    if len(text) > limits.MAX_TEXT:
        problems.note(_TEXT_WAS_CUT)
        text = text[: limits.MAX_TEXT]
    if part.parameters.get("format", "").lower() == "flowed":
        text = flowed.unwrapped(text, deletes_space=part.parameters.get("delsp", "").lower() == "yes")
    return text


def _is_body(part: Part, pieces: Sequence[_Piece]) -> bool:
    if part.content_type not in _TEXT_TYPES:
        return False
    disposition = part.headers.raw(b"content-disposition")
    if disposition is None:
        return "name" not in part.parameters or not pieces
    lowered = disposition[:200].lower()
    if lowered.lstrip().startswith(b"attachment"):
        return False
    return b"filename" not in lowered and ("name" not in part.parameters or not pieces)


def _add_text(raw: bytes, part: Part, pieces: list[_Piece], contents: Contents, problems: Problems) -> None:
    text = text_of(raw, part, problems)
    piece = _piece_for(part, pieces)
    if part.content_type == "text/plain":
        if "\nbegin " in text or text.startswith("begin "):
            text = _without_uuencoded(text, contents, problems)
        piece.plain = text if piece.plain is None else f"{piece.plain}\n{text}"
    elif part.content_type == "text/html":
        piece.html = text if piece.html is None else f"{piece.html}\n{text}"
    elif piece.html is None:
        piece.html = text.replace("<<", "&lt;")  # text/enriched: its tags look like HTML's and most mean the same.


def _piece_for(part: Part, pieces: list[_Piece]) -> _Piece:
    """Return the piece this part is another form of: one piece for all texts below one multipart/alternative."""
    above = part.parent
    while above is not None and above.content_type != "multipart/alternative":
        above = above.parent
    if above is not None:
        for piece in pieces:
            if piece.alternative is above:
                return piece
    pieces.append(_Piece(alternative=above))
    return pieces[-1]


def _without_uuencoded(text: str, contents: Contents, problems: Problems) -> str:
    kept: list[str] = []
    rest = text.encode("utf-8")
    for before, name, file, after in transfer.uuencoded(rest):
        if len(contents.attachments) >= limits.MAX_ATTACHMENTS:
            break
        kept.append(before.decode("utf-8", "replace"))
        filename = filenames.safe(headers.decoded(name, problems)) or filenames.named_for(
            "", len(contents.attachments) + 1
        )
        contents.attachments.append(ReceivedAttachment.of(filename, "application/octet-stream", file))
        rest = after
    return "".join(kept) + rest.decode("utf-8", "replace") if kept else text


def _filename(part: Part, problems: Problems) -> str:
    disposition = parameters.read(part.headers.raw(b"content-disposition"), problems)
    name = disposition.parameters.get("filename") or part.parameters.get("name")
    if not name and part.headers.has(b"content-location"):
        name = part.headers.text(b"content-location", problems).split("?", 1)[0]
    return filenames.safe(name) if name else ""


def _attach(raw: bytes, part: Part, number: int, contents: Contents, problems: Problems) -> None:
    if len(contents.attachments) >= limits.MAX_ATTACHMENTS:
        problems.note("too many attachments; the later ones are not shown")
        return
    if part.content_type in _CLOSED:
        problems.note(_CLOSED[part.content_type])
    content = content_of(raw, part, problems)
    content_id = part.headers.text(b"content-id", problems).strip("<> ")[: limits.MAX_MESSAGE_ID] or None
    disposition = (part.headers.raw(b"content-disposition") or b"")[:40].strip().lower()
    is_related = part.parent is not None and part.parent.content_type == "multipart/related"
    inline = disposition.startswith(b"inline") or (content_id is not None and is_related)
    filename = _filename(part, problems)
    if not filename and part.content_type == "message/rfc822":
        filename = _subject_of(content, problems)
    contents.attachments.append(
        ReceivedAttachment.of(
            filename or filenames.named_for(part.content_type, number),
            part.content_type,
            content,
            inline=inline,
            content_id=content_id,
        )
    )


def _subject_of(content: bytes, problems: Problems) -> str:
    inner, _ = headers.scan(content, 0, min(len(content), limits.MAX_HEADER), Problems())
    subject = filenames.safe(inner.text(b"subject", problems)[:100].replace("/", "-").replace("\\", "-"))
    return f"{subject}.eml" if subject else ""


def _join(pieces: Sequence[_Piece], contents: Contents, problems: Problems) -> None:
    texts: list[str] = []
    looked_at = 0
    for piece in pieces:
        # Some senders put an empty plain text beside the real HTML.
        if piece.html is not None and not (piece.plain and piece.plain.strip()):
            html = piece.html[: max(limits.MAX_HTML - looked_at, 0)]
            looked_at += len(piece.html)
            texts.append(richtext.to_text(html) if looked_at <= limits.MAX_LAID_OUT else richtext.to_bare_text(html))
            contents.made_from_html = True
        elif piece.plain is not None:
            texts.append(piece.plain)
    contents.text = "\n".join(texts)
    if len(contents.text) > limits.MAX_TEXT or looked_at > limits.MAX_HTML:
        problems.note(_TEXT_WAS_CUT)
        contents.text = contents.text[: limits.MAX_TEXT]
    if any(piece.html is not None for piece in pieces):
        contents.made_from_html &= all(piece.html is not None for piece in pieces)
        contents.html = "\n".join(
            piece.html if piece.html is not None else richtext.text_to_html(piece.plain or "") for piece in pieces
        )
