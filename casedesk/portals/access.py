"""Who may enter which portal: given, suspended, given again; the right to see one's company's cases.

Access is a row looked at on every request, so that taking it away works at once. A portal limits what is shown, never
who somebody is: contacts are the desk's. How somebody proves who they are stands in `sessions` and the doors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from casedesk import clock, journal
from casedesk.accounts.models import Contact, ContactEmail
from casedesk.database import transaction
from casedesk.errors import Conflict, NotFound
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.permissions import Permission, require
from casedesk.portals import links
from casedesk.portals.links import Purpose, Wish
from casedesk.portals.models import CustomerPassword, CustomerSession, Portal, PortalAccess


class AccessState(StrEnum):
    """Whether a contact may enter: `pending` waits for their address to be verified or an invitation to be taken."""

    ACTIVE = "active"
    PENDING = "pending"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class AccessView:
    """A contact's access to one portal, as staff see it."""

    contact_id: int
    portal_id: int
    portal_name: str
    state: AccessState
    sees_company: bool
    has_password: bool
    since: datetime


async def of_contact(contact_id: int, *, by: Actor) -> tuple[AccessView, ...]:
    """Return a contact's access to every portal that knows them; raises NotFound without the right to read contacts."""
    require(by, Permission.ACCOUNT_READ)
    has_password = await CustomerPassword.exists(contact_id=contact_id)
    found = await PortalAccess.filter(contact_id=contact_id).order_by("id").select_related("portal", "contact")
    return tuple(
        AccessView(
            row.contact_id, row.portal_id, row.portal.name, AccessState(row.state), _sees(row), has_password,
            row.created_at,
        )
        for row in found
    )  # fmt: skip


async def grant(
    contact_id: int, portal_id: int, *, by: Actor, sees_company: bool | None = None, password_hash: str | None = None
) -> None:
    """Let a contact enter a portal, vouching for the addresses they have; safe twice.

    `sees_company` None leaves that right as it is (no, at first); `password_hash` gives them a password that was hashed
    before. Raises NotFound for a contact or portal that is not there. Records `portal_access_changed`.
    """
    require(by, Permission.ACCOUNT_ADMIT)
    async with transaction():
        if not await Contact.exists(id=contact_id) or not await Portal.exists(id=portal_id):
            raise NotFound
        await ContactEmail.filter(contact_id=contact_id, verified_at=None).update(verified_at=clock.now())
        given: dict[str, Any] = {"state": AccessState.ACTIVE.value}
        if sees_company is not None:
            given["sees_company"] = sees_company
        await keep(contact_id, portal_id, given, by=by)
        if password_hash is not None:
            await keep_password(contact_id, password_hash, by=by)


async def invite(contact_id: int, portal_id: int, *, by: Actor, sees_company: bool | None = None) -> str:
    """Prepare a contact's account at a portal and mail them an invitation, good for 72 hours; return its address.

    Raises NotFound for a contact or portal that is not there, Conflict for a contact without an address and for one whose
    access is there already. Records `portal_access_changed` and `portal_link_asked`.
    """
    require(by, Permission.ACCOUNT_ADMIT)
    async with transaction():
        contact = await Contact.get_or_none(id=contact_id)
        if contact is None or not await Portal.exists(id=portal_id):
            raise NotFound
        if await state_of(contact_id, portal_id) in (AccessState.ACTIVE, AccessState.SUSPENDED):
            raise Conflict("This contact has access already, or had it and was suspended.")
        first = await ContactEmail.filter(contact_id=contact_id).order_by("id").first()
        if first is None:
            raise Conflict("This contact has no mail address to send an invitation to.")
        given: dict[str, Any] = {"state": AccessState.PENDING.value}
        if sees_company is not None:
            given["sees_company"] = sees_company
        await keep(contact_id, portal_id, given, by=by)
        wish = Wish(Purpose.INVITATION, portal_id, first.email, contact.language or "en", contact_id=contact_id)
        await links.note(wish, first.email, by=by)
    return first.email


