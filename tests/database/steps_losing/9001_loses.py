"""Lose rows without saying so."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from tests.database.newest_step import AFTER_NEWEST


async def lose(_apps, editor):
    """Take the parents away and leave their children."""
    await editor.client.execute_query("DELETE FROM accounts")


class Migration(migrations.Migration):
    dependencies = AFTER_NEWEST
    operations = [ops.RunPython(lose)]
