"""Why a decision fell as it did, in words: the conditions that held, and what the rules asked before it missed."""

from typing import Any

from markupsafe import Markup

from casedesk import language
from casedesk.cases.fields import CATALOGUE
from casedesk.cases.shapes import DecisionView, TracedRule
from casedesk.language import gettext as _
from casedesk.language import marked
from casedesk.rules.catalogue import FieldKind
from casedesk.rules.conditions import Because
from casedesk.web import signs
from casedesk.web.console.timeline_views import Why, WhyRow
from casedesk.web.views import Tone

_LONGEST = 80
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
        WhyRow(str(each.actual if each.operator == _NAMED else _fact(each)), rule.rule, _tone(each))
        for each in rule.because
    ]


def _rule_rows(decision: DecisionView) -> list[WhyRow]:
    found: list[WhyRow] = []
    missed: list[WhyRow] = []
    for place, rule in enumerate(decision.trace, 1):
        name = _("rule %(number)s") % {"number": place}
        if rule.matched:
            found += [WhyRow(_fact(each), name) for each in rule.because if each.held]
        else:
            failed = next((each for each in rule.because if not each.held), None)
            words = Markup("{}: {}").format(rule.rule, _missed(failed)) if failed else rule.rule
            missed.append(WhyRow(words, name, Tone.OFF))
    return [*found, *missed]


def _fact(each: Because) -> Markup:
    return _said(each, Markup("<b>{}</b>").format(_value(each.expected, each.field)))


def _missed(each: Because) -> Markup:
    actual = Markup("<b>{}</b>").format(_value(each.actual, each.field))
    asked = _said(each, _value(each.expected, each.field))
    return Markup("{}").format(_("%(asked)s; it is %(actual)s")) % {"asked": asked, "actual": actual}


def _label(field: str) -> str:
    entry = CATALOGUE.get(field)
    return _(entry.label) if entry is not None and entry.label else field.replace("_", " ")


def _said(each: Because, value: str) -> Markup:
    """Return a condition as a sentence about `value`, which may be marked up."""
    words = _CONDITIONS.get(each.operator)
    pattern = _(words) if words else f"%(field)s {each.operator.replace('_', ' ')} %(value)s"
    return Markup("{}").format(pattern) % {"field": _label(each.field), "value": value}


_CONDITIONS = {
    "equals": marked("%(field)s is %(value)s"),
    "not_equals": marked("%(field)s is not %(value)s"),
    "in": marked("%(field)s is one of %(value)s"),
    "not_in": marked("%(field)s is none of %(value)s"),
    "contains": marked("%(field)s contains %(value)s"),
    "starts_with": marked("%(field)s starts with %(value)s"),
    "less": marked("%(field)s is below %(value)s"),
    "greater": marked("%(field)s is above %(value)s"),
    "is_empty": marked("%(field)s is empty"),
    "is_true": marked("%(field)s is true"),
}


def _value(value: Any, field: str) -> str:
    if value is None or value == "" or value == []:
        return _("empty")
    entry = CATALOGUE.get(field)
    is_code = entry is not None and entry.kind is FieldKind.CHOICE
    several = value if isinstance(value, list | tuple | set | frozenset) else [value]
    text = language.listed(signs.code_words(str(each)) if is_code else str(each) for each in several)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _tone(each: Because) -> Tone:
    return Tone.OK if each.held else Tone.BAD
