"""The passage shown is the one that answers, as plain text."""

import time

import pytest

from casedesk.fulltext import stemming
from knowledge.snippets import LONGEST, letter, passage, plain


def stems(text: str) -> frozenset[str]:
    return frozenset(stem for stem, _ in stemming.analysed(text, "en"))


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("# Title\n\n* one\n2. two\n> three", "Title\n\none\ntwo\nthree"),
        ("See [the page](https://x.example/a?b) and ![logo](l.png)", "See the page and logo"),
        ("**bold** and `code`", "bold and `code`"),
        ("a <b class='x'>tag</b> 1 < 2 > 1", "a  tag  1 < 2 > 1"),
        ("```python\nprint()\n```", "\nprint()\n"),
    ],
)
def test_markdown_is_read_as_its_words(markdown: str, words: str) -> None:
    assert plain(markdown) == words


def test_a_letter_keeps_the_numbers_of_its_steps() -> None:
    body = "## Fix\n\n1. Hold **Reset**.\n2. See [the page](https://x.example).\n\n- or wait\n"

    assert letter(body) == "Fix\n\n1. Hold Reset.\n2. See the page.\n\n- or wait"


def test_the_sentence_with_most_of_the_words_is_shown() -> None:
    body = "Welcome to our page. Reset the password in the profile. Then sign in."

    assert passage(body, stems("resetting passwords"), "en") == "Reset the password in the profile. Then sign in."


def test_the_beginning_is_shown_when_no_word_is_held() -> None:
    assert passage("First words. Second words.", stems("gateway"), "en") == "First words. Second words."


def test_a_long_sentence_is_cut_between_words() -> None:
    shown = passage("word " * 500, frozenset(), "en")

    assert (shown[-6:], len(shown) <= LONGEST) == (" word…", True)


def test_an_empty_body_has_no_passage() -> None:
    assert passage(" \n", stems("gateway"), "en") == ""


@pytest.mark.parametrize(
    "body", ["[" * 30_000, "[](" * 10_000, "<a " * 10_000, "- " * 15_000, "![a](" * 6_000, "_" * 30_000]
)
def test_hostile_markdown_is_read_quickly(body: str) -> None:
    began = time.process_time()

    passage(body, stems("gateway"), "en")

    assert time.process_time() - began < 2
