"""Adding, changing and suspending members of staff, their passwords, and the tokens of their programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from casedesk import clock, journal
from casedesk.database import transaction
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.events import EventName
from casedesk.identity import Actor, Role
from casedesk.journal.models import Event
from casedesk.language import gettext as _
from casedesk.permissions import Permission, require, unknown_scopes
from casedesk.registers import Register, Values
from casedesk.security import passwords, tokens
from casedesk.users import signing_in
from casedesk.users.directory import LONGEST_EMAIL, UserRecord, record_of
from casedesk.users.models import ApiToken, StaffLink, User

TOKEN_PREFIX = "casedesk_"  # noqa: S105


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: `secret` is shown once and kept nowhere."""

    id: int
    secret: str


async def _records(rows: Sequence[User]) -> tuple[UserRecord, ...]:
    return tuple(record_of(row) for row in rows)


async def _check(values: Values, row: User | None, by: Actor) -> Values:
    if "email" in values:
        values["email"] = values["email"].strip().lower()
        if not _looks_like_address(values["email"]):
            raise Invalid.field("email", "must be an email address")
    if not str(values.get("name", "-")).strip():
        raise Invalid.field("name", "must not be empty")
    if row is not None and row.role == Role.ADMINISTRATOR:
        await _keep_an_administrator(values, row)
    return values


async def _keep_an_administrator(values: Values, row: User) -> None:
    stays = values.get("role", row.role) == Role.ADMINISTRATOR and values.get("active", row.active)
    others = User.filter(role=Role.ADMINISTRATOR.value, active=True).exclude(id=row.id)
    if not stays and not await others.exists():
        raise Conflict("This is the last administrator; make somebody else one first.")


USERS: Register[User, UserRecord] = Register(
    noun="user",
    model=User,
    read=Permission.USER_READ,
    write=Permission.USER_CHANGE,
    show=_records,
    check=_check,
    words=frozenset({"name", "email", "preferences"}),
    unique=("email",),
    filters={"email": lambda email: Q(email=email.strip().lower())},
)
"""Members of staff as a register; adding and changing go through the verbs below, which know passwords and sessions."""


async def add_user(given: Mapping[str, Any], *, by: Actor) -> UserRecord:
    """Add a member of staff and return the record; `password` may be given, else they have none until invited.

    Raises Invalid naming the field, Conflict for an address in use. Records `record_created`.
    """
    return await USERS.add(await _with_hash(given, by), by=by)


async def change_user(
    user_id: int, given: Mapping[str, Any], *, by: Actor, if_version: int | None = None
) -> UserRecord:
    """Change a member of staff and return the record; a new password, role, address or suspension ends their sessions.

    Raises NotFound, Stale, Invalid, Conflict (also when nobody would be left to administer).
    """
    values = await _with_hash(given, by)
    async with transaction():
        before = await User.get_or_none(id=user_id)
        record = await USERS.change(user_id, values, by=by, if_version=if_version)
        moved = before is not None and (before.role, before.email) != (record.role.value, record.email)
        if "password_hash" in values or moved or not record.active:
            await StaffLink.filter(user_id=user_id).delete()
            await signing_in.end_sessions(user_id, by=by)
    return record


async def remove_user(user_id: int, *, by: Actor, if_version: int | None = None) -> None:
    """Delete a member of staff who never did anything; raises Conflict for anybody else: suspend them instead."""
    require(by, Permission.USER_CHANGE)
    async with transaction():
        user = await User.get_or_none(id=user_id)
        if user is None:
            raise NotFound
        if user.role == Role.ADMINISTRATOR:
            await _keep_an_administrator({"active": False}, user)
        if await Event.filter(actor_kind="user", actor_id=user_id).exists():
            raise Conflict("This member of staff has left traces in the history; suspend them instead of deleting.")
        await USERS.remove(user_id, by=by, if_version=if_version)


async def set_password(user_id: int, password: str, *, by: Actor) -> None:
    """Give a member of staff a new password and end their sessions; raises NotFound, Invalid."""
    await change_user(user_id, {"password": password}, by=by)


async def set_preferences(given: Mapping[str, object], *, by: Actor) -> None:
    """Keep what a member of staff chose for themselves; None takes a choice back. No event: it is theirs alone."""
    async with transaction():
        user = await User.get_or_none(id=by.user_id)
        if user is None:
            raise NotFound
        kept = {key: value for key, value in {**user.preferences, **given}.items() if value is not None}
        await User.filter(id=user.id).update(preferences=kept)


async def add_token(user_id: int, *, by: Actor, name: str = "", scopes: Sequence[str] | None = None) -> NewToken:
    """Make an API token for a member of staff; `scopes` None means all that its user may do.

    Everybody may make one for themselves, administrators for anybody. Raises NotFound, Invalid naming an unknown scope.
    """
    if by.user_id != user_id:
        require(by, Permission.USER_CHANGE)
    if scopes is not None and (unknown := unknown_scopes(frozenset(scopes))):
        raise Invalid.field("scopes", _("there is no right called %(name)s") % {"name": unknown[0]})
    if by.scopes is not None and (scopes is None or not frozenset(scopes) <= by.scopes):
        raise Invalid.field("scopes", "a token cannot make a mightier one")
    secret = TOKEN_PREFIX + tokens.random_secret()
    async with transaction():
        if not await User.filter(id=user_id, active=True).exists():
            raise NotFound
        token = await ApiToken.create(
            user_id=user_id,
            name=name[:120],
            prefix=secret[: len(TOKEN_PREFIX) + 3],
            secret_hash=tokens.secret_hash(secret),
            scopes=None if scopes is None else list(scopes),
        )
        data = {"token": token.id, "scopes": token.scopes}
        await journal.record(EventName.TOKEN_ADDED, by=by, subject=("user", user_id), data=data)
    return NewToken(token.id, secret)


async def revoke_token(token_id: int, *, by: Actor) -> None:
    """End a token at once; twice is safe. Raises NotFound for an absent one and, but for administrators, another's."""
    async with transaction():
        token = await ApiToken.get_or_none(id=token_id).select_related("user")
        if token is None:
            raise NotFound
        if by.user_id != token.user.id:
            require(by, Permission.USER_CHANGE)
        if token.revoked_at is None:
            await ApiToken.filter(id=token_id).update(revoked_at=clock.now())
            data = {"token": token_id}
            await journal.record(EventName.TOKEN_REVOKED, by=by, subject=("user", token.user.id), data=data)


async def _with_hash(given: Mapping[str, Any], by: Actor) -> Values:
    """Return what was given with a hash in place of the password, made before the transaction because it takes long."""
    require(by, Permission.USER_CHANGE)
    values = dict(given)
    password = values.pop("password", None)
    if password is not None:
        passwords.check_new(password)
        values["password_hash"] = await passwords.hashed(password)
    return values


def _looks_like_address(email: str) -> bool:
    local, at, domain = email.rpartition("@")
    return bool(at and local and domain) and email.isprintable() and " " not in email and len(email) <= LONGEST_EMAIL
