"""Sessions of customers' browsers: begun by a door, looked up on every request together with the access to the portal.

The cookie holds a random secret, the row only its SHA-256. A session says who somebody is; whether they may enter the
portal they ask for, their row of access says, anew each time. Staff have sessions of their own (`casedesk.users`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from casedesk import clock, journal
from casedesk.database import reading, rows, transaction
from casedesk.database.inserting import as_stored
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import Actor, ActorKind
from casedesk.portals.models import CustomerSession
from casedesk.security import tokens

LONGEST_DAYS = 30
"""However much it is used, a session ends so many days after it began."""
_TOUCH_AFTER = timedelta(minutes=5)
_SECRET_LIMIT = 200

# Every request of a customer asks this, so it is plain SQL; without a row of active access there is no session here.
_BROWSER = """
SELECT s.id AS session_id, s.csrf_token, s.seen_at, s.expires_at, s.created_at AS began_at,
       c.id, c.name, c.language, c.account_id, c.time_zone, a.time_zone AS account_zone, p.sees_company,
       p.company_id,
       (SELECT e.email FROM contact_emails e WHERE e.contact_id = c.id AND e.verified_at IS NOT NULL
        ORDER BY e.id LIMIT 1) AS email
FROM customer_sessions s
JOIN contacts c ON c.id = s.contact_id
JOIN portal_access p ON p.contact_id = c.id AND p.portal_id = ? AND p.state = 'active'
LEFT JOIN accounts a ON a.id = c.account_id
WHERE s.secret_hash = ?
"""
_HOME = """
SELECT o.slug FROM customer_sessions s
JOIN portal_access p ON p.contact_id = s.contact_id AND p.state = 'active'
JOIN portals o ON o.id = p.portal_id
WHERE s.secret_hash = ? AND s.expires_at > ? ORDER BY o.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Customer:
    """A signed-in customer at one portal: who acts, the token their forms carry, how they read.

    `account_id` is their own account; whether they see its cases says `actor.company_id`.
    """

    id: int
    actor: Actor
    csrf_token: str
    expires_at: datetime
    account_id: int | None
    language: str | None
    time_zone: str | None
    preferences: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionView:
    """One of somebody's signed-in browsers; `is_this` marks the one that asks."""

    id: int
    agent: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


async def begin(contact: Actor, *, address: str, agent: str = "", hours: int = 12) -> str:
    """Begin a session of a contact who has shown who they are and return its secret. Records `signed_in`."""
    secret, now = tokens.random_secret(), clock.now()
    async with transaction():
        session = await CustomerSession.create(
            contact_id=contact.id, secret_hash=tokens.secret_hash(secret), csrf_token=tokens.random_secret(),
            created_at=now, seen_at=now, expires_at=now + timedelta(hours=hours), address=address[:64],
            agent=agent[:200],
        )  # fmt: skip
        data = {"session": session.id}
        await journal.record(EventName.SIGNED_IN, by=contact, subject=_subject(contact), data=data)
    return secret


async def customer_of(secret: str, portal_id: int, *, hours: int = 12) -> Customer | None:
    """Return who is signed in with a cookie's secret and may enter this portal, or None; lengthens it while it is used."""
    if not secret or len(secret) > _SECRET_LIMIT:
        return None
    async with reading():
        found = await rows(_BROWSER, portal_id, tokens.secret_hash(secret))
    now = clock.now()
    if not found or _instant(found[0]["expires_at"]) <= now:
        return None
    session, ends = found[0], _instant(found[0]["expires_at"])
    if now - _instant(session["seen_at"]) > _TOUCH_AFTER:
        ends = min(now + timedelta(hours=hours), _instant(session["began_at"]) + timedelta(days=LONGEST_DAYS))
        await CustomerSession.filter(id=session["session_id"]).update(seen_at=now, expires_at=ends)
    return _customer(session, ends)


async def home_of(secret: str) -> str | None:
    """Return the slug of the portal a signed-in customer is sent to from the front page, None for nobody."""
    if not secret or len(secret) > _SECRET_LIMIT:
        return None
    found = await rows(_HOME, tokens.secret_hash(secret), as_stored(clock.now()))
    return found[0]["slug"] if found else None


async def sign_out(customer: Customer) -> None:
    """End this session; calling twice is safe. Records `signed_out`."""
    await _end([customer.id], by=customer.actor)


async def of(customer: Customer) -> tuple[SessionView, ...]:
    """Return the customer's living sessions, the one used last first."""
    found = CustomerSession.filter(contact_id=customer.actor.id, expires_at__gt=clock.now())
    return tuple(
        SessionView(row.id, row.agent, row.address, row.created_at, row.seen_at, row.id == customer.id)
        for row in await found.order_by("-seen_at", "-id").limit(50)
    )


async def end_one(session_id: int, *, by: Customer) -> None:
    """End one of the customer's own sessions; raises NotFound for any other."""
    if not await CustomerSession.exists(id=session_id, contact_id=by.actor.id):
        raise NotFound
    await _end([session_id], by=by.actor)


async def end_others(*, by: Customer) -> int:
    """End every session of the customer but the one that asks, and return how many."""
    others = CustomerSession.filter(contact_id=by.actor.id).exclude(id=by.id)
    return await _end([row.id for row in await others], by=by.actor)


async def sweep() -> int:
    """Delete sessions that have run out and return how many."""
    return await CustomerSession.filter(expires_at__lt=clock.now()).delete()


async def _end(session_ids: Sequence[int], *, by: Actor) -> int:
    if not session_ids:
        return 0
    async with transaction():
        ended = await CustomerSession.filter(id__in=list(session_ids)).delete()
        if ended:
            data = {"sessions": sorted(session_ids)}
            await journal.record(EventName.SIGNED_OUT, by=by, subject=_subject(by), data=data)
    return ended


def _subject(contact: Actor) -> tuple[str, int] | None:
    return None if contact.id is None else ("contact", contact.id)


def _customer(row: dict[str, Any], ends: datetime) -> Customer:
    sees = row["account_id"] if row["sees_company"] and row["company_id"] == row["account_id"] else None
    email = row["email"] or ""
    actor = Actor(ActorKind.CONTACT, row["id"], row["name"], email, verified=bool(email), company_id=sees)
    # UTC is what an account has that nobody gave a zone; the browser knows better then.
    zone = row["time_zone"] or (row["account_zone"] if row["account_zone"] != "UTC" else None)
    return Customer(row["session_id"], actor, row["csrf_token"], ends, row["account_id"], row["language"], zone)


def _instant(value: datetime | str) -> datetime:
    """Return an instant as either engine gives it in a plain row: SQLite keeps text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
