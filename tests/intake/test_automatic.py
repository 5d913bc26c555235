"""What was sent by a machine, and what only looks like it."""

import pytest

from intake import mime
from intake.message import Automatic

PERSON = {"From": "Ann <ann@x.example>", "Subject": "Printer", "Message-ID": "<1@x.example>"}
OWN = frozenset({"support@example.com"})

ROWS: list[tuple[dict[str, str], Automatic | None, str]] = [
    ({}, None, "an ordinary mail"),
    ({"Auto-Submitted": "no"}, None, "Auto-Submitted: no says a person sent it"),
    ({"Auto-Submitted": "auto-replied"}, Automatic.AUTO_REPLY, "RFC 3834: auto-replied"),
    ({"Auto-Submitted": "AUTO-REPLIED (vacation); owner-email=x"}, Automatic.AUTO_REPLY, "comments and parameters"),
    ({"Auto-Submitted": "auto-generated"}, Automatic.BULK, "RFC 3834: auto-generated"),
    ({"Auto-Submitted": "auto-generated", "In-Reply-To": "<2@example.com>"}, Automatic.AUTO_REPLY, "and an answer"),
    ({"X-Autoreply": "yes"}, Automatic.AUTO_REPLY, "X-Autoreply"),
    ({"X-Autoreply": "no"}, None, "X-Autoreply: no"),
    ({"X-Autorespond": "holiday"}, Automatic.AUTO_REPLY, "X-Autorespond"),
    ({"Precedence": "auto_reply"}, Automatic.AUTO_REPLY, "Precedence: auto_reply"),
    ({"Precedence": "bulk"}, Automatic.BULK, "Precedence: bulk"),
    ({"Precedence": "list"}, Automatic.BULK, "Precedence: list"),
    ({"Precedence": "first-class"}, None, "any other precedence"),
    ({"List-Id": "<users.lists.example>"}, Automatic.BULK, "RFC 2919: List-Id"),
    ({"List-Unsubscribe": "<mailto:off@x.example>"}, Automatic.BULK, "RFC 2369: List-Unsubscribe"),
    ({"Return-Path": "<>"}, Automatic.BULK, "the null sender"),
    ({"Return-Path": "<ann@x.example>"}, None, "a return path that is an address"),
    ({"From": "noreply@x.example"}, Automatic.BULK, "noreply"),
    ({"From": "No Reply <no-reply+77@x.example>"}, Automatic.BULK, "no-reply with a tag"),
    ({"From": "do_not_reply@x.example"}, Automatic.BULK, "do_not_reply"),
    ({"From": "mailer-daemon@x.example", "Subject": "hello"}, Automatic.BULK, "mailer-daemon without a bounce"),
    ({"From": "noreen.reply@x.example"}, None, "a person with such a name"),
    ({"X-Auto-Response-Suppress": "All"}, None, "the wish for no answers does not make a mail automatic"),
    ({"Subject": "Out of Office: Re: Printer"}, Automatic.AUTO_REPLY, "English absence"),
    ({"Subject": "Automatic reply: Printer"}, Automatic.AUTO_REPLY, "Outlook, English"),
    ({"Subject": "Automatische Antwort: Drucker"}, Automatic.AUTO_REPLY, "Outlook, German"),
    ({"Subject": "Réponse automatique : Imprimante"}, Automatic.AUTO_REPLY, "Outlook, French"),
    ({"Subject": "Respuesta automática: Impresora"}, Automatic.AUTO_REPLY, "Outlook, Spanish"),
    ({"Subject": "Automatisch antwoord: Printer"}, Automatic.AUTO_REPLY, "Outlook, Dutch"),
    ({"Subject": "自動返信: プリンター"}, Automatic.AUTO_REPLY, "Japanese"),
    ({"Subject": "Where do I set the out of office text?"}, None, "a question about absence messages"),
    ({"X-Casedesk-Loop": "desk-1"}, Automatic.LOOP, "our own mark"),
    ({"X-Loop": "support@example.com"}, Automatic.LOOP, "X-Loop with an address of ours"),
    ({"X-Loop": "other@x.example"}, None, "somebody else's X-Loop"),
    ({"From": "Support <Support@Example.com>"}, Automatic.LOOP, "mail from an address of ours"),
    ({"Auto-Submitted": "auto-replied", "X-Casedesk-Loop": "desk-1"}, Automatic.LOOP, "our own mark comes first"),
    (
        {"Content-Type": "multipart/report; report-type=disposition-notification; boundary=b"},
        Automatic.AUTO_REPLY,
        "RFC 8098: a receipt of reading",
    ),
    (
        {"Content-Type": "multipart/report; report-type=feedback-report; boundary=b"},
        Automatic.BULK,
        "RFC 5965: a complaint about spam",
    ),
]


@pytest.mark.parametrize(("changes", "kind"), [row[:2] for row in ROWS], ids=[row[2] for row in ROWS])
def test_kind_of(changes: dict[str, str], kind: Automatic | None) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**PERSON, **changes}.items())

    answer = mime.read(f"{lines}\r\n--b\r\n\r\nhello\r\n--b--\r\n".encode(), own_addresses=OWN)

    assert answer.automatic is kind


@pytest.mark.parametrize(
    ("value", "wish"), [("All", True), ("OOF, AutoReply", True), ("DR", True), ("None", False), ("RN, NRN", False)]
)
def test_the_wish_for_no_automatic_answer_is_kept(value: str, wish: bool) -> None:
    answer = mime.read(f"From: a@x.example\r\nX-Auto-Response-Suppress: {value}\r\n\r\nhello".encode())

    assert (answer.suppresses_answers, answer.automatic) == (wish, None)
