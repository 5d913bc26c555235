"""Which portals a contact may enter, beside the contact's form: inviting, suspending, and sight of the company's cases."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.accounts.directory import ContactRecord
from casedesk.errors import Conflict, Invalid
from casedesk.language import gettext as _
from casedesk.permissions import Permission, can
from casedesk.portals import access, branding
from casedesk.portals.access import AccessState, AccessView
from casedesk.portals.branding import PortalRecord
from casedesk.web import asking, forms, guard
from casedesk.web.admin import customers, kept_pages
from casedesk.web.views import Tone

_STATES = {"invite": AccessState.PENDING, "suspend": AccessState.SUSPENDED, "resume": AccessState.ACTIVE}


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A contact's access to one portal; `act` is the button's verb with its `label`, "" where there is none to offer."""

    portal: str
    words: str
    tone: Tone
    url: str
    act: str
    label: str
    is_known: bool
    sees_company: bool


@dataclass(frozen=True, slots=True)
class AccessPage:
    """What stands below the form of a contact."""

    rows: tuple[AccessRow, ...]
    has_account: bool
    may_change: bool


async def beside(request: Request, contact: ContactRecord) -> AccessPage:
    """Return a contact's access to every portal of the desk."""
    by = guard.actor_of(request)
    known = {each.portal_id: each for each in await access.of_contact(contact.id, by=by)}
    rows = tuple(_row(contact, portal, known.get(portal.id)) for portal in await branding.every())
    return AccessPage(rows, contact.account_id is not None, can(by, Permission.ACCOUNT_ADMIT))


CONTACTS = replace(customers.CONTACTS_KEPT, more=beside, beside="admin/contact.html")
"""Contacts as setup keeps them, with their access below."""


async def change(request: Request) -> Response:
    """Invite, suspend, let in again, or give and take sight of the company's cases."""
    by, form = guard.actor_of(request), await forms.read(request)
    contact = await CONTACTS.register.find(asking.whole_id(request, "id"), by=by)
    portal_id, act = asking.whole_id(request, "portal"), form.line("act")
    try:
        if act == "company":
            await access.arrange(contact.id, portal_id, by=by, sees_company=form.is_ticked("sees_company"))
        elif act in _STATES:
            await access.arrange(contact.id, portal_id, by=by, state=_STATES[act])
        else:
            raise Invalid.field("act", _("There is no such act."))
    except Conflict as error:
        return await kept_pages.drawn(request, CONTACTS, contact, error=error)
    return RedirectResponse(f"{CONTACTS.url}/{contact.id}?said={'sent' if act == 'invite' else 'saved'}", 303)


def _row(contact: ContactRecord, portal: PortalRecord, found: AccessView | None) -> AccessRow:
    url = f"/console/setup/contacts/{contact.id}/portals/{portal.id}"
    if found is None:
        words, tone = _("No account here"), Tone.OFF
        act, label = ("invite", _("Invite")) if contact.email else ("", "")
    elif found.state is AccessState.PENDING:
        words, tone, act, label = _("Invited"), Tone.WARN, "invite", _("Invite again")
    elif found.state is AccessState.SUSPENDED:
        words, tone, act, label = _("Suspended"), Tone.BAD, "resume", _("Let in again")
    else:
        words = _("Signs in by password or mail") if found.has_password else _("Signs in by mail")
        tone, act, label = Tone.OK, "suspend", _("Suspend")
    return AccessRow(
        portal.name, words, tone, url, act, label, found is not None, found.sees_company if found else False
    )
