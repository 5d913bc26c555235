"""Bounces of servers that follow RFC 3464, and of those that only write prose."""

import pytest

from intake import mime
from intake.message import Automatic, Bounce

REPORT = """Return-Path: <>
From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{fields}
--b--
"""

FIELDS: list[tuple[str, Bounce | None, str]] = [
    (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 unknown",
        Bounce("a@x.example", "5.1.1", "failed", "550 unknown"),
        "all fields",
    ),
    (
        "Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.4.1",
        Bounce("a@x.example", "4.4.1", "delayed", "It did not arrive."),
        "a delay",
    ),
    (
        "Original-Recipient: rfc822;b@x.example\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0",
        Bounce("b@x.example", "5.0.0", "failed", "It did not arrive."),
        "the recipient we wrote to before the one it was passed on to",
    ),
    (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox full",
        Bounce("a@x.example", "5.2.2", "failed", "552 5.2.2 mailbox full"),
        "the other server's status before the reporter's",
    ),
    (
        "Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.1.1",
        Bounce("b@x.example", "5.1.1", "failed", "It did not arrive."),
        "the failed one of several recipients",
    ),
    ("Final-Recipient: rfc822; a@x.example\nAction: relayed\nStatus: 2.0.0", None, "a report of success"),
]


@pytest.mark.parametrize(("fields", "bounce"), [row[:2] for row in FIELDS], ids=[row[2] for row in FIELDS])
def test_a_delivery_status_is_read(fields: str, bounce: Bounce | None) -> None:
    answer = mime.read(REPORT.format(fields=fields).replace("\n", "\r\n").encode())

    assert answer.bounce == bounce


PROSE = [
    ("Undeliverable message", "<a@x.example>: 550 5.1.1 user unknown", "5.1.1", "a code of RFC 3463"),
    ("failure notice", "<a@x.example>:\nSorry, no mailbox here by that name.", "5.1.1", "qmail"),
    ("Returned mail", "a@x.example: mailbox is over quota", "5.2.2", "a full mailbox"),
    ("Mail delivery failed", "a@x.example\nmessage size exceeds limit", "5.3.4", "too large"),
    ("Mail delivery failed", "a@x.example\nunrouteable mail domain", "5.1.2", "an unknown host"),
    ("Mail delivery failed", "a@x.example\nretry timeout exceeded", "5.4.7", "given up"),
    ("Mail delivery failed", "a@x.example\n554 message blocked as spam", "5.7.1", "taken for spam"),
    ("Warning: could not send for 4 hours", "a@x.example\n421 connection timed out", "4.4.7", "a delay"),
    ("Unzustellbar: Rechnung", "a@x.example\nDas Postfach ist voll: Speicherplatz", "5.2.2", "German"),
    ("Mail delivery failed", "a@x.example\nreasons unknown to us", "5.0.0", "no reason given"),
]


@pytest.mark.parametrize(("subject", "body", "status"), [row[:3] for row in PROSE], ids=[row[3] for row in PROSE])
def test_a_bounce_in_prose_is_read(subject: str, body: str, status: str) -> None:
    answer = mime.read(f"From: MAILER-DAEMON@mx.example\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode())

    assert answer.automatic is Automatic.BOUNCE
    assert answer.bounce is not None
    assert (answer.bounce.recipient, answer.bounce.status) == ("a@x.example", status)


def test_a_customer_who_complains_about_a_bounce_did_not_send_one() -> None:
    raw = (
        b"From: ann@x.example\r\nSubject: Fwd: Mail delivery failed\r\n\r\n"
        b"I get this, why?\r\n\r\n<bo@y.example>: 550 5.1.1 user unknown\r\n"
    )

    answer = mime.read(raw)

    assert (answer.automatic, answer.bounce) == (None, None)


def test_a_customer_who_forwards_the_pieces_of_a_bounce_did_not_send_one() -> None:
    raw = (
        b"From: ann@x.example\r\nSubject: look at this\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nWhy?\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Final-Recipient: rfc822; bo@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
    )

    answer = mime.read(raw)

    assert (answer.automatic, answer.bounce) == (None, None)
