"""Rows for the brands customers meet, who may enter them, and how they prove who they are."""

from tortoise import fields

from casedesk.records import EditedRecord, Record


class Portal(EditedRecord):
    """A brand: its name, its prefix for case numbers, its look, its own host if it has one, who may register.

    Colours are `#rrggbb`; `bar_colour` None takes the primary one, no `languages` those of a new desk. `registration`:
    open, by_invitation.
    """

    slug = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=120)
    case_prefix = fields.CharField(max_length=10, default="")
    host = fields.CharField(max_length=253, null=True, unique=True)
    primary_colour = fields.CharField(max_length=7, default="#0c5a52")
    bar_colour = fields.CharField(max_length=7, null=True)
    tagline = fields.CharField(max_length=200, default="")
    intro = fields.TextField(default="")
    company = fields.CharField(max_length=120, default="")
    phone = fields.CharField(max_length=60, default="")
    opening = fields.CharField(max_length=120, default="")
    languages = fields.JSONField[list[str]](default=list)
    registration = fields.CharField(max_length=20, default="open")

    class Meta:
        table = "portals"


class PortalAccess(EditedRecord):
    """A contact may enter a portal: looked at on every request. `state`: active, pending, suspended.

    `sees_company` is the right to see the cases of one's whole account there, never given by itself; it
    was given for the account `company_id` and counts for no other, should the contact move.
    """

    contact = fields.ForeignKeyField(
        "casedesk.Contact", related_name="portal_access", on_delete=fields.CASCADE, db_index=True
    )
    contact_id: int
    portal = fields.ForeignKeyField("casedesk.Portal", related_name="access", on_delete=fields.CASCADE, db_index=True)
    portal_id: int
    state = fields.CharField(max_length=12, default="pending")
    sees_company = fields.BooleanField(default=False)
    company_id = fields.BigIntField(null=True)

    class Meta:
        table = "portal_access"
        unique_together = (("contact", "portal"),)


class CustomerPassword(Record):
    """A contact's password (argon2id), one for all portals; who has none signs in by mail."""

    contact = fields.OneToOneField("casedesk.Contact", related_name="password", on_delete=fields.CASCADE)
    contact_id: int
    password_hash = fields.CharField(max_length=200)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "customer_passwords"


class CustomerSession(Record):
    """A signed-in browser of a customer; the cookie holds the secret, the row only its SHA-256."""

    contact = fields.ForeignKeyField(
        "casedesk.Contact", related_name="sessions", on_delete=fields.CASCADE, db_index=True
    )
    contact_id: int
    secret_hash = fields.CharField(max_length=64, unique=True)
    csrf_token = fields.CharField(max_length=64)
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    address = fields.CharField(max_length=64, default="")
    agent = fields.CharField(max_length=200, default="")

    class Meta:
        table = "customer_sessions"


class CustomerLink(Record):
    """A mailed link that works once; only a hash of its public part is kept, its signature nowhere (see `links`).

    `purpose`: register, sign_in, reset, address, invitation; case, which works as often as one likes. `sent_at` None:
    asked for, and not decided yet whether a mail goes out. `detail` holds what was said when it was asked for (name,
    language, where to go on).
    """

    purpose = fields.CharField(max_length=20)
    secret_hash = fields.CharField(max_length=64, unique=True)
    portal = fields.ForeignKeyField("casedesk.Portal", related_name=False, on_delete=fields.CASCADE)
    portal_id: int
    contact = fields.ForeignKeyField(
        "casedesk.Contact", related_name="links", null=True, on_delete=fields.CASCADE, db_index=True
    )
    contact_id: int | None
    email = fields.CharField(max_length=320)
    detail = fields.JSONField[dict[str, str]](default=dict)
    expires_at = fields.DatetimeField(db_index=True)
    sent_at = fields.DatetimeField(null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "customer_links"
