"""Header blocks and their values decoded: no value holds a line end, none fails."""

from datetime import UTC, datetime

import pytest

from intake import filenames, headers, parameters
from intake.problems import Problems

VALUES = [
    (b"plain words", "plain words"),
    (b"folded\r\n words", "folded words"),
    (b"=?utf-8?q?caf=C3=A9?=", "café"),
    (b"=?UTF-8?B?Y2Fmw6k=?=", "café"),
    (b"=?utf-8?q?one?= =?utf-8?q?two?=", "onetwo"),
    (b"=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
    (b"=?utf-8?b?ww==?=\r\n =?utf-8?b?o8Op?=", "ãé"),
    (b"=?utf-8*en?q?caf=C3=A9?=", "café"),
    (b"=?iso-8859-1?q?caf=E9?= bar", "café bar"),
    (b"=?utf-8?q?two words?=", "two words"),
    (b"caf\xc3\xa9", "café"),
    (b"caf\xe9", "café"),
    (b"=?utf-8?b?////?=", "ÿÿÿ"),
    (b"=?utf-16?b?/w==?=", "ÿ"),
    (b"=?", "=?"),
    (b"=?utf-8?q?hi=0D=0ABcc:_x=40y?=", "hi Bcc: x@y"),
    (b"=?utf-8?q?a=E2=80=A8b=E2=80=A9c=C2=85d=7F=1B?=", "a b c d"),
    (b"\x1b[2Jred", "[2Jred"),
]


@pytest.mark.parametrize(("raw", "text"), VALUES, ids=[repr(raw) for raw, _ in VALUES])
def test_values_are_decoded_to_one_clean_line(raw: bytes, text: str) -> None:
    assert headers.decoded(raw, Problems()) == text


DATES = [
    ("Mon, 02 Nov 2026 17:03:00 +0100", datetime(2026, 11, 2, 16, 3, tzinfo=UTC)),
    ("2 Nov 2026 17:03 GMT", datetime(2026, 11, 2, 17, 3, tzinfo=UTC)),
    ("Mon, 02 Nov 2026 17:03:00 -0000", datetime(2026, 11, 2, 17, 3, tzinfo=UTC)),
    ("2026-11-02T17:03:00Z", datetime(2026, 11, 2, 17, 3, tzinfo=UTC)),
    ("Fri, 99 Xyz 99999 99:99:99 +9999", None),
    ("Mon, 1 Jan 2024 00:00:00 +999999999", None),
    ("soon", None),
    ("", None),
]


@pytest.mark.parametrize(("value", "instant"), DATES, ids=[value for value, _ in DATES])
def test_dates_are_instants_in_utc_or_nothing(value: str, instant: datetime | None) -> None:
    assert headers.instant(value.encode(), Problems()) == instant


IDS = [
    (b"<a@x>", ("<a@x>",)),
    (b"<a@x>\r\n <b@y> <a@x>", ("<a@x>", "<b@y>")),
    (b"Your message of Monday <a@x>", ("<a@x>",)),
    (b"a@x", ("<a@x>",)),
    (b"<>", ()),
    (b"<[", ()),
    (b"nothing here", ()),
    (b"<a\x00@x>", ("<a@x>",)),
    (b"<" + b"a" * 2_000 + b"@x>", ()),
]


@pytest.mark.parametrize(("value", "ids"), IDS, ids=[repr(value[:20]) for value, _ in IDS])
def test_message_ids_keep_their_brackets(value: bytes, ids: tuple[str, ...]) -> None:
    assert headers.message_ids(value, Problems()) == ids


PARAMETERS = [
    (b"text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
    (b'TEXT/Plain; Charset="utf-8"; format=flowed', "text/plain", {"charset": "utf-8", "format": "flowed"}),
    (b'a/b; name="a \\"b\\" c"', "a/b", {"name": 'a "b" c'}),
    (b"a/b; name=two words.txt", "a/b", {"name": "two words.txt"}),
    (b"a/b; name*=utf-8'de'%C3%A4.txt", "a/b", {"name": "ä.txt"}),
    (b"a/b; name*1=b.txt; name*0=a", "a/b", {"name": "ab.txt"}),
    (b"a/b; name*0*=utf-8''%C3; name*1*=%A4; name*2=.txt", "a/b", {"name": "ä.txt"}),
    (b"a/b; name=plain.txt; name*=utf-8''%C3%A4.txt", "a/b", {"name": "ä.txt"}),
    (b"a/b; name*=x-nope'en'a", "a/b", {"name": "a"}),
    (b'a/b; name="=?utf-8?q?=C3=A4=2Etxt?="', "a/b", {"name": "ä.txt"}),
    (b'a/b; name="never closed', "a/b", {"name": "never closed"}),
    (b";;;===", "", {}),
]


@pytest.mark.parametrize(("value", "word", "found"), PARAMETERS, ids=[repr(row[0]) for row in PARAMETERS])
def test_parameters_are_read(value: bytes, word: str, found: dict[str, str]) -> None:
    answer = parameters.read(value, Problems())

    assert (answer.word, answer.parameters) == (word, found)


FILENAMES = [
    ("report.pdf", "report.pdf"),
    ("../../../../etc/passwd", "passwd"),
    ("..\\..\\boot.ini", "boot.ini"),
    ("C:\\Users\\ann\\letter.doc", "letter.doc"),
    ("/absolute.txt", "absolute.txt"),
    ("a\x00.exe", "a.exe"),
    ("\u202egpj.exe", "gpj.exe"),
    ("\u200b.htaccess", "htaccess"),
    (".htaccess", "htaccess"),
    ("cafe\u0301.txt", "café.txt"),
    ("CON", "_CON"),
    ("aux.txt", "_aux.txt"),
    (".", ""),
    ("..", ""),
    ("", ""),
    ("a\r\n\tb.txt", "ab.txt"),
    ("a" * 300 + ".txt", "a" * 146 + ".txt"),
    ("folder/", "folder"),
]


@pytest.mark.parametrize(("name", "safe"), FILENAMES, ids=[repr(name[:20]) for name, _ in FILENAMES])
def test_file_names_are_safe_to_show(name: str, safe: str) -> None:
    assert filenames.safe(name) == safe
