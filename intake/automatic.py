"""Whether a message was written by a person or sent by a machine: what must never be answered automatically.

Pure decisions on headers (RFC 3834, RFC 2919, RFC 2369 and what real responders send); what a bounce says is read
in `bounces`.
"""

import re

from intake.headers import Headers
from intake.message import Automatic, Bounce, Incoming
from intake.parts import Part

OWN_LOOP = b"x-casedesk-loop"

_MACHINE_SENDERS = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|(?:no|do[-_.]?not|dont|donot)[-_.]?reply"
    r"|nobody|bounces?|listserv|majordomo|mailman|autoreply|auto[-_]reply|autoresponder)(?:[-+._=].{0,200})?",
    re.IGNORECASE,
)
_SUBJECTS = (
    "auto:", "autoreply", "auto-reply", "auto reply", "auto response", "auto-response", "autoresponse",
    "automatic reply",
    "automatic response", "automated reply", "automated response", "out of office", "out of the office",
    "out-of-office",
    "away from my mail", "i am away", "on vacation", "vacation response", "vacation reply",
    "automatische antwort", "automatische antwort:", "abwesenheitsnotiz", "abwesenheitsbenachrichtigung", "abwesend",
    "ich bin nicht im büro", "réponse automatique", "absence du bureau", "absent du bureau", "message d'absence",
    "respuesta automática", "respuesta automatica", "fuera de la oficina", "ausente de la oficina",
    "risposta automatica", "fuori sede", "fuori ufficio", "automatisch antwoord", "automatische reactie", "afwezig",
    "afwezigheidsbericht", "niet op kantoor", "resposta automática", "resposta automatica", "ausência temporária",
    "fora do escritório", "automatiskt svar", "autosvar", "frånvaro", "automatisk svar", "ikke på kontoret",
    "automaattinen vastaus", "poissaolo", "autoodpowiedź", "automatyczna odpowiedź", "odpowiedź automatyczna",
    "nieobecność", "automatická odpověď", "nepřítomnost", "automatikus válasz", "otomatik yanıt", "ofis dışında",
    "автоответ", "автоматический ответ", "автоматична відповідь", "自動応答", "自動返信", "不在通知", "自动答复",
    "自动回复",
    "自動回覆", "자동 회신", "자동 응답", "부재중",
)  # fmt: skip
_LONGEST_PREFIX = 40
_AUTO_REPLY_HEADERS = (
    b"x-autoreply",
    b"x-autorespond",
    b"x-autoresponder",
    b"x-auto-reply",
    b"x-auto-response",
    b"x-autoreply-from",
    b"x-mail-autoreply",
    b"delivered-by-the-graces-of-autoresponder",
)
_LIST_HEADERS = (
    b"list-id",
    b"list-unsubscribe",
    b"list-post",
    b"list-help",
    b"list-archive",
    b"mailing-list",
    b"x-mailing-list",
)
_BULK_PRECEDENCE = (b"bulk", b"list", b"junk")
_SAYS_NO = (b"", b"no", b"false", b"0", b"none")
_SUPPRESSING = (b"all", b"oof", b"autoreply", b"dr")


def kind_of(
    scanned: Headers, envelope: Incoming, root: Part, bounce: Bounce | None, own_addresses: frozenset[str]
) -> Automatic | None:
    """Return why a message is automatic, None where a person seems to have sent it.

    Our own automatic mail coming back outranks all else, since everything that answers it would go round in circles.
    """
    if _is_loop(scanned, envelope, own_addresses):
        return Automatic.LOOP
    if bounce is not None:
        return Automatic.BOUNCE
    if _is_auto_reply(scanned, envelope, root):
        return Automatic.AUTO_REPLY
    return Automatic.BULK if _is_bulk(scanned, envelope, root) else None


def suppresses_answers(scanned: Headers) -> bool:
    """Return whether the sender asks that no automatic answer follow (Microsoft's X-Auto-Response-Suppress)."""
    value = scanned.raw(b"x-auto-response-suppress")
    return value is not None and any(word.strip() in _SUPPRESSING for word in value[:200].lower().split(b","))


def is_machine(email: str) -> bool:
    """Return whether an address by its name belongs to a machine: mailer-daemon, no-reply and their like."""
    return bool(email) and _MACHINE_SENDERS.fullmatch(email.rpartition("@")[0] or email) is not None


def _is_loop(scanned: Headers, envelope: Incoming, own_addresses: frozenset[str]) -> bool:
    if scanned.has(OWN_LOOP):
        return True
    if not own_addresses:
        return False
    if envelope.sender and envelope.sender.email.lower() in own_addresses:
        return True
    loops = (value.decode("ascii", "replace").strip("<> \t").lower() for value in scanned.all_raw(b"x-loop")[:20])
    return any(value in own_addresses for value in loops)


def _is_auto_reply(scanned: Headers, envelope: Incoming, root: Part) -> bool:
    submitted = _word(scanned, b"auto-submitted")
    if submitted in (b"auto-replied", b"auto-notified"):
        return True
    if submitted == b"auto-generated" and envelope.in_reply_to:
        return True
    if any(_word(scanned, name) not in _SAYS_NO for name in _AUTO_REPLY_HEADERS if scanned.has(name)):
        return True
    if _word(scanned, b"precedence") in (b"auto_reply", b"auto-reply"):
        return True
    if _word(scanned, b"x-precedence") in (b"auto_reply", b"auto-reply"):
        return True
    if root.content_type == "multipart/report" and "disposition-notification" in root.parameters.get("report-type", ""):
        return True  # A receipt of reading, RFC 8098.
    return _subject_says_so(envelope.subject)


def _subject_says_so(subject: str) -> bool:
    """Return whether a subject begins like those of absence messages; anywhere else the words are a person's."""
    start = subject[:_LONGEST_PREFIX].lower().lstrip("[(<* ")
    return start.startswith(_SUBJECTS)


def _is_bulk(scanned: Headers, envelope: Incoming, root: Part) -> bool:
    if _word(scanned, b"auto-submitted") not in (b"", b"no"):
        return True
    if _word(scanned, b"precedence") in _BULK_PRECEDENCE or any(scanned.has(name) for name in _LIST_HEADERS):
        return True
    if envelope.return_path == "" or root.content_type == "multipart/report":
        return True
    return envelope.sender is not None and is_machine(envelope.sender.email)


def _word(scanned: Headers, name: bytes) -> bytes:
    value = scanned.raw(name)
    if value is None:
        return b""
    return value[:200].split(b";", 1)[0].split(b"(", 1)[0].strip().lower()
