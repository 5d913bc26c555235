"""Answer a new case with its number, what happens next, and public solutions that may already help.

Never to machines, never more often than the caps allow, never with words of the requester in it: an acknowledgement must
not be usable to bomb a stranger's mailbox.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from casedesk import clock, journal
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases import deciding, facts
from casedesk.cases.deciding import Taken
from casedesk.cases.models import Case, Message
from casedesk.database import transaction
from casedesk.database.selecting import exists, first
from casedesk.errors import NotFound, Unavailable
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.journal.pending import Happened
from casedesk.language import marked
from casedesk.mail import outbox, writing
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import is_ours, sender_of
from casedesk.portals import branding, case_links
from casedesk.portals.case_links import NewCaseLink
from casedesk.reactions.filling import values_of
from casedesk.rules.auto_response import Response, choose_response
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.rulesets.published import Published
from casedesk.security.tokens import reply_token
from knowledge import suggesting
from knowledge.audience import Audience
from knowledge.ranking import LIKELY

KIND = "acknowledgement"
MOST_OFFERED = 3
_WRITTEN = ("email", "web", "portal")
_MACHINES = ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce", "bounces")
_LONGEST_QUESTION = 2000

_log = structlog.get_logger("acknowledging")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The rule that answered and what it looked at."""

    rules: Published
    response: Response
    facts: dict[str, Any]


async def acknowledge(event: Happened) -> None:
    """Put the acknowledgement of a new case into the outbox, or note why there is none. Safe twice."""
    case = await first(Case, "id = ?", event.case_id)
    if case is None or case.origin not in _WRITTEN:
        return
    message = await first(Message, "case_id = ? ORDER BY id", case.id)
    recipient = message.author_email.lower() if message else ""
    if message is None or not recipient or await _is_done(case.id):
        return
    reason = await _reason_not_to(recipient, automatic=bool(event.data.get("automatic")))
    chosen = None if reason else await _choose(case)
    link = None if chosen is None else await _link(case, recipient)
    letter = None if chosen is None else await _letter(case, message, recipient, chosen, link)
    async with transaction():
        await outbox.hold_recipient(recipient)
        if await _is_done(case.id):
            return
        reason = reason or await _cap_reached(recipient)
        if reason:
            await _withhold(case, reason)
        elif letter is not None and chosen is not None:
            await _keep(case, letter, chosen)
            if link is not None:
                await case_links.keep(link)


async def _is_done(case_id: int) -> bool:
    """Say whether a case was acknowledged or left so on purpose."""
    if await exists(OutgoingMail, "case_id = ? AND kind = ?", case_id, KIND):
        return True
    return await journal.was_recorded(EventName.ACKNOWLEDGEMENT_WITHHELD, case=case_id)


async def _reason_not_to(recipient: str, *, automatic: bool) -> str:
    if automatic:
        return "automatic mail is not answered"
    if await is_ours(recipient) or recipient.partition("@")[0] in _MACHINES:
        return "the sender is a machine"
    return ""


async def _cap_reached(recipient: str) -> str:
    settings, hour = operator.current(), timedelta(hours=1)
    if await outbox.automatic_to(recipient, hour, KIND) >= settings.acknowledgements_per_hour:
        return "this address got enough acknowledgements this hour"
    if await outbox.automatic_to_domain(recipient, hour, KIND) >= settings.acknowledgements_per_domain:
        return "this domain got enough acknowledgements this hour"
    if await outbox.automatic_in_all(hour, KIND) >= settings.acknowledgements_in_all:
        return "enough acknowledgements left this hour"
    if await outbox.automatic_to(recipient, timedelta(days=1)) >= settings.automatic_per_day:
        return "this address got enough automatic mail today"
    return ""


async def _withhold(case: Case, reason: str) -> None:
    await journal.record(EventName.ACKNOWLEDGEMENT_WITHHELD, by=SYSTEM, case=case.id, data={"reason": reason})


async def _choose(case: Case) -> _Chosen | None:
    try:
        rules = await published.current(RuleSetKind.AUTO_RESPONSE.value)
    except NotFound:
        return None
    known = await facts.gather(case, now=clock.now())
    response = choose_response(known, rules.compiled)
    return _Chosen(rules, response, known) if response.template else None


async def _link(case: Case, recipient: str) -> NewCaseLink | None:
    """Return a link that opens the case without an account, for its own contact alone."""
    if case.contact_id is None or recipient not in await recognising.addresses_of(case.contact_id):
        return None
    sender = await sender_of(case.mailbox_id)
    return await case_links.new(case.id, contact_id=case.contact_id, email=recipient, portal_id=sender.portal_id)


async def _letter(case: Case, message: Message, recipient: str, chosen: _Chosen, link: NewCaseLink | None) -> Letter:
    sender = await sender_of(case.mailbox_id)
    offers = await _offers(case)
    values = {**await values_of(case, sender), "case.url": link.url if link else ""}
    values["solutions"] = await _listed(offers, sender.portal_id)
    written = await writing.write(sender.template or chosen.response.template or "", case.language, values)
    return Letter(
        kind=KIND, sender=sender, to=[recipient], subject=written.subject, text=written.text, html=written.html,
        case_id=case.id, token=reply_token(case.id, recipient), automatic=True, in_reply_to=message.mail_message_id,
        references=[message.mail_message_id] if message.mail_message_id else (),
    )  # fmt: skip


async def _keep(case: Case, letter: Letter, chosen: _Chosen) -> None:
    mail = await outbox.put(letter)
    response, rules = chosen.response, chosen.rules
    detail = {
        "rule": response.rule, "name": response.rule_name, "facts": facts.kept(chosen.facts, rules.compiled.fields),
        "sentence": marked("Acknowledged with %(letter)s, because rule %(rule)s held."),
        "figures": {"letter": response.template, "rule": response.rule_name},
    }  # fmt: skip
    taken = Taken("auto_response", response.template or "", rules.number, detail)
    await deciding.keep(case.id, [taken], clock.now())
    await journal.record(EventName.MAIL_QUEUED, by=SYSTEM, case=case.id, data={"mail": mail.id, "kind": KIND})


async def _offers(case: Case) -> list[tuple[str, str]]:
    """Return title and key of public solutions that probably help; none while the index cannot be asked."""
    try:
        return await suggesting.offer(
            case.subject, case.description[:_LONGEST_QUESTION], language=case.language, audience=Audience.PUBLIC,
            limit=MOST_OFFERED, least=LIKELY,
        )  # fmt: skip
    except Unavailable as error:
        # An acknowledgement in time is worth more than one with solutions in it.
        _log.warning("nothing_suggested", case=case.id, reason=error.message)
        return []


async def _listed(offers: list[tuple[str, str]], portal_id: int | None) -> str:
    """Return the offered solutions as lines of text, each with its address when the desk has a public one."""
    portal = await branding.of_mailbox(portal_id) if operator.current().url else None
    base = branding.address_of(portal) if portal else ""
    lines = [f"* {title}" + (f"\n  {base}/solutions/{key}" if base else "") for title, key in offers]
    return "\n".join(lines)
