"""Order what was found: how well the words fit, then a little for what has proved itself and is kept up. Pure.

The parts beside the words are small on purpose: they decide between solutions that fit alike, and never lift one that
does not fit over one that does.
"""

from datetime import datetime, timedelta

LIKELY = 0.45
"""Score below which it is more likely that nothing fits than that this does."""
PROVEN_SHARE = 0.08
"""How much of the score a solution gains or loses at most by having solved cases or not."""
STALE_AFTER = timedelta(days=2 * 365)
STALE_FACTOR = 0.98
OTHER_LANGUAGE_FACTOR = 0.85


def score(fit: float, *, uses: int, solved: int, updated_at: datetime, now: datetime, in_own_language: bool) -> float:
    """Return 0..1: `fit` (how well the words fit, 0..1), weighed by what is known of the solution.

    One that was never used stands in the middle; four uses count as much as that prejudice.
    """
    proven = (solved + 2) / (max(uses, solved) + 4)
    factor = 1 + PROVEN_SHARE * (proven - 0.5)
    if now - updated_at > STALE_AFTER:
        factor *= STALE_FACTOR
    if not in_own_language:
        factor *= OTHER_LANGUAGE_FACTOR
    return round(min(1.0, fit * factor), 4)
