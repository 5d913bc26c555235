"""Words and the way they run: what every language needs of the code and of the styles."""

import re

import pytest

from tests.house import catalogues
from tests.house.tree import files, name_of

PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right)[\w-]*|left|right"
    r"|border-(top|bottom)-(left|right)-radius)\s*:"
    r"|(text-align|float|clear)\s*:\s*(left|right)"
)
"""What would stay at its side where a language runs from the right."""


def test_styles_know_of_beginning_and_end_not_of_left_and_right() -> None:
    found = {
        f"{name_of(path)}: {match.group().strip()}"
        for path in files(".css", ".html")
        for match in PHYSICAL.finditer(_rules(path.read_text("utf-8"), path.suffix))
    }

    assert found == set()


def test_no_sentence_is_put_together_in_a_way_that_no_catalogue_can_hold(capsys: pytest.CaptureFixture[str]) -> None:
    catalogues.found.cache_clear()
    catalogues.found()

    # Babel says so of each f-string; that of an SQL statement beside a variable named like a keyword is none.
    assert [line for line in capsys.readouterr().err.splitlines() if line and "/database/" not in line] == []


@pytest.mark.parametrize("code", catalogues.LANGUAGES)
def test_a_language_has_every_word_and_none_that_is_said_no_more(code: str) -> None:
    """When this fails: `make catalogues`, then translate what is empty in the PO file."""
    assert catalogues.missing(code) == []


@pytest.mark.parametrize("code", catalogues.LANGUAGES)
def test_placeholders_and_plural_forms_of_a_language_agree_with_the_english(code: str) -> None:
    catalog = catalogues.known(code)
    wrong = [f"{message.id}: {fault}" for message in catalog for fault in message.check(catalog)]
    wrong += [str(message.id) for message in catalog if message.id and not _agrees(message.id, message.string)]

    assert wrong == []


def _agrees(said: str | tuple[str, ...], told: str | tuple[str, ...]) -> bool:
    """Say whether placeholders that scripts fill, and spaces at either end, are the same (where there is a translation)."""
    pairs = zip(
        (said, said) if isinstance(said, str) else said, (told, told) if isinstance(told, str) else told, strict=True
    )
    return all(not there or (_frame(here) == _frame(there)) for here, there in pairs)


def _frame(words: str) -> tuple[set[str], bool, bool]:
    return set(re.findall(r"\{\w+\}|%\(\w+\)0?\d*[sd]", words)), words[:1].isspace(), words[-1:].isspace()


def _rules(text: str, suffix: str) -> str:
    """Return the rules of a style sheet, or those that stand in a template."""
    text = text if suffix == ".css" else "\n".join(re.findall(r"<style.*?</style>", text, re.DOTALL))
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
