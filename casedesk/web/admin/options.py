"""What the choices of setup's forms offer: queues, people, brands, letters, hours, service levels, roles, priorities."""

from casedesk.errors import NotFound
from casedesk.identity import Actor, Role
from casedesk.language import gettext as _
from casedesk.mail import writing
from casedesk.milestones import hours
from casedesk.portals.branding import PORTALS
from casedesk.queues import known
from casedesk.rules.lifecycle import Priority
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.users import directory
from casedesk.web import signs
from casedesk.web.views import Choice

_MOST = 500


async def queues() -> tuple[Choice, ...]:
    """Return the queues by key."""
    return tuple(Choice(each.key, each.name) for each in await known.every())


async def people() -> tuple[Choice, ...]:
    """Return the members of staff who are not suspended, by id."""
    return tuple(
        Choice(str(each.id), each.name, hint=role_words(each.role))
        for each in await directory.list_users(limit=_MOST)
        if each.active
    )


async def people_by_address() -> tuple[Choice, ...]:
    """Return the members of staff who are not suspended, by address, as rules name them."""
    return tuple(Choice(each.email, each.name) for each in await directory.list_users(limit=_MOST) if each.active)


async def brands(by: Actor) -> tuple[Choice, ...]:
    """Return the brands by slug."""
    return tuple(Choice(each.slug, each.name) for each in await PORTALS.page(by=by, limit=_MOST))


async def letters() -> tuple[Choice, ...]:
    """Return the letters by key."""
    return tuple(Choice(key, key) for key in sorted(await writing.keys()))


async def calendars() -> tuple[Choice, ...]:
    """Return the business hours by key."""
    return tuple(Choice(key, key) for key in sorted(await hours.keys()))


async def processes() -> tuple[Choice, ...]:
    """Return the service levels that entitlements may run by."""
    try:
        compiled = (await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)).compiled
    except NotFound:
        return ()
    return tuple(Choice(key, process.name) for key, process in compiled.items())


def roles() -> tuple[Choice, ...]:
    """Return the roles, each with what it may do."""
    hints = {
        Role.AGENT: _("answers customers"),
        Role.SUPERVISOR: _("leads agents, arranges queues and rules"),
        Role.KNOWLEDGE_MANAGER: _("writes and publishes solutions"),
        Role.ADMINISTRATOR: _("may do everything"),
        Role.SALES: _("logs cases for customers and follows them"),
    }
    return tuple(Choice(role.value, f"{role_words(role)}: {hints[role]}") for role in Role)


def role_words(role: Role) -> str:
    """Say a role."""
    return {
        Role.AGENT: _("Agent"),
        Role.SUPERVISOR: _("Supervisor"),
        Role.KNOWLEDGE_MANAGER: _("Knowledge manager"),
        Role.ADMINISTRATOR: _("Administrator"),
        Role.SALES: _("Sales"),
    }[role]


def priorities() -> tuple[Choice, ...]:
    """Return the priorities."""
    return tuple(Choice(each.value, signs.priority_words(each)) for each in Priority)
