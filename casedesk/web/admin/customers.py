"""Customers and what they have: accounts, contacts, products, assets, contracts and entitlements, for `kept`."""

from collections.abc import Mapping
from typing import Any

from casedesk import clock, language
from casedesk.accounts.directory import ACCOUNTS, CONTACTS, AccountKind, AccountRecord, ContactRecord
from casedesk.entitlements.catalogue import (
    ASSETS,
    CONTRACTS,
    ENTITLEMENTS,
    PRODUCTS,
    AssetRecord,
    ContractRecord,
    EntitlementRecord,
    ProductRecord,
)
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.web import signs
from casedesk.web.admin import options
from casedesk.web.admin.form_fields import Field, Kind
from casedesk.web.admin.kept import Kept, Names, Words
from casedesk.web.admin.nouns import LANGUAGE
from casedesk.web.admin.page_views import Cell
from casedesk.web.views import Choice, Tone


def _kind_words(kind: AccountKind) -> str:
    return {
        AccountKind.CUSTOMER: _("Customer"),
        AccountKind.PARTNER: _("Partner"),
        AccountKind.COMPETITOR: _("Competitor"),
        AccountKind.OTHER: _("Other"),
    }[kind]


async def _account_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), required=True),
        Field("number", _("Account number"), longest=60),
        Field("kind", _("Kind"), Kind.CHOICE, required=True,
              options=tuple(Choice(kind.value, _kind_words(kind)) for kind in AccountKind)),
        Field("region", _("Region"), empty="", longest=60, hint=_("Such as EMEA; the assignment rules may ask for it.")),
        Field("time_zone", _("Time zone"), required=True, longest=60,
              hint=_("Such as Europe/Paris: contracts begin and end in it.")),
        Field("domains", _("Mail domains"), Kind.LINES, longest=253, rows=3,
              hint=_("Whoever writes from one of these is served as this company. One a line.")),
        Field("phones", _("Telephone numbers"), Kind.LINES, longest=40, rows=2, hint=_("One a line.")),
        Field("address", _("Postal address"), Kind.TEXT, longest=20_000, rows=3),
        Field("notes", _("Notes"), Kind.TEXT, longest=20_000, rows=3),
        Field("external_id", _("Number in another system"), longest=120),
    )  # fmt: skip


def _account_cells(account: AccountRecord, names: Names) -> tuple[Cell, ...]:
    return (
        Cell(account.number or "—"),
        Cell(_kind_words(account.kind)),
        Cell(account.region or "—"),
        Cell(", ".join(account.domains) or "—"),
    )


ACCOUNTS_KEPT = Kept(
    key="accounts",
    register=ACCOUNTS,
    words=lambda: Words(
        _("Accounts"), _("The companies that are served. Contacts, contracts and what is installed belong to them."),
        _("Add an account"), _("No account has this in its name."), _("New account"),
    ),
    fields=_account_fields,
    columns=lambda: (_("Number"), _("Kind"), _("Region"), _("Mail domains")),
    cells=_account_cells,
    named=lambda account: account.name,
    filter="q",
)  # fmt: skip


async def _contact_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), empty=""),
        Field("emails", _("Mail addresses"), Kind.LINES, longest=320, rows=2, hint=_("The first is written to. One a line.")),
        Field("phones", _("Telephone numbers"), Kind.LINES, longest=40, rows=2, hint=_("One a line.")),
        Field("account_id", _("Account"), Kind.PICK, picks="account", hint=_("Begin to type its name.")),
        Field("title", _("Title"), longest=120),
        Field("role", _("Role"), longest=120),
        Field("language", _("Language"), pattern=LANGUAGE, longest=20, cure=_("give a code such as en or pt-BR")),
        Field("time_zone", _("Time zone"), longest=60),
        Field("address", _("Postal address"), Kind.TEXT, longest=20_000, rows=3),
        Field("external_id", _("Number in another system"), longest=120),
    )  # fmt: skip


def _contact_cells(contact: ContactRecord, names: Names) -> tuple[Cell, ...]:
    return (
        Cell(contact.email or "—"),
        Cell(names.get(("account", contact.account_id or 0), "—")),
        Cell(contact.role or "—"),
    )


CONTACTS_KEPT = Kept(
    key="contacts",
    register=CONTACTS,
    words=lambda: Words(
        _("Contacts"), _("The people who write and call. A contact who belongs to an account is served by its contracts."),
        _("Add a contact"), _("No contact has this in their name."), _("New contact"),
    ),
    fields=_contact_fields,
    columns=lambda: (_("Address"), _("Account"), _("Role")),
    cells=_contact_cells,
    named=lambda contact: contact.name or contact.email or f"#{contact.id}",
    picks={"account_id": "account"},
    filter="q",
)  # fmt: skip


async def _product_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), required=True),
        Field("sku", _("Product code"), required=True, longest=80),
    )


PRODUCTS_KEPT = Kept(
    key="products",
    register=PRODUCTS,
    words=lambda: Words(
        _("Products"), _("What the company sells; what of it is installed where stands in the assets."),
        _("Add a product"), _("There is no product yet."), _("New product"),
    ),
    fields=_product_fields,
    columns=lambda: (_("Product code"),),
    cells=lambda product, names: _product_cells(product),
    named=lambda product: product.name,
)  # fmt: skip


def _product_cells(product: ProductRecord) -> tuple[Cell, ...]:
    return (Cell(product.sku, mono=True, faint=True),)


async def _asset_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("serial", _("Serial number"), required=True, longest=80),
        Field("product_id", _("Product"), Kind.PICK, required=True, picks="product", hint=_("Begin to type its name.")),
        Field("account_id", _("Account"), Kind.PICK, required=True, picks="account", hint=_("Begin to type its name.")),
        Field("contact_id", _("Contact"), Kind.PICK, picks="contact"),
        Field("warranty_until", _("Warranty until"), Kind.DAY, hint=_("That day is included.")),
        Field("site", _("Site")),
    )


