"""Change something, then fail."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from tests.database.newest_step import AFTER_NEWEST


async def fail(_apps, editor):
    """Ask for what is not there."""
    await editor.client.execute_query("SELECT 1 FROM nowhere")


class Migration(migrations.Migration):
    dependencies = AFTER_NEWEST
    operations = [ops.AddField("Case", "weight", fields.IntField(default=7, db_default=7)), ops.RunPython(fail)]
