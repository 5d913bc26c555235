"""What each role of the staff and what customers may do: one name for each right, one map, one set, two verbs.

Every floor asks here: pages, API, streams, exports, commands. Which *rows* a right reaches stands in `casedesk.scopes`.
Whoever lacks a right is told the same as for a thing that does not exist, so that nobody can feel out what there is.
"""

from collections.abc import Mapping
from enum import StrEnum

from casedesk.errors import NotFound
from casedesk.identity import Actor, ActorKind, Role


class Permission(StrEnum):
    """Every right, as noun.verb; a token's scopes are written with these names (or `noun.*`)."""

    CASE_READ = "case.read"
    CASE_CREATE = "case.create"
    CASE_REPLY = "case.reply"
    CASE_NOTE = "case.note"
    CASE_CHANGE = "case.change"
    CASE_ASSIGN = "case.assign"
    CASE_ESCALATE = "case.escalate"
    CASE_CLOSE = "case.close"
    CASE_ADD = "case.add"
    ACCOUNT_READ = "account.read"
    ACCOUNT_CHANGE = "account.change"
    ACCOUNT_ADMIT = "account.admit"
    PRODUCT_READ = "product.read"
    PRODUCT_CHANGE = "product.change"
    QUEUE_READ = "queue.read"
    QUEUE_CHANGE = "queue.change"
    HOURS_READ = "hours.read"
    HOURS_CHANGE = "hours.change"
    USER_READ = "user.read"
    USER_CHANGE = "user.change"
    MAILBOX_READ = "mailbox.read"
    MAILBOX_CHANGE = "mailbox.change"
    TEMPLATE_READ = "template.read"
    TEMPLATE_CHANGE = "template.change"
    PORTAL_READ = "portal.read"
    PORTAL_CHANGE = "portal.change"
    TASK_READ = "task.read"
    TASK_CHANGE = "task.change"
    RULES_READ = "rules.read"
    RULES_CHANGE = "rules.change"
    SOLUTION_READ = "solution.read"
    SOLUTION_WRITE = "solution.write"
    SOLUTION_PUBLISH = "solution.publish"
    SUGGESTION_ASK = "suggestion.ask"
    LEDGER_READ = "ledger.read"
    CALL_LOG = "call.log"
    CALL_ANNOUNCE = "call.announce"
    DESK_WORK = "desk.work"
    EVENT_READ = "event.read"
    EVENT_CHANGE = "event.change"
    CONSOLE_USE = "console.use"
    REPORT_READ = "report.read"
    OPERATIONS_READ = "operations.read"
    PORTAL_USE = "portal.use"
    PROFILE_CHANGE = "profile.change"


_AGENT = Role.AGENT
_SUPERVISOR = Role.SUPERVISOR
_KNOWLEDGE = Role.KNOWLEDGE_MANAGER
_ADMINISTRATOR = Role.ADMINISTRATOR
_SALES = Role.SALES

_EVERYBODY = frozenset(Role)
_SERVICE = frozenset({_AGENT, _SUPERVISOR, _ADMINISTRATOR})
_LEADERS = frozenset({_SUPERVISOR, _ADMINISTRATOR})
_ADMINISTRATORS = frozenset({_ADMINISTRATOR})
_NO_STAFF: frozenset[Role] = frozenset()

