"""Whether a mail with a link goes out, which one, and to whom: decided apart from the page that was asked for it.

What somebody asked for and what they get may differ: a registration for an address that has an account brings that
address a link to sign in, and nobody who does not read its mail learns of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casedesk import clock, journal
from casedesk import settings as operator
from casedesk.accounts.recognising import is_address
from casedesk.database import rows, transaction
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.mail import outbox, portal_letters, writing
from casedesk.mail.composing import LINK_KIND, unsigned
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import is_ours, sender_of_portal
from casedesk.portals import branding, links
from casedesk.portals.access import AccessState
from casedesk.portals.branding import PortalRecord
from casedesk.portals.links import LIFETIMES, Purpose
from casedesk.portals.models import CustomerLink
from casedesk.security import tokens

NEWS_KIND = "portal_news"

_LETTERS = {
    Purpose.REGISTER: (portal_letters.CONFIRM, "/verify/"),
    Purpose.SIGN_IN: (portal_letters.SIGN_IN, "/in/link/"),
    Purpose.RESET: (portal_letters.RESET, "/reset/"),
    Purpose.ADDRESS: (portal_letters.ADDRESS, "/verify/"),
    Purpose.INVITATION: (portal_letters.INVITATION, "/verify/"),
    Purpose.CASE: (portal_letters.CASE, "/c/"),
}
_OWNER = """
SELECT c.id, c.name, c.language, e.verified_at, p.state
FROM contact_emails e JOIN contacts c ON c.id = e.contact_id
LEFT JOIN portal_access p ON p.contact_id = c.id AND p.portal_id = ?
WHERE e.email = ?
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose address it is, and how they stand with the portal; `state` None: it does not know them."""

    contact_id: int
    name: str
    language: str | None
    is_verified: bool
    state: AccessState | None


async def send(link_id: int) -> None:
    """Send the mail that was asked for, or the one that fits, or none. Safe twice. Records `portal_link_sent`."""
    row = await CustomerLink.get_or_none(id=link_id)
    if row is None or row.sent_at is not None or row.used_at is not None or row.expires_at <= clock.now():
        return
    portal = await branding.by_id(row.portal_id)
    owner = await owner_of(row.email, portal.id)
    purpose = fitting(Purpose(row.purpose), portal, owner, asked_by=row.contact_id)
    async with transaction():
        await outbox.hold_recipient(row.email)
        if purpose is None or not await _may_be_written_to(row.email, invited=purpose is Purpose.INVITATION):
            await CustomerLink.filter(id=row.id).delete()
        else:
            await _put(row, purpose, portal, owner)


def fitting(purpose: Purpose, portal: PortalRecord, owner: Owner | None, *, asked_by: int | None) -> Purpose | None:
    """Return what a link to this address may be for, None where no mail goes out."""
    if purpose is Purpose.ADDRESS:
        # An address that is somebody's already is never taken from them, not even by who can read its mail.
        return purpose if owner is None or (owner.contact_id == asked_by and not owner.is_verified) else None
    if purpose is Purpose.INVITATION:
        return purpose if owner is not None and owner.state is AccessState.PENDING else None
    if purpose is Purpose.CASE:
        still_theirs = owner is not None and owner.contact_id == asked_by and owner.state is not AccessState.SUSPENDED
        return purpose if still_theirs else None
    is_in = owner is not None and owner.is_verified and owner.state is AccessState.ACTIVE
    if purpose is Purpose.RESET:
        return purpose if is_in else None
    if is_in:
        return Purpose.SIGN_IN
    if owner is not None and owner.state is AccessState.SUSPENDED:
        return None
    if owner is not None and owner.state is not None:
        return Purpose.REGISTER
    may_join = portal.is_open and (purpose is Purpose.REGISTER or owner is not None)
    return Purpose.REGISTER if may_join else None


async def owner_of(email: str, portal_id: int) -> Owner | None:
    """Return whose address this is, or None."""
    found = await rows(_OWNER, portal_id, email)
    return _owner(found[0]) if found else None


async def tell_of_new_password(portal: PortalRecord, email: str, name: str, language: str) -> None:
    """Put a mail into the outbox that says the password was changed, in the open transaction."""
    values = {"contact.name": name, "desk.name": portal.name, "link.url": f"{branding.address_of(portal)}/forgot"}
    await _letter(portal_letters.PASSWORD_CHANGED, language, values, portal, email, kind=NEWS_KIND)


async def _put(row: CustomerLink, purpose: Purpose, portal: PortalRecord, owner: Owner | None) -> None:
    key, path = _LETTERS[purpose]
    payload, now = tokens.link_payload(), clock.now()
    contact_id = row.contact_id if purpose is Purpose.ADDRESS else owner.contact_id if owner else None
    touched = await CustomerLink.filter(id=row.id, sent_at=None).update(
        purpose=purpose.value, contact_id=contact_id, secret_hash=tokens.secret_hash(payload), sent_at=now,
        expires_at=now + LIFETIMES[purpose],
    )  # fmt: skip
    if not touched:
        return
    language = (owner.language if owner else None) or row.detail.get("language", "en")
    # A name that a stranger typed beside somebody's address is not told to them.
    name = owner.name if owner and owner.is_verified else ""
    url = f"{branding.address_of(portal)}{path}{unsigned(payload)}"
    values = {"contact.name": name, "desk.name": portal.name, "link.url": url}
    mail_id = await _letter(key, language, values, portal, row.email, kind=LINK_KIND)
    subject = ("contact", contact_id) if contact_id is not None else ("link", row.id)
    data = {"mail": mail_id, "portal": portal.id, "purpose": purpose.value}
    await journal.record(EventName.PORTAL_LINK_SENT, by=SYSTEM, subject=subject, data=data)


async def _letter(
    key: str, language: str, values: dict[str, str], portal: PortalRecord, email: str, *, kind: str
) -> int:
    written = await writing.write(key, language, values)
    sender = await sender_of_portal(portal.id, portal.name)
    mail = await outbox.put(
        Letter(
            kind=kind, sender=sender, to=[email], subject=written.subject, text=written.text, html=written.html,
            automatic=True,
        )
    )  # fmt: skip
    return int(mail.id)


async def _may_be_written_to(email: str, *, invited: bool) -> bool:
    """Say whether an address can get one more of these mails: whoever asks, and over however many portals."""
    if not is_address(email) or await is_ours(email):
        return False
    settings, hour, day = operator.current(), timedelta(hours=1), timedelta(days=1)
    most = links.BY_ACCOUNT.tries + (1 if invited else 0)
    if await outbox.automatic_to(email, hour, LINK_KIND) >= most:
        return False
    return await outbox.automatic_to(email, day) < settings.automatic_per_day


def _owner(row: dict[str, Any]) -> Owner:
    state = AccessState(row["state"]) if row["state"] else None
    return Owner(row["id"], row["name"], row["language"], row["verified_at"] is not None, state)
