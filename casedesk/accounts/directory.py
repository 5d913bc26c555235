"""The companies that buy and the people who write: lists, reading, adding, changing, removing.

Who a mail's sender is, and whom they are served as, stands in `recognising`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import available_timezones

from tortoise.expressions import Q

from casedesk.accounts import numbers
from casedesk.accounts.models import Account, AccountDomain, Contact, ContactEmail
from casedesk.accounts.recognising import is_address
from casedesk.errors import Invalid
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission, can
from casedesk.registers import Part, Reference, Register, Use, Values, parts_of


class AccountKind(StrEnum):
    """What a company is to us."""

    CUSTOMER = "customer"
    PARTNER = "partner"
    COMPETITOR = "competitor"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """A company; `domains` are the mail domains whose senders are served as it."""

    id: int
    version: int
    name: str
    number: str | None
    kind: AccountKind
    region: str
    time_zone: str
    domains: tuple[str, ...]
    phones: tuple[str, ...]
    address: str | None
    notes: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A person outside the company; `email` is the address written to, the first of `emails`."""

    id: int
    version: int
    name: str
    email: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    account_id: int | None
    role: str | None
    title: str | None
    language: str | None
    time_zone: str | None
    address: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime


_DOMAINS = Part(AccountDomain, "account_id", "domain")
_EMAILS = Part(ContactEmail, "contact_id", "email", keeps=("verified_at",))


async def _accounts(rows: Sequence[Account]) -> tuple[AccountRecord, ...]:
    domains = await parts_of(_DOMAINS, [row.id for row in rows])
    return tuple(_account(row, domains[row.id]) for row in rows)


