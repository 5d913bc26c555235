"""Why a decision fell as it did, in words: the conditions that held, and what the rules asked before it missed."""

from markupsafe import Markup

from casedesk.cases.shapes import DecisionView, TracedRule
from casedesk.language import gettext as _
from casedesk.rules.conditions import Because
from casedesk.web import condition_words
from casedesk.web.console.timeline_views import Why, WhyRow
from casedesk.web.views import Tone

_NAMED = "holds"
"""Operator of a reason that is a sentence already (an entitlement's)."""


def why(decision: DecisionView) -> Why | None:
    """Return the table of a decision: what held first, then the rules before it with the condition each of them missed.

    None where there is nothing to tell beyond the sentence.
    """
    if decision.kind == "entitlement":
        rows = [row for rule in decision.trace for row in _entitlement_rows(rule)]
    else:
        rows = _rule_rows(decision)
    closing = decision.sentence
    if decision.ruleset_version is not None:
        closing = _("%(sentence)s Version %(number)s of the rules.") % {
            "sentence": decision.sentence,
            "number": decision.ruleset_version,
        }
    return Why(tuple(rows), closing) if rows or decision.ruleset_version is not None else None


def _entitlement_rows(rule: TracedRule) -> list[WhyRow]:
    return [
        WhyRow(str(each.actual if each.operator == _NAMED else condition_words.fact(each)), rule.rule, _tone(each))
        for each in rule.because
    ]


def _rule_rows(decision: DecisionView) -> list[WhyRow]:
    found: list[WhyRow] = []
    missed: list[WhyRow] = []
    for place, rule in enumerate(decision.trace, 1):
        name = _("rule %(number)s") % {"number": place}
        if rule.matched:
            found += [WhyRow(condition_words.fact(each), name) for each in rule.because if each.held]
        else:
            failed = next((each for each in rule.because if not each.held), None)
            words = Markup("{}: {}").format(rule.rule, condition_words.missed(failed)) if failed else rule.rule
            missed.append(WhyRow(words, name, Tone.OFF))
    return [*found, *missed]


def _tone(each: Because) -> Tone:
    return Tone.OK if each.held else Tone.BAD
