"""What a report about an undelivered mail says: the recipient, the status, the reason.

First the machine-readable form (RFC 3464); then, for the many servers that only write prose, the text. Whether a
message is automatic at all is decided in `automatic`.
"""

import re
from collections.abc import Iterator, Sequence

from intake import bodies, headers
from intake.addresses import usable
from intake.automatic import is_machine
from intake.bounce_words import BODY_OPENINGS, ORIGINAL_FOLLOWS, REASONS, SUBJECTS
from intake.headers import Headers
from intake.message import Bounce, Incoming
from intake.parts import Part
from intake.problems import Problems

_REPORT_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ORIGINAL_TYPES = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_MOST_TEXT = 64 * 1024
_MOST_GROUPS = 50
_LONGEST_DIAGNOSTIC = 1_000
_OPENING = 1_500
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)(?!\d)")
_REPLY = re.compile(r"(?<![\d.:/-])([45]\d\d)[ -](?![\d-])")
_EMAIL = re.compile(r"[^\s<>()\[\],;:\"'@=]{1,64}@[^\s<>()\[\],;:\"'@=]{1,255}")
_POSTMASTERS = ("mailerdaemon", "maildaemon", "mdaemon", "postmaster", "maildelivery", "mail delivery")
_WITHOUT_MARKS = str.maketrans("", "", "-_.")
_DELIVERED = frozenset({"delivered", "relayed", "expanded"})
_ID = re.compile(rb"^message-id:[ \t]*(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
# Two headers in a row: prose too has single lines that begin with "From:".
_ORIGINAL_HEADER = re.compile(
    r"^(?:received|return-path|from|to|subject|date|message-id|mime-version): ?\S.*\n(?:[ \t].*\n)*+[A-Za-z-]{2,40}: ",
    re.IGNORECASE | re.MULTILINE,
)


def read(raw: bytes, root: Part, leaves: Sequence[Part], envelope: Incoming, text: str) -> Bounce | None:
    """Return what a bounce says, None where the mail is none: also for a report that says the mail did arrive."""
    report = next((part for part in leaves if part.content_type in _REPORT_TYPES), None)
    # A person who forwards the pieces of a bounce did not send one.
    if report is not None and (root.content_type == "multipart/report" or _is_from_machine(envelope)):
        return _from_report(raw, report, leaves, root, text)
    if root.content_type == "multipart/report" and "feedback-report" in root.parameters.get("report-type", ""):
        return None
    if not _speaks_of_failure(root, envelope, text):
        return None
    return _from_text(raw, root, leaves, text)


def _from_report(raw: bytes, report: Part, leaves: Sequence[Part], root: Part, text: str) -> Bounce | None:
    groups = list(_groups(raw, report))
    recipients = [group for group in groups if group.has(b"final-recipient") or group.has(b"original-recipient")]
    actions = [_field(group, b"action").split(" ", 1)[0].lower() for group in recipients]
    if actions and all(action in _DELIVERED for action in actions):
        return None
    group = next((each for each, action in zip(recipients, actions, strict=True) if action == "failed"), None)
    group = group or (recipients[0] if recipients else groups[-1] if groups else Headers())
    diagnostic = _typed_value(_field(group, b"diagnostic-code"))
    prose = _prose(text)
    action = _field(group, b"action").split(" ", 1)[0].lower() or None
    status = _status_of_report(_field(group, b"status"), diagnostic, prose, action)
    recipient = _recipient(group) or _recipient_in(root, prose, raw, leaves)
    return Bounce(recipient, status, action, diagnostic or _telling_line(prose), _original_id(raw, leaves))


def _groups(raw: bytes, report: Part) -> Iterator[Headers]:
    """Yield the groups of fields of a delivery status: one about the mail, then one a recipient (RFC 3464 2.1)."""
    content = bodies.content_of(raw, report, Problems())
    position = 0
    for _ in range(_MOST_GROUPS):
        while content[position : position + 1] in (b"\r", b"\n"):
            position += 1
        group, following = headers.scan(content, position, len(content), Problems())
        if following <= position:
            return
        position = following
        if group.count:
            yield group


def _status_of_report(declared: str, diagnostic: str, prose: str, action: str | None) -> str | None:
    """Return the status a report gives: the other server's own word in the diagnostic before the reporter's summary."""
    found = _STATUS.search(declared)
    status = found[0] if found else None
    quoted = _status_in(diagnostic)
    if quoted and not quoted.endswith(".0.0") and (status is None or quoted[0] == status[0]):
        return quoted
    if status is None and not diagnostic:
        status = _status_in(prose)
    if status or quoted:
        return status or quoted
    return _status_by_words(diagnostic or prose, "4" if action == "delayed" else "5")


def _from_text(raw: bytes, root: Part, leaves: Sequence[Part], text: str) -> Bounce:
    prose = _prose(text)
    status = _status_in(prose) or _status_by_words(prose, _class_in(prose))
    action = "delayed" if status and status.startswith("4") else "failed"
    return Bounce(
        _recipient_in(root, prose, raw, leaves), status, action, _telling_line(prose), _original_id(raw, leaves)
    )


def _speaks_of_failure(root: Part, envelope: Incoming, text: str) -> bool:
    """Return whether a mail without a delivery status is a bounce: a machine's sender and words of failure."""
    if root.headers.has(b"x-failed-recipients"):
        return True
    if not _is_from_machine(envelope):
        return False
    says_so = any(words in envelope.subject.lower() for words in SUBJECTS)
    if _is_from_server(envelope):
        return says_so or _opens_with_failure(text)
    # Without a mail server's sender both the subject and the body have to say so.
    return says_so and _opens_with_failure(text)


def _is_from_machine(envelope: Incoming) -> bool:
    return _is_from_server(envelope) or (envelope.sender is not None and is_machine(envelope.sender.email))


def _is_from_server(envelope: Incoming) -> bool:
    sender = envelope.sender
    return envelope.return_path == "" or (sender is not None and _is_postmaster(sender.email, sender.name))


def _is_postmaster(email: str, name: str) -> bool:
    """Return whether a mail server writes, by its address or, where it gives none, by its name."""
    words = f"{email.partition('@')[0]} {name}".lower().translate(_WITHOUT_MARKS)
    return any(word in words for word in _POSTMASTERS)


def _opens_with_failure(text: str) -> bool:
    opening = text[:_OPENING].lower()
    return any(words in opening for words in BODY_OPENINGS)


def _prose(text: str) -> str:
    """Return the part of a bounce's text above the mail that it repeats."""
    text = text[:_MOST_TEXT]
    lowered = text.lower()
    ends = [place for words in ORIGINAL_FOLLOWS if (place := lowered.find(words)) > 0]
    repeated = _ORIGINAL_HEADER.search(text, 1)
    if repeated:
        ends.append(repeated.start())
    end = min((place for place in ends if text[:place].strip()), default=len(text))
    return text[:end]


def _status_in(words: str) -> str | None:
    """Return the enhanced status in `words`; of several the first that says more than ".0.0"."""
    found = [match[0] for match in _STATUS.finditer(words) if match[1] != "2"]
    telling = [status for status in found if not status.endswith(".0.0")]
    return next(iter(telling or found), None)


def _class_in(words: str) -> str:
    replies = _REPLY.findall(words)
    return "4" if replies and all(reply[0] == "4" for reply in replies) else "5"


def _status_by_words(words: str, status_class: str) -> str | None:
    lowered = words.lower()
    for sayings, detail in REASONS:
        if any(saying in lowered for saying in sayings):
            return f"{status_class}.{detail}"
    return f"{status_class}.0.0"


def _field(group: Headers, name: bytes) -> str:
    return group.text(name, Problems())


def _typed_value(value: str) -> str:
    """Return a field of the form "smtp; 550 ..." without its type (RFC 3464 section 2.1.2)."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon and " " not in kind.strip() else value).strip()[:_LONGEST_DIAGNOSTIC]


def _recipient(group: Headers) -> str | None:
    for name in (b"original-recipient", b"final-recipient"):
        found = _EMAIL.search(_typed_value(_field(group, name)))
        if found and usable(found[0]):
            return usable(found[0])
    return None


def _recipient_in(root: Part, prose: str, raw: bytes, leaves: Sequence[Part]) -> str | None:
    found = _EMAIL.search(root.headers.text(b"x-failed-recipients", Problems()))
    if found is None:
        candidates = (match for match in _EMAIL.finditer(prose) if not is_machine(match[0]))
        found = next(candidates, None)
    if found is None:
        original = _original(raw, leaves)
        found = _EMAIL.search(_field(original, b"to")) if original else None
    return usable(found[0].strip(".")) or None if found else None


def _telling_line(prose: str) -> str | None:
    """Return the line of a bounce's prose that holds its reason: one with a code, else one with a known saying."""
    lines = [line.strip() for line in prose.split("\n") if line.strip()]
    for line in lines:
        if _STATUS.search(line) or _REPLY.search(f"{line} "):
            return line[:_LONGEST_DIAGNOSTIC]
    for line in lines:
        lowered = line.lower()
        if any(saying in lowered for sayings, _ in REASONS for saying in sayings):
            return line[:_LONGEST_DIAGNOSTIC]
    return lines[0][:_LONGEST_DIAGNOSTIC] if lines else None


def _original(raw: bytes, leaves: Sequence[Part]) -> Headers | None:
    part = next((each for each in leaves if each.content_type in _ORIGINAL_TYPES), None)
    if part is None:
        return None
    text = bodies.content_of(raw, part, Problems())
    scanned, _ = headers.scan(text, 0, min(len(text), _MOST_TEXT), Problems())
    return scanned


def _original_id(raw: bytes, leaves: Sequence[Part]) -> str | None:
    original = _original(raw, leaves)
    if original is not None:
        ids = headers.message_ids(original.raw(b"message-id"), Problems())
        return ids[0] if ids else None
    # Prose repeats the mail below its own words; the mail's own headers are above `leaves`.
    found = _ID.search(raw, leaves[0].start, leaves[0].start + 4 * _MOST_TEXT) if leaves else None
    return found[1].decode("ascii", "replace") if found else None
