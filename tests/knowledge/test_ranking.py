"""What decides between solutions that fit alike."""

from datetime import UTC, datetime, timedelta

import pytest

from knowledge import ranking

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def score(fit: float = 0.6, *, uses: int = 0, solved: int = 0, days: int = 10, own: bool = True) -> float:
    at = NOW - timedelta(days=days)
    return ranking.score(fit, uses=uses, solved=solved, updated_at=at, now=NOW, in_own_language=own)


@pytest.mark.parametrize(
    ("sentence", "better", "worse"),
    [
        ("a better fit wins over proof", score(0.66), score(0.6, uses=100, solved=100)),
        ("one that solves wins over an unknown one", score(uses=9, solved=9), score()),
        ("an unknown one wins over one that does not help", score(), score(uses=9)),
        ("much proof wins over little", score(uses=90, solved=90), score(uses=2, solved=2)),
        ("one that is kept up wins over a stale one", score(), score(days=900)),
        ("the reader's language wins over another", score(0.55), score(0.6, own=False)),
    ],
)
def test_of_two_the_better_one_wins(sentence: str, better: float, worse: float) -> None:
    assert better > worse, sentence


def test_a_score_stays_between_nothing_and_one() -> None:
    assert (score(0.0), score(1.0, uses=1000, solved=1000)) == (0.0, 1.0)
