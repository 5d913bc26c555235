"""The one list of what a rule may do to a case: kind of action -> handler, shared by milestones, escalation and workflow.

Runs inside the transaction of what caused it, so that cause and effect stand or fall together. An action that needs a
slice above (a task, a webhook, telling somebody) records an event that `casedesk.reactions` carries out, safe twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk import journal
from casedesk.cases import changing, clocks, fields, moving, recording
from casedesk.cases.models import Case
from casedesk.cases.recording import Told
from casedesk.errors import Conflict, Invalid, NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.queues import known
from casedesk.rules import lifecycle
from casedesk.rules.actions import (
    Action,
    AddTask,
    AssignQueue,
    AssignUser,
    CallWebhook,
    Notify,
    RaiseLevel,
    SendTemplate,
    SetField,
)
from casedesk.users import directory


@dataclass(frozen=True, slots=True)
class Cause:
    """Why actions are carried out: milestone, escalation or trigger, the rule's name, and a key unique to this time."""

    kind: str
    rule: str
    key: str

    def told(self) -> dict[str, Any]:
        """Return the cause as an event tells it."""
        return {"cause": self.kind, "rule": self.rule, "cause_key": self.key}


async def carry_out(case: Case, actions: Sequence[Action], cause: Cause, *, now: datetime) -> None:
    """Do `actions` to a held case, in order. What cannot be done (a name that is gone, a move the case's state forbids)
    is told to a manager and stops nothing."""
    for place, action in enumerate(actions):
        try:
            await _HANDLERS[type(action)](case, action, cause, now, place)
        except (NotFound, Conflict, Invalid) as error:
            data = {"to": "manager", "reason": "rule_could_not_act"}
            await _ask(case, EventName.NOTIFICATION_ASKED_FOR, data, cause, place, {"error": error.message})


async def _assign_queue(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    queue = await known.by_key(action.queue)
    if queue.id != case.queue_id:
        await _change(case, {"queue_id": queue.id, "owner_id": None}, cause, now)


async def _assign_user(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    user = await directory.find_by_email(action.user)
    await _change(case, {"owner_id": user.id}, cause, now)


async def _set_field(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    if action.field == "status":
        await moving.move(case, fields.status_named(str(action.value)), by=SYSTEM, now=now, told=Told(cause.told()))
        return
    value = list(action.value) if isinstance(action.value, tuple) else action.value
    custom = action.field.removeprefix("custom.")
    to = {action.field: value} if custom == action.field else {"custom": {**case.custom, custom: value}}
    await changing.apply(case, to, by=SYSTEM, now=now, told=Told(cause.told()))


async def _raise_level(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    await _change(case, {"escalation_level": int(lifecycle.raised(case.escalation_level))}, cause, now)


async def _notify(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    to = list(action.to) if isinstance(action.to, tuple) else action.to.value
    await _ask(case, EventName.NOTIFICATION_ASKED_FOR, {"to": to, "reason": f"{cause.kind}:{cause.rule}"}, cause, place)


async def _send_template(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    to = list(action.to) if isinstance(action.to, tuple) else action.to.value
    await _ask(case, EventName.NOTIFICATION_ASKED_FOR, {"to": to, "template": action.template}, cause, place)


async def _add_task(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    data = {"due_minutes": action.due_minutes, "owner": action.owner}
    await _ask(case, EventName.TASK_ASKED_FOR, data, cause, place, {"subject": action.subject})


async def _call_webhook(case: Case, action: Any, cause: Cause, now: datetime, place: int) -> None:
    await _ask(case, EventName.WEBHOOK_ASKED_FOR, {"webhook": action.webhook}, cause, place)


async def _change(case: Case, to: dict[str, Any], cause: Cause, now: datetime) -> None:
    if all(getattr(case, key) == value for key, value in to.items()):
        return
    derived = await clocks.derived(case, now, by=SYSTEM, **to)
    name = EventName.CASE_ASSIGNED if {"queue_id", "owner_id"} & set(to) else EventName.CASE_CHANGED
    await recording.change(case, name, by=SYSTEM, to=to, derived=derived, told=Told(cause.told()))


async def _ask(
    case: Case, name: EventName, data: dict[str, Any], cause: Cause, place: int, words: dict[str, Any] | None = None
) -> None:
    told = {**data, **cause.told(), "place": place}
    await journal.record(name, by=SYSTEM, case=case.id, data=told, content=words)


_Handler = Callable[[Case, Any, Cause, datetime, int], Awaitable[None]]

_HANDLERS: dict[type, _Handler] = {
    AssignQueue: _assign_queue,
    AssignUser: _assign_user,
    SetField: _set_field,
    RaiseLevel: _raise_level,
    Notify: _notify,
    SendTemplate: _send_template,
    AddTask: _add_task,
    CallWebhook: _call_webhook,
}
