"""Search everything: cases, contacts, accounts, assets, solutions; a case's number goes straight to it."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import richtext
from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.cases import listing, viewing
from casedesk.cases.listing import CaseFilter
from casedesk.entitlements.catalogue import ASSETS, PRODUCTS
from casedesk.errors import NotFound
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import marked
from casedesk.permissions import Permission, can
from casedesk.web import guard, pages, shell, signs
from casedesk.web.console import solutions
from casedesk.web.console.page_views import Hit, SearchPage
from casedesk.web.views import Tab
from knowledge import snippets

_OF_EACH = 8
_MANY = 50
_SUMMARY = 200

Find = Callable[[str, Request, int], Awaitable[tuple[Hit, ...]]]


async def show(request: Request) -> Response:
    """Show what some words find, by kind."""
    query = request.query_params
    words, kind = query.get("q", "").strip()[:200], query.get("type", "")
    if target := await _straight_to(words, by=guard.actor_of(request)):
        return RedirectResponse(target, 303)
    page = SearchPage(words, (), ())
    if words:
        page = await _found(words, kind if kind in _KINDS else "", request)
    own = await shell.shell_for(request, rail="search")
    return pages.render(request, "console/search.html", shell=own, page=page)


async def _straight_to(words: str, *, by: Actor) -> str:
    """Return the address of the case whose number was typed, empty when there is none that the reader may see."""
    digits = words.rpartition("-")[2].lstrip("#")
    if not digits.isdigit() or " " in words or len(digits) > 18:
        return ""
    try:
        case = await viewing.case(words.lstrip("#"), by=by)
    except NotFound:
        return ""
    return f"/console/c/{case.number}"


async def _found(words: str, kind: str, request: Request) -> SearchPage:
    hits: list[Hit] = []
    counts: dict[str, int] = {}
    for name, (_label, find) in _KINDS.items():
        found = await find(words, request, _MANY if name == kind else _OF_EACH)
        counts[name] = len(found)
        if kind in ("", name):
            hits += found
    every = Tab(_("All"), f"/console/search?{urlencode({'q': words})}", str(sum(counts.values())), not kind)
    tabs = [
        Tab(_(label), f"/console/search?{urlencode({'q': words, 'type': name})}", _counted(counts[name]), name == kind)
        for name, (label, _find) in _KINDS.items()
        if counts[name]
    ]
    return SearchPage(words, (every, *tabs) if hits else (), tuple(hits))


def _counted(count: int) -> str:
    return f"{count}+" if count in (_OF_EACH, _MANY) else str(count)


async def _cases(words: str, request: Request, limit: int) -> tuple[Hit, ...]:
    page = await listing.list_rows(CaseFilter(q=words, sort="newest"), by=guard.actor_of(request), limit=limit)
    hits = []
    for row in page.items:
        who = [part for part in (row.account.name if row.account else "", signs.status_words(row.status)) if part]
        url = f"/console/c/{row.number}"
        title = f"{row.number} {row.subject}"
        hits.append(Hit(_("Case"), "inbox", title, url, row.excerpt, " · ".join(who), row.updated_at))
    return tuple(hits)


async def _contacts(words: str, request: Request, limit: int) -> tuple[Hit, ...]:
    by = guard.actor_of(request)
    hits = []
    for contact_id in await database_engine.search(Kind.CONTACT, words, limit):
        contact = await CONTACTS.find(contact_id, by=by)
        account = await ACCOUNTS.find(contact.account_id, by=by) if contact.account_id else None
        facts = " · ".join(part for part in (contact.email or "", account.name if account else "") if part)
        url = f"/console/new?contact={contact.id}"
        hits.append(Hit(_("Contact"), "user", contact.name, url, contact.title or contact.role or "", facts))
    return tuple(hits)


async def _accounts(words: str, request: Request, limit: int) -> tuple[Hit, ...]:
    by = guard.actor_of(request)
    hits = []
    for account_id in await database_engine.search(Kind.ACCOUNT, words, limit):
        account = await ACCOUNTS.find(account_id, by=by)
        url = f"/console/v/recent?{urlencode({'q': account.name})}"
        hits.append(
            Hit(_("Account"), "building", account.name, url, "", " · ".join((*account.domains, account.region)))
        )
    return tuple(hits)


async def _assets(words: str, request: Request, limit: int) -> tuple[Hit, ...]:
    by = guard.actor_of(request)
    if not can(by, Permission.PRODUCT_READ):
        return ()
    hits = []
    for asset_id in await database_engine.search(Kind.ASSET, words, limit):
        asset = await ASSETS.find(asset_id, by=by)
        product, account = await PRODUCTS.find(asset.product_id, by=by), await ACCOUNTS.find(asset.account_id, by=by)
        url = f"/console/v/recent?{urlencode({'q': asset.serial})}"
        hits.append(Hit(_("Asset"), "cpu", f"{product.name} {asset.serial}", url, asset.site or "", account.name))
    return tuple(hits)


async def _solutions(words: str, request: Request, limit: int) -> tuple[Hit, ...]:
    found = await solutions.matching(words, request, limit)
    return tuple(
        Hit(
            _("Solution"), "book-open", each.title, f"/console/solutions/{each.id}",
            richtext.excerpt(snippets.plain(each.body), _SUMMARY), solutions.state_words(each.status),
        )
        for each in found
    )  # fmt: skip


_KINDS: dict[str, tuple[str, Find]] = {
    "case": (marked("Cases"), _cases),
    "contact": (marked("Contacts"), _contacts),
    "account": (marked("Accounts"), _accounts),
    "asset": (marked("Assets"), _assets),
    "solution": (marked("Solutions"), _solutions),
}
