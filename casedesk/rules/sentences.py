"""What rules say is wrong: English sentences that remember their pattern, so that an edge can say them in another language.

Rules know no languages; whoever compares or prints such a sentence sees plain English text.
"""

from collections.abc import Mapping


class Sentence(str):
    """A text made of `pattern` (figures as %(name)s) and `figures`, which may be sentences themselves."""

    pattern: str
    figures: Mapping[str, object]


def stated(pattern: str, /, **figures: object) -> Sentence:
    """Return the sentence that `pattern` makes with `figures`."""
    made = Sentence(pattern % figures)
    made.pattern, made.figures = pattern, figures
    return made
