"""Words meet in their stem, in the languages that have a stemmer."""

import pytest

from casedesk.fulltext import stemming


def stems(text: str, language: str) -> list[str]:
    return [stem for stem, _ in stemming.analysed(text, language)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "connection", "connected"),
        ("de", "Rechnungen", "Rechnung"),
        ("es", "instalación", "instalaciones"),
        ("fr", "imprimantes", "imprimante"),
        ("it", "stampanti", "stampante"),
        ("nl", "rekeningen", "rekening"),
        ("pt", "impressoras", "impressora"),
        ("ro", "imprimantele", "imprimantelor"),
        ("ru", "ошибками", "ошибка"),
        ("sv", "fakturorna", "fakturor"),
        ("da", "fakturaer", "fakturaerne"),
        ("nb", "innstillinger", "innstillingen"),
        ("fi", "laskulla", "laskulle"),
        ("hu", "nyomtatók", "nyomtató"),
    ],
)
def test_forms_of_a_word_share_their_stem(language: str, one: str, other: str) -> None:
    assert stems(one, language) == stems(other, language)


@pytest.mark.parametrize("language", ["ar", "hi", "tr", "pl", "xx", ""])
def test_a_language_without_stemmer_keeps_its_words(language: str) -> None:
    assert stems("Alpha الضبط भाषा", language) == ["alpha", "الضبط", "भाषा"]


@pytest.mark.parametrize("language", ["zh", "ja", "ko", "th", "en"])
def test_spaceless_writing_is_cut_into_pairs_in_any_language(language: str) -> None:
    assert stems("打印机", language) == ["打印", "印机"]


@pytest.mark.parametrize(("tag", "language"), [("de-AT", "de"), ("pt_BR", "pt"), ("nn", "no"), ("EN", "en"), ("", "")])
def test_a_tag_names_its_language(tag: str, language: str) -> None:
    assert stemming.language_of(tag) == language
