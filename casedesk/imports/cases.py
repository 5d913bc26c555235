"""A case from elsewhere: made with its dates of then, moved to where it stood, and nobody is told of it.

What it was called there and what this desk has no word for stays on it as custom fields. A case that is here already is
left alone: people work on it. Clocks do not run: what was promised elsewhere is not measured here; they begin with the
customer's next message.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from casedesk import clock, journal
from casedesk.accounts import recognising
from casedesk.accounts.recognising import Company, Person
from casedesk.cases import assigning, creating, escalating, moving
from casedesk.cases.creating import FirstWords, Opening
from casedesk.cases.fields import LONGEST_SUBJECT, MOST_TAGS
from casedesk.cases.models import Case
from casedesk.entitlements import verifying
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind as Searched
from casedesk.identity import Actor
from casedesk.imports import finding
from casedesk.imports.kinds import CUSTOM, Kind
from casedesk.imports.storing import BadRow, Fate, Incoming
from casedesk.imports.values import folded
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import DEFAULT_TYPES, FINISHED, Category, Priority, default_status

TAG = "imported"
"""Every case from elsewhere carries it."""
_AHEAD = timedelta(days=1)
"""How far in the future an instant may lie: clocks and zones of other systems differ."""

_STATUSES = {
    Category.NEW: ("new", "neu", "untriaged"),
    Category.OPEN: ("open", "offen", "in progress", "in bearbeitung", "working", "assigned", "active", "escalated", "reopened"),
    Category.WAITING_ON_CUSTOMER: (
        "waiting on customer", "pending", "waiting", "awaiting reply", "awaiting customer", "waiting for customer", "wartet",
        "wartet auf kunde", "warten auf kunde",
    ),
    Category.ON_HOLD: ("on hold", "hold", "waiting on third party", "angehalten", "zurückgestellt"),
    Category.RESOLVED: ("resolved", "solved", "gelöst", "erledigt", "fixed"),
    Category.CLOSED: ("closed", "geschlossen", "abgeschlossen", "done", "cancelled", "rejected"),
}  # fmt: skip
_PRIORITIES = {
    Priority.URGENT: ("urgent", "critical", "blocker", "highest", "p1", "1", "dringend", "sehr hoch", "kritisch"),
    Priority.HIGH: ("high", "p2", "2", "hoch"),
    Priority.NORMAL: ("normal", "medium", "p3", "3", "mittel", "standard", "moderate"),
    Priority.LOW: ("low", "lowest", "p4", "4", "niedrig", "minor", "trivial"),
}
_ORIGINS = {
    "phone": ("phone", "call", "telephone", "voice", "telefon", "anruf"),
    "web": ("web", "website", "web form", "webform", "web widget", "chat", "formular"),
    "email": ("email", "e mail", "mail"),
    "portal": ("portal", "help center", "customer portal", "community", "kundenportal"),
    "api": ("api", "import"),
}
_TYPES = {
    "technical_support": ("technical support", "technical", "problem", "incident", "technisch"),
    "billing_question": ("billing question", "billing", "invoice", "rechnung"),
    "feature_request": ("feature request", "feature", "idea", "wunsch"),
    "account_update": ("account update", "account"),
}


async def store(row: Incoming, *, by: Actor) -> Fate:
    """Make the case of a row in the open transaction, or skip it when it is here; raises BadRow."""
    external_id = row.get("external_id") or row.get("number") or _likeness(row)
    if await row.find.foreign(Kind.CASES, external_id) is not None:
        return Fate.SKIPPED
    opening, category = await _opening(row)
    if category in FINISHED:
        case = await _tell_of_finished(opening, category, row, by)
    else:
        case = await _take_over(opening, category, row, by)
    if number := row.get("number"):
        await database_engine.add(Searched.CASE, case.id, number)
    await finding.remember(Kind.CASES, external_id, case.id)
    return Fate.CREATED


async def _tell_of_finished(opening: Opening, category: Category, row: Incoming, by: Actor) -> Case:
    """Make a case that ended elsewhere; its story has the dates of then."""
    began, ended = opening.at or clock.now(), opening.elsewhere_until or clock.now()
    with journal.only_history(began):
        case = (await creating.open_case(opening, by=by)).case
        await _give(case, row, by)
    also = {"resolution": row.get("resolution")} if row.get("resolution") else {}
    with journal.only_history(ended):
        await moving.move(case, default_status(category), by=by, now=ended, also=also)
    case.updated_at = ended
    await case.save(update_fields=["updated_at"])
    return case


async def _take_over(opening: Opening, category: Category, row: Incoming, by: Actor) -> Case:
    """Make a case that goes on here; its story begins with its coming."""
    case = (await creating.open_case(opening, by=by)).case
    await _give(case, row, by)
    if category is not Category.NEW:
        await moving.move(case, default_status(category), by=by, now=clock.now())
    await escalating.let_pass(case)
    return case


async def _opening(row: Incoming) -> tuple[Opening, Category]:
    custom: dict[str, Any] = {**(row.get("custom") or {})}
    custom |= {name[len(CUSTOM) :]: value for name, value in row.values.items() if name.startswith(CUSTOM)}
    for name in ("external_id", "number"):
        if row.get(name):
            custom[f"imported_{name}"] = row.get(name)
    person, company = await _who(row)
    asset_id = await row.find.asset(row.get("asset")) if row.get("asset") else None
    if row.get("asset") and asset_id is None:
        row.leads_nowhere("asset", row.get("asset"))
    subject, text = _words(row)
    words = FirstWords(
        text=text, author_name=person.name if person else row.get("contact_name") or "",
        author_email=person.email if person else "", details={"imported": True},
    )  # fmt: skip
    origin = _said(row, "origin", _ORIGINS, custom) or "api"
    category, began = _category(row, custom), _began(row)
    opening = Opening(
        subject=subject, origin=origin, words=words, person=person, company=company,
        asset=await verifying.asset(asset_id) if asset_id is not None else None, asset_given=True,
        type=_type(row, custom), priority=_said(row, "priority", _PRIORITIES, custom),
        tags=tuple(dict.fromkeys([*(row.get("tags") or []), TAG]))[-MOST_TAGS:], language=row.get("language"), custom=custom,
        channel=origin, automatic=True, at=began,
        elsewhere_until=_ended(row, began) if category in FINISHED else clock.now(),
    )  # fmt: skip
    return opening, category


async def _who(row: Incoming) -> tuple[Person | None, Company | None]:
    """Return contact and account; an address that nobody has yet makes a contact, as a mail would."""
    told, person = row.get("contact") or [], None
    if told:
        contact_id = await row.find.contact(told)
        address = next((each for each in told if recognising.is_address(each)), None)
        if contact_id is not None:
            person = await recognising.find_by_id(contact_id)
        elif address is not None:
            person = await recognising.find_or_create(address, row.get("contact_name") or "")
        else:
            row.leads_nowhere("contact", told)
    if not row.get("account"):
        return person, person.company if person else None
    account_id = await row.find.account(row.get("account"))
    if account_id is None:
        row.leads_nowhere("account", row.get("account"))
        return person, person.company if person else None
    return person, await recognising.company(account_id)


def _words(row: Incoming) -> tuple[str, str]:
    subject, text = row.get("subject") or "", row.get("description") or ""
    if not subject and not text:
        raise BadRow(_("give a subject or a description"))
    return subject or text.strip().split("\n")[0][:LONGEST_SUBJECT], text


def _began(row: Incoming) -> datetime:
    began: datetime = row.get("created_at") or clock.now()
    if began > clock.now() + _AHEAD:
        raise BadRow(_("created_at: lies in the future"))
    return min(began, clock.now())


def _ended(row: Incoming, began: datetime) -> datetime:
    ended: datetime = row.get("closed_at") or began
    if ended < began:
        row.notes.append(_("closed before it was created; taken as closed when it was created"))
    return min(max(ended, began), clock.now())


def _category(row: Incoming, custom: dict[str, Any]) -> Category:
    told = row.get("status")
    found = next((category for category, words in _STATUSES.items() if told and folded(told) in words), None)
    if row.get("closed") and found not in FINISHED:
        found = Category.CLOSED
    if found is None and row.get("closed_at") is not None:
        found = Category.CLOSED
    if found is None and told:
        _keep(row, "status", told, custom)
        return Category.OPEN
    return found or Category.NEW


def _said(row: Incoming, name: str, words: Mapping[Any, tuple[str, ...]], custom: dict[str, Any]) -> str | None:
    """Return the word of this desk for what a row says; what it has no word for is kept as it is and told of."""
    told = row.get(name)
    if not told:
        return None
    found = next((ours for ours, theirs in words.items() if folded(told) in theirs), None)
    if found is None:
        _keep(row, name, told, custom)
    return str(found) if found is not None else None


def _type(row: Incoming, custom: dict[str, Any]) -> str | None:
    ours = {each: (*_TYPES.get(each, ()), folded(each)) for each in DEFAULT_TYPES}
    return _said(row, "type", ours, custom)


def _keep(row: Incoming, name: str, told: str, custom: dict[str, Any]) -> None:
    custom[f"imported_{name}"] = told
    words = _("%(field)s %(value)s is unknown here; kept as custom.imported_%(field)s")
    row.notes.append(words % {"field": name, "value": told})


async def _give(case: Case, row: Incoming, by: Actor) -> None:
    """Give a new case the queue and the owner that the row names."""
    to: dict[str, Any] = {}
    if told := row.get("queue"):
        to["queue_id"] = await row.find.queue(told)
        if to["queue_id"] is None:
            del to["queue_id"]
            row.leads_nowhere("queue", told)
    if told := row.get("owner"):
        to["owner_id"] = await row.find.user(told)
        if to["owner_id"] is None:
            del to["owner_id"]
            row.leads_nowhere("owner", told)
    if to:
        await assigning.apply(case, to, by=by)


def _likeness(row: Incoming) -> str:
    """Return a mark of a row without any id, so that the same file twice makes one case."""
    told = "\n".join(f"{name}={row.values[name]}" for name in sorted(row.values))
    return "row-" + hashlib.sha256(told.encode()).hexdigest()[:40]
