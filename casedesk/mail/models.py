"""Rows for mail that leaves: the outbox and the templates it is written from."""

from tortoise import fields

from casedesk.records import NEVER, EditedRecord, Record


class EmailTemplate(EditedRecord):
    """The words of automatic mail, by key and language; placeholders are those of `casedesk.mail.placeholders`."""

    key = fields.CharField(max_length=60)
    language = fields.CharField(max_length=20, default="en")
    subject = fields.CharField(max_length=300)
    text = fields.TextField()
    html = fields.TextField(null=True)

    class Meta:
        table = "email_templates"
        unique_together = (("key", "language"),)


class OutgoingMail(Record):
    """A mail from the moment it is decided: one Message-ID for all tries, immutable once claimed.

    `state`: waiting, sending, sent, failed, cancelled. `cancel_if` names a condition looked at when it is claimed.
    `recipient` is the mailbox of the first address, by which automatic mail is counted. `settled` holds the recipients
    that are not tried again, each with the relay's last word (2… where it took the mail); `unsure` counts the tries that
    ended without an answer, each of which may have left a copy.
    """

    case = fields.ForeignKeyField(
        "casedesk.Case", related_name="outgoing", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    case_id: int | None
    message = fields.ForeignKeyField(
        "casedesk.Message", related_name="outgoing", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    message_id: int | None
    kind = fields.CharField(max_length=30)
    automatic = fields.BooleanField(default=False)
    mail_message_id = fields.CharField(max_length=255, unique=True)
    sender = fields.CharField(max_length=400)
    envelope_from = fields.CharField(max_length=320, default="")
    recipient = fields.CharField(max_length=320)
    to = fields.JSONField[list[str]](default=list)
    cc = fields.JSONField[list[str]](default=list)
    subject = fields.CharField(max_length=500)
    headers = fields.JSONField[dict[str, str]](default=dict)
    text = fields.TextField()
    html = fields.TextField(null=True)
    attachments = fields.JSONField[list[int]](default=list)
    state = fields.CharField(max_length=12, default="waiting")
    next_try_at = fields.DatetimeField(default=NEVER, db_index=True)
    cancel_if = fields.CharField(max_length=60, null=True)
    tries = fields.IntField(default=0)
    claimed_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    last_error = fields.TextField(null=True)
    settled = fields.JSONField[dict[str, str]](default=dict)
    unsure = fields.IntField(default=0)

    class Meta:
        table = "outgoing_mail"
        indexes = (("recipient", "automatic", "created_at"), ("automatic", "created_at"))
