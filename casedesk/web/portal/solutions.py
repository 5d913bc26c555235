"""Solutions for customers: browsed, searched, read, rated. Visitors read the public ones, whoever signed in more."""

import contextlib
import secrets
from hashlib import sha256
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import language
from casedesk.errors import NotFound, Unavailable
from casedesk.identity import Actor, ActorKind
from casedesk.language import gettext as _
from casedesk.security import ratelimit
from casedesk.security.ratelimit import Limit
from casedesk.web import cookies, forms, guard, markdown
from casedesk.web.portal import lines, pages, words
from casedesk.web.portal.guard import place_of
from casedesk.web.portal.page_views import Link, ReadingPage, ShelfPage
from casedesk.web.portal.place import Place
from knowledge import browsing, deflecting, rating, steps
from knowledge.audience import audience_of
from knowledge.browsing import Page, Wanted
from knowledge.deflecting import Beside, Signal
from knowledge.rating import Reason
from knowledge.solution import SolutionView

AT_ONCE = 20
VISITOR_COOKIE = "visitor"
_RATINGS = Limit("solution-ratings", 60, 3600)
_VISITOR = Actor(ActorKind.CONTACT)
_A_YEAR = 31_536_000
_LONGEST_QUERY = 300
_FEW_SECTIONS = 3


async def shelf(request: Request) -> Response:
    """Show all categories, and the newest solutions below them; or those of one category."""
    place, category = place_of(request), request.query_params.get("category", "")
    if category:
        return await _category(request, category)
    found = await _found(Wanted(), place, _after(request))
    page = await _shelf(place, _("Solutions"), found, place.url("/solutions"))
    return pages.render(request, "portal/solutions.html", area="solutions", page=page)


async def search(request: Request) -> Response:
    """Show what some words find; without words, the shelf."""
    place = place_of(request)
    asked = " ".join(request.query_params.get("q", "").split())[:_LONGEST_QUERY]
    if not asked:
        return RedirectResponse(place.url("/solutions"), 303)
    found = await _found(Wanted(q=asked), place, _after(request))
    page = await _shelf(place, _("Search"), found, place.url("/search", q=asked), asked=asked)
    return pages.render(request, "portal/solutions.html", area="solutions", page=page)


async def read(request: Request) -> Response:
    """Show a solution by its id or key, else the category of that name."""
    place, name = place_of(request), request.path_params["name"]
    try:
        solution = await _solution(name, place)
    except NotFound:
        return await _category(request, name)
    reader = rating.reader_of(place.actor, _visitor(request) or "nobody")
    said = {True: "yes", False: "no", None: ""}[await rating.rating_of(solution.id, reader=reader)]
    question = request.query_params.get("question", "")[:40]
    if question and place.customer is not None:
        beside = Beside(question, "", audience_of(place.actor), place.portal.id)
        await deflecting.note(Signal.OPENED, [solution.id], beside, by=place.actor)
    page = await _reading(place, solution, said, request.query_params.get("rated", ""), question)
    return pages.render(request, "portal/solution.html", area="solutions", page=page)


async def rate(request: Request) -> Response:
    """Keep a reader's answer to "Did this solve it?"; a no asks for one reason."""
    place, form = place_of(request), await forms.read(request)
    await ratelimit.count(_RATINGS, request.client.host if request.client else "")
    solution = await _solution(request.path_params["name"], place)
    visitor = _visitor(request)
    fresh = "" if visitor or place.customer else secrets.token_urlsafe(18)
    helpful, reason = form.line("helpful") == "yes", form.line("reason") or None
    await rating.rate(
        solution.id,
        helpful=helpful,
        reader=rating.reader_of(place.actor, visitor or _hashed(fresh)),
        audience=audience_of(place.actor),
        by=place.actor or _VISITOR,
        reason=reason,
    )
    shown = "yes" if helpful else "reason" if reason else "no"
    answer = RedirectResponse(f"{lines.solution_url(solution, place, rated=shown)}#rating", 303)
    if fresh:
        answer.set_cookie(
            VISITOR_COOKIE, fresh, max_age=_A_YEAR, path="/", secure=cookies.is_https(guard.settings_of(request)),
            httponly=True, samesite="lax",
        )  # fmt: skip
    return answer


