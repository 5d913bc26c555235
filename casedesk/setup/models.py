"""Rows for the steps by which an empty desk is brought to work."""

from tortoise import fields

from casedesk.records import Record


class SetupStep(Record):
    """What is known of one step: `state` running, proven or failed; `detail` is what a running test waits for, or found."""

    key = fields.CharField(max_length=30, unique=True)
    state = fields.CharField(max_length=12)
    tested_at = fields.DatetimeField()
    proven_at = fields.DatetimeField(null=True)
    detail = fields.JSONField[dict[str, object]](default=dict)

    class Meta:
        table = "setup_steps"
