"""Address lists as senders write them: a doubtful text never gives an address."""

import time

import pytest

from intake import addresses
from intake.message import Address
from intake.problems import Problems


def read(value: str | bytes) -> list[tuple[str, str]]:
    raw = value if isinstance(value, bytes) else value.encode()
    return [(each.name, each.email) for each in addresses.read(raw, Problems())]


LISTS = [
    ("ann@x.example", [("", "ann@x.example")]),
    ("Ann <ann@x.example>", [("Ann", "ann@x.example")]),
    ('"Smith, Ann" <ann@x.example>, Bo <bo@x.example>', [("Smith, Ann", "ann@x.example"), ("Bo", "bo@x.example")]),
    ("Smith, Ann <ann@x.example>", [("Smith, Ann", "ann@x.example")]),
    ("ann@x.example; bo@x.example", [("", "ann@x.example"), ("", "bo@x.example")]),
    ("ann@x.example (Ann (the boss) Smith)", [("Ann (the boss) Smith", "ann@x.example")]),
    ("Team: ann@x.example, bo@x.example;", [("", "ann@x.example"), ("", "bo@x.example")]),
    ("undisclosed-recipients:;", []),
    ("<@relay.example,@other.example:ann@x.example>", [("", "ann@x.example")]),
    ("=?utf-8?q?M=C3=BCller=2C_Jo?= <jo@x.example>", [("Müller, Jo", "jo@x.example")]),
    ("=?utf-8?q?a=40b=2Eexample?= <eve@evil.example>", [("a@b.example", "eve@evil.example")]),
    ("Ann\u202e <ann@x.example>", [("Ann", "ann@x.example")]),
    ('"ann@x.example" <ann@x.example>', [("", "ann@x.example")]),
    ("ann@X.Example.", [("", "ann@x.example")]),
    ("Ann <ann@x.example", [("Ann", "ann@x.example")]),
    ('"ann doe"@x.example', [("", '"ann doe"@x.example')]),
    ("jürgen@müller.example", [("", "jürgen@müller.example")]),
    ("ann@[127.0.0.1]", [("", "ann@[127.0.0.1]")]),
    ("Mail Delivery Subsystem <MAILER-DAEMON>", [("Mail Delivery Subsystem", "")]),
    ("", []),
    ("<>", []),
    (",,,", []),
    ("ann@x.example, ,bo@x.example,", [("", "ann@x.example"), ("", "bo@x.example")]),
]


@pytest.mark.parametrize(("value", "found"), LISTS, ids=[value for value, _ in LISTS])
def test_lists_are_taken_apart(value: str, found: list[tuple[str, str]]) -> None:
    assert read(value) == found


DOUBTFUL = [
    "alice@good.example)bob@evil.example",
    "<alice@good.example>bob@evil.example<x",
    "alice@good.example bob@evil.example",
    "alice@good.example@evil.example",
    "<alice@good.example><bob@evil.example>",
    "a" * 400 + "@x.example",
    "ann@x.example\x00bo@y.example",
]


@pytest.mark.parametrize("value", DOUBTFUL)
def test_a_doubtful_text_gives_no_address(value: str) -> None:
    problems = Problems()

    found = addresses.read(value.encode(), problems)

    assert {each.email for each in found} <= {""}
    assert problems.all() == ("an address could not be read",)


def test_bytes_that_are_no_utf8_are_read_as_a_name() -> None:
    assert read("Jörg <joerg@x.example>".encode("latin-1")) == [("Jörg", "joerg@x.example")]


BOMBS = [
    "(" * 30_000 + ")" * 30_000 + " a@b.c",
    "a@b.c (" * 9_000,
    '"' * 60_000,
    "a@b.c, " * 9_000,
    "<" * 60_000,
    "a@" * 30_000,
]


@pytest.mark.parametrize("value", BOMBS, ids=lambda value: value[:8])
def test_hostile_lists_are_read_in_linear_time(value: str) -> None:
    start = time.process_time()

    found = addresses.read(value.encode(), Problems())

    assert len(found) <= 200
    assert time.process_time() - start < 5


def test_a_usable_address_has_its_domain_in_lower_case() -> None:
    assert addresses.usable(" Ann.Smith@X.Example ") == "Ann.Smith@x.example"


def test_the_scanner_agrees_with_the_shortcut_for_plain_addresses() -> None:
    assert addresses.read(b"Ann <ann@x.example>", Problems()) == addresses.read(b"Ann <ann@x.example>,", Problems())
    assert addresses.read(b"Ann <ann@x.example>", Problems()) == (Address("Ann", "ann@x.example"),)