async def _category(request: Request, name: str) -> Response:
    place = place_of(request)
    found = await _found(Wanted(category=name[:80]), place, _after(request))
    if not found.items:
        raise NotFound
    page = await _shelf(place, name, found, category_url(place, name), here=name)
    return pages.render(request, "portal/solutions.html", area="solutions", page=page)


async def _solution(name: str, place: Place) -> SolutionView:
    """Return the solution an address names: by its id (words may follow it), or by its key."""
    audience = audience_of(place.actor)
    number, _dash, _words = name.partition("-")
    if number.isascii() and number.isdigit() and len(number) <= 18:
        with contextlib.suppress(NotFound):
            return await browsing.find(int(number), audience=audience)
    return await browsing.find_by_key(name, language=_spoken(place), audience=audience)


async def _found(wanted: Wanted, place: Place, after: int | None) -> Page:
    """Return a page of solutions; what is written in the reader's language comes first, all of it when there is little."""
    audience = audience_of(place.actor)
    try:
        if wanted.q:
            return await browsing.list_solutions(wanted, audience=audience, after=after, limit=AT_ONCE)
        spoken = Wanted(category=wanted.category, language=_spoken(place))
        found = await browsing.list_solutions(spoken, audience=audience, after=after, limit=AT_ONCE)
        if found.items:
            return found
        return await browsing.list_solutions(wanted, audience=audience, after=after, limit=AT_ONCE)
    except Unavailable:
        return Page((), None)


async def _shelf(place: Place, title: str, found: Page, url: str, *, asked: str = "", here: str = "") -> ShelfPage:
    more = f"{url}{'&' if '?' in url else '?'}after={found.next}" if found.next else ""
    return ShelfPage(
        title=title,
        searched=asked,
        lines=lines.solution_lines(found.items, place, asked),
        categories=await category_links(place, here),
        more_url=more,
        ask_url=place.url("/ask", q=asked),
        is_search=bool(asked),
    )


async def category_links(place: Place, here: str = "") -> tuple[Link, ...]:
    """Return the categories a reader finds something in."""
    found = await browsing.categories(audience=audience_of(place.actor))
    return tuple(
        Link(each.name, category_url(place, each.name), language.number(each.solutions), each.name == here)
        for each in found[:24]
    )


def category_url(place: Place, name: str) -> str:
    """Return the address of a category; one whose name could be a part of a path or an id stands in the query."""
    if "/" in name or name[:1].isdigit():
        return place.url("/solutions", category=name)
    return place.url(f"/solutions/{quote(name, safe='')}")


async def _reading(place: Place, solution: SolutionView, said: str, rated: str, question: str) -> ReadingPage:
    audience = audience_of(place.actor)
    cut = markdown.sections(solution.body)
    named = [each for each in cut if each.anchor]
    try:
        related = await browsing.related(solution, audience=audience)
    except Unavailable:
        related = ()
    context = {"q": "", "solution": solution.id, "question": question}
    return ReadingPage(
        id=solution.id,
        title=solution.title,
        language=solution.language,
        sections=cut,
        contents=tuple(Link(each.title, f"#{each.anchor}") for each in named) if len(named) >= _FEW_SECTIONS else (),
        helped=words.helped_words(solution.solved),
        minutes=words.minutes_words(steps.minutes_to_read(solution.body)),
        updated=words.updated_words(solution.updated_at),
        categories=tuple(Link(name, category_url(place, name)) for name in solution.categories),
        related=tuple(Link(each.title, lines.solution_url(each, place)) for each in related),
        said=said,
        reasons=tuple((reason.value, words.reason_words(reason)) for reason in Reason),
        asks_reason=rated == "no" and said == "no",
        thanks=rated in ("yes", "reason") and bool(said),
        ask_url=place.url("/ask", **context),
        rate_url=place.url(f"/solutions/{lines.named(solution.id, solution.title)}/rating"),
        question=question if place.customer is not None else "",
        question_url=place.url("/ask") if question else "",
    )


def _after(request: Request) -> int | None:
    given = request.query_params.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 18 else None


def _spoken(place: Place) -> str:
    return place.language.split("_")[0]


def _visitor(request: Request) -> str:
    """Return the mark of a visitor's browser as it is kept: hashed."""
    given = cookies.value(request, VISITOR_COOKIE)
    return _hashed(given) if given else ""


def _hashed(mark: str) -> str:
    return sha256(mark.encode()).hexdigest()[:40] if mark else ""
