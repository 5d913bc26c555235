"""Which case a message answers: by signed token, or by References and a sender who belongs to it. Nothing else joins.

A number in the subject, a From, a forged Message-ID prove nothing (others let strangers in that way): they only link.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casedesk.accounts import recognising
from casedesk.cases import numbering
from casedesk.cases.models import Case, CaseParticipant, Message
from casedesk.mail import outbox
from casedesk.security.tokens import check_reply_token
from intake.message import Incoming

_TOKEN = re.compile(r"([0-9]{1,18})-[a-z2-7]{26,64}")
MOST_IDS = 60


@dataclass(frozen=True, slots=True)
class Match:
    """What a message points at: `joins` is the case it may be added to, `hints_at` one it may only be linked with."""

    joins: int | None = None
    hints_at: int | None = None
    reason: str = ""


async def match(incoming: Incoming, envelope_to: Sequence[str]) -> Match:
    """Return the case a message answers, or may belong to; tokens first, then References, then the subject's number."""
    sender = incoming.sender.email.lower() if incoming.sender else ""
    ids = [*incoming.references[-MOST_IDS:], *incoming.in_reply_to]
    hint: int | None = None
    for token, case in await _named(_tokens(incoming, envelope_to, ids)):
        hint = hint or case.id
        if sender and await _signed_for(token, sender, case):
            return Match(joins=case.id, reason="signed token")
    for case in await _referred(ids):
        hint = hint or case.id
        if sender and await belongs(sender, case):
            return Match(joins=case.id, reason="References and a sender of this case")
    number = numbering.in_subject(incoming.subject)
    if hint is None and number is not None and await Case.exists(id=number):
        hint = number
    return Match(hints_at=hint, reason="points at a case its sender does not belong to" if hint else "")


async def belongs(email: str, case: Case) -> bool:
    """Say whether an address belongs to a case: its contact's, or one the desk has written to or heard from there."""
    if case.contact_id and email in await recognising.addresses_of(case.contact_id):
        return True
    return await CaseParticipant.exists(case_id=case.id, email=email)


def _tokens(incoming: Incoming, envelope_to: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Return everything that looks like a reply token: details of addresses, then beginnings of Message-IDs."""
    addresses = [*envelope_to, *(address.email for address in incoming.to)]
    found = [address.partition("+")[2].rpartition("@")[0] for address in addresses if "+" in address]
    found += [each.strip("<>").partition(".")[0] for each in ids]
    return [token for token in dict.fromkeys(found) if _TOKEN.fullmatch(token)]


async def _named(tokens: Sequence[str]) -> list[tuple[str, Case]]:
    """Return the tokens whose case there is, with it, in order."""
    if not tokens:
        return []
    numbers = {token: int(token.partition("-")[0]) for token in tokens}
    cases = {case.id: case for case in await Case.filter(id__in=list(set(numbers.values())))}
    return [(token, cases[numbers[token]]) for token in tokens if numbers[token] in cases]


async def _signed_for(token: str, sender: str, case: Case) -> bool:
    """Say whether a token is ours and was given to its sender, or to another address of the same contact."""
    if check_reply_token(token, sender) == case.id:
        return True
    known = await recognising.find_by_email(sender)
    if known is None or known.id is None or known.id != case.contact_id:
        return False
    return any(check_reply_token(token, address) == case.id for address in await recognising.addresses_of(known.id))


async def _referred(ids: Sequence[str]) -> list[Case]:
    """Return the cases of mails, sent or received, with these Message-IDs, the latest named first."""
    if not ids:
        return []
    found: dict[str, int] = {}
    for message in await Message.filter(mail_message_id__in=list(ids)):
        found[message.mail_message_id or ""] = message.case_id
    sent = await outbox.find_by_message_id(ids)
    if sent is not None and sent.case_id is not None:
        found.setdefault(sent.mail_message_id, sent.case_id)
    order = list(dict.fromkeys(found[each] for each in reversed(list(ids)) if each in found))
    cases = {case.id: case for case in await Case.filter(id__in=order)} if order else {}
    return [cases[case_id] for case_id in order if case_id in cases]
