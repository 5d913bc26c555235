"""A case's history adds up: folding its events gives its row, and every word is the word that was recorded.

For `casedesk verify`. Words that were erased are not missed: their event keeps the hash, the row may say anything else.
"""

from collections.abc import Sequence
from typing import Any

from casedesk import journal
from casedesk.cases.creating import message_hash
from casedesk.cases.fields import JOURNALLED_CODES, JOURNALLED_WORDS
from casedesk.cases.models import Case, Message
from casedesk.cases.numbering import shown
from casedesk.cases.recording import plain
from casedesk.database import reading
from casedesk.events import EventName
from casedesk.journal.models import Content, Event


async def replay(case_id: int) -> list[str]:
    """Return what is wrong with the history of one case, a sentence each; empty when it adds up."""
    return await replay_many([case_id])


async def replay_many(case_ids: Sequence[int]) -> list[str]:
    """Do `replay` for many cases in a few queries."""
    async with reading():
        wanted = list(case_ids)
        cases = {case.id: case for case in await Case.filter(id__in=wanted)}
        stories: dict[int, list[Event]] = {}
        for event in await Event.filter(case_id__in=wanted).order_by("id"):
            stories.setdefault(event.case_id or 0, []).append(event)
        messages: dict[int, dict[int, Message]] = {}
        for message in await Message.filter(case_id__in=wanted):
            messages.setdefault(message.case_id, {})[message.id] = message
        ids = [event.content_id for story in stories.values() for event in story if event.content_id is not None]
        contents = {content.id: content for content in await Content.filter(id__in=ids)}
    return [
        f"case {shown(case.prefix, case.id)}: {fault}"
        for case in cases.values()
        for fault in _faults(case, stories.get(case.id, []), messages.get(case.id, {}), contents)
    ]


def _faults(
    case: Case, story: Sequence[Event], messages: dict[int, Message], contents: dict[int, Content]
) -> list[str]:
    if not story or story[0].name != EventName.CASE_CREATED:
        return ["its history does not begin with its making"]
    faults, folded, erased = [], dict[str, Any](), set[int]()
    told: set[int] = set()
    for event in story:
        data: dict[str, Any] = dict(event.data)
        folded |= data.get("set", {})
        content = contents.get(event.content_id) if event.content_id is not None else None
        if event.content_hash is not None and content is not None and content.body is not None:
            folded |= dict(content.body).get("set", {})  # type: ignore[call-overload]
            if journal.words_hash(content.salt, content.body) != event.content_hash:
                faults.append(f"the words of event {event.id} are not those that were recorded")
        elif event.content_id is not None:
            erased.add(event.id)
        if event.content_hash is not None and event.content_id is None:
            faults += _message_fault(event, messages.get(data.get("message", 0)))
        told.add(data.get("message", 0))
    faults += [f"message {number} is told of by no event" for number in sorted(messages.keys() - told)]
    columns = JOURNALLED_CODES if erased else (*JOURNALLED_CODES, *JOURNALLED_WORDS)
    return faults + [
        f"{column} is {plain(getattr(case, column))!r}, its history gives {folded.get(column)!r}"
        for column in columns
        if plain(getattr(case, column)) != folded.get(column)
    ]


def _message_fault(event: Event, message: Message | None) -> list[str]:
    if message is None:
        return [f"the message of event {event.id} is gone"]
    if message_hash(message) != event.content_hash:
        return [f"the words of message {message.id} are not those that were recorded"]
    return []
