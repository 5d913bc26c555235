"""Who is doing something: a member of staff, a contact, a program with a token, or casedesk itself."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of a member of staff; what each may do stands in `casedesk.permissions`."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    KNOWLEDGE_MANAGER = "knowledge_manager"
    ADMINISTRATOR = "administrator"
    SALES = "sales"


class ActorKind(StrEnum):
    """What kind of actor stands behind an event."""

    USER = "user"
    CONTACT = "contact"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: `id` is the user's or contact's id, None for the system itself.

    `scopes` narrows a token: None means everything its user may do. `token_id` names the API token used, if any.
    Of a contact, `verified` says that the address they signed in with is proven to be theirs, and `company_id` names the
    account whose cases they may see beside their own; both are read anew on every request.
    """

    kind: ActorKind
    id: int | None = None
    name: str = ""
    email: str = ""
    role: Role | None = None
    scopes: frozenset[str] | None = None
    token_id: int | None = None
    verified: bool = False
    company_id: int | None = None

    @property
    def is_staff(self) -> bool:
        """Say whether a member of staff (by page or by token) acts."""
        return self.kind is ActorKind.USER

    @property
    def user_id(self) -> int | None:
        """Return the id of the member of staff, or None for anybody else."""
        return self.id if self.kind is ActorKind.USER else None


SYSTEM = Actor(ActorKind.SYSTEM, name="casedesk")
"""casedesk itself: rules, clocks, the worker."""
