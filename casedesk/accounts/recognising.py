"""Who is it? From an address to a contact and the account they are served as.

A contact's own account comes first; without one, the account that has listed the address's domain. Recognising never
gives sight of anything: what a contact may see in a portal is a right of its own.
"""

from dataclasses import dataclass, replace
from typing import Any

from tortoise.exceptions import IntegrityError

from casedesk import journal
from casedesk.accounts.models import Contact, ContactEmail
from casedesk.database import rows, transaction
from casedesk.database.inserting import insert, insert_one
from casedesk.errors import Invalid
from casedesk.events import EventName
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import SYSTEM, Actor

LONGEST_EMAIL = 320


@dataclass(frozen=True, slots=True)
class Company:
    """An account as decisions need it."""

    id: int
    name: str
    number: str | None
    kind: str
    region: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as decisions need them; `company` is their account, or the one that listed their domain, or None."""

    id: int | None
    name: str
    email: str
    role: str | None
    language: str | None
    company: Company | None
    by_domain: bool = False


_PERSON = """
SELECT c.id, c.name, c.role, c.language, e.email,
       a.id AS account_id, a.name AS account_name, a.number AS account_number, a.kind AS account_kind,
       a.region AS account_region, a.time_zone AS account_zone
FROM contacts c
LEFT JOIN contact_emails e ON e.contact_id = c.id
LEFT JOIN accounts a ON a.id = c.account_id
"""
_COMPANY = """
SELECT a.id AS account_id, a.name AS account_name, a.number AS account_number, a.kind AS account_kind,
       a.region AS account_region, a.time_zone AS account_zone
FROM accounts a
"""


async def find_by_email(email: str) -> Person | None:
    """Return the contact with this address (compared without case), or None."""
    found = await rows(_PERSON + "WHERE e.email = ?", email.strip().lower())
    return await _served_as(_person(found[0])) if found else None


async def find_by_id(contact_id: int) -> Person | None:
    """Return the contact with this id and the address written to, or None."""
    found = await rows(_PERSON + "WHERE c.id = ? ORDER BY e.id LIMIT 1", contact_id)
    return await _served_as(_person(found[0])) if found else None


async def find_or_create(email: str, name: str = "", *, by: Actor = SYSTEM) -> Person:
    """Return the contact with this address, making one when there is none; inside the open transaction.

    Raises Invalid for an address that cannot be one. Two who make the same contact at once both get the same one.
    """
    email = email.strip().lower()
    if not is_address(email):
        raise Invalid.field("contact.email", "give an address such as ann@example.com")
    known = await find_by_email(email)
    if known is not None:
        return known
    try:
        async with transaction():
            name = name.strip()[:200] or email.partition("@")[0][:200]
            contact_id = await insert_one(Contact, {"name": name})
            await insert(ContactEmail, [{"contact_id": contact_id, "email": email}])
            await journal.record(EventName.RECORD_CREATED, by=by, subject=("contact", contact_id))
            await database_engine.put(Kind.CONTACT, contact_id, f"{name}\n{email}")
    except IntegrityError:
        known = await find_by_email(email)
        if known is None:
            raise
        return known
    return await _served_as(Person(contact_id, name, email, None, None, None))


async def foreseen(email: str, name: str = "") -> Person:
    """Return the contact with this address, or who `find_or_create` would make of it: nobody yet, so their id is 0."""
    email = email.strip().lower()
    return await find_by_email(email) or await _served_as(Person(0, name, email, None, None, None))


async def company(account_id: int) -> Company | None:
    """Return the account with this id as decisions need it, or None."""
    found = await rows(_COMPANY + "WHERE a.id = ?", account_id)
    return _company(found[0]) if found else None


async def addresses_of(contact_id: int) -> frozenset[str]:
    """Return every address of a contact, in lower case."""
    found = await rows("SELECT email FROM contact_emails WHERE contact_id = ?", contact_id)
    return frozenset(row["email"] for row in found)


def is_address(text: str) -> bool:
    """Say whether `text` could be a mail address: one @ with something on both sides, no space or control character."""
    local, at, domain = text.rpartition("@")
    return bool(at and local and domain) and len(text) <= LONGEST_EMAIL and text.isprintable() and " " not in text


async def _served_as(person: Person) -> Person:
    if person.company is not None:
        return person
    domain = person.email.rpartition("@")[2]
    if not domain:
        return person
    found = await rows(_COMPANY + "JOIN account_domains d ON d.account_id = a.id WHERE d.domain = ?", domain)
    return replace(person, company=_company(found[0]), by_domain=True) if found else person


def _person(row: dict[str, Any]) -> Person:
    company = _company(row) if row["account_id"] is not None else None
    return Person(row["id"], row["name"], row["email"] or "", row["role"], row["language"], company)


def _company(row: dict[str, Any]) -> Company:
    return Company(
        row["account_id"],
        row["account_name"],
        row["account_number"],
        row["account_kind"],
        row["account_region"],
        row["account_zone"],
    )
