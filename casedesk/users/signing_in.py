"""Signing in and out: sessions of browsers, tokens of programs.

Each request looks its row up, so that revoking works at once. The cookie or header holds a random secret; the
database only its SHA-256. Members of staff only: customers sign in through their portals.
"""

import json
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from tortoise.exceptions import OperationalError

from casedesk import clock, journal
from casedesk.database import as_unavailable, reading, rows, transaction
from casedesk.errors import Invalid, NotFound, SignInNeeded, Unavailable
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Actor, ActorKind, Role
from casedesk.security import passwords, ratelimit, tokens
from casedesk.users.directory import LONGEST_EMAIL, actor_of
from casedesk.users.models import ApiToken, Session, StaffLink, User

BY_ACCOUNT = ratelimit.Limit("sign-in", tries=10, seconds=900)
BY_ADDRESS = ratelimit.Limit("sign-in-from", tries=100, seconds=900)
LONGEST_DAYS = 30
"""However much it is used, a session ends so many days after the password was typed."""

_log = structlog.get_logger("signing_in")
_TOUCH_AFTER = timedelta(minutes=5)
_SECRET_LIMIT = 200

# Every request asks one of these, so they are plain SQL: a sixth of what the same costs through model objects.
_BROWSER = """
SELECT s.id AS session_id, s.csrf_token, s.seen_at, s.expires_at, s.created_at AS began_at,
       u.id, u.name, u.email, u.role, u.active, u.preferences
FROM staff_sessions s JOIN users u ON u.id = s.user_id WHERE s.secret_hash = ?
"""
_PROGRAM = """
SELECT t.id AS token_id, t.scopes, t.last_used_at, t.revoked_at, u.id, u.name, u.email, u.role, u.active
FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.secret_hash = ?
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session: who acts, the token that its forms must carry, what its user chose (theme, language …)."""

    id: int
    actor: Actor
    csrf_token: str
    expires_at: datetime
    preferences: dict[str, object]


async def sign_in(email: str, password: str, *, address: str, agent: str = "", hours: int = 12) -> tuple[str, SignedIn]:
    """Return a new session's secret and the session; `address` is the network address, `hours` its length when unused.

    Raises SignInNeeded with the same words and in the same time for a wrong password, an unknown and a suspended
    account, and TooMany when account or address tried too often. Records `signed_in` or `sign_in_refused`.
    """
    email = email.strip().lower()
    await ratelimit.count(BY_ADDRESS, address)
    await ratelimit.count(BY_ACCOUNT, email)
    user = await User.get_or_none(email=email) if email.isprintable() and len(email) <= LONGEST_EMAIL else None
    right = await passwords.matches(password, user.password_hash if user and user.active else "")
    if user is None or not right:
        await _refuse(user, address)
        raise SignInNeeded("That email and password do not go together.")
    await ratelimit.forgive(BY_ACCOUNT, email)
    await ratelimit.forgive(BY_ADDRESS, address)
    fresh = await passwords.hashed(password) if passwords.is_outdated(user.password_hash) else None
    return await _begin(user, fresh_hash=fresh, address=address, agent=agent, hours=hours)


async def session_of(secret: str, *, hours: int = 12) -> SignedIn | None:
    """Return the living session behind a cookie's secret, or None; lengthens it while it is used."""
    if not secret or len(secret) > _SECRET_LIMIT:
        return None
    async with reading():
        found = await rows(_BROWSER, tokens.secret_hash(secret))
    now = clock.now()
    if not found or _instant(found[0]["expires_at"]) <= now or not found[0]["active"]:
        return None
    session = found[0]
    ends = _instant(session["expires_at"])
    if now - _instant(session["seen_at"]) > _TOUCH_AFTER:
        last = _instant(session["began_at"]) + timedelta(days=LONGEST_DAYS)
        ends = min(now + timedelta(hours=hours), last)
        await _note_use(Session.filter(id=session["session_id"]).update(seen_at=now, expires_at=ends))
    chosen = _json(session["preferences"])
    return SignedIn(session["session_id"], _actor(session), session["csrf_token"], ends, dict(chosen or {}))


async def is_alive(session_id: int) -> bool:
    """Say whether a session still stands, for streams that outlive a request."""
    session = await Session.get_or_none(id=session_id).select_related("user")
    return session is not None and session.expires_at > clock.now() and bool(session.user.active)


