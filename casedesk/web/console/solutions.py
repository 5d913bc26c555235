"""The solutions: to search, to browse, to read."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from casedesk import language, richtext
from casedesk.errors import NotFound, Unavailable
from casedesk.language import gettext as _
from casedesk.web import asking, guard, markdown, pages, shell
from casedesk.web.console import offers
from casedesk.web.console.case_views import Fact
from casedesk.web.console.page_views import SolutionPage, SolutionRow, SolutionsPage
from casedesk.web.views import Tone, ViewLink
from knowledge import browsing, snippets
from knowledge.audience import audience_of
from knowledge.browsing import Wanted
from knowledge.solution import SolutionView, Status

AT_ONCE = 25
_SUMMARY = 240
_MOST_CATEGORIES = 20
_TONES = {Status.PUBLISHED: Tone.OK, Status.REVIEW: Tone.WARN, Status.DRAFT: Tone.PLAIN, Status.ARCHIVED: Tone.OFF}


async def show(request: Request) -> Response:
    """Show the solutions that the words find, else all of them, newest first."""
    query = request.query_params
    words, category = query.get("q", "").strip()[:500], query.get("category", "")[:80]
    after = query.get("after", "")
    audience = audience_of(guard.actor_of(request))
    wanted = Wanted(q=words, category=category)
    start = int(after) if after.isascii() and after.isdigit() and len(after) <= 18 else None
    try:
        found = await browsing.list_solutions(wanted, audience=audience, after=start, limit=AT_ONCE)
    except Unavailable:
        found = browsing.Page((), None)
    given = {name: value for name, value in (("q", words), ("category", category)) if value}
    page = SolutionsPage(
        searched=words,
        rows=tuple(solution_row(each) for each in found.items),
        categories=tuple(
            ViewLink(
                each.name, each.name, f"/console/solutions?{urlencode({'category': each.name})}", str(each.solutions)
            )
            for each in (await browsing.categories(audience=audience))[:_MOST_CATEGORIES]
        ),
        more_url=f"/console/solutions?{urlencode({**given, 'after': found.next})}" if found.next else "",
    )
    own = await shell.shell_for(request, rail="solutions")
    return pages.render(request, "console/solutions.html", shell=own, page=page)


async def read(request: Request) -> Response:
    """Show one solution."""
    audience = audience_of(guard.actor_of(request))
    found = await browsing.find(asking.whole_id(request, "solution"), audience=audience)
    facts = [
        Fact(_("Key"), found.key),
        Fact(_("Language"), language.language_name(found.language)),
        Fact(_("Categories"), ", ".join(found.categories) or _("none")),
        Fact(_("Changed"), language.day(found.updated_at)),
    ]
    page = SolutionPage(
        id=found.id,
        title=found.title,
        body=markdown.rendered(found.body),
        state=state_words(found.status),
        state_tone=_TONES[found.status],
        audience=offers.audience_words(found),
        facts=tuple(facts),
        worked=offers.worked_words(found),
    )
    own = await shell.shell_for(request, rail="solutions")
    return pages.render(request, "console/solution.html", shell=own, solution=page)


async def matching(words: str, request: Request, limit: int) -> tuple[SolutionView, ...]:
    """Return the solutions that some words find; none while the search for them is not open."""
    audience = audience_of(guard.actor_of(request))
    try:
        return (await browsing.list_solutions(Wanted(q=words), audience=audience, limit=limit)).items
    except (Unavailable, NotFound):
        return ()


def solution_row(solution: SolutionView) -> SolutionRow:
    """Return a solution as a line of a list."""
    return SolutionRow(
        id=solution.id,
        title=solution.title,
        url=f"/console/solutions/{solution.id}",
        summary=richtext.excerpt(snippets.plain(solution.body), _SUMMARY),
        audience=offers.audience_words(solution),
        state=state_words(solution.status),
        state_tone=_TONES[solution.status],
        worked=offers.worked_words(solution),
        updated=solution.updated_at,
    )


def state_words(status: Status) -> str:
    """Say where a solution stands."""
    return {
        Status.DRAFT: _("Draft"),
        Status.REVIEW: _("In review"),
        Status.PUBLISHED: _("Published"),
        Status.ARCHIVED: _("Archived"),
    }[status]
