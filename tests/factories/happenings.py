"""Run what follows the pending events, as the worker does, and count nothing."""

from casedesk.journal import pending
from casedesk.journal.pending import Happened
from casedesk.reactions import reactions_to


async def react() -> list[Happened]:
    """Run the reactions of every pending event and clear the marks; return the events."""
    events = await pending.claim(1000)
    for event in events:
        for reaction in reactions_to(event.name).values():
            await reaction(event)
    await pending.clear([event.id for event in events])
    return events


async def react_again(events: list[Happened]) -> None:
    """Run the reactions of events a second time, as after a crash before the marks were cleared."""
    for event in events:
        for reaction in reactions_to(event.name).values():
            await reaction(event)
