"""Every step of every service clock is taken once, although serving processes are killed while they take them."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

from casedesk import clock
from casedesk import settings as operator
from casedesk.cases.creating import NewCase, create_case
from casedesk.database import is_postgres
from casedesk.events import EventName
from casedesk.journal.models import Event
from casedesk.milestones.models import Milestone, MilestoneStep
from casedesk.records import NEVER
from casedesk.rulesets.models import Decision
from tests.serving import Served
from tests.world import World

CASES = 120
LIVES = 3
STEPS = (EventName.MILESTONE_WARNED.value, EventName.MILESTONE_MISSED.value)


async def test_each_step_of_a_clock_is_taken_once_whatever_dies(world: World) -> None:
    await _cases_long_overdue(world)
    milestones = await Milestone.all().count()
    chance = random.Random(1)
    killed_at_work = 0

    for _ in range(LIVES):
        before = await MilestoneStep.all().count()
        serving = _serve()
        await _until_steps(before + chance.randrange(3, 12))
        for process in serving:
            process.kill()
        killed_at_work += await Milestone.filter(next_action_at__lt=NEVER).count() > 0
    serving = _serve()
    await _until_nothing_is_due()
    for process in serving:
        assert process.stop() == 0, Path(process.log).read_text()[-3000:]

    told = Counter((event.data["milestone"], event.data["step"]) for event in await Event.filter(name__in=STEPS))
    taken = {(row.milestone_id, row.step) for row in await MilestoneStep.all()}
    decided = await Decision.filter(kind="milestone", outcome__in=["warning", "violation"]).count()
    assert set(told.values()) == {1}
    assert set(told) == taken
    assert len([key for key in told if key[1] == "violation"]) == milestones
    assert decided == len(told)
    assert killed_at_work >= 1


async def _cases_long_overdue(world: World) -> None:
    with clock.frozen_at(clock.now() - timedelta(days=30)):
        for number in range(CASES):
            await create_case(
                NewCase(subject=f"Overdue {number}", origin="api", contact_email="ada@late.example"), by=world.ines
            )


def _serve() -> list[Served]:
    """Serve the open desk: one process on SQLite, one that does everything and a second worker on PostgreSQL."""
    settings = operator.current()
    first = Served(settings)
    return [first, Served(settings, "--role", "worker")] if is_postgres() else [first]


async def _until_steps(wanted: int) -> None:
    async with asyncio.timeout(60):
        while await MilestoneStep.all().count() < wanted and await Milestone.filter(next_action_at__lt=NEVER).exists():
            await asyncio.sleep(0.01)


async def _until_nothing_is_due() -> None:
    async with asyncio.timeout(120):
        while await Milestone.filter(next_action_at__lt=NEVER).exists():
            await asyncio.sleep(0.05)
