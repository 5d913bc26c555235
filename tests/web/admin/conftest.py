"""Setup is tried on the console's peopled desk, by the same people."""

from tests.web.console.conftest import app, open_case, sign_in

__all__ = ["app", "open_case", "sign_in"]
