"""Rows of the telephone: calls as the exchange tells of them, and what an agent notes while a call lasts."""

from tortoise import fields

from casedesk.records import Record


class Call(Record):
    """A telephone call. `provider_id` is the exchange's own name for it, so that it is told of twice and kept once.

    `state` is ringing, answered or ended; `line` and `menu` are what the caller dialled and chose; `contact` is set where
    the number meant exactly one person, `case` once the call was logged on one.
    """

    provider_id = fields.CharField(max_length=120, unique=True)
    from_number = fields.CharField(max_length=60)
    to_number = fields.CharField(max_length=60, default="")
    direction = fields.CharField(max_length=3, default="in")
    line = fields.CharField(max_length=120, null=True)
    menu = fields.CharField(max_length=120, null=True)
    state = fields.CharField(max_length=10, default="answered")
    agent = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.SET_NULL)
    agent_id: int | None
    contact = fields.ForeignKeyField("casedesk.Contact", related_name=False, null=True, on_delete=fields.SET_NULL)
    contact_id: int | None
    case = fields.ForeignKeyField("casedesk.Case", related_name=False, null=True, on_delete=fields.SET_NULL)
    case_id: int | None
    answered_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "calls"
        indexes = (("agent_id", "id"), ("contact_id", "id"))


class CallDraft(Record):
    """What somebody has noted of a call and not saved as a case: `form` is the page's form as it stands.

    `mark` is random and made by the page, so that the first key makes one draft. A draft that is handed over belongs to
    its new `user`, or to whoever of `queue` takes it; `given_by` may still see what became of it.
    """

    mark = fields.CharField(max_length=64, unique=True)
    user = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.CASCADE)
    user_id: int | None
    queue = fields.ForeignKeyField("casedesk.Queue", related_name=False, null=True, on_delete=fields.CASCADE)
    queue_id: int | None
    call = fields.ForeignKeyField("casedesk.Call", related_name=False, null=True, on_delete=fields.SET_NULL)
    call_id: int | None
    form = fields.JSONField[dict[str, object]](default=dict)
    saved_at = fields.DatetimeField()
    given_by = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.SET_NULL)
    given_by_id: int | None
    given_at = fields.DatetimeField(null=True)
    taken_at = fields.DatetimeField(null=True)

    class Meta:
        table = "call_drafts"
        indexes = (("user_id", "saved_at"),)
