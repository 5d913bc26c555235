"""THE catalogue of what can be imported: each kind's fields, how a cell of theirs is read, and the headings that mean them.

Headings are those of Salesforce, Zendesk, Freshdesk and HubSpot exports and of sheets kept by hand in English and German,
compared without case, blanks and punctuation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from casedesk.accounts.directory import AccountKind
from casedesk.cases.fields import LONGEST_SUBJECT, LONGEST_TAG, LONGEST_TEXT, MOST_TAGS
from casedesk.errors import Invalid
from casedesk.identity import Role
from casedesk.imports import values
from casedesk.imports.values import Reader
from casedesk.language import gettext as _


class Kind(StrEnum):
    """What a file holds."""

    ACCOUNTS = "accounts"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    ASSETS = "assets"
    CONTRACTS = "contracts"
    ENTITLEMENTS = "entitlements"
    CASES = "cases"
    SOLUTIONS = "solutions"
    USERS = "users"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind: `also` are further headings, the likeliest first.

    With `gathers` several columns may mean it: their values are read as one list, the first column's first. A cell of a
    `lenient` field that cannot be read is left out and told of; any other one fails its row.
    """

    name: str
    read: Reader
    also: tuple[str, ...] = ()
    gathers: bool = False
    needed: bool = False
    lenient: bool = False


_TEXT = values.text(20_000)
_NAME, _WORD = values.line(200), values.line(120)
_LEVEL, _KEY = values.line(40), values.line(60)
_FOREIGN = values.line(120)
_ACCOUNT_KINDS = {
    **{each.value: each.value for each in AccountKind},
    "customer direct": "customer", "customer channel": "customer", "kunde": "customer", "client": "customer",
    "prospect": "customer", "interessent": "customer", "technology partner": "partner", "channel partner / reseller": "partner",
    "installation partner": "partner", "reseller": "partner", "wettbewerber": "competitor", "sonstige": "other",
}  # fmt: skip
_ROLES = {
    **{values.folded(each.value): each.value for each in Role},
    "admin": "administrator", "owner": "administrator", "end user": "agent", "support agent": "agent", "team lead": "supervisor",
    "leitung": "supervisor", "vertrieb": "sales", "light agent": "sales",
}  # fmt: skip
_FIRST = Field("first_name", _NAME, ("FirstName", "given name", "Vorname"))
_LAST = Field("last_name", _NAME, ("LastName", "family name", "surname", "Nachname"))
_STREET = ("Street", "BillingStreet", "MailingStreet", "Straße", "Strasse", "Address line 1", "Street address")
_PLACE = (
    "BillingPostalCode", "MailingPostalCode", "PLZ", "Postleitzahl", "Zip", "Zip code", "Postal code", "BillingCity",
    "MailingCity", "City", "Ort", "Stadt", "BillingState", "MailingState", "State", "Bundesland", "BillingCountry",
    "MailingCountry", "Country", "Land",
)  # fmt: skip
_ACCOUNT = Field(
    "account",
    _FOREIGN,
    (
        "AccountId", "Account ID", "organization_id", "company_id", "Account Number", "AccountNumber", "Kundennummer",
        "Account.Name", "Account Name", "AccountName", "organization", "organization.name", "company", "company name", "Firma",
        "Kunde", "Unternehmen", "Customer",
    ),
    gathers=True,
)  # fmt: skip
_EXTERNAL = Field(
    "external_id", _FOREIGN, ("Id", "Record ID", "External ID", "identifier", "Externe ID", "Nummer extern")
)
_LANGUAGE = Field(
    "language", values.language, ("locale", "LanguageLocaleKey", "Sprache", "preferred language"), lenient=True
)
_ZONE = Field("time_zone", values.zone, ("time zone", "timezone", "TimeZoneSidKey", "Zeitzone"), lenient=True)
_STARTS = Field("starts_on", values.day, ("StartDate", "Start", "from", "Beginn", "gültig ab", "valid from", "Von"))
_ENDS = Field("ends_on", values.day, ("EndDate", "End", "until", "Ende", "gültig bis", "valid until", "Bis"))
_CONTACT_NAMES = (
    "ContactId",
    "Contact ID",
    "requester_id",
    "requester.id",
    "contact.id",
    "ContactEmail",
    "Contact Email",
)


def _needed(field: Field) -> Field:
    return replace(field, needed=True)


FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.ACCOUNTS: (
        Field("name", _NAME, ("Account Name", "company", "company name", "organization", "Firma", "Firmenname", "Kunde",
                              "Unternehmen"), needed=True),
        Field("number", _KEY, ("AccountNumber", "Account Number", "customer number", "Kundennummer", "Kundennr", "Debitor")),
        Field("kind", values.choice(_ACCOUNT_KINDS), ("Type", "account type", "Art"), lenient=True),
        Field("region", _KEY, ("Region__c", "territory", "Gebiet")),
        _ZONE,
        Field("domains", values.listed(253), ("domain_names", "domain", "mail domains", "Company Domain Name", "Maildomänen"),
              gathers=True),
        Field("phones", values.listed(40, most=50), ("Phone", "telephone", "phone number", "Telefon", "Tel"), gathers=True),
        Field("address", _TEXT, ("Adresse", "Anschrift", *_STREET, *_PLACE), gathers=True),
        Field("notes", _TEXT, ("Description", "details", "about", "Notizen", "Bemerkung", "Beschreibung")),
        _EXTERNAL,
    ),
    Kind.CONTACTS: (
        Field("name", _NAME, ("Full Name", "contact name", "Kontakt", "Ansprechpartner")),
        _FIRST,
        _LAST,
        Field("emails", values.listed(320, most=50), ("Email", "e-mail", "email address", "mail", "E-Mail-Adresse",
                              "other emails", "Other Email"), gathers=True),
        Field("phones", values.listed(40, most=50), ("Phone", "phone number", "telephone", "Telefon", "Tel", "MobilePhone",
                              "Mobile", "mobile phone", "Mobil", "Handy", "HomePhone", "OtherPhone"), gathers=True),
        _ACCOUNT,
        Field("role", _WORD, ("Rolle", "Role__c", "Funktion")),
        Field("title", _WORD, ("job title", "position", "Titel", "Job")),
        _LANGUAGE,
        _ZONE,
        Field("address", _TEXT, ("Adresse", "Anschrift", *_STREET, *_PLACE), gathers=True),
        _EXTERNAL,
    ),
    Kind.PRODUCTS: (
        Field("name", _NAME, ("product", "product name", "Produkt", "Bezeichnung", "Artikel"), needed=True),
        Field("sku", values.line(80), ("ProductCode", "product code", "StockKeepingUnit", "article number", "Artikelnummer",
                              "Produktnummer", "code"), needed=True),
        _EXTERNAL,
    ),
    Kind.ASSETS: (
        Field("serial", values.line(80), ("SerialNumber", "serial number", "serial no", "Seriennummer", "Seriennr",
                              "Gerätenummer"), needed=True),
        Field("product", _FOREIGN, ("Product2Id", "ProductId", "product_id", "sku", "ProductCode", "product code",
                              "Artikelnummer", "product name", "Produkt"), gathers=True, needed=True),
        _needed(_ACCOUNT),
        Field("contact", values.line(320), (*_CONTACT_NAMES, "Kontakt", "email", "e-mail"), gathers=True),
        Field("warranty_until", values.day, ("warranty", "warranty end", "warranty expires", "UsageEndDate", "Garantie bis",
                              "Garantie", "Gewährleistung bis")),
        Field("site", _NAME, ("location", "Standort", "Ort", "Address")),
        _EXTERNAL,
    ),
    Kind.CONTRACTS: (
        _needed(_ACCOUNT),
        Field("name", _NAME, ("contract name", "contract", "ContractNumber", "Vertrag", "Vertragsname", "Vertragsnummer"),
              needed=True),
        Field("level", _LEVEL, ("service level", "SLA", "support level", "Stufe", "Level__c"), needed=True),
        _needed(_STARTS),
        _needed(_ENDS),
        _EXTERNAL,
    ),
    Kind.ENTITLEMENTS: (
        _needed(_ACCOUNT),
        Field("contract", _FOREIGN, ("ServiceContractId", "ContractId", "contract_id", "contract name", "Vertrag"), gathers=True),
        Field("asset", _FOREIGN, ("AssetId", "asset_id", "serial", "serial number", "Seriennummer"), gathers=True),
        Field("level", _LEVEL, ("service level", "SLA", "support level", "Stufe", "Type"), needed=True),
        Field("process", _KEY, ("entitlement process", "SlaProcessId", "Prozess")),
        _needed(_STARTS),
        _needed(_ENDS),
        Field("named_contacts", values.listed(320, most=500), ("named contacts", "contacts", "Ansprechpartner")),
        Field("incidents_allowed", values.count, ("incidents", "CasesPerEntitlement", "cases per entitlement", "Vorfälle")),
        _EXTERNAL,
    ),
    Kind.CASES: (
        _EXTERNAL,
        Field("number", _KEY, ("CaseNumber", "case number", "ticket number", "Ticket ID", "Ticket", "Fallnummer",
                               "Vorgangsnummer")),
        Field("subject", values.line(LONGEST_SUBJECT), ("title", "Betreff", "summary", "Titel")),
        Field("description", values.text(LONGEST_TEXT), ("Beschreibung", "body", "text", "message", "comment", "details")),
        Field("status", _KEY, ("state", "Ticket status", "Zustand")),
        Field("closed", values.yes_or_no, ("IsClosed", "is closed", "abgeschlossen"), lenient=True),
        Field("priority", _KEY, ("Priorität", "urgency", "Dringlichkeit")),
        Field("type", _KEY, ("case type", "Ticket type", "category", "Kategorie", "Art")),
        Field("origin", _KEY, ("Case Origin", "channel", "via", "via.channel", "source", "Kanal", "Herkunft")),
        Field("contact", values.line(320), (*_CONTACT_NAMES, "requester email", "requester.email", "SuppliedEmail", "email",
                               "e-mail", "Kontakt", "requester", "contact"), gathers=True),
        Field("contact_name", _NAME, ("SuppliedName", "Contact Name", "requester name", "requester.name", "Name")),
        _ACCOUNT,
        Field("asset", _FOREIGN, ("AssetId", "asset_id", "serial", "serial number", "Seriennummer"), gathers=True),
        Field("queue", _WORD, ("group", "group name", "team", "Warteschlange", "Gruppe")),
        Field("owner", values.line(320), ("OwnerId", "assignee_id", "assignee email", "assignee.email", "assignee", "agent",
                               "Bearbeiter"), gathers=True),
        Field("tags", values.listed(LONGEST_TAG, most=MOST_TAGS), ("labels", "keywords", "Schlagwörter", "Stichwörter"),
              lenient=True),
        _LANGUAGE,
        Field("created_at", values.instant, ("CreatedDate", "created", "created time", "opened", "Erstellt", "Erstellt am",
                               "Angelegt am", "Eröffnet")),
        Field("closed_at", values.instant, ("ClosedDate", "closed at", "solved at", "solved_at", "resolved at", "Resolved time",
                               "Closed time", "Geschlossen am", "Erledigt am")),
        Field("resolution", _TEXT, ("Lösung", "solution", "resolution notes")),
        Field("custom", values.custom, ()),
    ),
    Kind.SOLUTIONS: (
        Field("key", _FOREIGN, ("ArticleNumber", "article number", "UrlName", "slug", "id", "Schlüssel", "Nummer"), needed=True),
        Field("title", values.line(300), ("Titel", "name", "question", "Frage", "subject")),
        Field("body", values.text(1_000_000), ("text", "content", "answer", "Antwort", "Inhalt", "Solution", "SolutionNote")),
        _LANGUAGE,
        Field("categories", values.listed(120), ("category", "section", "tags", "Kategorie", "Kategorien"), gathers=True),
        Field("visibility", values.line(20), ("Sichtbarkeit", "audience")),
        Field("status", values.line(20), ("PublishStatus", "state", "Zustand")),
    ),
    Kind.USERS: (
        Field("name", _NAME, ("Full Name", "user", "agent", "Benutzer")),
        _FIRST,
        _LAST,
        Field("email", values.line(320), ("e-mail", "email address", "mail", "E-Mail-Adresse", "Username"), needed=True),
        Field("role", values.choice(_ROLES), ("Rolle", "user role", "UserRole.Name")),
        Field("tier", values.tier, ("level", "Stufe")),
        Field("skills", values.listed(120, most=100), ("Fähigkeiten", "Kenntnisse")),
        Field("languages", values.languages, ("language", "locale", "Sprachen")),
        Field("active", values.yes_or_no, ("IsActive", "aktiv")),
        _EXTERNAL,
    ),
}  # fmt: skip
"""The fields of each kind, in the order in which they are explained."""

CUSTOM = "custom."
"""Cases take any column as a custom field of its own."""


@lru_cache(maxsize=1_000)
def field_of(kind: Kind, name: str) -> Field:
    """Return the field of a kind; raises Invalid for one that it has not."""
    for field in FIELDS[kind]:
        if field.name == name:
            return field
    if kind is Kind.CASES and name.startswith(CUSTOM) and name[len(CUSTOM) :].isidentifier() and len(name) <= 60:
        return Field(name, values.text(2_000))
    known = ", ".join(field.name for field in FIELDS[kind])
    words = _("%(kind)s have no field %(name)s; there are %(known)s")
    raise Invalid.field("map", words % {"kind": kind.value, "name": name[:60], "known": known})
