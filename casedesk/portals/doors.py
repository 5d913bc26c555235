"""The ways into a portal: a password, a mailed link, a confirmed address, a reset; each ends in a session.

Errors do not tell which accounts exist: same words, same work. Asking for a mail is `links.ask`; what one may do inside
stands in `casedesk.permissions`, what one sees of a company is a right of its own that no door gives.
"""

from dataclasses import dataclass

from casedesk import clock, journal
from casedesk.accounts import recognising
from casedesk.accounts.models import Contact, ContactEmail
from casedesk.accounts.recognising import Person
from casedesk.database import rows, transaction
from casedesk.errors import Conflict, NotFound, SignInNeeded
from casedesk.events import EventName
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import SYSTEM, Actor, ActorKind
from casedesk.language import gettext as _
from casedesk.portals import access, letters, links, sessions
from casedesk.portals.access import AccessState
from casedesk.portals.branding import PortalRecord
from casedesk.portals.links import Link, Purpose
from casedesk.portals.models import CustomerPassword
from casedesk.security import passwords, ratelimit
from casedesk.security.ratelimit import Limit

BY_ACCOUNT = Limit("customer-sign-in", tries=10, seconds=900)
BY_ADDRESS = Limit("customer-sign-in-from", tries=100, seconds=900)
CONFIRMING = (Purpose.REGISTER, Purpose.INVITATION)

_BY_EMAIL = """
SELECT c.id, c.name, w.password_hash FROM contact_emails e
JOIN contacts c ON c.id = e.contact_id
JOIN portal_access p ON p.contact_id = c.id AND p.portal_id = ? AND p.state = 'active'
JOIN customer_passwords w ON w.contact_id = c.id
WHERE e.email = ? AND e.verified_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Browser:
    """What a session is begun for: the network address, what the browser calls itself, hours until it ends unused."""

    address: str
    agent: str = ""
    hours: int = 12


async def sign_in(portal: PortalRecord, email: str, password: str, *, browser: Browser) -> str:
    """Return the secret of a new session.

    Raises SignInNeeded with the same words and in the same time for a wrong password, an unknown or unverified address and
    suspended access, TooMany for too many tries. Records `signed_in` or `sign_in_refused`.
    """
    email = email.strip().lower()
    await ratelimit.count(BY_ADDRESS, browser.address)
    await ratelimit.count(BY_ACCOUNT, email)
    found = await rows(_BY_EMAIL, portal.id, email) if recognising.is_address(email) else []
    kept = found[0]["password_hash"] if found else ""
    if not await passwords.matches(password, kept):
        await _refuse(found[0]["id"] if found else None, portal, browser)
        raise SignInNeeded(_("That email and password do not go together."))
    await ratelimit.forgive(BY_ACCOUNT, email)
    await ratelimit.forgive(BY_ADDRESS, browser.address)
    contact = _contact(found[0]["id"], found[0]["name"], email)
    if passwords.is_outdated(kept):
        await CustomerPassword.filter(contact_id=contact.id).update(password_hash=await passwords.hashed(password))
    return await _begin(contact, browser)


async def confirm(portal: PortalRecord, token: str, *, name: str, password: str, browser: Browser) -> str:
    """Take a registration or invitation: the address is verified, the account is there, and its session begins.

    `password` may be empty: then one signs in by mail. Raises NotFound for a link that does not work any more, Invalid
    for a bad password. Records `address_verified`, `customer_registered`, `signed_in`.
    """
    await links.look(token, *CONFIRMING, portal_id=portal.id)
    hashed = await _hashed(password) if password else None
    async with transaction():
        link = await links.take(token, *CONFIRMING, portal_id=portal.id)
        contact = await _verified(link, name)
        if await access.state_of(contact_id_of(contact), portal.id) is AccessState.SUSPENDED:
            raise NotFound
        await access.keep(contact_id_of(contact), portal.id, {"state": AccessState.ACTIVE.value}, by=contact)
        if hashed is not None:
            await access.keep_password(contact_id_of(contact), hashed, by=contact)
        await journal.record(
            EventName.CUSTOMER_REGISTERED, by=contact, subject=("contact", contact_id_of(contact)),
            data={"portal": portal.id, "purpose": link.purpose.value},
        )  # fmt: skip
        return await _begin(contact, browser)


async def sign_in_by_link(portal: PortalRecord, token: str, *, browser: Browser) -> tuple[str, str]:
    """Take a mailed sign-in link; return the secret of a new session and where its holder wanted to go ("" for home).

    Raises NotFound for a link that does not work any more, also when access was suspended since.
    """
    async with transaction():
        link = await links.take(token, Purpose.SIGN_IN, portal_id=portal.id)
        contact = await _of_link(link, portal)
        return await _begin(contact, browser), link.detail.get("next", "")


async def reset(portal: PortalRecord, token: str, password: str, *, browser: Browser) -> str:
    """Take a reset link: the new password stands, every other session and reset link has ended, a new session begins.

    Raises Invalid for a bad password (the link stays good), NotFound for a link that does not work any more.
    """
    await links.look(token, Purpose.RESET, portal_id=portal.id)
    hashed = await _hashed(password)
    async with transaction():
        link = await links.take(token, Purpose.RESET, portal_id=portal.id)
        contact = await _of_link(link, portal)
        await access.keep_password(contact_id_of(contact), hashed, by=contact)
        await links.end_all(contact_id_of(contact), Purpose.RESET, Purpose.SIGN_IN)
        await letters.tell_of_new_password(portal, link.email, contact.name, link.detail.get("language", "en"))
        return await _begin(contact, browser)


async def verify_address(portal: PortalRecord, token: str) -> str:
    """Take the link sent to a further address: from now on it counts, and is returned.

    Raises NotFound for a link that does not work any more, Conflict when the address became somebody else's meanwhile.
    """
    async with transaction():
        link = await links.take(token, Purpose.ADDRESS, portal_id=portal.id)
        contact = await Contact.get_or_none(id=link.contact_id)
        if contact is None:
            raise NotFound
        taken = await ContactEmail.get_or_none(email=link.email)
        if taken is not None and taken.contact_id != contact.id:
            raise Conflict(_("This address belongs to another account."))
        if taken is None:
            await ContactEmail.create(contact_id=contact.id, email=link.email)
        await _mark_verified(_contact(contact.id, contact.name, link.email))
        await _index(contact)
    return link.email


def contact_id_of(actor: Actor) -> int:
    """Return the id of a contact who acts; raises NotFound for anybody else."""
    if actor.kind is not ActorKind.CONTACT or actor.id is None:
        raise NotFound
    return actor.id


async def _hashed(password: str) -> str:
    passwords.check_new(password)
    return await passwords.hashed(password)


async def _verified(link: Link, name: str) -> Actor:
    """Return the contact of a link's address, which counts from now on; one is made where there is none."""
    person = await recognising.find_or_create(link.email, name, by=SYSTEM)
    if link.contact_id is not None and link.contact_id != person.id:
        raise NotFound  # the address went to another contact after the link was sent
    contact = _contact(person.id or 0, person.name, link.email)
    await _mark_verified(contact)
    await _join(person, contact)
    if name.strip() and person.name in ("", link.email.partition("@")[0]):
        await Contact.filter(id=person.id).update(name=name.strip()[:200])
        await _index(await Contact.get(id=person.id))
        return _contact(contact_id_of(contact), name.strip()[:200], link.email)
    return contact


