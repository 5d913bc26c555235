"""Reading members of staff: frozen records for lists, pages and the API, and the Actor a user acts as."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.database.selecting import first
from casedesk.errors import NotFound
from casedesk.identity import Actor, ActorKind, Role
from casedesk.users.models import ApiToken, User

LONGEST_EMAIL = 320


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A member of staff as others see them; `invited` means that no password was chosen yet."""

    id: int
    version: int
    name: str
    email: str
    role: Role
    tier: int | None
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    active: bool
    invited: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token as a list may show it; the secret itself is known to nobody."""

    id: int
    user_id: int
    user_email: str
    name: str
    prefix: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


async def list_users(*, after: int = 0, limit: int = 50) -> tuple[UserRecord, ...]:
    """Return up to `limit` members of staff with an id above `after`, by id; suspended ones too."""
    return tuple(record_of(user) for user in await User.filter(id__gt=after).order_by("id").limit(limit))


async def find_user(user_id: int) -> UserRecord:
    """Return one member of staff; raises NotFound."""
    user = await first(User, "id = ?", user_id)
    if user is None:
        raise NotFound
    return record_of(user)


async def find_by_email(email: str) -> UserRecord:
    """Return the member of staff with this address, compared without case; raises NotFound."""
    address = email.strip().lower()
    user = await User.get_or_none(email=address) if len(address) <= LONGEST_EMAIL else None
    if user is None:
        raise NotFound
    return record_of(user)


async def ids_with_role(role: Role) -> list[int]:
    """Return the ids of the active members of staff with this role, the oldest first."""
    found = await User.filter(role=role.value, active=True).order_by("id").values_list("id", flat=True)
    return [int(str(user_id)) for user_id in found]


async def preferences(user_id: int) -> dict[str, object]:
    """Return what a member of staff chose for themselves (theme, letter keys, language …); empty for an unknown one."""
    user = await User.get_or_none(id=user_id).only("id", "preferences")
    return dict(user.preferences) if user else {}


async def list_tokens(*, user_id: int | None = None) -> tuple[TokenRecord, ...]:
    """Return all tokens, or those of one user, newest first; revoked ones too."""
    wanted = ApiToken.all() if user_id is None else ApiToken.filter(user_id=user_id)
    return tuple(_token_record(token) for token in await wanted.select_related("user").order_by("-id"))


def record_of(user: User) -> UserRecord:
    """Return a row as a record."""
    return UserRecord(
        id=user.id,
        version=user.version,
        name=user.name,
        email=user.email,
        role=Role(user.role),
        tier=user.tier,
        skills=tuple(user.skills),
        languages=tuple(user.languages),
        active=user.active,
        invited=not user.password_hash,
        created_at=user.created_at,
    )


def actor_of(user: User, *, scopes: Sequence[str] | None = None, token_id: int | None = None) -> Actor:
    """Return who acts when this user does, by page or (with `token_id`) by a token limited to `scopes`."""
    return Actor(
        kind=ActorKind.USER,
        id=user.id,
        name=user.name,
        email=user.email,
        role=Role(user.role),
        scopes=None if scopes is None else frozenset(scopes),
        token_id=token_id,
    )


def _token_record(token: ApiToken) -> TokenRecord:
    return TokenRecord(
        id=token.id,
        user_id=token.user.id,
        user_email=token.user.email,
        name=token.name,
        prefix=token.prefix,
        scopes=None if token.scopes is None else tuple(token.scopes),
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )
