"""Rows for members of staff, their sessions and the tokens of programs."""

from tortoise import fields

from casedesk.records import EditedRecord, Record


class User(EditedRecord):
    """A member of staff. `email` is lower case; `password_hash` is argon2id or empty until the invitation is taken."""

    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=320, unique=True)
    password_hash = fields.CharField(max_length=200, default="")
    role = fields.CharField(max_length=30)
    tier = fields.IntField(null=True)
    skills = fields.JSONField[list[str]](default=list)
    languages = fields.JSONField[list[str]](default=list)
    preferences = fields.JSONField[dict[str, object]](default=dict)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "users"


class Session(Record):
    """A signed-in browser of a member of staff; the cookie holds the secret, the row only its SHA-256."""

    user = fields.ForeignKeyField("casedesk.User", related_name="sessions", on_delete=fields.CASCADE, db_index=True)
    user_id: int
    secret_hash = fields.CharField(max_length=64, unique=True)
    csrf_token = fields.CharField(max_length=64)
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    address = fields.CharField(max_length=64, default="")
    agent = fields.CharField(max_length=200, default="")

    class Meta:
        table = "staff_sessions"


class StaffLink(Record):
    """A mailed link by which a member of staff chooses a password, once; only its SHA-256 is kept."""

    user = fields.ForeignKeyField("casedesk.User", related_name="links", on_delete=fields.CASCADE, db_index=True)
    user_id: int
    secret_hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "staff_links"


class ApiToken(Record):
    """A program's key: only its SHA-256 is kept, `prefix` is what a list shows. No scopes: all that its user may do."""

    user = fields.ForeignKeyField("casedesk.User", related_name="tokens", on_delete=fields.CASCADE, db_index=True)
    user_id: int
    name = fields.CharField(max_length=120, default="")
    prefix = fields.CharField(max_length=12)
    secret_hash = fields.CharField(max_length=64, unique=True)
    scopes = fields.JSONField[list[str]](null=True)
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_tokens"


class AttemptCount(Record):
    """How often a key (an account or an address signing in, resetting …) was tried in one window of time."""

    key = fields.CharField(max_length=200)
    window = fields.BigIntField()
    tries = fields.IntField(default=0)

    class Meta:
        table = "attempt_counts"
        unique_together = (("key", "window"),)


class IdempotentAnswer(Record):
    """The first answer to a POST with an Idempotency-Key, kept 24 hours and given again for the same body."""

    token = fields.ForeignKeyField("casedesk.ApiToken", related_name=False, on_delete=fields.CASCADE)
    token_id: int
    path = fields.CharField(max_length=300)
    key = fields.CharField(max_length=200)
    body_hash = fields.CharField(max_length=64)
    status = fields.IntField()
    headers = fields.JSONField[dict[str, str]](default=dict)
    body = fields.TextField()

    class Meta:
        table = "idempotent_answers"
        unique_together = (("token", "path", "key"),)
