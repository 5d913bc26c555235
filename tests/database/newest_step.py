"""The newest of casedesk's own migrations, which the steps of these tests come after."""

import pkgutil

from casedesk import migrations

NEWEST = max(found.name for found in pkgutil.iter_modules(migrations.__path__))
AFTER_NEWEST = [("casedesk", NEWEST)]
