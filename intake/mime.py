"""Bytes of a mail to `Incoming`: charsets, alternatives, inline images, attachments, broken mail.

Reading never fails: what is broken or over a limit is named in `problems` and the rest still works. It costs time in
proportion to the size; the hard limits of CPU and memory for what is not foreseen are in `readers`. Whether a mail
is automatic is decided in `automatic`, what a bounce says in `bounces`, what is quoted in `quoting`.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from casedesk import richtext
from intake import addresses, automatic, bodies, bounces, headers, languages, limits, parts, quoting
from intake.addresses import visible
from intake.automatic import OWN_LOOP
from intake.headers import Headers
from intake.message import Address, Incoming, as_json
from intake.parts import Part
from intake.problems import Problems

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_WORD = 200


def read(raw: bytes, *, own_addresses: frozenset[str] = frozenset()) -> Incoming:
    """Return a mail as one message. `own_addresses` (lower case) are the desk's own: mail from one of them is a loop.

    Never raises for what a mail holds; only MemoryError passes, for the reader's limits to deal with.
    """
    try:
        return _read(raw, own_addresses)
    except MemoryError:
        raise
    except Exception as error:  # A mail is never lost to a mistake of ours or of a library below us.
        return read_headers(
            raw, f"the mail could not be read whole ({type(error).__name__}); only its headers are shown"
        )


def with_envelope(raw: bytes, envelope_from: str) -> bytes:
    """Return `raw` with the sender of its envelope ("" for the null sender) as its topmost Return-Path.

    That is how a delivering server hands the envelope on (RFC 5321 section 4.4); a Return-Path below it is not ours.
    """
    sender = "".join(character for character in envelope_from if character.isprintable())
    return f"Return-Path: <{sender.strip('<>')}>\r\n".encode() + raw


def read_headers(raw: bytes, reason: str) -> Incoming:
    """Return what a plain scan of the headers gives, for a mail whose reading failed; `reason` leads `problems`."""
    problems = Problems()
    problems.note(reason)
    head = _unified(raw[: 2 * limits.MAX_ALL_HEADERS])
    scanned, _ = headers.scan(head, 0, len(head), problems)
    return replace(_envelope(scanned, problems), problems=problems.all())


def parse_files(paths: Iterable[Path | str], *, own_addresses: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield one line of ASCII JSON for each mail file, in order; a file that cannot be opened gives a line too."""
    for path in paths:
        try:
            raw = Path(path).read_bytes()
        except OSError as error:
            incoming = Incoming(problems=(f"the file could not be read: {error.strerror or 'unknown reason'}",))
        else:
            incoming = read(raw, own_addresses=own_addresses)
        yield json.dumps(as_json(incoming), ensure_ascii=True)


def _read(raw: bytes, own_addresses: frozenset[str]) -> Incoming:
    problems = Problems()
    raw = _unified(raw)
    scanned, body = headers.scan(raw, 0, len(raw), problems)
    if not scanned.count:
        problems.note("the mail has no headers")
    content_type, values = parts.typed(scanned, "text/plain", problems)
    root = Part(scanned, content_type, values, body, len(raw))
    leaves = parts.walk(raw, root, problems)
    contents = bodies.read(raw, leaves, problems)
    envelope = _envelope(scanned, problems)
    bounce = bounces.read(raw, root, leaves, envelope, contents.text)
    return replace(
        envelope,
        automatic=automatic.kind_of(scanned, envelope, root, bounce, own_addresses),
        bounce=bounce,
        text=contents.text,
        reply=quoting.new_text(contents.text, contents.html, text_is_from_html=contents.made_from_html),
        language=languages.declared(scanned.raw(b"content-language")) or languages.guessed(contents.text),
        html=_clean(contents.html, problems),
        attachments=tuple(contents.attachments),
        problems=problems.all(),
    )


def _envelope(scanned: Headers, problems: Problems) -> Incoming:
    """Return the message as far as its headers tell; `problems` is left to the caller, more may be noted."""
    reply_to = addresses.read(scanned.raw(b"reply-to"), problems)
    message_id = headers.message_ids(scanned.raw(b"message-id"), problems)
    subject = scanned.text(b"subject", problems)
    if len(subject) > limits.MAX_SUBJECT:
        problems.note("the subject is over the limit and was cut")
        subject = subject[: limits.MAX_SUBJECT]
    return Incoming(
        message_id=message_id[0] if message_id else None,
        sender=_sender(scanned, problems),
        reply_to=reply_to[0] if reply_to else None,
        to=_recipients(scanned, b"to", problems),
        cc=_recipients(scanned, b"cc", problems),
        subject=visible(subject),
        date=headers.instant(scanned.raw(b"date"), problems),
        in_reply_to=headers.message_ids(scanned.raw(b"in-reply-to"), problems),
        references=headers.message_ids(scanned.raw(b"references"), problems),
        authentication=headers.authentication(scanned),
        auto_submitted=_word(scanned, b"auto-submitted", problems),
        list_id=_word(scanned, b"list-id", problems),
        own_loop=tuple(headers.decoded(value, problems)[:_LONGEST_WORD] for value in scanned.all_raw(OWN_LOOP)[:20]),
        return_path=_return_path(scanned),
        suppresses_answers=automatic.suppresses_answers(scanned),
    )


def _unified(raw: bytes) -> bytes:
    """Return `raw` with lines that end in a newline, without a byte order mark and empty lines before the headers."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    if raw[:1] in b"\xef\r\n\x00 \t" and raw:
        trimmed = raw.removeprefix(_BYTE_ORDER_MARK).lstrip(b"\r\n")
        # Only when headers follow: a mail that starts with an empty line may have none.
        raw = trimmed if headers.starts_with_header(trimmed) else raw
    return raw


def _sender(scanned: Headers, problems: Problems) -> Address | None:
    """Return the From of a mail; of several the first with an address. Sender is no stand-in: it is often a machine."""
    found = [each for value in scanned.all_raw(b"from")[:2] for each in addresses.read(value, problems)]
    if len(found) > 1 and len(scanned.all_raw(b"from")) > 1:
        problems.note("the mail has more than one From")
    return next((each for each in found if each.email), found[0] if found else None)


def _recipients(scanned: Headers, name: bytes, problems: Problems) -> tuple[Address, ...]:
    values = scanned.all_raw(name)
    if len(values) <= 1:
        return addresses.read(values[0], problems) if values else ()
    return addresses.read(b", ".join(values)[: limits.MAX_HEADER], problems)


def _word(scanned: Headers, name: bytes, problems: Problems) -> str | None:
    return scanned.text(name, problems)[:_LONGEST_WORD] or None


def _return_path(scanned: Headers) -> str | None:
    value = scanned.raw(b"return-path")
    if value is None:
        return None
    return addresses.usable(value.decode("utf-8", "replace").strip("<> \t")) if value.strip(b"<> \t") else ""


def _clean(html: str | None, problems: Problems) -> str | None:
    if html is None or not html.strip():
        return None
    if not richtext.is_bearable(html):
        problems.note("the HTML is too large or nested too deeply; the message is shown as text")
    return richtext.clean(html)
