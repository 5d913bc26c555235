"""Decisions about a case: kept compact when they are taken, rebuilt with every condition when somebody asks why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casedesk.cases.shapes import DecisionView, TracedRule
from casedesk.database.inserting import insert
from casedesk.errors import NotFound
from casedesk.language import day
from casedesk.language import gettext as _
from casedesk.rules import reasons, routing
from casedesk.rules.conditions import Because
from casedesk.rules.entitlement import Verdict
from casedesk.rules.reasons import Reason, ReasonCode
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.rulesets.models import Decision


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision about a case as it is kept; `kind` as in DecisionView, `detail` what its sentence is rebuilt from."""

    kind: str
    outcome: str
    ruleset_version: int | None
    detail: dict[str, Any]


async def keep(case_id: int, taken: Sequence[Taken], now: datetime) -> None:
    """Keep decisions about a case, in order; in the open transaction."""
    await insert(
        Decision,
        [
            {
                "case_id": case_id, "kind": each.kind, "outcome": each.outcome, "ruleset_version": each.ruleset_version,
                "created_at": now, "detail": each.detail,
            }
            for each in taken
        ],
    )  # fmt: skip


def entitlement(verdict: Verdict) -> Taken:
    """Return the decision a verdict is, with its reasons and those of the best candidates."""
    return Taken(
        "entitlement",
        verdict.outcome.value,
        None,
        {
            "level": verdict.level,
            "entitlement": verdict.entitlement_id,
            "contract": verdict.contract_id,
            "process": verdict.process,
            "reasons": [{"code": r.code.value, "held": r.held, "params": dict(r.params)} for r in verdict.reasons],
            "candidates": [
                {
                    "name": each.name,
                    "outcome": each.outcome.value,
                    "reasons": [{"code": r.code.value, "held": r.held, "params": dict(r.params)} for r in each.reasons],
                }
                for each in verdict.candidates[:10]
            ],
        },
    )


async def decisions_of(case_id: int) -> tuple[DecisionView, ...]:
    """Return every decision about a case, oldest first, each with its trace."""
    return tuple([await explained(row) for row in await Decision.filter(case_id=case_id).order_by("id")])


async def foretold(taken: Taken, at: datetime) -> DecisionView:
    """Return a decision that was not kept, as `explained` would show it."""
    return await explained(
        Decision(
            created_at=at,
            kind=taken.kind,
            outcome=taken.outcome,
            ruleset_version=taken.ruleset_version,
            detail=taken.detail,
        )
    )


async def explained(row: Decision) -> DecisionView:
    """Return one decision with a sentence and the trace of the version it was taken by."""
    detail: dict[str, Any] = dict(row.detail)
    if row.kind == "entitlement":
        sentence, trace = _why_entitled(row.outcome, detail)
    elif row.kind == "assignment":
        sentence, trace = await _why_here(row, detail)
    elif row.kind == "milestone" and "sentence" not in detail:
        sentence, trace = _why_then(row.outcome, detail), ()
    else:
        sentence, trace = _why_otherwise(detail), ()
    return DecisionView(row.created_at, row.kind, row.outcome, row.ruleset_version, sentence, trace)


def _why_entitled(outcome: str, detail: dict[str, Any]) -> tuple[str, tuple[TracedRule, ...]]:
    said = [_sentence(each) for each in detail.get("reasons", [])]
    words = {
        "covered": _("Entitled at level %(level)s."),
        "limited": _("Entitled, but limited to level %(level)s."),
        "grace": _("Entitled at level %(level)s within the days of grace."),
        "not_covered": _("Not covered."),
        "unknown": _("Nobody knows yet what this customer is entitled to."),
    }
    trace = tuple(
        TracedRule(
            each["name"],
            each["outcome"] == outcome and place == 0,
            tuple(Because(r["code"], "holds", True, _sentence(r), r["held"]) for r in each["reasons"]),
        )
        for place, each in enumerate(detail.get("candidates", []))
    )
    return " ".join([words[outcome] % {"level": detail.get("level")}, *said]), trace


_DAYS = frozenset({"from", "until", "ended"})
"""Figures of a reason that are days."""


def told(reason: Reason) -> str:
    """Return why a customer is entitled or not as a sentence in the reader's language."""
    params = {
        name: day(date.fromisoformat(str(value))) if name in _DAYS else value for name, value in reason.params.items()
    }
    return _(reasons.SENTENCES[reason.code, reason.held]) % params


def _sentence(reason: dict[str, Any]) -> str:
    return told(Reason(ReasonCode(reason["code"]), reason["held"], reason.get("params", {})))


async def _why_here(row: Decision, detail: dict[str, Any]) -> tuple[str, tuple[TracedRule, ...]]:
    rule = detail.get("rule")
    sentence = (
        _("To the queue %(queue)s, because rule %(number)s (%(name)s) held.")
        if rule is not None
        else _("To the queue %(queue)s, because no rule held.")
    ) % {"queue": row.outcome, "number": (rule or 0) + 1, "name": detail.get("name")}
    try:
        version = await published.version(RuleSetKind.ASSIGNMENT.value, row.ruleset_version or 0)
    except NotFound:
        return sentence, ()
    traced = routing.trace(detail.get("facts", {}), version.compiled)
    return sentence, tuple(TracedRule(each.rule, each.matched, each.because) for each in traced)


def _why_then(name: str, detail: dict[str, Any]) -> str:
    words = _(
        "%(name)s is due after %(minutes)s open minutes of %(hours)s, "
        "as process %(process)s has it for priority %(priority)s."
    )
    asked = {key: detail.get(key) for key in ("minutes", "hours", "process", "priority")}
    return words % {"name": name, **asked}


def _why_otherwise(detail: dict[str, Any]) -> str:
    # The sentence was kept in English as a pattern, with what fills it beside.
    figures: dict[str, Any] = detail.get("figures", {})
    return _(str(detail.get("sentence", ""))) % figures
