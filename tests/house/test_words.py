"""Words and the way they run: what every language needs of the code and of the styles."""

import re

from tests.house.tree import files, name_of

PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right)[\w-]*|left|right"
    r"|border-(top|bottom)-(left|right)-radius)\s*:"
    r"|(text-align|float|clear)\s*:\s*(left|right)"
)
"""What would stay at its side where a language runs from the right."""


def test_styles_know_of_beginning_and_end_not_of_left_and_right() -> None:
    found = {
        f"{name_of(path)}: {match.group().strip()}"
        for path in files(".css", ".html")
        for match in PHYSICAL.finditer(_rules(path.read_text("utf-8"), path.suffix))
    }

    assert found == set()


def _rules(text: str, suffix: str) -> str:
    """Return the rules of a style sheet, or those that stand in a template."""
    text = text if suffix == ".css" else "\n".join(re.findall(r"<style.*?</style>", text, re.DOTALL))
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
