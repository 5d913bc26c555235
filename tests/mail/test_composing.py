"""A mail is written the same at every try, and nothing in it can become a header that was not meant."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from casedesk.mail.composing import File, Unsendable, compose, one_line
from casedesk.mail.models import OutgoingMail


def a_mail(**given: object) -> OutgoingMail:
    """Return an outbox row that was never stored."""
    usual: dict[str, object] = {
        "id": 7,
        "created_at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        "kind": "reply",
        "mail_message_id": "<7.abc@example.com>",
        "sender": "Help <support@example.com>",
        "recipient": "ada@ridgeline.example",
        "to": ["Ada Premier <ada@ridgeline.example>"],
        "subject": "Re: Red light",
        "text": "Please restart it.",
    }
    return OutgoingMail(**{**usual, **given})


def test_the_same_row_is_the_same_bytes_at_every_try() -> None:
    files = [File("log.txt", "text/plain", b"red\n")]

    assert compose(a_mail(html="<p>Hi</p>"), files) == compose(a_mail(html="<p>Hi</p>"), files)


def test_a_mail_carries_its_headers_and_words() -> None:
    parsed = message_from_bytes(compose(a_mail(headers={"In-Reply-To": "<1@x.example>"})), policy=policy.default)

    assert {name: str(parsed[name]) for name in ("From", "To", "Subject", "Message-ID", "In-Reply-To", "Date")} == {
        "From": "Help <support@example.com>",
        "To": "Ada Premier <ada@ridgeline.example>",
        "Subject": "Re: Red light",
        "Message-ID": "<7.abc@example.com>",
        "In-Reply-To": "<1@x.example>",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
    }
    assert parsed.get_content() == "Please restart it.\r\n"


def test_lines_end_in_crlf_whatever_was_typed() -> None:
    raw = compose(a_mail(text="one\ntwo\r\nthree\n", html="<p>one</p>\n"))

    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert raw.replace(b"\r\n", b"").count(b"\r") == 0


@pytest.mark.parametrize(
    "subject", ["Hi\r\nBcc: evil@x.example", "Hi\nBcc: evil@x.example", "Hi\u2028Bcc: evil", "Hi\x00\x1b"]
)
def test_a_subject_cannot_bring_a_header(subject: str) -> None:
    parsed = message_from_bytes(compose(a_mail(subject=subject)), policy=policy.default)

    assert parsed["Bcc"] is None
    assert str(parsed["Subject"]) == one_line(subject)


def test_a_value_of_another_header_cannot_either() -> None:
    parsed = message_from_bytes(
        compose(a_mail(headers={"References": "<1@x>\r\nBcc: evil@x.example"})), policy=policy.default
    )

    assert parsed["Bcc"] is None


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c\r\n", "<>", "büro@example.com"])
def test_an_address_that_cannot_be_written_is_unsendable(address: str) -> None:
    with pytest.raises(Unsendable):
        compose(a_mail(to=[address]))


def test_words_of_all_languages_survive() -> None:
    words = "Größe ✓ 日本語 العربية"

    parsed = message_from_bytes(
        compose(a_mail(text=words, subject=words, html=f"<p>{words}</p>")), policy=policy.default
    )

    plain, html = parsed.iter_parts()
    assert (str(parsed["Subject"]), plain.get_content(), html.get_content()) == (
        words,
        words + "\r\n",
        f"<p>{words}</p>\r\n",
    )


def test_files_are_attached_under_their_names() -> None:
    parsed = message_from_bytes(
        compose(a_mail(), [File("log\r\n.txt", "text/plain", b"red\n"), File("x", "message/rfc822", b"x")]),
        policy=policy.default,
    )

    files = [(part.get_filename(), part.get_content_type()) for part in parsed.iter_attachments()]
    assert files == [("log .txt", "text/plain"), ("x", "application/octet-stream")]