def _asset_cells(asset: AssetRecord, names: Names) -> tuple[Cell, ...]:
    until = asset.warranty_until
    over = until is not None and until < clock.now().date()
    warranty = Cell("—") if until is None else Cell(language.day(until), Tone.WARN if over else Tone.OK)
    return (
        Cell(names.get(("product", asset.product_id), "")),
        Cell(names.get(("account", asset.account_id), "")),
        Cell(asset.site or "—"),
        warranty,
    )


ASSETS_KEPT = Kept(
    key="assets",
    register=ASSETS,
    words=lambda: Words(
        _("Assets"), _("What is installed where. Customers name the serial number; warranty and entitlements follow from it."),
        _("Add an asset"), _("No asset has this serial number."), _("New asset"),
    ),
    fields=_asset_fields,
    columns=lambda: (_("Product"), _("Account"), _("Site"), _("Warranty until")),
    cells=_asset_cells,
    named=lambda asset: asset.serial,
    picks={"product_id": "product", "account_id": "account", "contact_id": "contact"},
    filter="serial",
)  # fmt: skip


async def _contract_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("account_id", _("Account"), Kind.PICK, required=True, picks="account", hint=_("Begin to type its name.")),
        Field("name", _("Name"), required=True),
        Field("level", _("Level of support"), required=True, longest=40, hint=_("Such as premier or standard.")),
        Field("starts_on", _("First day"), Kind.DAY, required=True),
        Field("ends_on", _("Last day"), Kind.DAY, required=True, hint=_("That day is included.")),
    )


def _contract_cells(contract: ContractRecord, names: Names) -> tuple[Cell, ...]:
    return (
        Cell(names.get(("account", contract.account_id), "")),
        Cell(signs.level_words(contract.level)),
        _until(contract),
    )


CONTRACTS_KEPT = Kept(
    key="contracts",
    register=CONTRACTS,
    words=lambda: Words(
        _("Contracts"), _("The agreements that entitlements rest on; both days are included, in the account's zone."),
        _("Add a contract"), _("There is no contract yet."), _("New contract"),
    ),
    fields=_contract_fields,
    columns=lambda: (_("Account"), _("Level"), _("Runs")),
    cells=_contract_cells,
    named=lambda contract: contract.name,
    picks={"account_id": "account"},
)  # fmt: skip


async def _entitlement_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("account_id", _("Account"), Kind.PICK, required=True, picks="account", hint=_("Begin to type its name.")),
        Field("level", _("Level of support"), required=True, longest=40, hint=_("Such as premier or standard.")),
        Field("process", _("Service level"), Kind.CHOICE, required=True, options=await options.processes(),
              hint=_("Which clocks run, and how many minutes they give.")),
        Field("contract_id", _("Contract"), Kind.PICK, picks="contract"),
        Field("asset_id", _("For this asset alone"), Kind.PICK, picks="asset", hint=_("Empty: for all the account has.")),
        Field("starts_on", _("First day"), Kind.DAY, required=True),
        Field("ends_on", _("Last day"), Kind.DAY, required=True, hint=_("That day is included.")),
        Field("named_contacts", _("For these people alone"), Kind.PICKS, picks="contact", rows=3,
              hint=_("One a line; empty: for everybody of the account.")),
        Field("incidents_allowed", _("Incidents in the pack"), Kind.NUMBER, hint=_("Empty: without count.")),
        Field("incidents_used", _("Incidents used"), Kind.NUMBER, hint=_("Counted by casedesk; correct it here.")),
    )  # fmt: skip


def _entitlement_cells(entitlement: EntitlementRecord, names: Names) -> tuple[Cell, ...]:
    allowed, used = entitlement.incidents_allowed, entitlement.incidents_used
    if allowed is None:
        left = Cell(_("without count"), faint=True)
    else:
        words = _("%(left)s of %(all)s left") % {"left": max(allowed - used, 0), "all": allowed}
        left = Cell(words, Tone.OK if used < allowed else Tone.BAD)
    return (
        Cell(names.get(("account", entitlement.account_id), "")),
        Cell(signs.level_words(entitlement.level)),
        Cell(entitlement.process),
        _until(entitlement),
        left,
    )


def _entitlement_stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**values, "incidents_used": values["incidents_used"] or 0}


ENTITLEMENTS_KEPT = Kept(
    key="entitlements",
    register=ENTITLEMENTS,
    words=lambda: Words(
        _("Entitlements"), _("What each customer may ask for, and by which clocks they are answered."),
        _("Add an entitlement"), _("Nobody is entitled to anything yet. Those without are served, too, but no clock runs."),
        _("New entitlement"),
    ),
    fields=_entitlement_fields,
    columns=lambda: (_("Account"), _("Level"), _("Service level"), _("Runs"), _("Incidents")),
    cells=_entitlement_cells,
    named=lambda entitlement: _("Entitlement %(id)s") % {"id": entitlement.id},
    picks={"account_id": "account", "contract_id": "contract", "asset_id": "asset", "named_contacts": "contact"},
    stored=_entitlement_stored,
)  # fmt: skip


def _until(record: ContractRecord | EntitlementRecord) -> Cell:
    """Say from when to when something runs, with a colour for what is over."""
    today = clock.now().date()
    words = _("%(first)s to %(last)s") % {"first": language.day(record.starts_on), "last": language.day(record.ends_on)}
    if record.ends_on < today:
        return Cell(words, Tone.OFF)
    return Cell(words, Tone.OK if record.starts_on <= today else Tone.INFO)
