"""Suggested solutions of a case: what may fit, why, and what became of it."""

from casedesk.cases.shapes import CaseView
from casedesk.identity import Actor
from casedesk.web.console.case_views import Suggestions
from casedesk.web.console.views import Choice


async def suggested(case: CaseView, *, by: Actor) -> Suggestions:
    """Return the solutions that may fit a case."""
    return Suggestions(case.number, (), f"/console/c/{case.number}/used", "/console/solutions")


def choices(suggestions: Suggestions) -> tuple[Choice, ...]:
    """Return the suggestions as options of the resolve dialog, one that was put to use first and chosen."""
    ordered = sorted(suggestions.items, key=lambda item: not item.used)
    return tuple(Choice(str(item.id), item.title, item.used) for item in ordered)
