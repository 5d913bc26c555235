"""Who is calling? From whatever is typed (number, name, mail, serial, case number) to contacts and their open cases."""

from datetime import datetime

from casedesk.accounts.directory import ACCOUNTS, CONTACTS, ContactRecord
from casedesk.cases import listing, viewing
from casedesk.cases.listing import CaseFilter
from casedesk.entitlements.catalogue import ASSETS, PRODUCTS
from casedesk.errors import NotFound
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.language import day
from casedesk.language import gettext as _
from casedesk.web import signs
from casedesk.web.console import case_list
from casedesk.web.console.page_views import Caller, CallerCase
from casedesk.web.views import Choice

_AT_MOST = 8
_MOST_ASSETS = 30


async def found_by(words: str, *, by: Actor) -> tuple[ContactRecord, ...]:
    """Return the contacts that `words` may mean, the likeliest first."""
    if "@" in words:
        return await CONTACTS.page(by=by, narrowed={"email": words}, limit=_AT_MOST)
    found: dict[int, ContactRecord] = {}
    for contact in [*await _by_case(words, by), *await _by_serial(words, by)]:
        found.setdefault(contact.id, contact)
    for contact_id in await database_engine.search(Kind.CONTACT, words, _AT_MOST):
        found.setdefault(contact_id, await CONTACTS.find(contact_id, by=by))
    for account_id in await database_engine.search(Kind.ACCOUNT, words, 2):
        for contact in await CONTACTS.page(by=by, narrowed={"account_id": account_id}, limit=_AT_MOST):
            found.setdefault(contact.id, contact)
    return tuple(found.values())[:_AT_MOST]


async def caller(contact: ContactRecord, *, by: Actor, query: str, chosen: bool = False) -> Caller:
    """Return a contact as a line to choose; `query` is what the address keeps beside the choice."""
    account = await ACCOUNTS.find(contact.account_id, by=by) if contact.account_id else None
    line = [account.name if account else "", contact.phones[0] if contact.phones else contact.email or ""]
    return Caller(
        contact_id=contact.id,
        person=signs.person(contact.name or contact.email or "?"),
        line=" · ".join(part for part in line if part),
        url=f"/console/new?{query}contact={contact.id}",
        chosen=chosen,
    )


async def open_cases(contact: ContactRecord, *, by: Actor, now: datetime) -> tuple[CallerCase, ...]:
    """Return the open cases a contact may be asking about: their own before those of their company."""
    if contact.account_id is None:
        return ()
    page = await listing.list_rows(CaseFilter(view="all", account=contact.account_id), by=by, limit=_MOST_ASSETS)
    ordered = sorted(page.items, key=lambda row: row.contact is None or row.contact.id != contact.id)
    found = []
    for row in ordered[:5]:
        shown = case_list.case_row(row, "", now=now)
        log = f"{shown.url}?compose=call#composer"
        found.append(CallerCase(row.number, row.subject, shown.url, log, row.excerpt, shown.clock, shown.status))
    return tuple(found)


async def assets_of(contact: ContactRecord, *, by: Actor, chosen: str) -> tuple[Choice, ...]:
    """Return what the contact's company has installed, as choices."""
    if contact.account_id is None:
        return ()
    found = await ASSETS.page(by=by, narrowed={"account_id": contact.account_id}, limit=_MOST_ASSETS)
    choices = []
    for asset in found:
        product = await PRODUCTS.find(asset.product_id, by=by)
        until = _("in warranty to %(day)s") % {"day": day(asset.warranty_until)} if asset.warranty_until else ""
        hint = " · ".join(part for part in (asset.serial, asset.site or "", until) if part)
        is_only = len(found) == 1 and not chosen
        choices.append(Choice(str(asset.id), product.name, is_only or str(asset.id) == chosen, hint))
    return tuple(choices)


async def _by_case(words: str, by: Actor) -> list[ContactRecord]:
    try:
        case = await viewing.case(words.lstrip("#"), by=by)
    except NotFound:
        return []
    return [await CONTACTS.find(case.contact.id, by=by)] if case.contact else []


async def _by_serial(words: str, by: Actor) -> list[ContactRecord]:
    if not any(letter.isdigit() for letter in words):
        return []
    found: list[ContactRecord] = []
    for asset in await ASSETS.page(by=by, narrowed={"serial": words}, limit=2):
        if asset.contact_id is not None:
            found.append(await CONTACTS.find(asset.contact_id, by=by))
        found += await CONTACTS.page(by=by, narrowed={"account_id": asset.account_id}, limit=_AT_MOST)
    return found
