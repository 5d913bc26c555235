"""Rows for the companies that buy and the people who write."""

from tortoise import fields

from casedesk.records import EditedRecord, Record


class Account(EditedRecord):
    """A company. `region` is free text compared without case; dates of its contracts are in `time_zone`."""

    name = fields.CharField(max_length=200, db_index=True)
    number = fields.CharField(max_length=60, null=True, db_index=True)
    kind = fields.CharField(max_length=20, default="customer")
    region = fields.CharField(max_length=60, default="")
    time_zone = fields.CharField(max_length=60, default="UTC")
    phones = fields.JSONField[list[str]](default=list)
    address = fields.TextField(null=True)
    notes = fields.TextField(null=True)
    external_id = fields.CharField(max_length=120, null=True, db_index=True)

    class Meta:
        table = "accounts"


class AccountDomain(Record):
    """A mail domain an account has listed: its senders are served as that account (an opt-in, see docs/decisions)."""

    account = fields.ForeignKeyField(
        "casedesk.Account", related_name="domain_rows", on_delete=fields.CASCADE, db_index=True
    )
    account_id: int
    domain = fields.CharField(max_length=253, unique=True)

    class Meta:
        table = "account_domains"


class Contact(EditedRecord):
    """A person outside the company. Sight of cases in a portal is a right of its own, never a consequence of mail."""

    name = fields.CharField(max_length=200, default="")
    account = fields.ForeignKeyField(
        "casedesk.Account", related_name="contacts", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    account_id: int | None
    role = fields.CharField(max_length=120, null=True)
    title = fields.CharField(max_length=120, null=True)
    language = fields.CharField(max_length=20, null=True)
    time_zone = fields.CharField(max_length=60, null=True)
    address = fields.TextField(null=True)
    phones = fields.JSONField[list[str]](default=list)
    external_id = fields.CharField(max_length=120, null=True, db_index=True)

    class Meta:
        table = "contacts"


class ContactEmail(Record):
    """One of a contact's addresses, in lower case; the first one made is the one written to."""

    contact = fields.ForeignKeyField(
        "casedesk.Contact", related_name="email_rows", on_delete=fields.CASCADE, db_index=True
    )
    contact_id: int
    email = fields.CharField(max_length=320, unique=True)
    verified_at = fields.DatetimeField(null=True)

    class Meta:
        table = "contact_emails"
