"""Rows for what staff have to do beside a case."""

from tortoise import fields

from casedesk.records import EditedRecord


class Task(EditedRecord):
    """Something to be done by somebody; `key` makes a rule's task once only."""

    subject = fields.CharField(max_length=300)
    due_at = fields.DatetimeField(null=True)
    priority = fields.CharField(max_length=10, default="normal")
    status = fields.CharField(max_length=10, default="open")
    owner = fields.ForeignKeyField(
        "casedesk.User", related_name="tasks", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    owner_id: int | None
    assigned_by = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.RESTRICT)
    assigned_by_id: int | None
    case = fields.ForeignKeyField(
        "casedesk.Case", related_name="tasks", null=True, on_delete=fields.CASCADE, db_index=True
    )
    case_id: int | None
    contact = fields.ForeignKeyField("casedesk.Contact", related_name=False, null=True, on_delete=fields.SET_NULL)
    contact_id: int | None
    account = fields.ForeignKeyField("casedesk.Account", related_name=False, null=True, on_delete=fields.SET_NULL)
    account_id: int | None
    notes = fields.TextField(null=True)
    key = fields.CharField(max_length=120, null=True, unique=True)

    class Meta:
        table = "tasks"


class CalendarEvent(EditedRecord):
    """An appointment: `attendees` are ids of staff or of contacts; `owner` is whoever wrote it down."""

    subject = fields.CharField(max_length=300)
    starts_at = fields.DatetimeField(db_index=True)
    ends_at = fields.DatetimeField()
    place = fields.CharField(max_length=300, null=True)
    attendees = fields.JSONField[list[int]](default=list)
    owner = fields.ForeignKeyField(
        "casedesk.User", related_name=False, null=True, on_delete=fields.RESTRICT, db_index=True
    )
    owner_id: int | None
    case = fields.ForeignKeyField(
        "casedesk.Case", related_name=False, null=True, on_delete=fields.CASCADE, db_index=True
    )
    case_id: int | None
    contact = fields.ForeignKeyField("casedesk.Contact", related_name=False, null=True, on_delete=fields.SET_NULL)
    contact_id: int | None
    account = fields.ForeignKeyField("casedesk.Account", related_name=False, null=True, on_delete=fields.SET_NULL)
    account_id: int | None

    class Meta:
        table = "calendar_events"
