"""My cases: mine or my company's, by state, searched, page by page, and as a file."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from casedesk import language
from casedesk.cases import customers_list
from casedesk.cases.customers_list import CustomersFilter, Standing, Whose
from casedesk.entitlements import owned
from casedesk.errors import NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.web.portal import lines, pages, words
from casedesk.web.portal.guard import actor_of, place_of
from casedesk.web.portal.page_views import CasesPage, Link
from casedesk.web.portal.place import Place
from casedesk.web.spreadsheets import csv_answer

AT_ONCE = 25
_LONGEST_QUERY = 200
_NAMES = ("state", "whose", "q", "asset")


async def show(request: Request) -> Response:
    """Show the list that the address describes."""
    place, actor = place_of(request), actor_of(request)
    wanted = _wanted(request, actor)
    given = _given(request)
    found = await customers_list.list_cases(wanted, by=actor, cursor=request.query_params.get("cursor"), limit=AT_ONCE)
    counted = await customers_list.counts(by=actor, whose=wanted.whose)
    numbers = {
        Standing.OPEN: counted.open,
        Standing.WAITING: counted.waiting,
        Standing.CLOSED: counted.closed,
        None: None,
    }
    page = CasesPage(
        lines=tuple(lines.case_line(row, place) for row in found.items),
        states=tuple(_state_link(place, given, wanted, state, number) for state, number in numbers.items()),
        whose=_whose_links(place, given, wanted, actor),
        searched=wanted.q,
        state=given.get("state", ""),
        who=wanted.whose.value,
        about=await _about(wanted, actor),
        about_id=wanted.asset_id,
        plain_url=place.url("/cases", whose=given.get("whose"), state=given.get("state")),
        csv_url=place.url("/cases.csv", **given),
        more_url=place.url("/cases", **given, cursor=found.next) if found.next else "",
        is_filtered=bool(wanted.q or wanted.asset_id),
    )
    return pages.render(request, "portal/cases.html", area="cases", page=page)


async def export(request: Request) -> Response:
    """Hand out the list as a CSV file."""
    place, actor = place_of(request), actor_of(request)
    heads = [
        _("Number"), _("Subject"), _("State"), _("What happens next"), _("Product"), _("Serial number"),
        _("Asked by"), _("Asked"), _("Last news"),
    ]  # fmt: skip
    rows = [
        (
            row.number, row.subject, words.state_words(row.state), words.short_next(row.next), row.product, row.serial,
            row.asked_by, language.moment(row.created_at), language.moment(row.last_at),
        )
        async for row in customers_list.every(_wanted(request, actor), by=actor)
    ]  # fmt: skip
    return csv_answer(f"{place.portal.slug}-cases.csv", heads, rows)


def _wanted(request: Request, actor: Actor) -> CustomersFilter:
    query = request.query_params
    state, whose, asset = query.get("state", "open"), query.get("whose", ""), query.get("asset", "")
    return CustomersFilter(
        state=Standing(state) if state in set(Standing) else None,
        whose=Whose.COMPANY if whose == Whose.COMPANY and actor.company_id is not None else Whose.MINE,
        q=query.get("q", "").strip()[:_LONGEST_QUERY],
        asset_id=int(asset) if asset.isascii() and asset.isdigit() and len(asset) <= 18 else None,
    )


def _given(request: Request) -> dict[str, str]:
    return {name: request.query_params[name] for name in _NAMES if request.query_params.get(name)}


def _state_link(
    place: Place, given: Mapping[str, str], wanted: CustomersFilter, state: Standing | None, number: int | None
) -> Link:
    label = {
        Standing.OPEN: _("Open"),
        Standing.WAITING: _("Waiting for me"),
        Standing.CLOSED: _("Solved and closed"),
        None: _("All"),
    }[state]
    url = place.url("/cases", **{**given, "state": state.value if state else "all"})
    return Link(label, url, "" if number is None else language.number(number), wanted.state is state)


def _whose_links(place: Place, given: Mapping[str, str], wanted: CustomersFilter, actor: Actor) -> tuple[Link, ...]:
    """Return the switch between mine and my company's; nothing for whoever sees only their own."""
    if actor.company_id is None:
        return ()
    labels = {Whose.MINE: _("Mine"), Whose.COMPANY: _("My company")}
    return tuple(
        Link(label, place.url("/cases", **{**given, "whose": whose.value}), here=wanted.whose is whose)
        for whose, label in labels.items()
    )


async def _about(wanted: CustomersFilter, actor: Actor) -> str:
    """Return the product that the list is narrowed to, empty for none."""
    if wanted.asset_id is None:
        return ""
    try:
        asset = await owned.asset(wanted.asset_id, by=actor)
    except NotFound:
        return ""
    return f"{asset.product} {asset.serial}"
