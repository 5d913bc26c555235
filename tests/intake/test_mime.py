"""Each strange mail in letters/ read whole, and the limits of reading one."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake import limits, mime
from intake.message import Address, Authentication, Automatic, Bounce, Incoming

LETTERS = Path(__file__).parent / "letters"


def read(name: str) -> Incoming:
    return mime.read((LETTERS / f"{name}.eml").read_bytes())


def mail(*header_lines: str, body: bytes = b"hello") -> bytes:
    return "\r\n".join(header_lines).encode() + b"\r\n\r\n" + body


def test_an_answer_from_outlook_is_parted_from_the_history_below_its_rule() -> None:
    answer = read("outlook_top_post")

    assert answer.sender == Address("Berger, Ida", "ida.berger@kunde.example")
    assert answer.cc == (Address("Otto Klein", "otto@kunde.example"), Address("", "lager@kunde.example"))
    assert answer.subject == "AW: Lieferung verzögert"
    assert answer.date == datetime(2026, 11, 3, 8, 12, 44, tzinfo=UTC)
    assert answer.in_reply_to == ("<case-81@example.com>",)
    assert answer.references == ("<case-80@example.com>", "<case-81@example.com>")
    assert answer.language == "de"
    assert answer.reply == (
        "Guten Morgen,\n\ndie Pumpe ist bis heute nicht da. Können Sie bitte nachsehen?\n\nViele Grüße\nIda Berger"
    )
    assert answer.problems == ()


def test_an_answer_from_gmail_has_text_and_clean_html() -> None:
    answer = read("gmail_reply")

    assert answer.sender == Address("Zoë Marchand", "zoe@client.example")
    assert answer.reply == "Merci, c'est réglé pour nous."
    assert "nous avons remboursé" in answer.text
    assert answer.html is not None
    assert 'class="' not in answer.html
    assert answer.language == "fr"


def test_html_alone_gives_text_and_reply_and_nothing_in_it_runs_or_loads() -> None:
    answer = read("outlook_html_only")

    assert answer.reply == "It prints again, thank you!"
    assert answer.html is not None
    assert [word for word in ("script", "alert", "tracker", "style", "javascript") if word in answer.html] == []


def test_files_pictures_and_attached_mails_are_attachments_in_their_order() -> None:
    answer = read("inline_image_and_files")

    assert [(each.filename, each.content_type, each.inline, each.content_id) for each in answer.attachments] == [
        ("pump.png", "image/png", True, "photo1"),
        ("Rechnung März.pdf", "application/pdf", False, None),
        ("Your order.eml", "message/rfc822", False, None),
    ]
    assert answer.attachments[1].content == b"%PDF-1.4\n"
    assert answer.attachments[1].size == 9
    assert answer.html == '<p>See <img data-cid="photo1" alt="the pump"></p>\nsent through a list'


def test_a_bounce_tells_recipient_status_and_the_mail_that_did_not_arrive() -> None:
    answer = read("bounce_unknown_user")

    assert answer.automatic is Automatic.BOUNCE
    assert answer.bounce == Bounce(
        "gone@customer.example", "5.1.1", "failed", "550 5.1.1 No such person here", "<case-99.reply@example.com>"
    )


def test_a_bounce_in_prose_is_read_from_its_words_not_from_the_mail_it_repeats() -> None:
    answer = read("bounce_in_prose")

    assert answer.automatic is Automatic.BOUNCE
    assert answer.bounce == Bounce(
        "full@customer.example", "5.2.2", "failed", "The mailbox is full.", "<case-7.reply@example.com>"
    )


def test_a_report_of_success_is_automatic_but_no_bounce() -> None:
    answer = read("delivered_report")

    assert (answer.automatic, answer.bounce) == (Automatic.BULK, None)


def test_an_absence_message_is_an_automatic_reply_that_wants_no_answer() -> None:
    answer = read("absence")

    assert (answer.automatic, answer.suppresses_answers) == (Automatic.AUTO_REPLY, True)


def test_undeclared_cyrillic_is_read_in_body_and_headers() -> None:
    answer = read("unlabelled_cyrillic")

    assert answer.subject == "Принтер не работает"
    assert answer.sender == Address("Иван", "ivan@klient.example")
    assert answer.text.startswith("Здравствуйте! Принтер в нашем офисе")
    assert answer.language == "ru"
    assert answer.problems == ("the charset is not declared; it was guessed",)


def test_japanese_charsets_are_read() -> None:
    answer = read("shift_jis")

    assert (answer.subject, answer.text) == ("ご質問", "プリンターが動きません。よろしくお願いします。\n")


def test_a_uuencoded_file_in_the_text_becomes_an_attachment() -> None:
    answer = read("uuencoded")

    assert [(each.filename, each.content) for each in answer.attachments] == [("error.log", b"hello")]
    assert answer.text == "Here is the log.\n\n\nBye\n"


def test_flowed_lines_are_put_together() -> None:
    answer = read("flowed")

    assert answer.text == (
        "This sentence was broken by the program that sent it.\nA new paragraph.\n> a quote that goes on\n-- \nAnn\n"
    )


def test_a_mail_cut_off_in_a_part_is_read_up_to_there_and_says_so() -> None:
    answer = read("cut_off")

    assert answer.text == "The line broke in the mid\n"
    assert answer.problems == ("the mail ends before its last part does",)


def test_an_encoded_line_end_in_a_header_cannot_start_another_header() -> None:
    answer = read("header_injection")

    assert answer.subject == "hello Bcc: victim@example.com"
    assert answer.sender == Address("Eve Bcc: victim@example.com", "eve@evil.example")


def test_an_unknown_charset_is_named_and_the_text_is_readable() -> None:
    answer = read("charset_of_nowhere")

    assert (answer.subject, answer.text) == ("café", "café\n")
    assert answer.problems == ("the charset 'x-nope' is not known; another one was tried",)


def test_mail_through_a_list_is_bulk() -> None:
    answer = read("list_mail")

    assert answer.automatic is Automatic.BULK
    assert answer.list_id == "Users of the pump <users.lists.example.org>"
    assert answer.return_path == "users-bounces@lists.example.org"


def test_the_topmost_authentication_results_count() -> None:
    raw = mail(
        "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=a@b.example; dkim=fail; dmarc=none",
        "Authentication-Results: elsewhere; spf=fail; dkim=pass",
        "From: a@b.example",
    )

    assert mime.read(raw).authentication == Authentication("pass", "fail", "none")


def test_the_sender_of_the_envelope_outranks_a_return_path_in_the_mail() -> None:
    raw = mail("Return-Path: <forged@x.example>", "From: MAILER-DAEMON <>", "Subject: hello")

    answer = mime.read(mime.with_envelope(raw, ""))

    assert (answer.return_path, answer.automatic) == ("", Automatic.BULK)


def test_an_envelope_cannot_bring_a_header_of_its_own() -> None:
    answer = mime.read(mime.with_envelope(mail("From: a@b.example"), "a@b.example>\r\nSubject: x"))

    assert (answer.subject, answer.sender) == ("", Address("", "a@b.example"))


def test_what_cannot_be_opened_is_attached_and_said() -> None:
    raw = mail("From: a@b.example", 'Content-Type: application/ms-tnef; name="winmail.dat"', body=b"x")

    answer = mime.read(raw)

    assert [each.filename for each in answer.attachments] == ["winmail.dat"]
    assert answer.problems == ("Outlook packed its files into winmail.dat, which is attached as it came",)


def test_an_undeclared_boundary_is_found_in_the_body() -> None:
    raw = mail(
        "From: a@b.example", "Content-Type: multipart/mixed", body=b"preamble\r\n--xyz\r\n\r\nhello\r\n--xyz--\r\n"
    )

    answer = mime.read(raw)

    assert answer.text == "hello"
    assert answer.problems == ("the boundary of a multipart is not declared; it was taken from the body",)


NEST = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(2_000)).encode()


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param(
            b"From: a@b.example\r\n" + NEST + b"\r\nx",
            "parts are nested too deeply; the inner ones are not shown",
            id="parts nested two thousand deep",
        ),
        pytest.param(
            mail("From: a@b.example", "Content-Type: multipart/mixed; boundary=b", body=b"--b\r\n\r\nx\r\n" * 100_000),
            "too many parts; the later ones are not shown",
            id="a hundred thousand parts",
        ),
        pytest.param(
            mail("From: a@b.example", *[f"X-{n}: v" for n in range(20_000)]),
            "the headers are over the limit; the later ones were left out",
            id="twenty thousand headers",
        ),
        pytest.param(
            mail("From: a@b.example", "X-Long: " + "a" * 70_000),
            "a header is over the limit and was cut",
            id="a header of seventy thousand bytes",
        ),
        pytest.param(
            mail("From: a@b.example", "To: " + ", ".join(f"u{n}@x.example" for n in range(2_000))),
            "too many addresses; the later ones were left out",
            id="two thousand recipients",
        ),
        pytest.param(
            mail("From: a@b.example", "Content-Type: text/plain" + "; p=v" * 8_000),
            "a header has too many parameters; the later ones were left out",
            id="eight thousand parameters",
        ),
        pytest.param(
            mail("From: a@b.example", "References: " + " ".join(f"<{n}@x>" for n in range(2_000))),
            "too many message ids; the earlier ones were left out",
            id="two thousand references",
        ),
        pytest.param(
            mail(
                "From: a@b.example",
                "Content-Type: multipart/mixed; boundary=b",
                body=b"--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n" * 60 + b"--b--",
            ),
            "too many attachments; the later ones are not shown",
            id="sixty attachments",
        ),
        pytest.param(
            mail("From: a@b.example", "Content-Type: text/html", body=b"<div>\r\n" * 20_000),
            "the HTML is too large or nested too deeply; the message is shown as text",
            id="html nested twenty thousand deep",
        ),
        pytest.param(
            mail("From: a@b.example", body=b"a" * (limits.MAX_TEXT + 1)),
            "the text is over the limit and was cut; the raw mail holds all of it",
            id="a megabyte of text",
        ),
        pytest.param(
            mail("From: a@b.example", "Content-Type: multipart/mixed", body=b"text"),
            "a multipart has no boundary; it is shown as text",
            id="a multipart without a boundary",
        ),
        pytest.param(mail("From: a@b.example", "Date: soon"), "the date could not be read", id="a date that is none"),
        pytest.param(b"only words", "the mail has no headers", id="no headers"),
        pytest.param(b"", "the mail has no headers", id="nothing at all"),
    ],
)
def test_what_is_broken_or_over_a_limit_is_said_in_words(raw: bytes, problem: str) -> None:
    assert problem in mime.read(raw).problems


def test_over_the_limits_the_rest_still_works() -> None:
    raw = mail("From: a@b.example", "Subject: big", *[f"X-{n}: v" for n in range(5_000)], body=b"the question")

    answer = mime.read(raw)

    assert (answer.sender, answer.subject, answer.text) == (Address("", "a@b.example"), "big", "the question")


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r", b"\r\r\n"], ids=["crlf", "lf", "cr", "crcrlf"])
def test_every_kind_of_line_end_is_read(line_end: bytes) -> None:
    raw = b"From: a@b.example\nSubject: ends\n\none\ntwo".replace(b"\n", line_end)

    answer = mime.read(raw)

    assert (answer.subject, answer.text) == ("ends", "one\ntwo")


def test_a_mistake_of_a_library_leaves_headers_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("deep inside")

    monkeypatch.setattr("charset_normalizer.from_bytes", fail)
    raw = mail("From: a@b.example", "Subject: still there", body=b"\xcf\xf0\xe8\xe2\xe5\xf2 " * 20)

    answer = mime.read(raw)

    assert answer.subject == "still there"
    assert answer.problems == ("the mail could not be read whole (ValueError); only its headers are shown",)


def test_each_file_gives_one_ascii_line_in_order_and_a_missing_one_too(tmp_path: Path) -> None:
    names = ["gmail_reply", "cut_off"]
    paths = [*(LETTERS / f"{name}.eml" for name in names), tmp_path / "absent.eml"]

    lines = list(mime.parse_files(paths))

    assert all(line.isascii() and "\n" not in line for line in lines)
    assert [json.loads(line)["subject"] for line in lines] == ["Re: [HAL-204] Facture en double", "cut off", ""]
    assert json.loads(lines[2])["problems"] == ["the file could not be read: No such file or directory"]


def test_the_public_json_has_the_agreed_fields() -> None:
    [line] = mime.parse_files([LETTERS / "inline_image_and_files.eml"])

    answer = json.loads(line)

    assert list(answer) == [
        "message_id", "from", "reply_to", "to", "cc", "subject", "date", "in_reply_to", "references", "automatic",
        "bounce", "language", "text", "reply", "html", "attachments", "authentication", "problems",
    ]  # fmt: skip
    assert list(answer["attachments"][0]) == [
        "filename", "content_type", "size", "sha256", "md5", "inline", "content_id",
    ]  # fmt: skip
    assert answer["from"] == {"name": "", "email": "ann@customer.example"}
    assert answer["message_id"] == "<files@customer.example>"
