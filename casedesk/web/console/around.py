"""The right pane of a case: who asks, what they are entitled to, the thing it is about, the cases beside it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casedesk import clock, language
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.accounts.directory import AccountRecord, ContactRecord
from casedesk.cases import deciding, shapes
from casedesk.cases.shapes import CaseView, DecisionView
from casedesk.entitlements import verifying
from casedesk.language import gettext as _
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.web import signs
from casedesk.web.console.case_views import (
    AssetCard,
    ContactCard,
    Context,
    EntitlementCard,
    Fact,
    Linked,
    Meter,
    Reason,
)
from casedesk.web.views import Tone

_MOST_LINKED = 5


def context(
    case: CaseView,
    *,
    contact: ContactRecord | None,
    account: AccountRecord | None,
    beside: Sequence[shapes.CaseRow],
    decisions: Sequence[DecisionView],
    now: datetime,
) -> Context:
    """Return the right pane; `beside` are open cases of the same account, `decisions` those about this case."""
    others = [row for row in beside if row.id != case.id]
    return Context(
        contact=contact_card(case, contact, account, len(others), now),
        entitlement=entitlement_card(case, decisions),
        asset=_asset(case, now.date()),
        linked=_linked(case, others),
    )


def contact_card(
    case: CaseView, contact: ContactRecord | None, account: AccountRecord | None, others: int, now: datetime
) -> ContactCard | None:
    """Return who asks, with the time it is for them."""
    if case.contact is None:
        return None
    zone = zone_of(contact, account)
    facts = [Fact(_("Email"), case.contact.email)] if case.contact.email else []
    if zone:
        place = zone.rpartition("/")[2].replace("_", " ")
        facts.append(Fact(_("Local time"), f"{now.astimezone(ZoneInfo(zone)):%H:%M} {place}"))
    tag = (contact.language if contact else None) or case.language
    if tag:
        facts.append(Fact(_("Language"), language.language_name(tag)))
    if account is not None and account.region:
        facts.append(Fact(_("Region"), account.region))
    if others:
        facts.append(Fact(_("Open cases"), _("%(count)s more") % {"count": others}))
    return ContactCard(
        person=signs.person(case.contact.name or case.contact.email),
        role=(contact.title or contact.role or "") if contact else "",
        account=case.account.name if case.account else "",
        phone=contact.phones[0] if contact and contact.phones else "",
        facts=tuple(facts),
    )


def zone_of(contact: ContactRecord | None, account: AccountRecord | None) -> str:
    """Return the customer's time zone, empty when nobody has said it."""
    if contact is not None and contact.time_zone:
        return contact.time_zone
    return account.time_zone if account is not None and account.time_zone != "UTC" else ""


def entitlement_card(case: CaseView, decisions: Sequence[DecisionView]) -> EntitlementCard:
    """Return the verdict in plain words with what was looked at."""
    newest = next((each for each in reversed(decisions) if each.kind == "entitlement"), None)
    return verdict_card(case.verdict, case.level, newest, case.entitlement)


def verdict_card(
    verdict: str, level: str | None, decision: DecisionView | None, entitlement: shapes.EntitlementRef | None
) -> EntitlementCard:
    """Return a verdict in plain words."""
    name = signs.level_words(level)
    title, tone = {
        "covered": (_("Entitled: %(level)s") % {"level": name}, Tone.OK),
        "limited": (_("Entitled, limited: %(level)s") % {"level": name}, Tone.WARN),
        "grace": (_("In days of grace: %(level)s") % {"level": name}, Tone.WARN),
        "not_covered": (_("Not covered"), Tone.BAD),
    }.get(verdict, (_("Nobody knows yet what is covered"), Tone.PLAIN))
    reasons: list[Reason] = []
    if decision is not None:
        best = next((each for each in decision.trace if each.matched), decision.trace[0] if decision.trace else None)
        if best is not None:
            reasons = [Reason(str(each.actual), Tone.OK if each.held else Tone.BAD) for each in best.because]
        else:
            rest = decision.sentence.partition(". ")[2]
            reasons = [Reason(rest, Tone.PLAIN)] if rest else []
    meters: tuple[Meter, ...] = ()
    if entitlement is not None and entitlement.incidents_allowed:
        used, allowed = entitlement.incidents_used, entitlement.incidents_allowed
        words = _("%(used)s of %(allowed)s") % {"used": used, "allowed": allowed}
        meters = (Meter(_("Incidents used"), words, min(used, allowed), allowed),)
    until = entitlement.ends_on if entitlement is not None else None
    contract = _("to %(day)s") % {"day": language.day(date.fromisoformat(until))} if until else ""
    return EntitlementCard(title, tone, tuple(reasons), meters, contract)


async def entitlement_of(contact: ContactRecord, asset_id: int | None) -> EntitlementCard | None:
    """Return what a contact would be entitled to if they asked now; reads, decides nothing for good."""
    person = await recognising.find_by_id(contact.id)
    if person is None:
        return None
    installed = await verifying.asset(asset_id) if asset_id is not None else None
    processes = await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)
    verdict = await verifying.verify(
        person, person.company, installed, now=clock.now(), processes=processes.compiled,
        grace_days=operator.current().grace_days,
    )  # fmt: skip
    best = verdict.candidates[0].reasons if verdict.candidates else verdict.reasons
    said = tuple(Reason(deciding.told(each), Tone.OK if each.held else Tone.BAD) for each in best)
    return replace(verdict_card(verdict.outcome.value, verdict.level, None, None), reasons=said)


def _asset(case: CaseView, today: date) -> AssetCard | None:
    asset = case.asset
    if asset is None:
        return None
    if asset.warranty_until is None:
        return AssetCard(asset.product or asset.serial, asset.serial)
    until = date.fromisoformat(asset.warranty_until)
    if until >= today:
        words, tone = _("in warranty to %(day)s") % {"day": language.day(until)}, Tone.OK
    else:
        words, tone = _("warranty ended %(day)s") % {"day": language.day(until)}, Tone.WARN
    return AssetCard(asset.product or asset.serial, asset.serial, words, tone)


def _linked(case: CaseView, others: Sequence[shapes.CaseRow]) -> tuple[Linked, ...]:
    found = []
    if case.linked_to:
        found.append(Linked(_("May belong to"), case.linked_to, "", f"/console/c/{case.linked_to}", Tone.INFO))
    found += [
        Linked(_("Same account"), row.number, row.subject, f"/console/c/{row.number}")
        for row in others[:_MOST_LINKED]
        if row.number != case.linked_to
    ]
    return tuple(found)
