"""What a letter about a case says in the places of its template."""

from casedesk.accounts import recognising
from casedesk.accounts.recognising import Person
from casedesk.cases import viewing
from casedesk.cases.models import Case
from casedesk.cases.numbering import shown
from casedesk.identity import Actor
from casedesk.language import Reader, moment, speaking_to
from casedesk.language import gettext as _
from casedesk.mail.senders import Sender, sender_of
from casedesk.records import NEVER


async def values_for(number: str, *, by: Actor) -> dict[str, str]:
    """Return what a letter about this case would say in its places; raises NotFound for a case `by` may not see."""
    seen = await viewing.case(number, by=by)
    case = await Case.get(id=seen.id)
    return await values_of(case, await sender_of(case.mailbox_id))


async def values_of(case: Case, sender: Sender) -> dict[str, str]:
    """Return the values of the placeholders that every letter about a case may use."""
    person = await recognising.find_by_id(case.contact_id) if case.contact_id else None
    return {
        "case.number": shown(case.prefix, case.id),
        "contact.name": _name(person),
        "desk.name": sender.name,
        "promise": _promise(case, person),
    }


def _name(person: Person | None) -> str:
    """Return the name a contact is greeted by: only one whom the company knows.

    A name from a header is the requester's own words, and automatic mail must not carry them to a stranger's mailbox.
    """
    return person.name if person and person.company and not person.by_domain else ""


def _promise(case: Case, person: Person | None) -> str:
    if case.next_due_at == NEVER or case.next_due_kind != "first_response":
        return ""
    zone = person.company.time_zone if person and person.company else "UTC"
    language = (case.language or "en")[:2]
    with speaking_to(Reader(locale=language, zone=zone)):
        return _("A person answers before %(when)s.") % {"when": moment(case.next_due_at)}
