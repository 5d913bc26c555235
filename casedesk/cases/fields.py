"""THE catalogue of case fields: what rules may ask, what forms and the API may write, what the journal replays.

One list; conditions, forms, API, docs and replay read it. Custom fields join it as `custom.NAME`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from casedesk import language
from casedesk.errors import FieldProblem, Invalid
from casedesk.language import gettext as _
from casedesk.language import marked
from casedesk.rules.catalogue import Catalogue, Field, FieldKind, catalogue_of
from casedesk.rules.lifecycle import DEFAULT_STATUSES, DEFAULT_TYPES, Category, Priority, Status, default_status
from casedesk.rulesets.published import CATALOGUES

ORIGINS = ("phone", "web", "email", "portal", "api")
"""The touch points a case can come from."""

LONGEST_SUBJECT = 500
LONGEST_TEXT = 200_000
LONGEST_TAG = 60
MOST_TAGS = 50

PRIORITIES = tuple(priority.value for priority in Priority)
CATEGORIES = tuple(category.value for category in Category)

CATALOGUE: Catalogue = catalogue_of(
    Field("subject", FieldKind.TEXT, "Subject", settable=True),
    Field("description", FieldKind.TEXT, "Description", settable=True),
    Field("origin", FieldKind.CHOICE, "Origin", ORIGINS),
    Field("type", FieldKind.CHOICE, "Type", DEFAULT_TYPES, settable=True),
    Field("priority", FieldKind.CHOICE, "Priority", PRIORITIES, settable=True),
    Field("status", FieldKind.CHOICE, "Status", (*CATEGORIES, *(s.name for s in DEFAULT_STATUSES)), settable=True),
    Field("status_category", FieldKind.CHOICE, "Status category", CATEGORIES),
    Field("language", FieldKind.TEXT, "Language", settable=True),
    Field("tags", FieldKind.LIST, "Tags", settable=True),
    Field("queue", FieldKind.TEXT, "Queue"),
    Field("owner", FieldKind.TEXT, "Owner"),
    Field("mailbox", FieldKind.TEXT, "Mailbox"),
    Field("line", FieldKind.TEXT, "Telephone line"),
    Field("menu", FieldKind.TEXT, "Choice in the telephone menu"),
    Field("account.name", FieldKind.TEXT, "Account"),
    Field("account.number", FieldKind.TEXT, "Account number"),
    Field("account.kind", FieldKind.CHOICE, "Kind of account", ("customer", "partner", "competitor", "other")),
    Field("account.region", FieldKind.TEXT, "Region"),
    Field("contact.name", FieldKind.TEXT, "Contact"),
    Field("contact.email", FieldKind.TEXT, "Contact's address"),
    Field("contact.role", FieldKind.TEXT, "Contact's role"),
    Field("contact.language", FieldKind.TEXT, "Contact's language"),
    Field("asset.serial", FieldKind.TEXT, "Serial number"),
    Field("asset.site", FieldKind.TEXT, "Site"),
    Field("asset.warranty_until", FieldKind.DATE, "Warranty until"),
    Field("product.name", FieldKind.TEXT, "Product"),
    Field("product.sku", FieldKind.TEXT, "Product code"),
    Field("entitlement.level", FieldKind.TEXT, "Level of support"),
    Field("entitlement.status", FieldKind.CHOICE, "Entitlement", ("entitled", "unentitled", "unknown")),
    Field(
        "entitlement.verdict", FieldKind.CHOICE, "Verdict", ("covered", "limited", "grace", "not_covered", "unknown")
    ),
    Field("escalation_level", FieldKind.NUMBER, "Escalation level"),
    Field("age_minutes", FieldKind.NUMBER, "Age in minutes"),
    Field("milestone.kind", FieldKind.TEXT, "Next milestone"),
    Field("milestone.minutes_left", FieldKind.NUMBER, "Minutes to the next milestone"),
)
"""The fields of record type `case`."""

JOURNALLED_CODES = (
    "record_type", "prefix", "status", "status_category", "priority", "type", "origin", "language", "queue_id",
    "owner_id", "contact_id", "account_id", "asset_id", "entitlement_id", "mailbox_id", "linked_to_id", "verdict", "level",
    "process",
    "escalation_level", "tags", "logged_on_behalf", "logged_by_id", "reopened", "resolved_at", "closed_at",
)  # fmt: skip
"""Columns of a case whose every value is in the journal's data, so that folding it gives the row."""

