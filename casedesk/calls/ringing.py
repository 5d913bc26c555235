"""A call is told of by the exchange: kept once, its caller recognised, the agent's screen told at once.

What an agent notes of it stands in `notes`; what it leaves behind on a case is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from casedesk import clock, permissions
from casedesk.accounts import numbers
from casedesk.accounts.directory import CONTACTS, ContactRecord
from casedesk.calls.models import Call
from casedesk.database import transaction
from casedesk.errors import Invalid, NotFound
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor, Role
from casedesk.live import HUB
from casedesk.permissions import Permission
from casedesk.users import directory

TOPIC = "call"
"""Live topic: a call's id, then the ids of those whose screen it belongs on."""
AT_MOST = 8
_WAITS = timedelta(hours=4)
"""How long a call that was not saved stays in the bar."""


class CallState(StrEnum):
    """How far a call is."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


_ORDER = tuple(CallState)


@dataclass(frozen=True, slots=True)
class Rang:
    """What the exchange tells; `agent` is an address of staff, None rings at everybody's. `state` None: as it was."""

    provider_id: str
    from_number: str
    to_number: str = ""
    direction: str = "in"
    agent: str | None = None
    line: str | None = None
    menu: str | None = None
    state: CallState | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call as others see it; `contact_id` where its number meant exactly one person, `case_id` once it was logged."""

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
    case_id: int | None
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def other_number(self) -> str:
        """Return the number of whoever is not us."""
        return self.to_number if self.direction == "out" else self.from_number

    @property
    def waited_s(self) -> int:
        """Return how many seconds it rang, 0 while nobody knows."""
        return max(0, int(((self.answered_at or self.created_at) - self.created_at).total_seconds()))

    def lasted_s(self, now: datetime) -> int:
        """Return how many seconds it has been talked, up to `now` while it goes on."""
        start = self.answered_at or self.created_at
        return max(0, int(((self.ended_at or now) - start).total_seconds()))


@dataclass(frozen=True, slots=True)
class Rung:
    """A call and whom its number may mean, the likeliest first."""

    call: CallRecord
    matches: tuple[ContactRecord, ...]


async def ring(rang: Rang, *, by: Actor) -> Rung:
    """Keep a call and show it on the agent's screen; the same `provider_id` again is the same call, further on.

    Raises Invalid for an agent there is not. A call that has ended never rings again.
    """
    permissions.require(by, Permission.CALL_ANNOUNCE)
    agent = await _agent(rang.agent)
    matches = await meant_by(rang.to_number if rang.direction == "out" else rang.from_number, by=by)
    try:
        async with transaction():
            call = await _kept(rang, agent, matches)
    except IntegrityError:  # the same was told at the same moment
        async with transaction():
            call = await _kept(rang, agent, matches)
    await HUB.publish(TOPIC, [call.id, *await _screens(call)])
    return Rung(record_of(call), matches)


async def meant_by(number: str, *, by: Actor, limit: int = AT_MOST) -> tuple[ContactRecord, ...]:
    """Return the contacts who have this number in any notation, or one that begins so, those who have it whole first."""
    found: dict[int, ContactRecord] = {}
    for key in numbers.keys(number):
        for contact_id in await database_engine.search(Kind.CONTACT, key, limit):
            if contact_id not in found:
                found[contact_id] = await CONTACTS.find(contact_id, by=by)
    whole = [each for each in found.values() if any(numbers.is_same(phone, number) for phone in each.phones)]
    return tuple(whole or found.values())[:limit]


async def call_named(name: str, *, by: Actor) -> CallRecord:
    """Return a call by its id or by the exchange's own name for it; raises NotFound."""
    permissions.require(by, Permission.CALL_LOG)
    wanted = Q(provider_id=name)
    if name.isascii() and name.isdigit() and len(name) <= 18:
        wanted |= Q(id=int(name))
    call = await Call.filter(wanted).order_by("id").first()
    if call is None:
        raise NotFound
    return record_of(call)


async def unsaved_of(by: Actor) -> tuple[CallRecord, ...]:
    """Return the calls on somebody's screen that were not saved on a case, newest first; those nobody took ring at all."""
    if by.user_id is None:
        return ()
    found = await Call.filter(
        Q(agent_id=by.user_id) | Q(agent_id=None, state=CallState.RINGING.value),
        case_id=None,
        created_at__gte=clock.now() - _WAITS,
    ).order_by("-id").limit(AT_MOST)  # fmt: skip
    return tuple(record_of(call) for call in found)


async def calls_with(contact_id: int, *, limit: int = 3) -> tuple[CallRecord, ...]:
    """Return the latest calls with a contact."""
    return tuple(record_of(call) for call in await Call.filter(contact_id=contact_id).order_by("-id").limit(limit))


async def saved_on(call_id: int, case_id: int, contact_id: int | None) -> None:
    """Note in the open transaction on which case a call was logged; it leaves the bar."""
    await Call.filter(id=call_id).update(case_id=case_id, contact_id=contact_id)


async def set_aside(call_id: int, *, by: Actor) -> None:
    """Take a call off one's screen without logging it: the row stays, ended and nobody's."""
    async with transaction():
        await Call.filter(id=call_id, agent_id=by.user_id).update(
            agent_id=None, state=CallState.ENDED.value, ended_at=clock.now()
        )


def record_of(call: Call) -> CallRecord:
    """Return a row as a record."""
    return CallRecord(
        call.id, call.provider_id, call.from_number, call.to_number, call.direction, call.line, call.menu,
        CallState(call.state), call.agent_id, call.contact_id, call.case_id, call.created_at, call.answered_at,
        call.ended_at,
    )  # fmt: skip


async def _kept(rang: Rang, agent: int | None, matches: Sequence[ContactRecord]) -> Call:
    """Return the row of a call, made or brought up to what was told; inside the open transaction."""
    call = await Call.get_or_none(provider_id=rang.provider_id)
    if call is None:
        state = rang.state or CallState.ANSWERED
        return await Call.create(
            provider_id=rang.provider_id, from_number=rang.from_number, to_number=rang.to_number,
            direction=rang.direction, line=rang.line, menu=rang.menu, state=state.value, agent_id=agent,
            contact_id=matches[0].id if len(matches) == 1 else None,
            answered_at=clock.now() if state is CallState.ANSWERED else None,
            ended_at=clock.now() if state is CallState.ENDED else None,
        )  # fmt: skip
    state = max(CallState(call.state), rang.state or CallState(call.state), key=_ORDER.index)
    if state is CallState.ANSWERED and call.answered_at is None:
        call.answered_at = clock.now()
    if state is CallState.ENDED and call.ended_at is None:
        call.ended_at = clock.now()
    call.state = state.value
    call.line, call.menu = rang.line or call.line, rang.menu or call.menu
    call.agent_id = agent if agent is not None else call.agent_id
    await call.save()
    return call


async def _agent(email: str | None) -> int | None:
    if email is None:
        return None
    try:
        return (await directory.find_by_email(email)).id
    except NotFound:
        raise Invalid.field("agent", "there is nobody with this address") from None


async def _screens(call: Call) -> list[int]:
    """Return on whose screens a call belongs: its agent's, or those of everybody who takes calls."""
    return [call.agent_id] if call.agent_id is not None else await directory.ids_with_role(Role.AGENT)
