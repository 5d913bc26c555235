"""Rows of a case: the case itself, its conversation, files, drafts and surveys."""

from tortoise import fields

from casedesk.records import NEVER, EditedRecord, Record


class Case(EditedRecord):
    """A customer's question. Its number is its id; `prefix` is the brand's at creation and only for display.

    `status` is a name, `status_category` what clocks and lists look at; `next_due_at` is the earliest running
    milestone (NEVER when none), `next_escalation_at` the earliest escalation rule that could act; `touched_at` is when
    a person (not a rule) last did something to it. `logged_by` is the member of staff who made it (by page, telephone
    or token), None when the customer did: a salesperson sees those.
    """

    record_type = fields.CharField(max_length=40, default="case")
    prefix = fields.CharField(max_length=10, default="")
    subject = fields.CharField(max_length=500)
    description = fields.TextField(default="")
    status = fields.CharField(max_length=60, default="New")
    status_category = fields.CharField(max_length=30, default="new")
    is_open = fields.BooleanField(default=True)
    priority = fields.CharField(max_length=10, default="normal")
    type = fields.CharField(max_length=60, null=True)
    origin = fields.CharField(max_length=20)
    language = fields.CharField(max_length=20, null=True)
    queue = fields.ForeignKeyField("casedesk.Queue", related_name="cases", null=True, on_delete=fields.RESTRICT)
    queue_id: int | None
    owner = fields.ForeignKeyField("casedesk.User", related_name="cases", null=True, on_delete=fields.RESTRICT)
    owner_id: int | None
    contact = fields.ForeignKeyField(
        "casedesk.Contact", related_name="cases", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    contact_id: int | None
    account = fields.ForeignKeyField(
        "casedesk.Account", related_name="cases", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    account_id: int | None
    asset = fields.ForeignKeyField(
        "casedesk.Asset", related_name="cases", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    asset_id: int | None
    entitlement = fields.ForeignKeyField(
        "casedesk.Entitlement", related_name="cases", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    entitlement_id: int | None
    mailbox = fields.ForeignKeyField("casedesk.Mailbox", related_name=False, null=True, on_delete=fields.SET_NULL)
    mailbox_id: int | None
    linked_to = fields.ForeignKeyField(
        "casedesk.Case", related_name="linked_from", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    linked_to_id: int | None
    verdict = fields.CharField(max_length=20, default="unknown")
    level = fields.CharField(max_length=40, null=True)
    process = fields.CharField(max_length=60, null=True)
    escalation_level = fields.IntField(default=0)
    tags = fields.JSONField[list[str]](default=list)
    custom = fields.JSONField[dict[str, object]](default=dict)
    logged_on_behalf = fields.BooleanField(default=False)
    logged_by = fields.ForeignKeyField(
        "casedesk.User", related_name=False, null=True, on_delete=fields.RESTRICT, db_index=True
    )
    logged_by_id: int | None
    resolution = fields.TextField(null=True)
    excerpt = fields.CharField(max_length=200, default="")
    next_due_at = fields.DatetimeField(default=NEVER)
    next_due_kind = fields.CharField(max_length=20, null=True)
    next_escalation_at = fields.DatetimeField(default=NEVER, db_index=True)
    last_customer_message_at = fields.DatetimeField(null=True)
    last_reply_at = fields.DatetimeField(null=True)
    touched_at = fields.DatetimeField(null=True)
    resolved_at = fields.DatetimeField(null=True, db_index=True)
    closed_at = fields.DatetimeField(null=True)
    reopened = fields.IntField(default=0)

    class Meta:
        table = "cases"
        indexes = (
            ("is_open", "next_due_at", "id"),
            ("queue_id", "is_open", "next_due_at", "id"),
            ("owner_id", "is_open", "next_due_at", "id"),
            ("is_open", "queue_id", "owner_id", "next_due_at"),
            ("updated_at", "id"),
            ("status_category", "id"),
        )


class Message(Record):
    """An entry of the conversation. `kind`: message (the customer's), reply, note, call. `text` is what was newly written,
    `body` the whole text where quoted history was cut away. `salt` feeds the hash by which the journal covers the words."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="messages", on_delete=fields.CASCADE)
    case_id: int
    kind = fields.CharField(max_length=10)
    public = fields.BooleanField()
    channel = fields.CharField(max_length=10)
    user = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.RESTRICT)
    user_id: int | None
    contact = fields.ForeignKeyField("casedesk.Contact", related_name=False, null=True, on_delete=fields.RESTRICT)
    contact_id: int | None
    author_name = fields.CharField(max_length=200, default="")
    author_email = fields.CharField(max_length=320, default="")
    text = fields.TextField(default="")
    body = fields.TextField(null=True)
    html = fields.TextField(null=True)
    mail_message_id = fields.CharField(max_length=255, null=True, db_index=True)
    mail_to = fields.JSONField[list[str]](default=list)
    mail_cc = fields.JSONField[list[str]](default=list)
    arrival = fields.BigIntField(null=True, db_index=True)
    details = fields.JSONField[dict[str, object]](default=dict)
    salt = fields.CharField(max_length=32, default="")

    class Meta:
        table = "messages"
        indexes = (("case_id", "id"),)


class Attachment(Record):
    """A file of a message; the bytes are in the file store under `sha256`.

    Uploaded by a `user` or a `contact`, neither for what came by mail. Without a message it is swept after a while.
    """

    case = fields.ForeignKeyField(
        "casedesk.Case", related_name="attachments", null=True, on_delete=fields.CASCADE, db_index=True
    )
    case_id: int | None
    message = fields.ForeignKeyField(
        "casedesk.Message", related_name="attachments", null=True, on_delete=fields.CASCADE, db_index=True
    )
    message_id: int | None
    user = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.SET_NULL)
    user_id: int | None
    contact = fields.ForeignKeyField(
        "casedesk.Contact", related_name=False, null=True, on_delete=fields.SET_NULL, db_index=True
    )
    contact_id: int | None
    filename = fields.CharField(max_length=255)
    content_type = fields.CharField(max_length=120)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64, db_index=True)
    inline = fields.BooleanField(default=False)
    content_id = fields.CharField(max_length=255, null=True)

    class Meta:
        table = "attachments"


class CaseParticipant(Record):
    """An address that belongs to a case's conversation, so that its answers may join by References."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="participants", on_delete=fields.CASCADE)
    case_id: int
    email = fields.CharField(max_length=320, db_index=True)

    class Meta:
        table = "case_participants"
        unique_together = (("case", "email"),)


class CaseFollower(Record):
    """A contact who wants to hear of a case; it never lets them see one that they could not see anyway."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="followers", on_delete=fields.CASCADE)
    case_id: int
    contact = fields.ForeignKeyField("casedesk.Contact", related_name=False, on_delete=fields.CASCADE, db_index=True)
    contact_id: int

    class Meta:
        table = "case_followers"
        unique_together = (("case", "contact"),)


class Draft(Record):
    """What an agent has typed and not sent, by case and kind of entry."""

    case = fields.ForeignKeyField("casedesk.Case", related_name=False, on_delete=fields.CASCADE)
    case_id: int
    user = fields.ForeignKeyField("casedesk.User", related_name=False, on_delete=fields.CASCADE)
    user_id: int
    kind = fields.CharField(max_length=10)
    text = fields.TextField()
    details = fields.JSONField[dict[str, object]](default=dict)
    saved_at = fields.DatetimeField()

    class Meta:
        table = "drafts"
        unique_together = (("case", "user", "kind"),)


class QuestionDraft(Record):
    """What a contact has typed into the form of a portal and not sent, one by contact and portal; kept for some days.

    `mark` names this question: the case it becomes carries it, so that sending twice makes one case. `files` are ids of
    their uploads.
    """

    contact = fields.ForeignKeyField("casedesk.Contact", related_name=False, on_delete=fields.CASCADE)
    contact_id: int
    portal = fields.ForeignKeyField("casedesk.Portal", related_name=False, on_delete=fields.CASCADE, db_index=True)
    portal_id: int
    mark = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=500, default="")
    text = fields.TextField(default="")
    asset = fields.ForeignKeyField(
        "casedesk.Asset", related_name=False, null=True, on_delete=fields.SET_NULL, db_index=True
    )
    asset_id: int | None
    files = fields.JSONField[list[int]](default=list)
    saved_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "question_drafts"
        unique_together = (("contact", "portal"),)


class Survey(Record):
    """The question after a case is resolved; one a resolution, answered by POST only."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="surveys", on_delete=fields.CASCADE, db_index=True)
    case_id: int
    score = fields.IntField(null=True)
    words = fields.TextField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "surveys"


class Notification(Record):
    """A line in a member of staff's own inbox: what happened (an event name) on which case, and for which reason."""

    user = fields.ForeignKeyField("casedesk.User", related_name="notifications", on_delete=fields.CASCADE)
    user_id: int
    case = fields.ForeignKeyField("casedesk.Case", related_name=False, on_delete=fields.CASCADE)
    case_id: int
    event = fields.BigIntField(null=True)
    reason = fields.CharField(max_length=60)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications"
        unique_together = (("user", "event", "reason"),)