def _account(row: Account, domains: tuple[str, ...]) -> AccountRecord:
    return AccountRecord(
        id=row.id,
        version=row.version,
        name=row.name,
        number=row.number,
        kind=AccountKind(row.kind),
        region=row.region,
        time_zone=row.time_zone,
        domains=domains,
        phones=tuple(row.phones),
        address=row.address,
        notes=row.notes,
        external_id=row.external_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _check_account(values: Values, row: Account | None, by: Actor) -> Values:
    if "domains" in values:
        values["domains"] = _unique(domain.strip().lower().lstrip("@") for domain in values["domains"])
        for domain in values["domains"]:
            _check_domain(domain)
    check_zone(values)
    return values


async def _contacts(rows: Sequence[Contact]) -> tuple[ContactRecord, ...]:
    emails = await parts_of(_EMAILS, [row.id for row in rows])
    return tuple(_contact(row, emails[row.id]) for row in rows)


def _contact(row: Contact, emails: tuple[str, ...]) -> ContactRecord:
    return ContactRecord(
        id=row.id,
        version=row.version,
        name=row.name,
        email=emails[0] if emails else None,
        emails=emails,
        phones=tuple(row.phones),
        account_id=row.account_id,
        role=row.role,
        title=row.title,
        language=row.language,
        time_zone=row.time_zone,
        address=row.address,
        external_id=row.external_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _check_contact(values: Values, row: Contact | None, by: Actor) -> Values:
    if "email" in values or "emails" in values:
        values["emails"] = await _addresses(values, row)
    if row is not None and by.is_staff and not can(by, Permission.ACCOUNT_ADMIT):
        await _refuse_taking_over(values, row)
    values.pop("email", None)
    if row is None and not (values.get("name", "").strip() or values.get("emails") or values.get("phones")):
        raise Invalid.field("name", "give a name, an email address or a phone number")
    check_zone(values)
    return values


async def _refuse_taking_over(values: Values, row: Contact) -> None:
    """Raise Invalid where another address, or another company, would open the contact's cases, or theirs, to somebody."""
    if "emails" in values and set(values["emails"]) != set((await parts_of(_EMAILS, [row.id]))[row.id]):
        field = "email" if "email" in values else "emails"
        raise Invalid.field(field, _("Only those who answer cases change the addresses of a contact that is there."))
    if row.account_id is not None and values.get("account_id", row.account_id) != row.account_id:
        raise Invalid.field("account_id", _("Only those who answer cases move a contact to another company."))


async def _addresses(values: Values, row: Contact | None) -> list[str]:
    """Return the contact's addresses in order, the one written to first.

    A new `email` alone comes before the addresses there are; with `emails` it comes before those.
    """
    if "emails" in values:
        others = list(values["emails"])
    else:
        others = list((await parts_of(_EMAILS, [row.id]))[row.id]) if row is not None else []
        if values["email"] is None:
            others = others[1:]
    first = [values["email"]] if values.get("email") else []
    addresses = _unique(address.strip().lower() for address in first + others)
    for address in addresses:
        if not is_address(address):
            raise Invalid.field(
                "emails" if "emails" in values else "email",
                _("%(address)s is not an email address") % {"address": address},
            )
    return addresses


ACCOUNTS: Register[Account, AccountRecord] = Register(
    noun="account",
    model=Account,
    read=Permission.ACCOUNT_READ,
    write=Permission.ACCOUNT_CHANGE,
    show=_accounts,
    check=_check_account,
    words=frozenset({"name", "number", "phones", "address", "notes", "domains", "external_id"}),
    parts={"domains": _DOMAINS},
    filters={
        "q": lambda text: Q(name__icontains=text),
        "region": lambda region: Q(region__iexact=region),
        "external_id": lambda external_id: Q(external_id=external_id),
        "domain": lambda domain: Q(domain_rows__domain=domain.lower()),
    },
    uses=(
        Use("contacts", "contacts", "account_id"),
        Use("cases", "cases", "account_id"),
        Use("assets", "assets", "account_id"),
        Use("contracts", "contracts", "account_id"),
        Use("entitlements", "entitlements", "account_id"),
        Use("tasks", "tasks", "account_id"),
    ),
    search=(
        Kind.ACCOUNT,
        lambda shown: "\n".join([shown.name, shown.number or "", *shown.domains, *_numbers(shown.phones)]),
    ),
)

CONTACTS: Register[Contact, ContactRecord] = Register(
    noun="contact",
    model=Contact,
    read=Permission.ACCOUNT_READ,
    write=Permission.ACCOUNT_CHANGE,
    show=_contacts,
    check=_check_contact,
    words=frozenset({"name", "emails", "phones", "role", "title", "address", "external_id"}),
    references={"account_id": Reference("accounts", "account")},
    parts={"emails": _EMAILS},
    filters={
        "q": lambda text: Q(name__icontains=text),
        "email": lambda email: Q(email_rows__email=email.strip().lower()),
        "account_id": lambda account_id: Q(account_id=account_id),
        "external_id": lambda external_id: Q(external_id=external_id),
    },
    uses=(
        Use("cases", "cases", "contact_id"),
        Use("messages", "messages", "contact_id"),
        Use("tasks", "tasks", "contact_id"),
    ),
    search=(Kind.CONTACT, lambda shown: "\n".join([shown.name, *shown.emails, *_numbers(shown.phones)])),
)


def _numbers(phones: Sequence[str]) -> list[str]:
    return [*phones, *numbers.searchable(list(phones))]


def check_zone(values: Values) -> None:
    """Raise Invalid when `time_zone` is given and is no zone of the tz database."""
    zone = values.get("time_zone")
    if zone is not None and zone not in _zones():
        raise Invalid.field("time_zone", "must be a name such as Europe/Paris")


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    # Asking walks through the folders of the tz database each time.
    return frozenset(available_timezones())


def _check_domain(domain: str) -> None:
    labels = domain.split(".")
    fine = all(label and len(label) <= 63 and label.isprintable() and " " not in label for label in labels)
    if len(labels) < 2 or not fine or "@" in domain or len(domain) > 253:
        raise Invalid.field("domains", _("%(domain)s is not a domain such as example.com") % {"domain": domain})


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
