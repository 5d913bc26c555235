"""Transfer encodings undone whatever is wrong with them, and flowed text put together."""

import time

import pytest

from intake import flowed, transfer
from intake.problems import Problems

ROWS = [
    (b"aGVsbG8=", b"base64", b"hello"),
    (b"aGVs\r\nbG8=\r\n", b"BASE64", b"hello"),
    (b"aGVsbG8", b"base64", b"hello"),
    (b"aGVs!!bG8=", b"base64", b"hello"),
    (b"aGVsbG8=", b"base64 (really)", b"hello"),
    (b"A" * 5_001, b"base64", b"\x00" * 3_750),
    (b"====", b"base64", b""),
    (b"caf=C3=A9", b"quoted-printable", "café".encode()),
    (b"one=\r\ntwo", b"quoted-printable", b"onetwo"),
    (b"=ZZ=0", b"quoted-printable", b"=ZZ=0"),
    (b"as it is", b"8bit", b"as it is"),
    (b"as it is", None, b"as it is"),
    (b"as it is", b"nope", b"as it is"),
    (b"begin 644 a.txt\n%:&5L;&\\\n`\nend\n", b"x-uuencode", b"hello"),
    (b"begin 644 a.txt\nM\xff\n", b"x-uuencode", b"begin 644 a.txt\nM\xff\n"),
]


@pytest.mark.parametrize(("content", "encoding", "undone"), ROWS, ids=[repr(row[:2])[:40] for row in ROWS])
def test_an_encoding_is_undone(content: bytes, encoding: bytes | None, undone: bytes) -> None:
    assert transfer.undone(content, encoding, Problems()) == undone


def test_an_unknown_encoding_is_named() -> None:
    problems = Problems()

    transfer.undone(b"x", b"nope", problems)

    assert problems.all() == ("the transfer encoding 'nope' is not known",)


@pytest.mark.parametrize(
    "content",
    [
        b"\nbegin 644 a\nxx" * 50_000 + b"\nend",
        b"\nbegin 644 a\n" * 50_000,
        b"begin 644 a\n" + b"M" * 900_000 + b"\nend",
    ],
    ids=["many before one end", "without an end", "one long line"],
)
def test_hostile_uuencoding_is_read_in_linear_time(content: bytes) -> None:
    start = time.process_time()

    list(transfer.uuencoded(content))

    assert time.process_time() - start < 5


FLOWED = [
    ("one \ntwo\nthree", False, "one two\nthree"),
    ("one \ntwo", True, "onetwo"),
    ("> one \n> two\nthree", False, "> one two\nthree"),
    (">> one \n> two", False, ">> one \n> two"),
    (" From stuffing", False, "From stuffing"),
    ("text\n-- \nAnn", False, "text\n-- \nAnn"),
]


@pytest.mark.parametrize(("text", "deletes_space", "unwrapped"), FLOWED, ids=[repr(row[0]) for row in FLOWED])
def test_flowed_paragraphs_are_put_together(text: str, deletes_space: bool, unwrapped: str) -> None:
    assert flowed.unwrapped(text, deletes_space=deletes_space) == unwrapped


def test_a_megabyte_of_soft_breaks_is_put_together_in_linear_time() -> None:
    start = time.process_time()

    flowed.unwrapped("a \n" * 300_000, deletes_space=False)

    assert time.process_time() - start < 5
