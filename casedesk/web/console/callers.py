"""Who is calling? From whatever is typed (number, name, company, mail, serial, case number) to people and companies."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from casedesk.accounts import numbers
from casedesk.accounts.directory import ACCOUNTS, CONTACTS, AccountRecord, ContactRecord
from casedesk.calls import ringing
from casedesk.cases import viewing
from casedesk.entitlements.catalogue import ASSETS
from casedesk.errors import NotFound
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.web import signs
from casedesk.web.console.call_views import Match
from casedesk.web.console.page_views import Caller

_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """Those whom some words may mean, the likeliest first."""

    contacts: tuple[ContactRecord, ...] = ()
    accounts: tuple[AccountRecord, ...] = ()


async def search(words: str, *, by: Actor) -> Found:
    """Return people and companies that `words` may mean."""
    if "@" in words and (exact := await CONTACTS.page(by=by, narrowed={"email": words}, limit=_AT_MOST)):
        return Found(exact)
    people: dict[int, ContactRecord] = {}
    companies: dict[int, AccountRecord] = {}
    is_number = numbers.could_be(words)
    if is_number:
        people |= {each.id: each for each in await ringing.meant_by(words, by=by)}
        for key in numbers.keys(words):
            await _companies(key, companies, by)
    people |= {each.id: each for each in [*await _by_case(words, by), *await _by_serial(words, by, companies)]}
    await _by_words(words, people, companies, by)
    if not is_number:
        for account_id in list(companies):
            colleagues = await CONTACTS.page(by=by, narrowed={"account_id": account_id}, limit=_AT_MOST)
            people |= {each.id: each for each in colleagues if each.id not in people}
    return Found(tuple(people.values())[:_AT_MOST], tuple(companies.values())[:2])


async def found_by(words: str, *, by: Actor) -> tuple[ContactRecord, ...]:
    """Return the contacts that `words` may mean, the likeliest first."""
    return (await search(words, by=by)).contacts


async def person_match(contact: ContactRecord, account: AccountRecord | None, words: str, *, chosen: bool) -> Match:
    """Return a contact as a line to choose, with what was found marked."""
    company = account.name if account else ""
    return Match(
        f"c{contact.id}", signs.person(contact.name or contact.email or "?"), contact.name or contact.email or "",
        company, _marked(contact.phones, contact.email or "", words), chosen=chosen,
    )  # fmt: skip


def company_match(account: AccountRecord, words: str, *, chosen: bool) -> Match:
    """Return a company's front desk as a line to choose."""
    name = _("%(company)s, front desk") % {"company": account.name}
    line = _("Account main line") if account.phones else _("Company")
    found = _marked(account.phones, account.number or "", words)
    return Match(f"a{account.id}", signs.person(account.name), name, line, found, "building-2", chosen)


async def account_of(contact: ContactRecord, *, by: Actor) -> AccountRecord | None:
    """Return a contact's company, or None."""
    return await ACCOUNTS.find(contact.account_id, by=by) if contact.account_id else None


async def caller(contact: ContactRecord, *, by: Actor, query: str, chosen: bool = False) -> Caller:
    """Return a contact as a link to choose; `query` is what the address keeps beside the choice."""
    account = await account_of(contact, by=by)
    line = [account.name if account else "", contact.phones[0] if contact.phones else contact.email or ""]
    return Caller(
        contact_id=contact.id,
        person=signs.person(contact.name or contact.email or "?"),
        line=" · ".join(part for part in line if part),
        url=f"/console/new?{query}contact={contact.id}",
        chosen=chosen,
    )


def _marked(phones: tuple[str, ...], other: str, words: str) -> Markup:
    """Return the number that was looked for, marked; else the first way to reach them."""
    if words and numbers.could_be(words):
        begun = numbers.keys(words)
        for phone in phones:
            if any(key.startswith(part) for key in numbers.keys(phone) for part in begun):
                return Markup("<mark>{}</mark>").format(numbers.shown(phone))
    said = numbers.shown(phones[0]) if phones else other
    at = said.casefold().find(words.casefold()) if words else -1
    if at < 0:
        return escape(said)
    end = at + len(words)
    return Markup("{}<mark>{}</mark>{}").format(said[:at], said[at:end], said[end:])


async def _by_words(
    words: str, people: dict[int, ContactRecord], companies: dict[int, AccountRecord], by: Actor
) -> None:
    """Look for names where nothing more exact was found."""
    if not people:
        for contact_id in await database_engine.search(Kind.CONTACT, words, _AT_MOST):
            people[contact_id] = await CONTACTS.find(contact_id, by=by)
    if not companies:
        await _companies(words, companies, by)


async def _companies(words: str, companies: dict[int, AccountRecord], by: Actor) -> None:
    for account_id in await database_engine.search(Kind.ACCOUNT, words, 2):
        if account_id not in companies:
            companies[account_id] = await ACCOUNTS.find(account_id, by=by)


async def _by_case(words: str, by: Actor) -> list[ContactRecord]:
    try:
        case = await viewing.case(words.lstrip("#"), by=by)
    except NotFound:
        return []
    return [await CONTACTS.find(case.contact.id, by=by)] if case.contact else []


async def _by_serial(words: str, by: Actor, companies: dict[int, AccountRecord]) -> list[ContactRecord]:
    if not any(letter.isdigit() for letter in words):
        return []
    found: list[ContactRecord] = []
    for asset in await ASSETS.page(by=by, narrowed={"serial": words}, limit=2):
        if asset.contact_id is not None:
            found.append(await CONTACTS.find(asset.contact_id, by=by))
        if asset.account_id not in companies:
            companies[asset.account_id] = await ACCOUNTS.find(asset.account_id, by=by)
        found += await CONTACTS.page(by=by, narrowed={"account_id": asset.account_id}, limit=_AT_MOST)
    return found
