"""Signed links and reply tokens: whole, for one purpose, for one person."""

import pytest

from casedesk.security import tokens


@pytest.fixture(autouse=True)
def _key() -> None:
    tokens.use_key(b"a key of the tests")


def test_a_signed_text_opens_for_its_purpose_alone() -> None:
    signed = tokens.sign("survey", "17")

    opened = [tokens.open_signed(purpose, signed) for purpose in ("survey", "reset", "")]

    assert opened == ["17", None, None]


def test_another_key_opens_nothing() -> None:
    signed = tokens.sign("survey", "17")
    tokens.use_key(b"another key")

    assert tokens.open_signed("survey", signed) is None


def test_a_reply_token_finds_its_case_whatever_the_case_of_the_address() -> None:
    token = tokens.reply_token(20418, "Ada@Example.com")

    assert tokens.check_reply_token(token, " ada@example.COM") == 20418


def test_a_reply_token_fits_the_local_part_of_an_address_and_a_message_id() -> None:
    token = tokens.reply_token(2**62, "ada@example.com")

    assert len(f"support+{token}") <= 64
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_no_variant_of_a_reply_token_attaches() -> None:
    token = tokens.reply_token(7, "ada@example.com")
    shortened = [token[:length] for length in range(len(token))]
    prolonged = [token + letter for letter in "a2-. "] + [" " + token, "0" + token, "+" + token]
    changed = [
        token[:index] + ("a" if letter != "a" else "b") + token[index + 1 :]
        for index, letter in enumerate(token)
        if letter != "-"
    ]
    others = [
        tokens.reply_token(8, "ada@example.com"),
        tokens.reply_token(7, "otto@example.com"),
        token.upper(),
        "٧" + token[1:],
    ]

    attached = [
        text
        for text in shortened + prolonged + changed + others
        if tokens.check_reply_token(text, "ada@example.com") == 7
    ]

    assert attached == []
