"""Suggested solutions of a case: what may fit, why, and what became of it."""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.cases import viewing
from casedesk.cases.shapes import CaseView
from casedesk.errors import NotFound, Unavailable
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.web import forms, guard, pages
from casedesk.web.console import places
from casedesk.web.console.case_views import Suggestion, Suggestions
from casedesk.web.views import Choice
from knowledge import browsing, snippets, suggesting, using
from knowledge.audience import audience_of
from knowledge.solution import SolutionView, Visibility
from knowledge.using import Outcome

AT_MOST = 4
LEAST = 0.1
"""Score below which nothing is shown: what shares nothing but small words with a case is no help."""
WORTH_A_GLANCE = 0.3
"""Score from which the best one is also offered inside the composer, where it takes room."""
_LONGEST_QUESTION = 2000
_MOST_WORDS_SHOWN = 6
_MOST_STEPS = 5
_STEP = re.compile(r"\s*(?:\d{1,3}[.)]|[-*+])\s")


async def suggested(case: CaseView, *, by: Actor) -> Suggestions:
    """Return the solutions that may fit a case, with those that were used on it; none while the index is not open."""
    question, used = case.description[:_LONGEST_QUESTION], await using.used_on(case.id)
    items = await for_words(case.subject, question, language=case.language, by=by, used=used)
    return Suggestions(case.number, items, f"/console/c/{case.number}/used", "/console/solutions")


async def for_words(
    subject: str, description: str, *, language: str | None, by: Actor, used: frozenset[int] = frozenset()
) -> tuple[Suggestion, ...]:
    """Return the solutions that may answer some words, best first."""
    audience = audience_of(by)
    try:
        found = await suggesting.suggest(subject, description, language=language, audience=audience, limit=AT_MOST)
    except Unavailable:
        return ()
    items = []
    for each in found:
        if each.why and each.score < LEAST:
            continue
        try:
            solution = await browsing.find(each.solution_id, audience=audience)
        except NotFound:  # it was withdrawn a moment ago
            continue
        items.append(_suggestion(each, solution, each.solution_id in used))
    return tuple(items)


async def mark_used(request: Request) -> Response:
    """Record that a solution was put to use on the case; htmx gets the suggestions anew."""
    by, form = guard.actor_of(request), await forms.read(request)
    case = await viewing.case(request.path_params["number"], by=by)
    solution = form.number("solution") or 0
    await browsing.find(solution, audience=audience_of(by))
    await using.record_use(solution, outcome=Outcome.INSERTED, case=case.id, by=by)
    if request.headers.get("hx-request") != "true":
        return RedirectResponse(places.case_in_list(request, case.number), 303)
    again = await suggested(case, by=by)
    return pages.render(request, "console/_suggestions.html", suggestions=again)


def choices(suggestions: Suggestions) -> tuple[Choice, ...]:
    """Return the suggestions as options of the resolve dialog, the one that was used on the case chosen."""
    used = next((item.id for item in suggestions.items if item.used), None)
    return tuple(Choice(str(item.id), item.title, item.id == used) for item in suggestions.items)


def audience_words(solution: SolutionView) -> str:
    """Say for whom a solution is written, and in which language."""
    words = {
        Visibility.INTERNAL: _("Internal"),
        Visibility.PORTAL: _("Customers"),
        Visibility.PUBLIC: _("Public"),
    }
    return f"{words[solution.visibility]} · {solution.language}"


def worked_words(solution: SolutionView) -> str:
    """Say how often a solution solved a case, empty for one that was never used."""
    if not solution.uses:
        return ""
    return _("%(solved)s of %(uses)s resolved") % {"solved": solution.solved, "uses": solution.uses}


def _aloud(body: str) -> tuple[str, ...]:
    """Return the first steps of a solution; where it has no list, its first lines."""
    lines = [line for line in body.splitlines() if line.strip() and not line.startswith("#")]
    listed = [line for line in lines if _STEP.match(line)]
    return tuple(snippets.plain(line).strip() for line in (listed or lines)[:_MOST_STEPS])


def _suggestion(found: suggesting.Suggestion, solution: SolutionView, used: bool) -> Suggestion:
    why = ", ".join(found.why[:_MOST_WORDS_SHOWN])
    return Suggestion(
        id=solution.id,
        title=solution.title,
        url=f"/console/solutions/{solution.id}",
        steps=snippets.letter(solution.body),
        audience=audience_words(solution),
        worked=worked_words(solution),
        because=_("fits %(score)s %%: %(words)s") % {"score": round(100 * found.score), "words": why} if why else "",
        used=used,
        likely=found.score >= WORTH_A_GLANCE,
        aloud=_aloud(solution.body),
    )
