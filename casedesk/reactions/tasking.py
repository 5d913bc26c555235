"""A rule asked for a task: it is made, once."""

from datetime import timedelta

from casedesk import journal
from casedesk.activities.models import Task
from casedesk.cases.models import Case
from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Role
from casedesk.journal.pending import Happened
from casedesk.users import directory


async def add_task(event: Happened) -> None:
    """Make the task an event asks for; its key is the event, so that a second run makes none."""
    case = await Case.get_or_none(id=event.case_id)
    key = f"event:{event.id}"
    if case is None or await Task.exists(key=key):
        return
    minutes = event.data.get("due_minutes")
    async with transaction():
        task = await Task.create(
            subject=str((event.words or {}).get("subject", ""))[:300],
            due_at=event.at + timedelta(minutes=minutes) if isinstance(minutes, int) else None,
            owner_id=await _owner(case, event.data.get("owner")),
            case_id=case.id,
            contact_id=case.contact_id,
            account_id=case.account_id,
            key=key,
        )
        await journal.record(EventName.RECORD_CREATED, by=SYSTEM, case=case.id, subject=("task", task.id))


async def _owner(case: Case, wanted: object) -> int | None:
    if wanted == "owner":
        return case.owner_id
    if wanted == "manager":
        return next(iter(await directory.ids_with_role(Role.SUPERVISOR)), None)
    if isinstance(wanted, str) and "@" in wanted:
        try:
            return (await directory.find_by_email(wanted)).id
        except NotFound:
            return None
    return None
