"""Calls by API: the exchange tells of one, and the record of whoever calls pops up on the agent's screen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from casedesk.accounts.directory import ContactRecord
from casedesk.calls import ringing
from casedesk.calls.ringing import CallRecord, CallState, Rang
from casedesk.permissions import Permission
from casedesk.web.api.operations import Answer, Call, Operation
from casedesk.web.api.schema import Email, Shape, Word

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Direction(StrEnum):
    """Who called whom."""

    IN = "in"
    OUT = "out"


class CallNew(Shape):
    """A call as the exchange sees it. The same `provider_id` again is the same call; `state` moves it on.

    `agent` is the address of whoever it rings at; without one it rings at every agent. `line` and `menu` are what was
    dialled and chosen, and facts for the assignment rules.
    """

    from_: Number = Field(alias="from")
    to: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    direction: Direction = Direction.IN
    provider_id: Word
    agent: Email | None = None
    line: Word | None = None
    menu: Word | None = None
    state: CallState | None = None


@dataclass(frozen=True, slots=True)
class CallShown:
    """A call; `url` opens its page in the console."""

    id: int
    provider_id: str
    from_number: str
    to_number: str
    direction: str
    line: str | None
    menu: str | None
    state: CallState
    agent_id: int | None
    contact_id: int | None
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Announced:
    """The call as it is kept, and the contacts its number may mean, the likeliest first."""

    call: CallShown
    matches: tuple[ContactRecord, ...]


def operations() -> list[Operation]:
    """Return the operation of calls."""
    return [
        Operation("POST", "/calls", _announce, "Tell of a call: pops the caller's record up on the agent's screen.",
                  Permission.CALL_ANNOUNCE, Announced, 201, body=CallNew, at_once=True, tag="calls",
                  name="announce_call"),
    ]  # fmt: skip


async def _announce(call: Call) -> Answer:
    told: CallNew = call.body
    rang = Rang(
        told.provider_id, told.from_, told.to, told.direction.value, told.agent, told.line, told.menu, told.state
    )
    rung = await ringing.ring(rang, by=call.actor)
    return Answer(Announced(_shown(rung.call), rung.matches))


def _shown(call: CallRecord) -> CallShown:
    return CallShown(
        call.id, call.provider_id, call.from_number, call.to_number, call.direction, call.line, call.menu, call.state,
        call.agent_id, call.contact_id, call.created_at, call.answered_at, call.ended_at,
        f"/console/call?call_id={call.id}",
    )  # fmt: skip
