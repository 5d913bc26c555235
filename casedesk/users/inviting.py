"""Links by which a member of staff chooses a password: an invitation, or a new password for one that was forgotten.

A link works once and for 72 hours; of its token the database keeps the SHA-256 of one half and nothing of the other.
Writing
the letter that carries it stands in `casedesk.setup.staffing`, because mail is a floor above.
"""

from dataclasses import dataclass
from datetime import timedelta

from casedesk import clock, journal
from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.permissions import Permission, require
from casedesk.security import passwords, ratelimit, tokens
from casedesk.users import signing_in
from casedesk.users.directory import actor_of
from casedesk.users.models import StaffLink, User

HOURS = 72
"""How long a link works."""

BY_PERSON = ratelimit.Limit("invitation", tries=10, seconds=3600)
BY_ADDRESS = ratelimit.Limit("invitation-from", tries=60, seconds=900)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link is for; `is_new` while they have no password yet."""

    user_id: int
    name: str
    email: str
    is_new: bool


async def make_link(user_id: int, *, by: Actor) -> str:
    """Make a link for a member of staff and return its payload, half of its token; their earlier links stop to work.

    Raises NotFound for nobody and for one who is suspended. Records `staff_invited`.
    """
    require(by, Permission.USER_CHANGE)
    await ratelimit.count(BY_PERSON, str(user_id))
    payload = tokens.link_payload()
    async with transaction():
        if not await User.filter(id=user_id, active=True).exists():
            raise NotFound
        await StaffLink.filter(user_id=user_id).delete()
        ends = clock.now() + timedelta(hours=HOURS)
        await StaffLink.create(user_id=user_id, secret_hash=tokens.secret_hash(payload), expires_at=ends)
        await journal.record(EventName.STAFF_INVITED, by=by, subject=("user", user_id), data={})
    return payload


async def find(token: str, *, address: str) -> Invited:
    """Return whom a living link is for; raises NotFound for any other, TooMany when an address asks too often."""
    await ratelimit.count(BY_ADDRESS, address)
    link = await _living(token)
    return Invited(link.user.id, link.user.name, link.user.email, not link.user.password_hash)


async def take(token: str, password: str, *, address: str) -> str:
    """Choose the password that a link is for, end every session of its user, and return their address.

    Raises NotFound for a link that does not work (any more), Invalid for a password that cannot be one; the link then
    goes on working. Records `password_chosen`.
    """
    await ratelimit.count(BY_ADDRESS, address)
    await _living(token)
    passwords.check_new(password)
    hashed = await passwords.hashed(password)
    async with transaction():
        # Only one of two that come at once finds its row, and both have waited for the hash.
        link = await _living(token)
        if not await StaffLink.filter(id=link.id).delete():
            raise NotFound
        user: User = link.user
        await User.filter(id=user.id).update(password_hash=hashed, version=user.version + 1, updated_at=clock.now())
        actor = actor_of(user)
        await signing_in.end_sessions(user.id, by=actor)
        await journal.record(EventName.PASSWORD_CHOSEN, by=actor, subject=("user", user.id), data={})
    return user.email


async def _living(token: str) -> StaffLink:
    payload = tokens.open_link(token)
    if payload is None:
        raise NotFound
    found = await StaffLink.get_or_none(secret_hash=tokens.secret_hash(payload)).select_related("user")
    if found is None or found.expires_at <= clock.now() or not found.user.active:
        raise NotFound
    return found
