"""Rebuild a table with children, then die as a machine without power does."""

import os
import signal

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from tests.database.newest_step import AFTER_NEWEST


def die(_apps, _editor):
    """End this process without any goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


class Migration(migrations.Migration):
    dependencies = AFTER_NEWEST
    operations = [ops.AlterField("Case", "subject", fields.CharField(max_length=700)), ops.RunPython(die)]
