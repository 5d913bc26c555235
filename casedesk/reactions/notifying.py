"""Tell people: the owner of a new word from the customer, a queue or a manager of what a rule brings up.

A notification is a row in somebody's own list; the pages that are open hear of it at once.
"""

from collections.abc import Iterable

from casedesk import clock
from casedesk.cases.models import Case
from casedesk.database import run, transaction
from casedesk.database.inserting import as_stored
from casedesk.database.selecting import first
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import Role
from casedesk.journal.pending import Happened
from casedesk.live import HUB
from casedesk.queues import known
from casedesk.users import directory

_TELL = (
    "INSERT INTO notifications (created_at, user_id, event, reason, case_id) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (user_id, event, reason) DO NOTHING"
)


_TOLD_WHO_LOGGED = {
    EventName.MESSAGE_RECEIVED: "wrote",
    EventName.REPLY_SENT: "replied",
    EventName.CASE_RESOLVED: "resolved",
    EventName.CASE_CLOSED: "closed",
}


async def tell_of_message(event: Happened) -> None:
    """Tell a case's owner that the customer wrote, or that a mail did not arrive."""
    case = await first(Case, "id = ?", event.case_id)
    if case is not None and case.owner_id is not None and not event.data.get("first"):
        await _tell([case.owner_id], event, event.name)


async def tell_new_owner(event: Happened) -> None:
    """Tell somebody that a case was given to them by somebody else."""
    owner = (event.data.get("set") or {}).get("owner_id")
    if owner is not None and owner != event.actor.user_id:
        await _tell([int(owner)], event, "assigned")


async def tell_who_logged(event: Happened) -> None:
    """Tell whoever logged a case on behalf of a customer that it was answered, by either side, resolved or closed."""
    case = await first(Case, "id = ?", event.case_id)
    if case is None or not case.logged_on_behalf or event.data.get("first"):
        return
    if case.logged_by_id is not None and case.logged_by_id != event.actor.user_id:
        await _tell([case.logged_by_id], event, _TOLD_WHO_LOGGED[EventName(event.name)])


async def tell_those_asked_for(event: Happened) -> None:
    """Tell whom a rule or an escalation named: owner, queue, manager, or addresses of staff."""
    case = await first(Case, "id = ?", event.case_id)
    if case is None:
        return
    wanted = event.data.get("to")
    if "template" in event.data:  # that is for a letter, see `sending`
        return
    users = await _by_addresses(wanted) if isinstance(wanted, list) else await users_of_part(case, str(wanted))
    await _tell(users, event, str(event.data.get("reason") or event.name)[:60])


async def users_of_part(case: Case, part: str) -> list[int]:
    """Return the ids of the staff who are a case's owner, queue or manager; the queue stands in for an owner not there."""
    if part == "owner" and case.owner_id is not None:
        return [case.owner_id]
    if part in ("queue", "owner") and case.queue_id is not None:
        return sorted((await known.by_id(case.queue_id)).members)
    if part == "manager":
        return await directory.ids_with_role(Role.SUPERVISOR)
    return []


async def _by_addresses(addresses: Iterable[str]) -> list[int]:
    found = []
    for address in addresses:
        try:
            found.append((await directory.find_by_email(address)).id)
        except NotFound:
            continue
    return found


async def _tell(users: Iterable[int], event: Happened, reason: str) -> None:
    told = sorted(set(users))
    if not told or event.case_id is None:
        return
    async with transaction():
        for user in told:
            # What was told before stays as it is, seen or not.
            await run(_TELL, as_stored(clock.now()), user, event.id, reason, event.case_id)
    await HUB.publish("user", told, event=event.id)