async def _mark_verified(contact: Actor) -> None:
    addresses = ContactEmail.filter(contact_id=contact.id, email=contact.email, verified_at=None)
    if await addresses.update(verified_at=clock.now()):
        await journal.record(
            EventName.ADDRESS_VERIFIED, by=contact, subject=("contact", contact_id_of(contact)),
            content={"address": contact.email},
        )  # fmt: skip


async def _join(person: Person, contact: Actor) -> None:
    """Join a contact without an account to the one that has listed the domain of their verified address."""
    if person.company is None or not person.by_domain:
        return
    if await Contact.filter(id=person.id, account_id=None).update(account_id=person.company.id):
        data = {"fields": ["account_id"], "set": {"account_id": person.company.id}, "because": "domain"}
        subject = ("contact", contact_id_of(contact))
        await journal.record(EventName.RECORD_CHANGED, by=contact, subject=subject, data=data)


async def _of_link(link: Link, portal: PortalRecord) -> Actor:
    """Return whose link this is; raises NotFound where they may not enter any more."""
    owner = await letters.owner_of(link.email, portal.id)
    if owner is None or owner.contact_id != link.contact_id or owner.state is not AccessState.ACTIVE:
        raise NotFound
    return _contact(owner.contact_id, owner.name, link.email)


async def _begin(contact: Actor, browser: Browser) -> str:
    return await sessions.begin(contact, address=browser.address, agent=browser.agent, hours=browser.hours)


async def _refuse(contact_id: int | None, portal: PortalRecord, browser: Browser) -> None:
    """Record the refusal; what a stranger typed is not kept, it may be a password in the wrong field."""
    async with transaction():
        await journal.record(
            EventName.SIGN_IN_REFUSED, by=SYSTEM, subject=("contact", contact_id) if contact_id is not None else None,
            data={"portal": portal.id}, content={"address": browser.address},
        )  # fmt: skip


async def _index(contact: Contact) -> None:
    emails = await ContactEmail.filter(contact_id=contact.id).order_by("id").values_list("email", flat=True)
    words = "\n".join([contact.name, *(str(each) for each in emails), *contact.phones])
    await database_engine.put(Kind.CONTACT, contact.id, words)


def _contact(contact_id: int, name: str, email: str) -> Actor:
    return Actor(ActorKind.CONTACT, contact_id, name, email, verified=True)
