"""The list of what was wrong with one message, in words, each said once."""

from intake import limits


class Problems:
    """Collects what was broken or left out while one message is read; bounded, so that a bomb cannot fill it."""

    __slots__ = ("_said", "guesses_left")

    def __init__(self) -> None:
        self._said: dict[str, None] = {}
        self.guesses_left = limits.MAX_GUESSES

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
