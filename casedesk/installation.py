"""Whether this program stands as it was installed: its packages are its own.

PyPI has another package called `intake`; installed into the same environment it overwrites casedesk's files in silence.
"""

from importlib.util import find_spec
from pathlib import Path

from casedesk.errors import Unusable

OWN_PACKAGES = ("intake", "knowledge")
MARK = "__casedesk__"


def check_packages(names: tuple[str, ...] = OWN_PACKAGES) -> None:
    """Raise Unusable, with the cure, unless each package carries casedesk's mark; runs none of their code."""
    for name in names:
        spec = find_spec(name)
        found = spec.origin if spec else None
        if found is None or MARK not in Path(found).read_text("utf-8", "replace"):
            raise Unusable(
                f"the package `{name}` at {found or 'no place'} is not casedesk's: another program's was installed "
                "over it. Install casedesk into an environment of its own (`python3 -m venv …`)"
            )
