"""Rows of the journal: events, the words they cover, and reactions that failed."""

from tortoise import fields

from casedesk.records import Record


class Content(Record):
    """The one place for words a person wrote or that name a person; erasure empties `body`, the hash in the event stays."""

    salt = fields.CharField(max_length=32)
    body = fields.JSONField[dict[str, object]](null=True)

    class Meta:
        table = "contents"


class Event(Record):
    """Something that happened: history, audit and work order in one row. `data` holds codes and ids only.

    `data["set"]` gives the new values of the case's fields, so folding a case's events gives its row; words are in
    `content` under the same names, covered here by `content_hash` = SHA-256 of salt and canonical JSON.
    """

    name = fields.CharField(max_length=60)
    case = fields.ForeignKeyField("casedesk.Case", related_name="events", null=True, on_delete=fields.CASCADE)
    case_id: int | None
    subject_kind = fields.CharField(max_length=30, null=True)
    subject_id = fields.BigIntField(null=True)
    actor_kind = fields.CharField(max_length=10)
    actor_id = fields.BigIntField(null=True)
    token_id = fields.BigIntField(null=True)
    data = fields.JSONField[dict[str, object]](default=dict)
    content = fields.ForeignKeyField("casedesk.Content", related_name=False, null=True, on_delete=fields.SET_NULL)
    content_id: int | None
    content_hash = fields.CharField(max_length=64, null=True)
    pending = fields.BooleanField(default=True)
    claimed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "events"
        indexes = (("case_id", "id"),)  # and, made by a migration, one on id where pending


class FailedReaction(Record):
    """A reaction to an event that failed: tried again with back-off until it is a dead letter (`dead_at`)."""

    event = fields.ForeignKeyField("casedesk.Event", related_name="failures", on_delete=fields.CASCADE)
    event_id: int
    reaction = fields.CharField(max_length=80)
    tries = fields.IntField(default=1)
    next_try_at = fields.DatetimeField(db_index=True)
    dead_at = fields.DatetimeField(null=True)
    error = fields.TextField(default="")

    class Meta:
        table = "failed_reactions"
        unique_together = (("event", "reaction"),)
