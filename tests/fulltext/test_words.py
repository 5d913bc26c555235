"""Text is cut into the same tokens on every engine."""

import time

import pytest

from casedesk.fulltext import words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Gateway won't start (HAL-20418)", ["gateway", "won", "t", "start", "hal", "20418"]),
        ("GRÖSSE Größe grosse", ["grosse"]),
        ("Ｆｕｌｌｗｉｄｔｈ", ["fullwidth"]),
        ("café ÉCOLE", ["cafe", "ecole"]),
        ("ошибка подключения к йоте", ["ошибка", "подключения", "к", "йоте"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("إِعَادَة الضبط", ["اعادة", "الضبط"]),
        ("打印机", ["打印", "印机"]),
        ("ปริ้นเตอร์", ["ปร", "ริ", "ิ้", "้น", "นเ", "เต", "ตอ", "อร", "ร์"]),
        ("打印机 E12 故障", ["打印", "印机", "e12", "故障"]),
        ("猫", ["猫"]),
        ("'; DROP TABLE cases; -- %_ \" * ( ) : & | ! \\", ["drop", "table", "cases"]),
        ("", []),
    ],
)
def test_a_question_becomes_folded_words_and_pairs_of_characters(text: str, tokens: list[str]) -> None:
    assert words.of_question(text) == tokens


def test_a_document_also_keeps_the_single_characters_of_spaceless_writing() -> None:
    assert words.of_document("打印机 on") == ["打印", "印机", "打", "印", "机", "on"]


def test_the_beginning_of_an_endless_word_stands_for_it() -> None:
    assert words.of_question("a" * 5000) == ["a" * words.LONGEST_WORD]


@pytest.mark.parametrize("text", ["a\u0301" * 200_000, "́" * 200_000, "打" * 200_000, "a " * 200_000, "<>" * 200_000])
def test_hostile_text_is_cut_in_linear_time(text: str) -> None:
    began = time.process_time()

    words.of_document(text)

    assert time.process_time() - began < 5
