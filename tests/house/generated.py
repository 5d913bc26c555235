"""Pages of docs/ that are made from the code: `make docs` writes them, `test_documented` asks whether they are current.

To add one: a function that returns its text, and one line in PAGES.
"""

from collections.abc import Callable
from pathlib import Path

from casedesk.cases.fields import CATALOGUE
from casedesk.events import SENTENCES, EventName
from casedesk.identity import Role
from casedesk.permissions import OF_CUSTOMERS, ROLES, Permission
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


def events_page() -> str:
    """Return the table of every event."""
    lines = [
        "# Events",
        "",
        "What the journal records, in the transaction of the change itself. Names are stored for good: added, never",
        "renamed. Made from `casedesk/events.py` by `make docs`.",
        "",
        "| event | what happened |",
        "| --- | --- |",
        *(f"| `{name.value}` | {SENTENCES[name]} |" for name in EventName),
    ]
    return "\n".join([*lines, ""])


def permissions_page() -> str:
    """Return the table of rights and roles."""
    roles = list(Role)
    lines = [
        "# Rights",
        "",
        "Who holds which right. A token holds what its user holds and its scopes name, whichever is less; a scope is a",
        "right of this list or `noun.*`. A customer holds theirs for what is theirs alone: their cases, and their company's",
        "where their access to the portal says so. Made from `casedesk/permissions.py` by `make docs`.",
        "",
        f"| right | {' | '.join([*(role.value.replace('_', ' ') for role in roles), 'customer'])} |",
        f"| --- |{' :-: |' * (len(roles) + 1)}",
    ]
    for permission in Permission:
        holds = [*(role in ROLES[permission] for role in roles), permission in OF_CUSTOMERS]
        held = (" x " if does else " " for does in holds)
        lines.append(f"| `{permission.value}` |{'|'.join(held)}|")
    return "\n".join([*lines, ""])


def fields_page() -> str:
    """Return the table of a case's fields."""
    lines = [
        "# Fields of a case",
        "",
        "What conditions of rules may ask, and which of these a rule may set. A custom field joins as `custom.NAME`.",
        "Made from `casedesk/cases/fields.py` by `make docs`.",
        "",
        "| field | label | kind | values | set by rules |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, field in CATALOGUE.items():
        values = ", ".join(str(choice) for choice in field.choices)
        lines.append(
            f"| `{name}` | {field.label} | {field.kind.value} | {values} | {'yes' if field.settable else ''} |"
        )
    return "\n".join([*lines, ""])


PAGES: dict[str, Callable[[], str]] = {
    "docs/settings.md": settings_page,
    "docs/events.md": events_page,
    "docs/permissions.md": permissions_page,
    "docs/fields.md": fields_page,
}


def write() -> None:
    """Write every page of PAGES."""
    for name, page in PAGES.items():
        Path(ROOT / name).write_text(page(), "utf-8")
        print(name)


if __name__ == "__main__":
    write()
