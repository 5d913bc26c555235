"""The telephone page, gathered from what stands in its form: who calls, what about, what would be decided, what may help."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from markupsafe import Markup, escape

from casedesk import clock, language
from casedesk.accounts import numbers
from casedesk.accounts.directory import ACCOUNTS, CONTACTS, AccountRecord, ContactRecord
from casedesk.calls import ringing
from casedesk.calls.notes import CallNotes
from casedesk.calls.ringing import CallRecord, CallState
from casedesk.cases import beside, foreseeing
from casedesk.cases.beside import Because, Beside
from casedesk.cases.creating import NewCase
from casedesk.cases.foreseeing import Foreseen
from casedesk.entitlements import verifying
from casedesk.entitlements.catalogue import ASSETS, PRODUCTS, AssetRecord
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.permissions import Permission, can
from casedesk.queues import known
from casedesk.rules.lifecycle import DEFAULT_TYPES, Priority
from casedesk.users import directory
from casedesk.web import signs
from casedesk.web.console import around, call_fields, callers, case_list, offers
from casedesk.web.console.call_views import (
    CallBar,
    CallPage,
    Foretold,
    LastContact,
    Match,
    MaybeAbout,
    Offered,
    ProductCard,
)
from casedesk.web.console.case_views import EntitlementCard
from casedesk.web.forms import Form
from casedesk.web.views import Choice, Tone

URL = "/console/call"
IMPACTS = {"low": Priority.NORMAL, "one": Priority.HIGH, "site": Priority.URGENT}
"""What is down decides how urgent a case is: nothing much, one unit, a whole site."""
_MOST_ASSETS = 60
_CARDS = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who was chosen: a contact, or a company's front desk, or nobody yet."""

    contact: ContactRecord | None = None
    account: AccountRecord | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the page begins: the form as it stands, the call it is about, the notes it is kept in."""

    form: Form
    call: CallRecord | None
    kept: CallNotes | None
    problems: tuple[tuple[str, str], ...] = ()


async def page(asked: Asked, *, by: Actor) -> CallPage:
    """Return the whole page."""
    form, now = asked.form, clock.now()
    found = await callers.search(form.line("who"), by=by) if form.line("who") else callers.Found()
    chosen = await _chosen(form, asked, found, by)
    matches = await _matches(found, chosen, form.line("who"), by)
    installed = await _installed(chosen, form, by)
    foreseen = await _foreseen(form, asked, chosen, by)
    asset_id = form.number("asset") or (foreseen.asset.id if foreseen and foreseen.asset else None)
    return CallPage(
        bar=await bar(asked.call, chosen, now),
        url=URL,
        mark=asked.kept.mark if asked.kept else form.line("mark") or uuid4().hex,
        once=form.line("once") or uuid4().hex,
        call_id=asked.call.id if asked.call else None,
        searched=form.line("who"),
        matches=matches,
        contact=next((match for match in matches if match.chosen), None),
        stranger=chosen.contact is None and (bool(form.line("someone")) or not matches),
        company=chosen.account.name if chosen.account else "",
        about=_about(
            await beside.open_about(
                by=by, contact_id=chosen.contact.id if chosen.contact else None,
                account_id=chosen.account.id if chosen.account else None, asset_id=asset_id,
            ), now
        ),
        last=await _last(chosen.contact, now),
        products=installed[:_CARDS],
        more_products=installed[_CARDS:],
        foretold=_foretold(foreseen, by),
        entitlement=_entitlement(foreseen),
        ways_out=_ways_out(foreseen),
        offers=await _offers(form, installed, by),
        search_url="/console/solutions",
        give=await _receivers(by),
        may_solve=can(by, Permission.CASE_CLOSE),
        saved=asked.kept.saved_at if asked.kept else None,
        draft_id=asked.kept.id if asked.kept else None,
        handed_by=asked.kept.giver if asked.kept and asked.kept.mine else "",
        contact_id=chosen.contact.id if chosen.contact else None,
        account_id=chosen.account.id if chosen.account and chosen.contact is None else None,
        used=",".join(map(str, used(form))),
        someone=bool(form.line("someone")),
        said=_said(matches, form),
        saved_words=language.clock_time(asked.kept.saved_at, seconds=True) if asked.kept else "",
        problems=asked.problems,
        **call_fields.fields(form, _first_name(chosen, form), dict(asked.problems)),
    )  # fmt: skip


async def bar(call: CallRecord | None, chosen: Caller, now: datetime) -> CallBar:
    """Return the bar above the page."""
    name = (chosen.contact.name if chosen.contact else "") or (chosen.account.name if chosen.account else "")
    company = chosen.account.name if chosen.account and chosen.contact else ""
    person = signs.person(name) if name else None
    if call is None:
        return CallBar(
            "manual", name or _("A call"), company, _("No call was announced: type who is calling"), None, "", person
        )
    facts = [numbers.shown(call.other_number)]
    if call.line:
        facts.append(_("came in on %(line)s") % {"line": call.line})
    if call.waited_s:
        facts.append(_("waited %(time)s") % {"time": _minutes(call.waited_s)})
    lasted = _minutes(call.lasted_s(now)) if call.state is CallState.ENDED else ""
    started = (call.answered_at or call.created_at) if call.state is not CallState.ENDED else None
    return CallBar(
        call.state.value, name or _("Unknown caller"), company, " · ".join(facts), started, lasted, person
    )  # fmt: skip


def new_case(form: Form, chosen: Caller, *, by: Actor, kept: bool) -> NewCase:
    """Return the case that the form asks for; `kept` says that whoever logs it keeps it."""
    impact = form.line("impact")
    return NewCase(
        subject=form.line("subject"),
        origin="phone",
        description=form.text("notes"),
        contact_id=chosen.contact.id if chosen.contact else None,
        account_id=chosen.account.id if chosen.account and chosen.contact is None else None,
        contact_email=form.line("email").lower() or None if chosen.contact is None else None,
        contact_name=form.line("name") or None,
        asset_id=form.number("asset"),
        type=form.line("type") if form.line("type") in DEFAULT_TYPES else None,
        priority=IMPACTS.get(impact, Priority.NORMAL).value,
        owner_id=by.user_id if kept and can(by, Permission.CASE_ASSIGN) else None,
        once=form.line("once") or None,
    )


async def caller_of(form: Form, *, by: Actor) -> Caller:
    """Return who was chosen in the form."""
    contact_id, account_id = form.number("contact"), form.number("account")
    try:
        contact = await CONTACTS.find(contact_id, by=by) if contact_id else None
        account_id = contact.account_id if contact else account_id
        return Caller(contact, await ACCOUNTS.find(account_id, by=by) if account_id else None)
    except NotFound:  # it was removed while they talked
        return Caller()


def used(form: Form) -> tuple[int, ...]:
    """Return the solutions that were marked as used."""
    given = [
        part for part in form.line("used").split(",")[:20] if part.isascii() and part.isdigit() and len(part) <= 18
    ]
    return tuple(dict.fromkeys(int(part) for part in given))


async def _chosen(form: Form, asked: Asked, found: callers.Found, by: Actor) -> Caller:
    """Return who was chosen; where nothing was and the number means one person alone, it is that one."""
    chosen = await caller_of(form, by=by)
    if chosen.contact or chosen.account or form.line("someone"):
        return chosen
    if len(found.contacts) == 1 and not found.accounts and (asked.call or form.line("from")):
        contact = found.contacts[0]
        return Caller(contact, await callers.account_of(contact, by=by))
    return chosen


def _said(matches: tuple[Match, ...], form: Form) -> str:
    """Say how many were found, for those who do not see the list."""
    if not form.line("who"):
        return ""
    return ngettext("%(count)s match", "%(count)s matches", len(matches)) % {"count": len(matches)}


async def _matches(found: callers.Found, chosen: Caller, words: str, by: Actor) -> tuple[Match, ...]:
    known_accounts = {account.id: account for account in found.accounts}
    people = list(found.contacts)
    if chosen.contact is not None and all(each.id != chosen.contact.id for each in people):
        people.insert(0, chosen.contact)
    if chosen.account is not None:
        known_accounts.setdefault(chosen.account.id, chosen.account)
    lines = []
    for contact in people:
        account = known_accounts.get(contact.account_id or 0) or await callers.account_of(contact, by=by)
        if account is not None:
            known_accounts[account.id] = account
        is_chosen = chosen.contact is not None and contact.id == chosen.contact.id
        lines.append(await callers.person_match(contact, account, words, chosen=is_chosen))
    for account in found.accounts or ((chosen.account,) if chosen.account else ()):
        is_chosen = chosen.contact is None and chosen.account is not None and chosen.account.id == account.id
        lines.append(callers.company_match(account, words, chosen=is_chosen))
    return tuple(sorted(lines, key=lambda line: not line.chosen))


def _about(found: tuple[Beside, ...], now: datetime) -> tuple[MaybeAbout, ...]:
    why = {
        Because.SAME_ASSET: _("Same serial"),
        Because.SAME_CONTACT: _("Their own case"),
        Because.SAME_ACCOUNT: _("Same company"),
    }
    lines = []
    for place, each in enumerate(found):
        drawn = case_list.case_row(each.row, "", now=now)
        said = each.row.excerpt[:80]
        line = " · ".join(part for part in (why[each.because], said) if part)
        lines.append(
            MaybeAbout(
                each.row.number, each.row.subject, f"/console/c/{each.row.number}", line, place + 1, drawn.clock,
                drawn.status, each.because is Because.SAME_ASSET or place == 0,
            )
        )  # fmt: skip
    return tuple(lines)


async def _last(contact: ContactRecord | None, now: datetime) -> tuple[LastContact, ...]:
    if contact is None:
        return ()
    return tuple(
        LastContact("phone", _("Call, %(time)s") % {"time": _minutes(call.lasted_s(now))}, language.short_day(call.created_at))
        for call in await ringing.calls_with(contact.id)
        if call.state is CallState.ENDED
    )  # fmt: skip


async def _installed(chosen: Caller, form: Form, by: Actor) -> tuple[ProductCard, ...]:
    """Return what the caller's company has, the best guess first: named in the words, theirs, still under warranty."""
    if chosen.account is None:
        return ()
    found = await ASSETS.page(by=by, narrowed={"account_id": chosen.account.id}, limit=_MOST_ASSETS)
    names = {each.id: each.name for each in await PRODUCTS.page(by=by, limit=200)}
    words = f"{form.line('subject')} {form.text('notes')} {form.line('who')}"
    serials, text, today = set(verifying.serials_in(words)), words.casefold(), clock.now().date()
    wanted = form.number("asset")

    def guess(asset: AssetRecord) -> tuple[bool, ...]:
        tokens = [token for token in names.get(asset.product_id, "").casefold().split() if len(token) > 1]
        return (
            verifying.serial_key(asset.serial) not in serials,
            not any(token in text for token in tokens),
            chosen.contact is None or asset.contact_id != chosen.contact.id,
            asset.warranty_until is None or asset.warranty_until < today,
        )

    ordered = sorted(found, key=guess)
    if wanted is not None:
        # The chosen card keeps its place among those shown: a list that jumps under the pointer misleads.
        shown = [asset.id for asset in ordered[:_CARDS]]
        if wanted not in shown:
            ordered.sort(key=lambda asset: asset.id != wanted)
    is_sure = wanted is None and len(ordered) == 1
    return tuple(
        ProductCard(
            asset.id, names.get(asset.product_id, asset.serial), asset.serial,
            *_warranty(asset.warranty_until, today), asset.id == wanted or is_sure,
        )
        for asset in ordered
    )  # fmt: skip


