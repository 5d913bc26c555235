"""Why a decision fell as it did, in words: the conditions that held, and what the rules asked before it missed."""

from typing import Any

from markupsafe import Markup

from casedesk.cases.fields import CATALOGUE
from casedesk.cases.shapes import DecisionView, TracedRule
from casedesk.language import gettext as _
from casedesk.rules.conditions import Because
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
    return Markup("{} {} <b>{}</b>").format(_label(each.field), _is(each.operator), _value(each.expected))


def _missed(each: Because) -> Markup:
    asked = f"{_is(each.operator, short=True)} {_value(each.expected)}".strip()
    words = Markup("{} {} <b>{}</b>, {} {}")
    return words.format(_label(each.field), _("is"), _value(each.actual), _("and not"), asked)


def _label(field: str) -> str:
    entry = CATALOGUE.get(field)
    return _(entry.label) if entry is not None and entry.label else field.replace("_", " ")


def _is(operator: str, *, short: bool = False) -> str:
    words = {
        "equals": "" if short else _("is"),
        "not_equals": _("is not"),
        "in": _("one of"),
        "not_in": _("none of"),
        "contains": _("contains"),
        "starts_with": _("starts with"),
        "less": _("below"),
        "greater": _("above"),
        "is_empty": _("is empty"),
        "is_true": _("is true"),
    }
    return words.get(operator, operator.replace("_", " "))


def _value(value: Any) -> str:
    if value is None or value == "" or value == []:
        return _("empty")
    several = value if isinstance(value, list | tuple | set | frozenset) else [value]
    text = ", ".join(str(each) for each in several)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _tone(each: Because) -> Tone:
    return Tone.OK if each.held else Tone.BAD