async def sign_out(signed_in: SignedIn) -> None:
    """End one session; calling twice is safe. Records `signed_out`."""
    async with transaction():
        if await Session.filter(id=signed_in.id).delete():
            await journal.record(EventName.SIGNED_OUT, by=signed_in.actor, data={"session": signed_in.id})


async def end_sessions(user_id: int, *, by: Actor, but: int | None = None) -> int:
    """End every session of a user, except the one with the id `but`; return how many. Records `signed_out`."""
    async with transaction():
        standing = Session.filter(user_id=user_id)
        ended = await (standing if but is None else standing.exclude(id=but)).delete()
        if ended:
            await journal.record(EventName.SIGNED_OUT, by=by, subject=("user", user_id), data={"sessions": ended})
    return ended


async def sweep() -> int:
    """Delete sessions that have run out, and links of invitations with them; return how many sessions."""
    await StaffLink.filter(expires_at__lt=clock.now()).delete()
    return await Session.filter(expires_at__lt=clock.now()).delete()


async def actor_of_token(secret: str) -> Actor | None:
    """Return who acts with this API token; None when it is unknown or revoked or its user is suspended."""
    if not secret.startswith("casedesk_") or len(secret) > _SECRET_LIMIT:
        return None
    async with reading():
        found = await rows(_PROGRAM, tokens.secret_hash(secret))
    if not found or found[0]["revoked_at"] is not None or not found[0]["active"]:
        return None
    token, now = found[0], clock.now()
    if token["last_used_at"] is None or now - _instant(token["last_used_at"]) > _TOUCH_AFTER:
        await _note_use(ApiToken.filter(id=token["token_id"]).update(last_used_at=now))
    scopes = _json(token["scopes"])
    return replace(_actor(token), scopes=None if scopes is None else frozenset(scopes), token_id=token["token_id"])


async def change_own_password(signed_in: SignedIn, *, old: str, new: str) -> None:
    """Set a new password for who is signed in, given the old one, and end their other sessions.

    Raises Invalid for a bad new or a wrong old one, TooMany when that was tried too often.
    """
    passwords.check_new(new, field="new")
    user = await User.get_or_none(id=signed_in.actor.id)
    if user is None:
        raise NotFound
    await ratelimit.count(BY_ACCOUNT, user.email)
    if not await passwords.matches(old, user.password_hash):
        raise Invalid.field("old", "is not your present password")
    await ratelimit.forgive(BY_ACCOUNT, user.email)
    kept = await passwords.hashed(new)
    async with transaction():
        await User.filter(id=user.id).update(password_hash=kept)
        await journal.record(
            EventName.RECORD_CHANGED, by=signed_in.actor, subject=("user", user.id), data={"fields": ["password"]}
        )
        await end_sessions(user.id, by=signed_in.actor, but=signed_in.id)


async def _begin(user: User, *, fresh_hash: str | None, address: str, agent: str, hours: int) -> tuple[str, SignedIn]:
    secret = tokens.random_secret()
    now = clock.now()
    async with transaction():
        if fresh_hash is not None:
            await User.filter(id=user.id).update(password_hash=fresh_hash)
        session = await Session.create(
            user=user,
            secret_hash=tokens.secret_hash(secret),
            csrf_token=tokens.random_secret(),
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=hours),
            address=address[:64],
            agent=agent[:200],
        )
        signed_in = _signed_in(session, user)
        await journal.record(EventName.SIGNED_IN, by=signed_in.actor, data={"session": session.id})
    return secret, signed_in


async def _refuse(user: User | None, address: str) -> None:
    """Record the refusal; what a stranger typed is not kept, it may be a password in the wrong field."""
    async with transaction():
        await journal.record(
            EventName.SIGN_IN_REFUSED,
            by=SYSTEM,
            subject=("user", user.id) if user else None,
            content={"address": address},
        )


async def _note_use(noting: Awaitable[int]) -> None:
    """Note that somebody is here; that the database can only be read at the moment is no reason to turn them away."""
    try:
        await noting
    except OperationalError as error:
        if not isinstance(as_unavailable(error), Unavailable):
            raise
        _log.warning("use_not_noted", reason=str(error))


def _signed_in(session: Session, user: User) -> SignedIn:
    return SignedIn(session.id, actor_of(user), session.csrf_token, session.expires_at, dict(user.preferences))


def _actor(user: dict[str, Any]) -> Actor:
    return Actor(ActorKind.USER, user["id"], user["name"], user["email"], Role(user["role"]))


def _instant(value: datetime | str) -> datetime:
    """Return an instant as either engine gives it in a plain row: SQLite keeps text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
