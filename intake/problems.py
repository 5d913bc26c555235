"""What was wrong with one message, in words, each said once; and what its reading found out about its charset."""

from intake import limits


class Problems:
    """Collects what was broken or left out while one message is read; bounded, so that a bomb cannot fill it.

    `likely_charset` is the codec of the body, for headers that hold bytes without saying what they are.
    """

    __slots__ = ("_said", "guesses_left", "likely_charset")

    def __init__(self) -> None:
        self._said: dict[str, None] = {}
        self.guesses_left = limits.MAX_GUESSES
        self.likely_charset: str | None = None

    def note(self, words: str) -> None:
        """Remember `words` unless they were said before or too much was said already."""
        if len(self._said) < limits.MAX_PROBLEMS:
            self._said.setdefault(words)

    def may_guess(self) -> bool:
        """Return whether one more charset may be guessed for this message, and count it."""
        self.guesses_left -= 1
        return self.guesses_left >= 0

    def all(self) -> tuple[str, ...]:
        """Return what was noted, in order."""
        return tuple(self._said)