def _warranty(until: date | None, today: date) -> tuple[str, Tone]:
    if until is None:
        return _("No warranty on record"), Tone.PLAIN
    if until >= today:
        return _("In warranty to %(day)s") % {"day": language.day(until)}, Tone.OK
    return _("Warranty ended %(day)s") % {"day": language.day(until)}, Tone.BAD


async def _foreseen(form: Form, asked: Asked, chosen: Caller, by: Actor) -> Foreseen | None:
    """Return what would be decided; None while nobody knows who calls."""
    new = new_case(form, chosen, by=by, kept=True)
    if new.contact_id is None and new.account_id is None and not new.contact_email:
        return None
    details = {"line": asked.call.line, "menu": asked.call.menu} if asked.call else {}
    try:
        return await foreseeing.foresee(replace(new, details=details), by=by)
    except Invalid:
        return None


def _foretold(foreseen: Foreseen | None, by: Actor) -> Foretold | None:
    if foreseen is None:
        return None
    first = foreseen.first_response
    due = language.clock_time(first.target_at) if first else ""
    if first and language.local(first.target_at).date() != language.local(foreseen.at).date():
        due = f"{language.near_day(first.target_at)} {due}"
    because = (foreseen.assignment.sentence, foreseen.entitlement.sentence)
    mine = foreseen.owner is not None and foreseen.owner.id == by.user_id
    sentence = {
        (True, True): _("Will go to %(queue)s, kept by you · priority %(priority)s · first reply due %(due)s"),
        (True, False): _("Will go to %(queue)s, kept by you · priority %(priority)s · no reply time is promised"),
        (False, True): _("Will go to %(queue)s · priority %(priority)s · first reply due %(due)s"),
        (False, False): _("Will go to %(queue)s · priority %(priority)s · no reply time is promised"),
    }[mine, bool(due)]
    priority = signs.priority_words(Priority(foreseen.priority))
    values = {"queue": foreseen.queue.name, "priority": priority, "due": due}
    told = escape(sentence) % {name: Markup("<b>{}</b>").format(value) for name, value in values.items()}
    return Foretold(told, because)


