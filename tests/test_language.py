"""Words in the reader's language: what is counted, joined, meant, and what the rules say."""

import gettext
from collections.abc import Iterator

import pytest

from casedesk import language
from casedesk.language import Reader, speaking_to
from casedesk.rules.sentences import stated


class Loud(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return message.upper().replace("%(NAME)S", "%(name)s").replace("%(WHAT)S", "%(what)s")


@pytest.fixture(autouse=True)
def _loud() -> Iterator[None]:
    language.add_catalogue("en_XA", Loud())
    yield
    language.forget_catalogues()


def test_a_sentence_of_the_rules_is_plain_english_to_whoever_compares_or_prints_it() -> None:
    assert stated("there is no %(what)s %(name)s", what="queue", name="'mars'") == "there is no queue 'mars'"


def test_a_sentence_of_the_rules_is_said_again_in_the_language_of_the_reader() -> None:
    sentence = stated("there is no %(what)s %(name)s", what=stated("queue"), name="'mars'")

    with speaking_to(Reader("en_XA")):
        assert language.gettext(sentence) == "THERE IS NO QUEUE 'mars'"


def test_no_words_at_all_stay_none() -> None:
    with speaking_to(Reader("de")):
        assert language.gettext("") == ""


@pytest.mark.parametrize(
    ("locale", "joined", "either"),
    [("en_GB", "Ann, Ben and Cy", "Ann, Ben or Cy"), ("de", "Ann, Ben und Cy", "Ann, Ben oder Cy")],
)
def test_names_are_joined_as_the_language_does(locale: str, joined: str, either: str) -> None:
    with speaking_to(Reader(locale)):
        assert (language.listed(["Ann", "Ben", "Cy"]), language.alternatives(["Ann", "Ben", "Cy"])) == (joined, either)


def test_a_language_is_named_in_itself() -> None:
    assert [language.own_name(tag) for tag in ("de", "en", "pt-BR", "no language")] == [
        "Deutsch", "English", "Português (Brasil)", "no language",
    ]  # fmt: skip


def test_english_and_the_languages_with_a_catalogue_are_spoken() -> None:
    assert language.languages() == ("en", "de")
