"""Two deliveries of one mail are alike, whatever relays added; anything a person wrote makes them differ."""

import pytest

from intake import mime
from intake.likeness import likeness
from tests.factories.mails import letter

TO = ("support@example.com",)


def mark(raw: bytes, to: tuple[str, ...] = TO) -> str:
    """Return a mail's likeness."""
    return likeness(raw, mime.read(raw), to)


@pytest.fixture
def raw() -> bytes:
    """Return a mail."""
    return letter(Message_ID="<1@x.example>", Date="Mon, 02 Mar 2026 09:00:00 +0000")


def test_trace_headers_do_not_count(raw: bytes) -> None:
    assert mark(b"Received: by mx2.example; now\r\nDelivered-To: x@y\r\n" + raw) == mark(raw)


def test_the_case_of_a_recipient_does_not_count(raw: bytes) -> None:
    assert mark(raw, ("Support@Example.com",)) == mark(raw)


@pytest.mark.parametrize(
    "change",
    [
        (b"<1@x.example>", b"<2@x.example>"),
        (b"ada@ridgeline.example", b"eve@ridgeline.example"),
        (b"Subject: Red light", b"Subject: Red lights"),
        (b"09:00:00", b"09:00:01"),
        (b"stays red", b"stays  red"),
        (b"To: support@", b"To: billing@"),
    ],
)
def test_what_a_person_wrote_counts(raw: bytes, change: tuple[bytes, bytes]) -> None:
    assert change[0] in raw
    assert mark(raw.replace(*change)) != mark(raw)


def test_the_recipients_of_the_envelope_count(raw: bytes) -> None:
    assert mark(raw, ("billing@example.com",)) != mark(raw)