def _entitlement(foreseen: Foreseen | None) -> EntitlementCard | None:
    if foreseen is None:
        return None
    return around.verdict_card(foreseen.verdict.outcome.value, foreseen.verdict.level, foreseen.entitlement, None)


def _ways_out(foreseen: Foreseen | None) -> tuple[str, ...]:
    """Say what can be done for somebody who is not entitled: nobody is sent away."""
    if foreseen is None or foreseen.verdict.outcome.value not in ("not_covered", "unknown"):
        return ()
    said = [
        _("Log the case all the same: it goes to %(queue)s, where somebody decides.") % {"queue": foreseen.queue.name}
    ]
    if foreseen.company is None:
        said.append(_("Ask for the serial number or the company: a contract may be found by it."))
    else:
        said.append(_("Offer a paid repair or a contract: the notes go with the case."))
    return tuple(said)


async def _offers(form: Form, installed: tuple[ProductCard, ...], by: Actor) -> tuple[Offered, ...]:
    marked = used(form)
    product = next((card.name for card in installed if card.chosen), "")
    subject = form.line("subject")
    if not subject and not form.text("notes").strip():
        return ()
    words = f"{form.text('notes')}\n{product}"
    found = await offers.for_words(subject, words, language=None, by=by, used=frozenset(marked))
    return tuple(Offered(each, each.aloud, each.id in marked, place) for place, each in enumerate(found, 1))


async def _receivers(by: Actor) -> tuple[Choice, ...]:
    """Return to whom a call can be handed: colleagues who serve, then queues with somebody else in them."""
    staff = await directory.list_users(limit=200)
    people = [
        Choice(f"u{user.id}", user.name)
        for user in staff
        if user.active and user.id != by.user_id and user.role.value in ("agent", "supervisor", "administrator")
    ]
    queues = [Choice(f"q{queue.id}", queue.name) for queue in await known.every() if queue.members - {by.user_id or 0}]
    return (*people, *queues)


def _first_name(chosen: Caller, form: Form) -> str:
    return (chosen.contact.name if chosen.contact else form.line("name")).partition(" ")[0]


def _minutes(seconds: int) -> str:
    """Say a length as a telephone does: 03:47."""
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
