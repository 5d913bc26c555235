"""Who may enter which portal, by API: read, invite, let in, suspend, and give sight of the company's cases."""

from dataclasses import dataclass
from datetime import datetime

from casedesk.accounts.directory import CONTACTS
from casedesk.permissions import Permission
from casedesk.portals import access, branding
from casedesk.portals.access import AccessState
from casedesk.web.api.operations import Answer, Call, Operation, whole_id
from casedesk.web.api.schema import Listed, Shape


@dataclass(frozen=True, slots=True)
class PortalAccess:
    """A contact's access to one portal, which is named by its slug."""

    portal: str
    state: AccessState
    sees_company: bool
    has_password: bool
    since: datetime


class PortalAccessChange(Shape):
    """What is to be: `pending` mails an invitation, `active` lets in at once and vouches for the contact's addresses."""

    state: AccessState | None = None
    sees_company: bool | None = None


async def listed(call: Call) -> Answer:
    """Answer with a contact's access to every portal that knows them."""
    return await _answer(call)


async def arranged(call: Call) -> Answer:
    """Bring a contact's access to what the body says."""
    contact, portal = call.found
    wanted: PortalAccessChange = call.body
    await access.arrange(contact.id, portal.id, by=call.actor, state=wanted.state, sees_company=wanted.sees_company)
    return await _answer(call)


def operations() -> list[Operation]:
    """Return the operations on a contact's access."""
    return [
        Operation("GET", "/contacts/{id}/portal-access", listed, "List which portals a contact may enter.",
                  Permission.ACCOUNT_READ, Listed[PortalAccess], find=_contact, tag="contacts",
                  name="list_portal_access"),
        Operation("PUT", "/contacts/{id}/portal-access/{portal}", arranged,
                  "Invite a contact to a portal, let them in, suspend them, or say what they see.",
                  Permission.ACCOUNT_ADMIT, Listed[PortalAccess], body=PortalAccessChange, find=_contact_and_portal,
                  tag="contacts", name="arrange_portal_access"),
    ]  # fmt: skip


async def _contact(call: Call) -> object:
    return await CONTACTS.find(whole_id(call), by=call.actor)


async def _contact_and_portal(call: Call) -> object:
    return await CONTACTS.find(whole_id(call), by=call.actor), await branding.by_slug(call.param("portal"))


async def _answer(call: Call) -> Answer:
    found = await access.of_contact(whole_id(call), by=call.actor)
    slugs = {portal.id: portal.slug for portal in await branding.every()}
    shown = [
        PortalAccess(slugs[each.portal_id], each.state, each.sees_company, each.has_password, each.since)
        for each in found
    ]
    return Answer(Listed.model_construct(items=shown, next=None))
