"""The simple nouns beside cases: for each the list, one, add, change and remove, all made from one description."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pydantic import Field, create_model

from casedesk.accounts.directory import ACCOUNTS, CONTACTS, AccountRecord, ContactRecord
from casedesk.activities.events import EVENTS, CalendarEventRecord
from casedesk.activities.tasks import TASKS, TaskRecord, TaskStatus
from casedesk.entitlements.catalogue import (
    ASSETS,
    CONTRACTS,
    ENTITLEMENTS,
    PRODUCTS,
    AssetRecord,
    ContractRecord,
    EntitlementRecord,
    ProductRecord,
)
from casedesk.mail.templates import TEMPLATES, TemplateRecord
from casedesk.milestones.calendars import CALENDARS, BusinessHoursRecord
from casedesk.portals.branding import PORTALS, PortalRecord
from casedesk.queues.arranging import QUEUES, QueueRecord
from casedesk.registers import Register
from casedesk.users import enrolling
from casedesk.users.directory import UserRecord
from casedesk.web import paging
from casedesk.web.api import schema
from casedesk.web.api.operations import PREFIX, Answer, Call, Operation, whole_id
from casedesk.web.api.schema import Listed, ListQuery, Shape, changes_of
from intake.mailboxes import MAILBOXES, MailboxRecord

Shown = TypeVar("Shown")
Add = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Noun(Generic[Shown]):
    """One noun of the API: its path, words, shapes and the register that keeps it.

    `narrowed` are the query parameters of its list with their types; `add`, `change` and `remove` stand in for the
    register's own where more has to be done.
    """

    path: str
    one: str
    many: str
    register: Register[Any, Shown]
    shown: type[Shown]
    new: type[Shape]
    narrowed: Mapping[str, Any]
    add: Add | None = None
    change: Add | None = None
    remove: Add | None = None


_TEXT = schema.Word
_ID = schema.Id

NOUNS: tuple[Noun[Any], ...] = (
    Noun("accounts", "account", "accounts", ACCOUNTS, AccountRecord, schema.AccountNew,
         {"q": _TEXT, "region": _TEXT, "domain": _TEXT, "external_id": _TEXT}),
    Noun("contacts", "contact", "contacts", CONTACTS, ContactRecord, schema.ContactNew,
         {"q": _TEXT, "email": _TEXT, "account_id": _ID, "external_id": _TEXT}),
    Noun("products", "product", "products", PRODUCTS, ProductRecord, schema.ProductNew, {"sku": _TEXT}),
    Noun("assets", "asset", "assets", ASSETS, AssetRecord, schema.AssetNew,
         {"serial": _TEXT, "account_id": _ID, "product_id": _ID}),
    Noun("contracts", "contract", "contracts", CONTRACTS, ContractRecord, schema.ContractNew, {"account_id": _ID}),
    Noun("entitlements", "entitlement", "entitlements", ENTITLEMENTS, EntitlementRecord, schema.EntitlementNew,
         {"account_id": _ID}),
    Noun("business-hours", "business_hours", "calendars", CALENDARS, BusinessHoursRecord, schema.BusinessHoursNew, {}),
    Noun("queues", "queue", "queues", QUEUES, QueueRecord, schema.QueueNew, {}),
    Noun("users", "user", "members of staff", enrolling.USERS, UserRecord, schema.UserNew, {"email": _TEXT},
         add=enrolling.add_user, change=enrolling.change_user, remove=enrolling.remove_user),
    Noun("mailboxes", "mailbox", "mailboxes", MAILBOXES, MailboxRecord, schema.MailboxNew, {}),
    Noun("templates", "template", "templates", TEMPLATES, TemplateRecord, schema.TemplateNew, {"key": _TEXT}),
    Noun("portals", "portal", "portals", PORTALS, PortalRecord, schema.PortalNew, {}),
    Noun("calendar-events", "calendar_event", "calendar events", EVENTS, CalendarEventRecord,
         schema.CalendarEventNew, {"case": _TEXT, "since": schema.Instant}),
    Noun("tasks", "task", "tasks", TASKS, TaskRecord, schema.TaskNew, {"owner": _ID, "status": TaskStatus}),
)  # fmt: skip
"""Every noun, in the order of the document."""


def operations() -> list[Operation]:
    """Return the five operations of every noun."""
    return [operation for noun in NOUNS for operation in _of(noun)]


def _of(noun: Noun[Any]) -> list[Operation]:
    narrowed: dict[str, Any] = {name: (kind | None, Field(None)) for name, kind in noun.narrowed.items()}
    query = create_model(f"{noun.new.__name__.removesuffix('New')}Query", __base__=ListQuery, **narrowed)
    read, write, tag, word = noun.register.read, noun.register.write, noun.path, noun.one.replace("_", " ")
    every, one = f"/{noun.path}", f"/{noun.path}/{{id}}"
    shown: Any = noun.shown
    listed: Any = cast(Any, Listed)[shown]
    return [
        Operation("GET", every, _lister(noun), f"List {noun.many}.", read, listed, query=query, tag=tag,
                  name=f"list_{tag.replace('-', '_')}"),
        Operation("POST", every, _adder(noun), f"Add a new {word}.", write, shown, 201, body=noun.new, tag=tag,
                  name=f"add_{noun.one}"),
        Operation("GET", one, _show, f"Read one {word}.", read, shown, find=_finder(noun), tag=tag,
                  name=f"read_{noun.one}"),
        Operation("PATCH", one, _changer(noun), f"Change one {word}.", write, shown, body=changes_of(noun.new),
                  find=_finder(noun), tag=tag, name=f"change_{noun.one}"),
        Operation("DELETE", one, _remover(noun), f"Delete one {word} that nothing refers to.", write, None, 204,
                  find=_finder(noun), tag=tag, name=f"delete_{noun.one}"),
    ]  # fmt: skip


async def _show(call: Call) -> Answer:
    return Answer(call.found, call.found.version)


def _finder(noun: Noun[Any]) -> Callable[[Call], Awaitable[Any]]:
    async def find(call: Call) -> Any:
        return await noun.register.find(whole_id(call), by=call.actor)

    return find


def _lister(noun: Noun[Any]) -> Callable[[Call], Awaitable[Answer]]:
    async def listed(call: Call) -> Answer:
        given = call.query.model_dump(include=set(noun.narrowed))
        after, limit = paging.after_id(call.query.cursor), call.query.limit
        found = await noun.register.page(by=call.actor, after=after, limit=limit + 1, narrowed=given)
        shown, following = paging.next_after([each.id for each in found], limit)
        return Answer(Listed.model_construct(items=found[:shown], next=following))

    return listed


def _adder(noun: Noun[Any]) -> Callable[[Call], Awaitable[Answer]]:
    add = noun.add or noun.register.add

    async def added(call: Call) -> Answer:
        made = await add(call.body.model_dump(), by=call.actor)
        return Answer(made, made.version, {"location": f"{PREFIX}/{noun.path}/{made.id}"})

    return added


def _changer(noun: Noun[Any]) -> Callable[[Call], Awaitable[Answer]]:
    change = noun.change or noun.register.change

    async def changed(call: Call) -> Answer:
        given = call.body.model_dump(exclude_unset=True)
        version = _seen_version(call)
        made = await change(call.found.id, given, by=call.actor, if_version=version)
        return Answer(made, made.version)

    return changed


def _remover(noun: Noun[Any]) -> Callable[[Call], Awaitable[Answer]]:
    remove = noun.remove or noun.register.remove

    async def removed(call: Call) -> Answer:
        await remove(call.found.id, by=call.actor, if_version=_seen_version(call))
        return Answer()

    return removed


def _seen_version(call: Call) -> int | None:
    """Return the version a change is bound to, None when the caller did not say which they saw."""
    version = call.require_match(call.found.version)
    return version if "if-match" in call.request.headers else None
