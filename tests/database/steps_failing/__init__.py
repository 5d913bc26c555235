"""casedesk's migrations and one more after them."""

from pathlib import Path

from casedesk import migrations

__path__ = [str(Path(__file__).parent), *migrations.__path__]
