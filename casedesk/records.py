"""What every stored thing has in common: a bigint id, the instant it was made, and UTC throughout.

No business here; nouns live in the `models.py` of their own slice.
"""

from datetime import UTC, datetime

from tortoise import fields
from tortoise.models import Model

from casedesk import clock

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands where a sorted, indexed instant has nothing to wait for, so that keyset paging needs no NULLs."""


class Record(Model):
    """A row with an id and the instant it was made (from `casedesk.clock`, so that a frozen clock reaches it)."""

    id = fields.BigIntField(primary_key=True)
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        abstract = True


class EditedRecord(Record):
    """A row that people edit: `version` grows with each change and is its ETag."""

    version = fields.IntField(default=1, db_default=1)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        abstract = True
