"""Rows for what was sold: products, installed assets, contracts and what they entitle to."""

from tortoise import fields

from casedesk.records import EditedRecord


class Product(EditedRecord):
    """Something the company sells."""

    name = fields.CharField(max_length=200)
    sku = fields.CharField(max_length=80, unique=True)

    class Meta:
        table = "products"


class Asset(EditedRecord):
    """An installed product. `serial_key` is the serial without case and separators, as it is looked for in text."""

    serial = fields.CharField(max_length=80, unique=True)
    serial_key = fields.CharField(max_length=80, db_index=True)
    product = fields.ForeignKeyField(
        "casedesk.Product", related_name="assets", on_delete=fields.RESTRICT, db_index=True
    )
    product_id: int
    account = fields.ForeignKeyField(
        "casedesk.Account", related_name="assets", on_delete=fields.RESTRICT, db_index=True
    )
    account_id: int
    contact = fields.ForeignKeyField(
        "casedesk.Contact", related_name="assets", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    contact_id: int | None
    warranty_until = fields.DateField(null=True)
    site = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "assets"


class Contract(EditedRecord):
    """A service contract; its dates are dates in the account's zone, both ends included."""

    account = fields.ForeignKeyField(
        "casedesk.Account", related_name="contracts", on_delete=fields.RESTRICT, db_index=True
    )
    account_id: int
    name = fields.CharField(max_length=200)
    level = fields.CharField(max_length=40)
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "contracts"


class Entitlement(EditedRecord):
    """What a customer may ask for: a level and a process, for an account, perhaps one asset, perhaps named contacts only.

    `named_contacts` None means anybody of the account; `incidents_allowed` None means without count.
    """

    account = fields.ForeignKeyField(
        "casedesk.Account", related_name="entitlements", on_delete=fields.RESTRICT, db_index=True
    )
    account_id: int
    contract = fields.ForeignKeyField(
        "casedesk.Contract", related_name="entitlements", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    contract_id: int | None
    asset = fields.ForeignKeyField(
        "casedesk.Asset", related_name="entitlements", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    asset_id: int | None
    level = fields.CharField(max_length=40)
    process = fields.CharField(max_length=60)
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    named_contacts = fields.JSONField[list[int]](null=True)
    incidents_allowed = fields.IntField(null=True)
    incidents_used = fields.IntField(default=0)

    class Meta:
        table = "entitlements"
