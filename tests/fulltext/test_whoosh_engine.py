"""The index of solutions: what it finds, to whom, and that it outlives breakage and other writers."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from whoosh.index import open_dir

from casedesk.errors import Unavailable
from casedesk.fulltext import Document, Question, scoring, segments, whoosh_engine
from casedesk.fulltext.whoosh_engine import WhooshEngine

PUBLIC = frozenset({"public"})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    made = WhooshEngine(tmp_path / "index")
    made.open()
    yield made
    made.close()


def document(number: int, title: str, body: str = "", *, language: str = "en", label: str = "public") -> Document:
    return Document(number, title, body, language, frozenset({label}), {"key": f"k{number}"}, number * 10)


def found(engine: WhooshEngine, text: str, labels: frozenset[str] = PUBLIC) -> list[int]:
    return [hit.id for hit in engine.search(Question(text, labels))]


def test_the_better_fit_comes_first_and_says_why(engine: WhooshEngine) -> None:
    engine.put([
        document(1, "Reset a password", "Open the profile and choose a new one."),
        document(2, "Change the plan", "A password is not needed."),
        document(3, "Print an invoice"),
    ])  # fmt: skip

    hits = engine.search(Question("How do I reset my passwords?", PUBLIC))

    assert [(hit.id, hit.terms, hit.stored["key"]) for hit in hits] == [
        (1, ("reset", "passwords"), "k1"),
        (2, ("passwords",), "k2"),
    ]
    assert 1 > hits[0].score > hits[1].score > 0


def test_a_word_in_the_title_weighs_more(engine: WhooshEngine) -> None:
    engine.put([document(1, "General advice", "invoice and more"), document(2, "Invoice", "general advice and more")])

    assert found(engine, "invoice") == [2, 1]


def test_a_question_in_another_language_than_most_is_found_in_its_own(engine: WhooshEngine) -> None:
    engine.put(
        [
            document(1, "Rechnungen bezahlen", language="de"),
            document(2, "Pay bills"),
            document(3, "打印机故障", language="zh"),
        ]
    )

    assert [found(engine, text) for text in ("eine Rechnung", "paying a bill", "打印机")] == [[1], [2], [3]]


def test_what_a_label_hides_is_neither_found_nor_counted(engine: WhooshEngine) -> None:
    engine.put([document(number, "Reset the gateway", label="public") for number in (1, 2, 3)])
    before = engine.search(Question("merger gateway", PUBLIC))

    engine.put([document(number, "Secret merger of the gateway", label="staff") for number in range(10, 40)])

    assert engine.search(Question("merger gateway", PUBLIC)) == before
    assert len(found(engine, "merger", frozenset({"staff"}))) == 10


def test_putting_again_replaces(engine: WhooshEngine) -> None:
    engine.put([document(1, "Alpha"), document(2, "Beta")])
    engine.put([document(1, "Gamma"), document(1, "Delta")])

    assert (found(engine, "alpha gamma"), found(engine, "delta"), engine.versions()) == ([], [1], {1: 10, 2: 20})


def test_what_is_dropped_is_gone(engine: WhooshEngine) -> None:
    engine.put([document(1, "Alpha"), document(2, "Alpha too")])

    engine.drop([1, 99])

    assert (found(engine, "alpha"), engine.versions()) == ([2], {2: 20})


def test_many_changes_leave_one_document_each(engine: WhooshEngine) -> None:
    for turn in range(12):
        engine.put([document(number, f"Alpha turn{turn}") for number in (1, 2, 3)])

    assert (found(engine, "alpha turn11"), found(engine, "turn3")) == ([1, 2, 3], [])


def test_a_reader_sees_what_another_process_commits(engine: WhooshEngine) -> None:
    engine.put([document(1, "Alpha")])
    code = (
        "import sys; from pathlib import Path; from casedesk.fulltext import Document\n"
        "from casedesk.fulltext.whoosh_engine import WhooshEngine\n"
        "other = WhooshEngine(Path(sys.argv[1])); other.open()\n"
        "other.put([Document(2, 'Alpha of another', '', 'en', frozenset({'public'}))]); other.close()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(engine.folder)], check=True)
    engine._looked = 0.0

    assert found(engine, "alpha another") == [2, 1]


def test_a_second_writer_is_told_to_wait(engine: WhooshEngine) -> None:
    other = WhooshEngine(engine.folder)
    assert other.open() is False
    held = other._index.writer()

    with pytest.raises(Unavailable):
        engine.put([document(1, "Alpha")])

    held.cancel()
    engine.put([document(1, "Alpha")])
    other.close()
    assert found(engine, "alpha") == [1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("left", [b"", b"x" * 99, None], ids=["empty", "garbage", "gone"])
def test_a_broken_folder_is_made_anew(engine: WhooshEngine, left: bytes | None) -> None:
    engine.put([document(1, "Alpha")])
    engine.close()
    for path in engine.folder.glob("*.toc"):
        path.unlink() if left is None else path.write_bytes(left)

    assert (engine.open(), engine.versions()) == (True, {})
    gc.collect()  # Whoosh leaves the file it could not read to the collector
    engine.put([document(1, "Alpha")])
    assert found(engine, "alpha") == [1]


def test_making_all_anew_leaves_nothing_of_before(engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_engine, "REPLACED_AT_ONCE", 1)
    engine.put([document(1, "Alpha"), document(2, "Beta")])
    told: list[int] = []

    engine.replace_all([document(3, "Alpha"), document(4, "Gamma")], told.append)

    assert (engine.versions(), found(engine, "alpha"), told) == ({3: 30, 4: 40}, [3], [1, 2])


@pytest.mark.parametrize(
    "text",
    ["", "   ", "???", "AND OR NOT", "alpha AND (", '"alpha', "title:alpha*", "alp*", "*", "[a TO b]", "\0", "\ud800",
     "a" * 100_000, "alpha " * 50_000, " ".join(f"w{n}" for n in range(20_000))],
)  # fmt: skip
def test_a_hostile_question_is_only_words(engine: WhooshEngine, text: str) -> None:
    engine.put([document(1, "Alpha")])

    assert set(found(engine, text)) <= {1}


def test_making_all_anew_from_nothing_empties(engine: WhooshEngine) -> None:
    engine.put([document(1, "Alpha")])

    engine.replace_all([])

    assert engine.versions() == {}


def test_an_empty_index_finds_nothing(engine: WhooshEngine) -> None:
    assert (found(engine, "alpha"), engine.versions()) == ([], {})


def test_reading_blocks_gives_what_the_library_itself_gives(engine: WhooshEngine) -> None:
    engine.put([document(number, "Alpha " * (number % 3 + 1), "beta") for number in range(1, 700)])
    engine.drop([5])

    reader = open_dir(str(engine.folder), indexname=f"solutions{1}").reader()
    expected: list[tuple[int, float]] = []
    for leaf, base in reader.leaf_readers():
        matcher = leaf.postings("words", b"alpha")
        while matcher.is_active():
            expected.append((base + matcher.id(), matcher.weight()))
            matcher.next()
    snapshot = segments.Snapshot(reader, segments.Memory())
    seen = [
        (base + number, weight)
        for segment, base in snapshot.segments
        for number, weight in segment.pairs("words", "alpha")
        if number not in segment.deleted
    ]
    assert (seen, len(seen)) == (expected, 698)
    snapshot.close()


def test_beyond_the_budget_common_words_still_weigh(engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.put([
        *(document(number, "common words here") for number in range(1, 40)),
        document(50, "rare"),
        document(51, "rare", "common words"),
    ])  # fmt: skip
    monkeypatch.setattr(scoring, "BUDGET", 3)

    assert found(engine, "rare common words")[:2] == [51, 50]
    assert len(found(engine, "rare common words")) == 2
