"""Pages of docs/ that are made from the code: `make docs` writes them, `test_documented` asks whether they are current.

To add one: a function that returns its text, and one line in PAGES.
"""

from collections.abc import Callable
from pathlib import Path

from casedesk.settings import Settings
from tests.house.tree import ROOT


def settings_page() -> str:
    """Return the table of every setting."""
    lines = [
        "# Settings",
        "",
        "What an operator sets. A flag of a command wins over the environment, that over `DIR/casedesk.toml` (names in",
        "lower case, without `CASEDESK_`), that over these defaults. Made from `casedesk/settings.py` by `make docs`.",
        "",
        "| variable | default | what it is |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = _list(default) if isinstance(default, tuple) else str(default)
        lines.append(f"| `CASEDESK_{name.upper()}` | {f'`{shown}`' if shown else ''} | {field.description} |")
    return "\n".join([*lines, ""])


def _list(values: tuple[object, ...]) -> str:
    shown = ",".join(str(value) for value in values[:6])
    return f"{shown},…" if len(values) > 6 else shown


PAGES: dict[str, Callable[[], str]] = {
    "docs/settings.md": settings_page,
}


def write() -> None:
    """Write every page of PAGES."""
    for name, page in PAGES.items():
        Path(ROOT / name).write_text(page(), "utf-8")
        print(name)


if __name__ == "__main__":
    write()
