"""The first page of a portal: the search, what is mine, what helps most people, ways to reach somebody."""

from starlette.requests import Request
from starlette.responses import Response

from casedesk import language
from casedesk.cases import customers_list
from casedesk.cases.customers_list import CustomersFilter, Standing
from casedesk.entitlements import owned
from casedesk.language import ngettext
from casedesk.web.portal import lines, pages, solutions
from casedesk.web.portal.guard import place_of
from casedesk.web.portal.page_views import CaseLine, HomePage, ProductCard
from casedesk.web.portal.place import Place
from knowledge import browsing
from knowledge.audience import audience_of

SHOWN_CASES = 4
SHOWN_PRODUCTS = 3
SHOWN_SOLUTIONS = 6


async def show(request: Request) -> Response:
    """Show the first page; my open cases come first for those who signed in."""
    place = place_of(request)
    popular = await browsing.popular(
        audience=audience_of(place.actor), language=place.language.split("_")[0], limit=SHOWN_SOLUTIONS
    )
    cases, more, waiting = await _cases(place)
    page = HomePage(
        tagline=place.portal.tagline,
        intro=place.portal.intro,
        cases=cases,
        more_cases=more,
        waiting=waiting,
        products=await _products(place),
        solutions=lines.solution_lines(popular, place),
        categories=await solutions.category_links(place),
    )
    return pages.render(request, "portal/home.html", page=page)


async def _cases(place: Place) -> tuple[tuple[CaseLine, ...], str, str]:
    """Return my open cases, those that wait for me first, the address of the rest, and how many wait."""
    if place.actor is None:
        return (), "", ""
    counted = await customers_list.counts(by=place.actor)
    waiting = await customers_list.list_cases(
        CustomersFilter(state=Standing.WAITING), by=place.actor, limit=SHOWN_CASES
    )
    others = await customers_list.list_cases(CustomersFilter(state=Standing.OPEN), by=place.actor, limit=SHOWN_CASES)
    both = {row.id: row for row in (*waiting.items, *others.items)}
    shown = tuple(lines.case_line(row, place) for row in list(both.values())[:SHOWN_CASES])
    more = place.url("/cases") if counted.open > len(shown) else ""
    words = ngettext("%(number)s waits for you", "%(number)s wait for you", counted.waiting)
    return shown, more, words % {"number": language.number(counted.waiting)} if counted.waiting else ""


async def _products(place: Place) -> tuple[ProductCard, ...]:
    if place.actor is None:
        return ()
    found = await owned.assets(by=place.actor, limit=SHOWN_PRODUCTS)
    open_cases = await customers_list.open_by_asset(by=place.actor) if found else {}
    return tuple(lines.product_card(each, place, open_cases) for each in found)