async def arrange(
    contact_id: int, portal_id: int, *, by: Actor, state: AccessState | None = None, sees_company: bool | None = None
) -> None:
    """Bring a contact's access to a state and a right, whatever it was; None leaves either as it is.

    `pending` invites (again), `active` lets in, vouching for their addresses, `suspended` keeps out. Raises NotFound,
    and Conflict where an invitation makes no sense.
    """
    require(by, Permission.ACCOUNT_ADMIT)
    if state is AccessState.PENDING:
        await invite(contact_id, portal_id, by=by, sees_company=sees_company)
    elif state is AccessState.ACTIVE:
        await grant(contact_id, portal_id, by=by, sees_company=sees_company)
    else:
        given = {"state": state.value if state else None, "sees_company": sees_company}
        await _change(contact_id, portal_id, {name: value for name, value in given.items() if value is not None}, by=by)


async def suspend(contact_id: int, portal_id: int, *, by: Actor) -> None:
    """Keep a contact out of a portal from their next request on; safe twice. Raises NotFound where they had no access."""
    await _change(contact_id, portal_id, {"state": AccessState.SUSPENDED.value}, by=by)


async def resume(contact_id: int, portal_id: int, *, by: Actor) -> None:
    """Let a contact in again; safe twice. Raises NotFound where they had no access."""
    await _change(contact_id, portal_id, {"state": AccessState.ACTIVE.value}, by=by)


async def state_of(contact_id: int, portal_id: int) -> AccessState | None:
    """Return the state of a contact's access to a portal, None where there is none."""
    row = await PortalAccess.get_or_none(contact_id=contact_id, portal_id=portal_id)
    return None if row is None else AccessState(row.state)


async def keep(contact_id: int, portal_id: int, given: Mapping[str, Any], *, by: Actor) -> None:
    """Write an access row, making it when it is not there, in the open transaction; nothing is told of no change."""
    row = await PortalAccess.get_or_none(contact_id=contact_id, portal_id=portal_id)
    if given.get("sees_company"):
        given = {**given, "company_id": (await Contact.get(id=contact_id)).account_id}
    if row is None:
        await PortalAccess.create(contact_id=contact_id, portal_id=portal_id, **given)
    else:
        given = {name: value for name, value in given.items() if getattr(row, name) != value}
        if not given:
            return
        await PortalAccess.filter(id=row.id).update(**given, version=row.version + 1, updated_at=clock.now())
    data = {"portal": portal_id, "set": dict(given)}
    await journal.record(EventName.PORTAL_ACCESS_CHANGED, by=by, subject=("contact", contact_id), data=data)


def _sees(row: PortalAccess) -> bool:
    """Say whether a row gives sight of the company its contact is with now."""
    return row.sees_company and row.company_id is not None and row.company_id == row.contact.account_id


async def keep_password(contact_id: int, password_hash: str, *, by: Actor, but: int | None = None) -> None:
    """Give a contact this password and end their sessions, except the one with the id `but`; in the open transaction.

    Records `customer_password_changed`.
    """
    now = clock.now()
    if not await CustomerPassword.filter(contact_id=contact_id).update(password_hash=password_hash, changed_at=now):
        await CustomerPassword.create(contact_id=contact_id, password_hash=password_hash, changed_at=now)
    standing = CustomerSession.filter(contact_id=contact_id)
    ended = await (standing if but is None else standing.exclude(id=but)).delete()
    data = {"sessions_ended": ended}
    await journal.record(EventName.CUSTOMER_PASSWORD_CHANGED, by=by, subject=("contact", contact_id), data=data)


async def _change(contact_id: int, portal_id: int, given: Mapping[str, Any], *, by: Actor) -> None:
    require(by, Permission.ACCOUNT_ADMIT)
    async with transaction():
        if not await PortalAccess.exists(contact_id=contact_id, portal_id=portal_id):
            raise NotFound
        await keep(contact_id, portal_id, given, by=by)
