"""Rows for the doors: mailboxes, and the fate of every arrival."""

from tortoise import fields

from casedesk.records import NEVER, EditedRecord, Record


class Mailbox(EditedRecord):
    """An address the desk answers for, in lower case, and what its mail starts with."""

    address = fields.CharField(max_length=320, unique=True)
    queue = fields.ForeignKeyField("casedesk.Queue", related_name=False, null=True, on_delete=fields.SET_NULL)
    queue_id: int | None
    portal = fields.ForeignKeyField("casedesk.Portal", related_name=False, null=True, on_delete=fields.SET_NULL)
    portal_id: int | None
    origin = fields.CharField(max_length=20, default="email")
    priority = fields.CharField(max_length=10, null=True)
    template = fields.CharField(max_length=60, null=True)

    class Meta:
        table = "mailboxes"


class WebForm(EditedRecord):
    """A form on other web sites (and hosted by us), and what a case sent by it begins with.

    `asks` are the fields beside name, address and question, a line each as `WebFormRecord` explains; `returns_to` is where
    somebody is sent afterwards, `hosts` are further hosts to which a form may ask to be sent back.
    """

    key = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=120)
    intro = fields.TextField(default="")
    portal = fields.ForeignKeyField("casedesk.Portal", related_name=False, null=True, on_delete=fields.SET_NULL)
    portal_id: int | None
    queue = fields.ForeignKeyField("casedesk.Queue", related_name=False, null=True, on_delete=fields.SET_NULL)
    queue_id: int | None
    type = fields.CharField(max_length=60, null=True)
    priority = fields.CharField(max_length=10, null=True)
    tags = fields.JSONField[list[str]](default=list)
    asks = fields.JSONField[list[str]](default=list)
    language = fields.CharField(max_length=20, null=True)
    returns_to = fields.CharField(max_length=500, default="")
    hosts = fields.JSONField[list[str]](default=list)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "web_forms"


class Fate(Record):
    """What became of an arrival: unique by arrival, so working it twice makes nothing twice.

    `arrival` is None for what was sent by a form and answered at once: it never stood in the spool. `fate`: created,
    appended, ignored, quarantined, failed; an arrival without a row is pending. `shape` is the received message as the
    API shows it, without the words that the conversation's own row already holds. A failed one is tried again at
    `retry_at` (NEVER once it has been tried often enough; a person may set it).
    """

    arrival = fields.BigIntField(unique=True, null=True)
    fate = fields.CharField(max_length=12, db_index=True)
    reason = fields.CharField(max_length=300, default="")
    case = fields.ForeignKeyField(
        "casedesk.Case", related_name=False, null=True, on_delete=fields.SET_NULL, db_index=True
    )
    case_id: int | None
    message = fields.ForeignKeyField("casedesk.Message", related_name=False, null=True, on_delete=fields.SET_NULL)
    message_id: int | None
    mail_message_id = fields.CharField(max_length=255, null=True, db_index=True)
    likeness = fields.CharField(max_length=64, null=True, db_index=True)
    shape = fields.JSONField[dict[str, object]](default=dict)
    received_at = fields.DatetimeField()
    channel = fields.CharField(max_length=10)
    envelope_from = fields.CharField(max_length=320, default="")
    envelope_to = fields.JSONField[list[str]](default=list)
    raw_sha256 = fields.CharField(max_length=64, default="")
    tries = fields.IntField(default=1)
    retry_at = fields.DatetimeField(default=NEVER, db_index=True)

    class Meta:
        table = "fates"
        indexes = (("received_at", "id"),)
