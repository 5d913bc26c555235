"""A reply is taken back while its mail has not left: the case stands as before, and its words are the author's again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk import clock, permissions
from casedesk.cases import attaching, clocks, recording
from casedesk.cases.models import Case, Message
from casedesk.cases.numbering import shown
from casedesk.cases.recording import Told
from casedesk.database import transaction
from casedesk.errors import NotFound
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.journal.models import Event
from casedesk.mail import outbox
from casedesk.mail.models import OutgoingMail
from casedesk.milestones import tracking
from casedesk.permissions import Permission
from casedesk.rules import lifecycle
from casedesk.rules.lifecycle import Category

_OF_STATUS = frozenset({"status", "status_category", "resolved_at", "closed_at", "reopened"})


@dataclass(frozen=True, slots=True)
class Undone:
    """A reply taken back, with everything the composer needs to show it again; `status` is the one before."""

    number: str
    text: str
    attachments: tuple[int, ...]
    status: str


async def undo(outgoing_id: int, *, by: Actor) -> Undone:
    """Take a reply back whose mail has not left, and put the case where it was; raises Conflict when it has.

    What somebody changed since is left as it is. A response that was met by the reply is owed again.
    """
    permissions.require(by, Permission.CASE_REPLY)
    now = clock.now()
    async with transaction():
        message = await _own_reply(outgoing_id, by)
        case = await recording.hold(message.case_id)
        await outbox.take_back(outgoing_id)
        back = await _before(case, message)
        await _turn_clocks_back(case, back, message.created_at, now)
        files = tuple(file.id for file in (await attaching.of_messages([message.id])).get(message.id, ()))
        await attaching.release(files)
        message.details = {**message.details, "undone": True}
        await message.save(update_fields=["details"])
        derived: dict[str, Any] = {"last_reply_at": await _last_reply_at(case.id)}
        derived |= await clocks.derived(case, now, by=by, **{**back, **derived})
        told = Told({"message": message.id, "mail": outgoing_id})
        await recording.change(case, EventName.REPLY_UNDONE, by=by, to=back, derived=derived, told=told)
    return Undone(shown(case.prefix, case.id), message.text, files, case.status)


async def _own_reply(outgoing_id: int, by: Actor) -> Message:
    mail = await OutgoingMail.get_or_none(id=outgoing_id, kind="reply")
    message = await Message.get_or_none(id=mail.message_id) if mail and mail.message_id else None
    if message is None or message.user_id != by.user_id:
        raise NotFound("There is no such mail, or it is not yours to take back.")
    return message


async def _before(case: Case, message: Message) -> dict[str, Any]:
    """Return the columns as they were before a reply, those that nobody has changed since."""
    was: dict[str, Any] = {}
    became: dict[str, Any] = {}
    ends = (EventName.REPLY_SENT.value, EventName.CASE_RESOLVED.value, EventName.CASE_CLOSED.value)
    for event in await Event.filter(case_id=case.id, name__in=ends).order_by("-id"):
        data: dict[str, Any] = dict(event.data)
        if message.id in (data.get("message"), data.get("reply")):
            became = {**data.get("set", {}), **became}
            was |= data.get("was", {})
    if case.status_category != became.get("status_category", case.status_category):
        was = {key: value for key, value in was.items() if key not in _OF_STATUS}
    return {
        key: datetime.fromisoformat(value) if key in ("resolved_at", "closed_at") and value else value
        for key, value in was.items()
        if recording.plain(getattr(case, key)) == became[key]
    }


async def _turn_clocks_back(case: Case, back: Mapping[str, Any], at: datetime, now: datetime) -> None:
    current = Category(case.status_category)
    category = Category(back.get("status_category", current))
    if category != current:
        await tracking.forget_pauses(case.id, at)
    await tracking.owe_again(case.id, at, now)
    if category in lifecycle.FINISHED and current not in lifecycle.FINISHED:
        await clocks.follow_category(case, current, category, now)


async def _last_reply_at(case_id: int) -> datetime | None:
    replies = await Message.filter(case_id=case_id, kind="reply").order_by("-id")
    return next((reply.created_at for reply in replies if not reply.details.get("undone")), None)
