"""My products: what is installed, until when its warranty is, which cases are open about it."""

from starlette.requests import Request
from starlette.responses import Response

from casedesk.cases import customers_list
from casedesk.entitlements import owned
from casedesk.web.portal import lines, pages
from casedesk.web.portal.guard import actor_of, place_of


async def show(request: Request) -> Response:
    """Show the products of the customer's company as cards."""
    place, actor = place_of(request), actor_of(request)
    found = await owned.assets(by=actor)
    open_cases = await customers_list.open_by_asset(by=actor) if found else {}
    cards = tuple(lines.product_card(each, place, open_cases) for each in found)
    return pages.render(request, "portal/products.html", area="products", cards=cards)
