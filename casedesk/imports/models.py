"""The row that remembers under which id a record is known elsewhere."""

from tortoise import fields

from casedesk.records import Record


class ForeignId(Record):
    """The id of a record in the system it came from; accounts and contacts keep theirs in a column of their own."""

    kind = fields.CharField(max_length=20)
    external_id = fields.CharField(max_length=120)
    record_id = fields.BigIntField()

    class Meta:
        table = "foreign_ids"
        unique_together = (("kind", "external_id"),)


class ImportRun(Record):
    """A file that somebody imports by the pages of setup: how its columns are taken, and what became of its rows.

    `state`: new, checking, checked, running, done; `seen` of its `total` rows are worked so far. `failed` holds pairs of a
    row and a reason, `notes` sentences with their rows; both are of the last check or run. The file itself lies under
    `sha256` until the run is swept.
    """

    user = fields.ForeignKeyField("casedesk.User", related_name=False, on_delete=fields.CASCADE, db_index=True)
    user_id: int
    kind = fields.CharField(max_length=20)
    filename = fields.CharField(max_length=255)
    sha256 = fields.CharField(max_length=64)
    by_hand = fields.JSONField[dict[str, str]](default=dict)
    state = fields.CharField(max_length=10, default="new")
    state_since = fields.DatetimeField()
    total = fields.IntField(default=0)
    seen = fields.IntField(default=0)
    created = fields.IntField(default=0)
    updated = fields.IntField(default=0)
    skipped = fields.IntField(default=0)
    failed = fields.JSONField[list[list[object]]](default=list)
    notes = fields.JSONField[list[list[object]]](default=list)

    class Meta:
        table = "import_runs"