ROLES: Mapping[Permission, frozenset[Role]] = {
    Permission.CASE_READ: _EVERYBODY,
    Permission.CASE_CREATE: _SERVICE | {_SALES},
    Permission.CASE_REPLY: _SERVICE,
    Permission.CASE_NOTE: _SERVICE | {_SALES},
    Permission.CASE_CHANGE: _SERVICE,
    Permission.CASE_ASSIGN: _SERVICE,
    Permission.CASE_ESCALATE: _SERVICE,
    Permission.CASE_CLOSE: _SERVICE,
    Permission.CASE_ADD: _NO_STAFF,
    Permission.ACCOUNT_READ: _EVERYBODY,
    Permission.ACCOUNT_CHANGE: _SERVICE | {_SALES},
    # Whoever lets a contact in sees what the contact sees: so only those who see every case.
    Permission.ACCOUNT_ADMIT: _SERVICE,
    Permission.PRODUCT_READ: _EVERYBODY,
    Permission.PRODUCT_CHANGE: _LEADERS,
    Permission.QUEUE_READ: _EVERYBODY,
    Permission.QUEUE_CHANGE: _LEADERS,
    Permission.HOURS_READ: _EVERYBODY,
    Permission.HOURS_CHANGE: _LEADERS,
    Permission.USER_READ: _EVERYBODY,
    Permission.USER_CHANGE: _ADMINISTRATORS,
    Permission.MAILBOX_READ: _LEADERS,
    Permission.MAILBOX_CHANGE: _ADMINISTRATORS,
    Permission.TEMPLATE_READ: _EVERYBODY,
    Permission.TEMPLATE_CHANGE: _LEADERS,
    Permission.PORTAL_READ: _EVERYBODY,
    Permission.PORTAL_CHANGE: _ADMINISTRATORS,
    Permission.TASK_READ: _EVERYBODY,
    Permission.TASK_CHANGE: _EVERYBODY,
    Permission.RULES_READ: _SERVICE,
    Permission.RULES_CHANGE: _LEADERS,
    Permission.SOLUTION_READ: _EVERYBODY,
    Permission.SOLUTION_WRITE: _SERVICE | {_KNOWLEDGE},
    Permission.SOLUTION_PUBLISH: frozenset({_KNOWLEDGE, _ADMINISTRATOR}),
    Permission.SUGGESTION_ASK: _EVERYBODY,
    Permission.LEDGER_READ: _LEADERS,
    Permission.CALL_LOG: _SERVICE,
    Permission.CALL_ANNOUNCE: _SERVICE,
    Permission.DESK_WORK: _EVERYBODY - {_SALES},
    Permission.EVENT_READ: _EVERYBODY,
    Permission.EVENT_CHANGE: _EVERYBODY,
    Permission.CONSOLE_USE: _EVERYBODY,
    Permission.REPORT_READ: _LEADERS,
    Permission.OPERATIONS_READ: _LEADERS,
    Permission.PORTAL_USE: _NO_STAFF,
    Permission.PROFILE_CHANGE: _NO_STAFF,
}
"""The one map: which role of the staff holds which right. A right that is not named here is nobody's."""

OF_CUSTOMERS = frozenset(
    {
        Permission.PORTAL_USE,
        Permission.PROFILE_CHANGE,
        Permission.CASE_READ,
        Permission.CASE_CREATE,
        Permission.CASE_ADD,
        Permission.CASE_CHANGE,
        Permission.CASE_CLOSE,
        Permission.SOLUTION_READ,
        Permission.SUGGESTION_ASK,
    }
)
"""What a signed-in customer may do, each with what is theirs alone: the rows are `casedesk.scopes`' to say.

`case.add` is a customer's word on their case (staff reply or note); changing is what they told us themselves; closing
is reopening, too.
"""


def can(actor: Actor | None, permission: Permission) -> bool:
    """Say whether `actor` holds `permission`; None is a stranger and holds nothing, casedesk itself holds everything.

    A token holds what its user holds and its scopes name, whichever is less.
    """
    if actor is None:
        return False
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.CONTACT:
        return permission in OF_CUSTOMERS
    if actor.role not in ROLES.get(permission, frozenset()):
        return False
    return actor.scopes is None or _names(actor.scopes, permission)


def require(actor: Actor | None, permission: Permission) -> Actor:
    """Return `actor` if they hold `permission`; raises NotFound otherwise, as if there were nothing here."""
    if actor is None or not can(actor, permission):
        raise NotFound
    return actor


def require_staff(actor: Actor | None, permission: Permission) -> Actor:
    """Return `actor` if they hold `permission` and are no customer; raises NotFound otherwise.

    For what shows or does more than a customer may meet, even on a case of theirs: internal notes, decisions, other people's
    names. What customers do has abilities of its own.
    """
    if actor is not None and actor.kind is ActorKind.CONTACT:
        raise NotFound
    return require(actor, permission)


def unknown_scopes(scopes: frozenset[str]) -> list[str]:
    """Return those scopes that name no right (`case.read`, `case.*`), sorted."""
    known = {permission.value for permission in Permission}
    known |= {f"{permission.value.partition('.')[0]}.*" for permission in Permission}
    return sorted(scopes - known)


def _names(scopes: frozenset[str], permission: Permission) -> bool:
    return permission.value in scopes or f"{permission.value.partition('.')[0]}.*" in scopes
