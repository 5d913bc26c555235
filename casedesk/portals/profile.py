"""What customers keep of themselves: name, language, zone, telephones, addresses, password. Only their own, always.

A further address counts when its link was opened, never before; one that is somebody else's is never taken from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tortoise.expressions import Q

from casedesk.accounts.directory import CONTACTS, ContactRecord
from casedesk.accounts.models import Contact, ContactEmail
from casedesk.database import transaction
from casedesk.errors import Conflict, Forbidden, Invalid
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.portals import access, doors, letters, links
from casedesk.portals.branding import PortalRecord
from casedesk.portals.links import Purpose, Wish
from casedesk.portals.models import CustomerPassword
from casedesk.portals.sessions import Customer
from casedesk.registers import Register, Values
from casedesk.security import passwords, ratelimit

MOST_PHONES = 5
MOST_ADDRESSES = 10
_OWN = frozenset({"name", "language", "time_zone", "phones", "emails"})


@dataclass(frozen=True, slots=True)
class Address:
    """One of a customer's addresses; the first is the one written to."""

    id: int
    email: str
    is_verified: bool
    is_first: bool


async def _check(values: Values, row: Contact | None, by: Actor) -> Values:
    if row is None or values.keys() - _OWN:
        raise Forbidden(_("This is not yours to change."))
    if "name" in values and not values["name"].strip():
        raise Invalid.field("name", _("Give a name."))
    if len(values.get("phones", ())) > MOST_PHONES:
        raise Invalid.field("phones", _("Give at most %(most)s numbers.") % {"most": MOST_PHONES})
    return await CONTACTS.check(values, row, by)


def _oneself(by: Actor) -> Q:
    return Q(id=doors.contact_id_of(by))


_PROFILE: Register[Contact, ContactRecord] = replace(
    CONTACTS, read=Permission.PROFILE_CHANGE, write=Permission.PROFILE_CHANGE, check=_check, scope=_oneself
)
"""The register of contacts as a customer meets it: one row, and few of its fields."""


async def of(customer: Customer) -> ContactRecord:
    """Return the customer's own record."""
    return await _PROFILE.find(doors.contact_id_of(customer.actor), by=customer.actor)


async def change(customer: Customer, given: Mapping[str, Any]) -> ContactRecord:
    """Change name, language, time_zone or phones; raises Invalid naming the field. Records `record_changed`."""
    return await _PROFILE.change(doors.contact_id_of(customer.actor), given, by=customer.actor)


async def addresses(customer: Customer) -> tuple[Address, ...]:
    """Return the customer's addresses, the one written to first."""
    found = await ContactEmail.filter(contact_id=customer.actor.id).order_by("id")
    return tuple(Address(row.id, row.email, row.verified_at is not None, place == 0) for place, row in enumerate(found))


async def ask_for_address(customer: Customer, portal: PortalRecord, email: str, *, address: str, language: str) -> None:
    """Mail a link to a further address; the same answer for one that is free and one that is somebody else's.

    Raises Invalid for what is no address, Conflict beyond `MOST_ADDRESSES`, TooMany when asked too often.
    """
    if await ContactEmail.filter(contact_id=customer.actor.id).count() >= MOST_ADDRESSES:
        raise Conflict(_("These are as many addresses as one account can have."))
    wish = Wish(Purpose.ADDRESS, portal.id, email, language, contact_id=customer.actor.id)
    await links.ask(wish, address=address, by=customer.actor)


async def write_first_to(customer: Customer, address_id: int) -> None:
    """Make one of the customer's verified addresses the one written to; raises Conflict for one that does not count."""
    known = await addresses(customer)
    wanted = _one(known, address_id)
    if not wanted.is_verified:
        raise Conflict(_("This address is not confirmed yet."))
    emails = [wanted.email, *(each.email for each in known if each.id != wanted.id)]
    await _PROFILE.change(doors.contact_id_of(customer.actor), {"emails": emails}, by=customer.actor)


async def drop_address(customer: Customer, address_id: int) -> None:
    """Take one of the customer's addresses away; raises Conflict for the last one that counts."""
    known = await addresses(customer)
    wanted = _one(known, address_id)
    if not any(each.is_verified for each in known if each.id != wanted.id):
        raise Conflict(_("An account needs one confirmed address."))
    emails = [each.email for each in known if each.id != wanted.id]
    await _PROFILE.change(doors.contact_id_of(customer.actor), {"emails": emails}, by=customer.actor)


async def has_password(customer: Customer) -> bool:
    """Say whether the customer signs in by password, too."""
    return await CustomerPassword.exists(contact_id=customer.actor.id)


async def change_password(customer: Customer, portal: PortalRecord, *, old: str, new: str, language: str) -> None:
    """Set a new password, given the old one where there is one, and end the other sessions.

    Raises Invalid for a bad new or a wrong old one, TooMany when that was tried too often.
    """
    passwords.check_new(new, field="new")
    contact_id = doors.contact_id_of(customer.actor)
    row = await CustomerPassword.get_or_none(contact_id=contact_id)
    if row is not None:
        await ratelimit.count(doors.BY_ACCOUNT, customer.actor.email)
        if not await passwords.matches(old, row.password_hash):
            raise Invalid.field("old", _("This is not your present password."))
        await ratelimit.forgive(doors.BY_ACCOUNT, customer.actor.email)
    hashed = await passwords.hashed(new)
    async with transaction():
        await access.keep_password(contact_id, hashed, by=customer.actor, but=customer.id)
        await links.end_all(contact_id, Purpose.RESET, Purpose.SIGN_IN)
        await letters.tell_of_new_password(portal, customer.actor.email, customer.actor.name, language)


def _one(known: tuple[Address, ...], address_id: int) -> Address:
    found = next((each for each in known if each.id == address_id), None)
    if found is None:
        raise Invalid.field("address", _("There is no such address."))
    return found
