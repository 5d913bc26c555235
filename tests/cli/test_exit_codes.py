"""What the shell is told: 0 when all is well, 1 when not."""

import subprocess
import sys
from typing import Any

from casedesk.database import close_database
from casedesk.mail.models import OutgoingMail
from tests.engines import environment


def casedesk(settings: Any, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the desk of `settings`."""
    command = [sys.executable, "-m", "casedesk", *arguments, "--data", str(settings.data)]
    return subprocess.run(command, env=environment(settings), capture_output=True, text=True, timeout=60, check=False)


async def test_verify_ends_with_one_when_something_does_not_hold(database) -> None:
    well = casedesk(database, "verify")
    await OutgoingMail.create(
        kind="reply", mail_message_id="<a@b>", sender="x", recipient="x", subject="x", text="x", state="sent"
    )
    ill = casedesk(database, "verify")
    await close_database()

    assert (well.returncode, well.stdout.splitlines()[-1]) == (0, "all holds"), well.stdout + well.stderr
    assert (ill.returncode, ill.stdout.splitlines()[-1]) == (1, "1 faults")


def test_wrong_usage_ends_with_two_and_help_with_none(settings) -> None:
    assert casedesk(settings, "serve", "--role", "chef").returncode == 2
    assert casedesk(settings, "verify", "--help").returncode == 0
