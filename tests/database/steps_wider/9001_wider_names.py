"""Widen columns of two tables with children, and add a field that must not be NULL."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from tests.database.newest_step import AFTER_NEWEST


class Migration(migrations.Migration):
    dependencies = AFTER_NEWEST
    operations = [
        ops.AlterField("Account", "name", fields.CharField(max_length=300, db_index=True)),
        ops.AlterField("Case", "subject", fields.CharField(max_length=700)),
        ops.AddField("Case", "weight", fields.IntField(default=7, db_default=7)),
    ]