JOURNALLED_WORDS = ("subject", "description", "resolution", "custom")
"""Columns of a case whose every value is in the journal's content, which erasure may empty."""

EDITABLE = frozenset(
    {
        "subject",
        "description",
        "status",
        "priority",
        "type",
        "language",
        "tags",
        "custom",
        "asset_id",
        "contact_id",
        "account_id",
    }
)
"""What `changing.change` takes; queue and owner have a way of their own."""


def status_named(text: str) -> Status:
    """Return the status with this name, or the first one of the category with this name; raises Invalid."""
    for status in DEFAULT_STATUSES:
        if status.name.casefold() == text.strip().casefold():
            return status
    if text in CATEGORIES:
        return default_status(Category(text))
    names = language.listed(status.name for status in DEFAULT_STATUSES)
    raise Invalid.field("status", _("give one of %(these)s, or a category") % {"these": names})


def check_values(values: Mapping[str, Any]) -> None:
    """Raise Invalid naming every field of `values` that a case cannot take; what ids name is looked up where it is read."""
    problems = [FieldProblem(key, "this field cannot be changed here") for key in values if key not in EDITABLE]
    problems += [
        FieldProblem(key, _(cure) % _limits())
        for key, (fits, cure) in _FITS.items()
        if key in values and not fits(values[key])
    ]
    if problems:
        raise Invalid(problems)


def _limits() -> dict[str, str]:
    """Return the figures and choices that the sentences of `_FITS` name, as the reader writes them."""
    return {
        "subject": language.number(LONGEST_SUBJECT),
        "text": language.number(LONGEST_TEXT),
        "priorities": language.alternatives(PRIORITIES),
        "types": language.alternatives(DEFAULT_TYPES),
        "tags": language.number(MOST_TAGS),
        "tag": language.number(LONGEST_TAG),
    }


def _is_text(longest: int, *, shortest: int = 0) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and shortest <= len(value.strip()) and len(value) <= longest


def _are_tags(value: Any) -> bool:
    fitting = isinstance(value, list | tuple) and len(value) <= MOST_TAGS
    return fitting and all(isinstance(tag, str) and tag.strip() and len(tag) <= LONGEST_TAG for tag in value)


def _is_id_or_none(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63)


def _is_status(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TAG


_FITS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "subject": (_is_text(LONGEST_SUBJECT, shortest=1), marked("give 1 to %(subject)s characters")),
    "description": (_is_text(LONGEST_TEXT), marked("give at most %(text)s characters")),
    "status": (_is_status, marked("give the name of a status or a category")),
    "priority": (lambda value: value in PRIORITIES, marked("give one of %(priorities)s")),
    "type": (lambda value: value is None or value in DEFAULT_TYPES, marked("give one of %(types)s")),
    "language": (lambda value: value is None or _is_text(20)(value), marked("give a code such as en or pt-BR")),
    "tags": (_are_tags, marked("give up to %(tags)s tags of 1 to %(tag)s characters")),
    "custom": (lambda value: isinstance(value, dict), marked("give an object of names and values")),
    "asset_id": (_is_id_or_none, marked("give an id")),
    "contact_id": (_is_id_or_none, marked("give an id")),
    "account_id": (_is_id_or_none, marked("give an id")),
}
"""What each editable field must be, and how to say so."""


CATALOGUES["case"] = CATALOGUE
