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
