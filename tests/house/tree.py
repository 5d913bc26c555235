"""The project's own files, for tests about them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("casedesk", "intake", "knowledge")


def sources() -> list[Path]:
    """Return every Python file of the program, migrations aside (they are written by a tool and never edited)."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in found if path.relative_to(ROOT).parts[:2] != ("casedesk", "migrations"))


def files(*suffixes: str) -> list[Path]:
    """Return every file of the program and its templates that ends with one of `suffixes`."""
    found = [path for folder in (*PACKAGES, "templates") for path in (ROOT / folder).rglob("*")]
    return sorted(path for path in found if path.suffix in suffixes)


def name_of(path: Path) -> str:
    """Return a file's path as it is written in lists of exceptions."""
    return path.relative_to(ROOT).as_posix()
