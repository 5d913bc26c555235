"""A case is brought up: by a person with a reason, or by the clock. The target sees it at once.

By person: *took too long* raises the level, *tier 2* moves it to tier 2's queue, *manager* puts it before a supervisor.
"""

from typing import Any

from casedesk import clock, journal, language, permissions
from casedesk.cases import clocks, deciding, facts, recording, viewing
from casedesk.cases.actions import Cause, carry_out
from casedesk.cases.deciding import Taken
from casedesk.cases.models import Case
from casedesk.cases.recording import Told
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.database.inserting import insert_one, update_row
from casedesk.errors import FieldProblem, Invalid, NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Actor
from casedesk.language import gettext as _
from casedesk.language import marked
from casedesk.milestones.models import EscalationStep
from casedesk.permissions import Permission
from casedesk.queues import known
from casedesk.records import NEVER
from casedesk.rules import escalation, lifecycle
from casedesk.rules.lifecycle import Act, Category, EscalationKind
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind

TIER_2_QUEUE = "tier_2"


async def escalate(
    number: str,
    *,
    by: Actor,
    kind: str,
    reason: str,
    tried: str | None = None,
    need: str | None = None,
    impact: str | None = None,
) -> CaseView:
    """Bring a case up for `kind` (took_too_long, tier_2, manager); the reason and what goes with it stay on the case.

    Raises Invalid for an unknown kind or no reason, Conflict when the state forbids it.
    """
    done = await escalate_unseen(number, by=by, kind=kind, reason=reason, tried=tried, need=need, impact=impact)
    return await viewing.case_by_id(done, by=by)


async def escalate_unseen(
    number: str,
    *,
    by: Actor,
    kind: str,
    reason: str,
    tried: str | None = None,
    need: str | None = None,
    impact: str | None = None,
) -> int:
    """Do `escalate` without looking at the case afterwards: its id, for many acts in a row."""
    permissions.require(by, Permission.CASE_ESCALATE)
    why = _kind(kind, reason)
    now = clock.now()
    words = {"reason": reason.strip(), "tried": tried, "need": need, "impact": impact}
    async with transaction():
        case = await recording.hold_for(number, by=by, act=Act.ESCALATE)
        to: dict[str, Any] = {"escalation_level": int(lifecycle.escalated(case.escalation_level, why))}
        if why == EscalationKind.TIER_2:
            to |= await _to_tier_2(case)
        derived = await clocks.derived(case, now, by=by, **to)
        told = Told(data={"kind": why.value}, content={key: value for key, value in words.items() if value})
        event = await recording.change(case, EventName.CASE_ESCALATED, by=by, to=to, derived=derived, told=told)
        detail = {"sentence": _SENTENCES[why], "by": by.id, "event": event}
        await deciding.keep(case.id, [Taken("escalation", why.value, None, detail)], now)
        await journal.record(
            EventName.NOTIFICATION_ASKED_FOR, by=by, case=case.id,
            data={"to": "manager" if why != EscalationKind.TIER_2 else "queue", "reason": f"escalated_{why.value}"},
        )  # fmt: skip
    return int(case.id)


async def sweep(limit: int = 100) -> int:
    """Carry out the escalation rules that are due, each once for the instant it counts from; return how many cases.

    Each case is a transaction of its own: a crash between two leaves the rest due, and none is done twice.
    """
    now = clock.now()
    due: Any = (
        await Case.filter(next_escalation_at__lte=now)
        .order_by("next_escalation_at")
        .limit(limit)
        .values_list("id", flat=True)
    )
    for case_id in due:
        await escalate_by_rule(case_id)
    return len(due)


async def let_pass(case: Case) -> None:
    """Count the rules that were due before now as done, for a held case that spent that time elsewhere."""
    now = clock.now()
    category = Category(case.status_category)
    rules = (await clocks.escalation_rules()).rules
    times, hours = clocks.times_of(case, category), await clocks.hours_of(case)
    for key, anchor in escalation.past(rules, times, hours, now=now):
        await EscalationStep.create(case_id=case.id, entry=key, anchor=anchor[:40])
    case.next_escalation_at = await clocks.next_escalation(case, now, category=category, changed={})
    await case.save(update_fields=["next_escalation_at"])


async def escalate_by_rule(case_id: int) -> None:
    """Carry out the escalation rules of one case that are due now, in a transaction."""
    async with transaction():
        await _escalate_by_rule(await recording.hold(case_id))


async def _escalate_by_rule(case: Case) -> None:
    now = clock.now()
    if case.next_escalation_at > now:
        return
    category = Category(case.status_category)
    try:
        version = await published.current(RuleSetKind.ESCALATION.value)
    except NotFound:
        case.next_escalation_at = NEVER
        await update_row(case, ["next_escalation_at"])
        return
    due = escalation.due_actions(
        version.compiled.rules,
        await facts.gather(case, now=now),
        clocks.times_of(case, category),
        await clocks.hours_of(case),
        taken=await clocks.taken_escalations(case.id),
        now=now,
    )
    for each in due:
        anchor = str(each.reason["since_at"])[:40]
        await insert_one(EscalationStep, {"case_id": case.id, "entry": each.key, "anchor": anchor})
        detail = {"sentence": _RULE_SENTENCE, "figures": _figures(each), **dict(each.reason)}
        await deciding.keep(case.id, [Taken("escalation", each.rule, version.number, detail)], now)
        told = Told(data={"rule": each.rule, **dict(each.reason)})
        await recording.change(case, EventName.CASE_ESCALATED, by=SYSTEM, to={}, told=told)
        await carry_out(case, each.actions, Cause("escalation", each.rule, each.key), now=now)
    at = await clocks.next_escalation(case, now, category=Category(case.status_category), changed={}, after=now)
    if at != case.next_escalation_at:
        case.next_escalation_at = at
        await update_row(case, ["next_escalation_at"])


def _kind(kind: str, reason: str) -> EscalationKind:
    problems = []
    if kind not in list(EscalationKind):
        problems.append(
            FieldProblem("kind", _("give one of %(these)s") % {"these": language.alternatives(EscalationKind)})
        )
    if not reason.strip():
        problems.append(FieldProblem("reason", "say why"))
    if problems:
        raise Invalid(problems)
    return EscalationKind(kind)


async def _to_tier_2(case: Case) -> dict[str, Any]:
    queue = next((q for q in await known.every() if q.key == TIER_2_QUEUE), None)
    queue = queue or next((q for q in await known.every() if q.tier == 2), None)
    if queue is None or queue.id == case.queue_id:
        return {}
    return {"queue_id": queue.id, "owner_id": None}


_SENTENCES = {
    EscalationKind.TOOK_TOO_LONG: marked("Escalated by hand: it took too long."),
    EscalationKind.TIER_2: marked("Escalated by hand: it needs tier 2."),
    EscalationKind.MANAGER: marked("Escalated by hand: brought to the manager's attention."),
}


_RULE_SENTENCE = marked("Rule %(rule)s acted %(minutes)s %(clock)s minutes after %(since)s (%(at)s).")


def _figures(each: escalation.Escalation) -> dict[str, Any]:
    reason = each.reason
    since = str(reason["since"]).replace("_", " ")
    return {
        "rule": each.rule, "minutes": reason["after_minutes"], "clock": reason["clock"], "since": since,
        "at": reason["since_at"],
    }  # fmt: skip
