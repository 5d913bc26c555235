"""The steps of a solution, for those who follow them one by one, and how long it takes to read. Pure."""

import re

from knowledge.snippets import plain

MOST_STEPS = 12
LONGEST_STEP = 300
WORDS_A_MINUTE = 200
READ = 30_000

_STEP = re.compile(r"^[ \t]{0,3}\d{1,3}[.)][ \t]+(\S.*)$", re.MULTILINE)


def steps_of(body: str) -> tuple[str, ...]:
    """Return the lines of the numbered lists in Markdown as plain text, in order; none when it has no such list."""
    found = (" ".join(plain(line).split()) for line in _STEP.findall(body[:READ]))
    return tuple(step[:LONGEST_STEP] for step in found if step)[:MOST_STEPS]


def minutes_to_read(body: str) -> int:
    """Return the minutes that reading takes, at least one."""
    return max(1, round(len(plain(body[: 10 * READ]).split()) / WORDS_A_MINUTE))
