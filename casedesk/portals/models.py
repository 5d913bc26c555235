"""Rows for the brands customers meet."""

from tortoise import fields

from casedesk.records import EditedRecord


class Portal(EditedRecord):
    """A brand: its name, its prefix for case numbers and, later, its look and host."""

    slug = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=120)
    case_prefix = fields.CharField(max_length=10, default="")
    host = fields.CharField(max_length=253, null=True, unique=True)

    class Meta:
        table = "portals"
