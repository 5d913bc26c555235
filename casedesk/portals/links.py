"""Mailed links that work once: asked for, sent when it is decided to whom, looked at, and taken.

Asking does the same work whoever asks for whatever address, and decides nothing: so neither the answer nor its time tells
which addresses have an account. The decision, and the mail, follow in `letters`. A token is a random part that the row
knows by its hash and a signature that is nowhere kept: neither database nor outbox opens anything.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from casedesk import clock, journal
from casedesk.accounts.recognising import is_address
from casedesk.database import transaction
from casedesk.errors import Invalid, NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Actor
from casedesk.language import gettext as _
from casedesk.portals.models import CustomerLink
from casedesk.security import ratelimit, tokens
from casedesk.security.ratelimit import Limit

BY_ACCOUNT = Limit("portal-mail", tries=3, seconds=3600)
BY_ADDRESS = Limit("portal-mail-from", tries=20, seconds=3600)
"""An office behind one address has several people; a stranger there can still not write to the whole world."""

ASKS_AGAIN = timedelta(days=180)
"""How long after its end a link to a case can still ask for a new one."""

_LONGEST_DETAIL = 2000


class Purpose(StrEnum):
    """What a link is for."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    RESET = "reset"
    ADDRESS = "address"
    INVITATION = "invitation"
    CASE = "case"


LIFETIMES: Mapping[Purpose, timedelta] = {
    Purpose.REGISTER: timedelta(minutes=30),
    Purpose.SIGN_IN: timedelta(minutes=30),
    Purpose.RESET: timedelta(minutes=30),
    Purpose.ADDRESS: timedelta(minutes=30),
    Purpose.INVITATION: timedelta(hours=72),
    Purpose.CASE: timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks a portal for: a mail to `email`, in `language`; `contact_id` is who asks, where that is known."""

    purpose: Purpose
    portal_id: int
    email: str
    language: str
    contact_id: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A living link: what it is for, whose address it was sent to."""

    id: int
    purpose: Purpose
    portal_id: int
    contact_id: int | None
    email: str
    detail: Mapping[str, str]
    expires_at: datetime


async def ask(wish: Wish, *, address: str, by: Actor = SYSTEM) -> None:
    """Note that somebody asks for a link; the same for every address, known or not. Records `portal_link_asked`.

    Raises Invalid for what is no mail address, TooMany when this one or the network address `address` asked too often.
    """
    email = wish.email.strip().lower()
    if not is_address(email):
        raise Invalid.field("email", _("Give an address such as ann@example.com."))
    await ratelimit.count(BY_ADDRESS, address)
    await ratelimit.count(BY_ACCOUNT, email)
    await note(wish, email, by=by)


async def note(wish: Wish, email: str, *, by: Actor) -> None:
    """Keep a wish for the decision that follows, without any limit. Records `portal_link_asked`."""
    detail = {name: value[:_LONGEST_DETAIL] for name, value in wish.detail.items()}
    async with transaction():
        row = await CustomerLink.create(
            purpose=wish.purpose.value, secret_hash=tokens.secret_hash(tokens.random_secret()), portal_id=wish.portal_id,
            contact_id=wish.contact_id, email=email, detail={**detail, "language": wish.language},
            expires_at=clock.now() + LIFETIMES[wish.purpose],
        )  # fmt: skip
        data = {"portal": wish.portal_id, "purpose": wish.purpose.value}
        await journal.record(EventName.PORTAL_LINK_ASKED, by=by, subject=("link", row.id), data=data)


async def look(token: str, *purposes: Purpose, portal_id: int) -> Link:
    """Return a living link without using it up; raises NotFound for any that is none, was used, or is too old."""
    return _link(await _row(token, purposes, portal_id))


async def take(token: str, *purposes: Purpose, portal_id: int) -> Link:
    """Use a link up, in the open transaction, and return it; raises NotFound, also when another was quicker."""
    row = await _row(token, purposes, portal_id)
    now = clock.now()
    if not await CustomerLink.filter(id=row.id, used_at=None, expires_at__gt=now).update(used_at=now, detail={}):
        raise NotFound
    return _link(row)


async def end_all(contact_id: int, *purposes: Purpose) -> None:
    """Use up every link of a contact for these purposes, in the open transaction."""
    wanted = [purpose.value for purpose in purposes]
    standing = CustomerLink.filter(contact_id=contact_id, purpose__in=wanted, used_at=None)
    await standing.update(used_at=clock.now(), detail={})


async def sweep() -> int:
    """Delete links that ran out a day ago (those to cases much later) and return how many."""
    old = CustomerLink.filter(expires_at__lt=clock.ago(hours=24)).exclude(purpose=Purpose.CASE.value)
    older = CustomerLink.filter(expires_at__lt=clock.now() - ASKS_AGAIN)
    return await old.delete() + await older.delete()


async def _row(token: str, purposes: Collection[Purpose], portal_id: int) -> CustomerLink:
    payload = tokens.open_link(token)
    row = await CustomerLink.get_or_none(secret_hash=tokens.secret_hash(payload)) if payload else None
    fits = row is not None and row.purpose in [purpose.value for purpose in purposes] and row.portal_id == portal_id
    if row is None or not fits or row.used_at is not None or row.expires_at <= clock.now():
        raise NotFound
    return row


def _link(row: CustomerLink) -> Link:
    return Link(
        row.id, Purpose(row.purpose), row.portal_id, row.contact_id, row.email, dict(row.detail), row.expires_at
    )
