"""Conditions of rules in words: "Region is one of EMEA", with what a case has beside it where that was another thing."""

from typing import Any

from markupsafe import Markup

from casedesk import language
from casedesk.cases.fields import CATALOGUE
from casedesk.language import gettext as _
from casedesk.language import marked
from casedesk.rules.catalogue import FieldKind
from casedesk.rules.conditions import Because
from casedesk.web import signs

_LONGEST = 80


def fact(each: Because) -> Markup:
    """Say a condition, its value in bold."""
    return said(each.field, each.operator, Markup("<b>{}</b>").format(value(each.expected, each.field)))


def missed(each: Because) -> Markup:
    """Say a condition that did not hold, and what the case has instead."""
    actual = Markup("<b>{}</b>").format(value(each.actual, each.field))
    asked = said(each.field, each.operator, value(each.expected, each.field))
    return Markup("{}").format(_("%(asked)s; it is %(actual)s")) % {"asked": asked, "actual": actual}


def label(field: str) -> str:
    """Say a field of the catalogue."""
    entry = CATALOGUE.get(field)
    return _(entry.label) if entry is not None and entry.label else field.replace("_", " ")


def said(field: str, operator: str, wanted: str) -> Markup:
    """Return a condition as a sentence about what is `wanted`, which may be marked up."""
    words = _CONDITIONS.get(operator)
    pattern = _(words) if words else f"%(field)s {operator.replace('_', ' ')} %(value)s"
    return Markup("{}").format(pattern) % {"field": label(field), "value": wanted}


def value(given: Any, field: str = "") -> str:
    """Say a value or several; those of a field with choices in the reader's words."""
    if given is None or given == "" or given == []:
        return _("empty")
    entry = CATALOGUE.get(field)
    is_code = entry is not None and entry.kind is FieldKind.CHOICE
    several = given if isinstance(given, list | tuple | set | frozenset) else [given]
    text = language.listed(signs.code_words(str(each)) if is_code else str(each) for each in several)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


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
