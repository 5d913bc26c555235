"""Links in mail that open one case without an account: its public conversation, and an answer to it; nothing else.

Unlike the links that open an account they work as often as one likes, for as long as a case is talked about. Who holds
one reads the mailbox it was sent to, and sees that case alone, as the contact whose mailbox it is.
"""

from dataclasses import dataclass

from casedesk import clock
from casedesk.database.inserting import insert_one
from casedesk.errors import NotFound
from casedesk.identity import SYSTEM, Actor, ActorKind
from casedesk.mail.composing import unsigned
from casedesk.portals import branding, letters, links
from casedesk.portals.access import AccessState
from casedesk.portals.branding import PortalRecord
from casedesk.portals.links import Purpose, Wish
from casedesk.portals.models import CustomerLink
from casedesk.security import ratelimit, tokens


@dataclass(frozen=True, slots=True)
class NewCaseLink:
    """A link about to be mailed: `url` stands in the letter, the rest is kept once the letter is."""

    url: str
    payload: str
    portal_id: int
    contact_id: int
    email: str
    case_id: int


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """What a link opens: one case, and as whom."""

    case_id: int
    reader: Actor


async def new(case_id: int, *, contact_id: int, email: str, portal_id: int | None) -> NewCaseLink | None:
    """Return a link to a case for the contact who reads `email`, None on a desk without a portal; writes nothing.

    `portal_id` None takes the desk's first brand.
    """
    portal = await branding.of_mailbox(portal_id)
    if portal is None:
        return None
    payload = tokens.link_payload()
    url = f"{branding.address_of(portal)}/c/{unsigned(payload)}"
    return NewCaseLink(url, payload, portal.id, contact_id, email, case_id)


async def keep(link: NewCaseLink) -> None:
    """Keep a link whose letter goes out, in the open transaction."""
    now = clock.now()
    await insert_one(
        CustomerLink,
        {
            "purpose": Purpose.CASE.value,
            "secret_hash": tokens.secret_hash(link.payload),
            "portal_id": link.portal_id,
            "contact_id": link.contact_id,
            "email": link.email,
            "detail": {"case": str(link.case_id)},
            "expires_at": now + links.LIFETIMES[Purpose.CASE],
            "sent_at": now,
        },
    )


async def opened(portal: PortalRecord, token: str) -> OpenedCase:
    """Return what a link opens.

    Raises NotFound for one that is none or too old, when the address went to another contact, and for one whose access was
    suspended.
    """
    link = await links.look(token, Purpose.CASE, portal_id=portal.id)
    owner = await letters.owner_of(link.email, portal.id)
    if owner is None or owner.contact_id != link.contact_id or owner.state is AccessState.SUSPENDED:
        raise NotFound
    reader = Actor(ActorKind.CONTACT, owner.contact_id, owner.name, link.email, verified=True)
    return OpenedCase(int(link.detail["case"]), reader)


async def ask_again(portal: PortalRecord, token: str, *, address: str) -> None:
    """Mail a new link where an old one was mailed to; the same answer for a token that never was one.

    Raises TooMany when the network address `address` asked too often. Records `portal_link_asked`, if at all.
    """
    await ratelimit.count(links.BY_ADDRESS, address)
    payload = tokens.open_link(token)
    row = await CustomerLink.get_or_none(secret_hash=tokens.secret_hash(payload)) if payload else None
    if row is None or row.purpose != Purpose.CASE.value or row.portal_id != portal.id or row.contact_id is None:
        return
    wish = Wish(
        Purpose.CASE, portal.id, row.email, "en", contact_id=row.contact_id, detail={"case": row.detail["case"]}
    )
    await links.note(wish, row.email, by=SYSTEM)


async def portal_of(token: str) -> str | None:
    """Return the slug of the brand a link belongs to, for the short address without it; None for no link of ours."""
    payload = tokens.open_link(token)
    row = await CustomerLink.get_or_none(secret_hash=tokens.secret_hash(payload)) if payload else None
    return (await branding.by_id(row.portal_id)).slug if row is not None else None
