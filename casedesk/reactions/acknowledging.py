"""Answer a new case with its number, what happens next, and public solutions that may already help.

Never to machines, never more often than the caps allow, never with words of the requester in it: an acknowledgement must
not be usable to bomb a stranger's mailbox (TRUST 2a).
"""

from datetime import timedelta

from casedesk import clock, journal
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases import facts
from casedesk.cases.models import Case, Message
from casedesk.cases.numbering import shown
from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.journal.pending import Happened
from casedesk.language import Reader, moment, speaking_to
from casedesk.mail import outbox, writing
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import own_addresses, sender_of
from casedesk.records import NEVER
from casedesk.rules.auto_response import choose_response
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.rulesets.models import Decision
from casedesk.security.tokens import reply_token
from knowledge import suggesting
from knowledge.audience import Audience

KIND = "acknowledgement"
_WRITTEN = ("email", "web", "portal")
_MACHINES = ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce", "bounces")
LIKELY = 0.35
"""Score from which a solution is offered to a customer unasked."""


async def acknowledge(event: Happened) -> None:
    """Put the acknowledgement of a new case into the outbox, or note why there is none."""
    case = await Case.get_or_none(id=event.case_id)
    if case is None or case.origin not in _WRITTEN:
        return
    message = await Message.filter(case_id=case.id).order_by("id").first()
    recipient = message.author_email.lower() if message else ""
    if not recipient or await OutgoingMail.exists(case_id=case.id, kind=KIND):
        return
    reason = await _reason_not_to(case, recipient, automatic=bool(event.data.get("automatic")))
    if reason:
        await _withhold(case, reason)
        return
    found = await suggesting.suggest(
        case.subject, case.description[:2000], language=case.language, audience=Audience.PUBLIC, limit=3
    )
    offers = [(each.title, each.key) for each in found if each.score >= LIKELY]
    await _send(case, message, recipient, offers)


async def _reason_not_to(case: Case, recipient: str, *, automatic: bool) -> str:
    settings = operator.current()
    if automatic:
        return "automatic mail is not answered"
    if recipient in await own_addresses() or recipient.partition("@")[0].lower() in _MACHINES:
        return "the sender is a machine"
    if await outbox.automatic_to(recipient, timedelta(hours=1), KIND) >= settings.acknowledgements_per_hour:
        return "this address got enough acknowledgements this hour"
    if await outbox.automatic_to(recipient, timedelta(days=1)) >= settings.automatic_per_day:
        return "this address got enough automatic mail today"
    return ""


async def _withhold(case: Case, reason: str) -> None:
    async with transaction():
        await journal.record(EventName.ACKNOWLEDGEMENT_WITHHELD, by=SYSTEM, case=case.id, data={"reason": reason})


async def _send(case: Case, message: Message | None, recipient: str, offers: list[tuple[str, str]]) -> None:
    now = clock.now()
    try:
        rules = await published.current(RuleSetKind.AUTO_RESPONSE.value)
    except NotFound:
        return
    known_facts = await facts.gather(case, now=now)
    response = choose_response(known_facts, rules.compiled)
    sender = await sender_of(case.mailbox_id)
    template = response.template and (sender.template or response.template)
    if template is None:
        return
    person = await recognising.find_by_id(case.contact_id) if case.contact_id else None
    zone = person.company.time_zone if person and person.company else "UTC"
    with speaking_to(Reader(locale=(case.language or "en")[:2], zone=zone)):
        promise = _promise(case, zone)
    values = {
        "case.number": shown(case.prefix, case.id),
        # A name from a header is the requester's word; only a contact the company entered itself is greeted by name.
        "contact.name": person.name if person and person.company and not person.by_domain else "",
        "desk.name": sender.name,
        "promise": promise,
        "solutions": _offered(offers),
    }
    written = await writing.write(template, case.language, values)
    async with transaction():
        if await OutgoingMail.exists(case_id=case.id, kind=KIND):
            return
        mail = await outbox.put(
            Letter(
                kind=KIND, sender=sender, to=[recipient], subject=written.subject, text=written.text, html=written.html,
                case_id=case.id, token=reply_token(case.id, recipient), automatic=True,
                in_reply_to=message.mail_message_id if message else None,
                references=[message.mail_message_id] if message and message.mail_message_id else (),
            )
        )  # fmt: skip
        await Decision.create(
            case_id=case.id, kind="auto_response", outcome=template, ruleset_version=rules.number, created_at=now,
            detail={
                "rule": response.rule, "name": response.rule_name, "facts": facts.kept(known_facts, rules.compiled.fields),
                "sentence": f"Acknowledged with {template}, because rule {response.rule_name} held.",
            },
        )  # fmt: skip
        await journal.record(
            EventName.MAIL_QUEUED,
            by=SYSTEM,
            case=case.id,
            data={"mail": mail.id, "kind": KIND, "solutions": len(offers)},
        )


def _promise(case: Case, zone: str) -> str:
    if case.next_due_at == NEVER or case.next_due_kind != "first_response":
        return ""
    if (case.language or "en").startswith("de"):
        return f"Ein Mensch antwortet bis {moment(case.next_due_at)} ({zone})."
    return f"A person answers before {moment(case.next_due_at)} ({zone})."


def _offered(offers: list[tuple[str, str]]) -> str:
    """Return the offered solutions as lines of text, each with its address when the desk has a public one."""
    base = operator.current().url.rstrip("/")
    lines = [f"* {title}" + (f"\n  {base}/portal/help/solutions/{key}" if base else "") for title, key in offers]
    return "\n".join(lines)
