"""Rows for the places where cases wait."""

from tortoise import fields

from casedesk.records import EditedRecord, Record


class Queue(EditedRecord):
    """A queue; `position` orders it in the console."""

    key = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=120)
    region = fields.CharField(max_length=60, null=True)
    level = fields.CharField(max_length=40, null=True)
    tier = fields.IntField(null=True)
    position = fields.IntField(default=0)

    class Meta:
        table = "queues"


class QueueMember(Record):
    """A member of staff who works a queue."""

    queue = fields.ForeignKeyField(
        "casedesk.Queue", related_name="member_rows", on_delete=fields.CASCADE, db_index=True
    )
    queue_id: int
    user = fields.ForeignKeyField("casedesk.User", related_name="queue_rows", on_delete=fields.CASCADE, db_index=True)
    user_id: int

    class Meta:
        table = "queue_members"
        unique_together = (("queue", "user"),)
