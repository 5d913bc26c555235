"""The solutions of the demo company: written, rated by readers, and shown to people who then did not need to ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from casedesk import clock
from casedesk.demo.reading import read
from casedesk.identity import SYSTEM, Actor, ActorKind
from knowledge import browsing, deflecting, rating, writing
from knowledge.audience import Audience
from knowledge.deflecting import Beside, Signal
from knowledge.solution import Draft, Status, Visibility

FILES = ("solutions.toml", "more_solutions.toml")
STALE_DAYS = 420
RATINGS = 3
"""Readers who rate a solution, on average."""

_DEFLECTED = (
    ("Red light after the update, three blinks", "restore-a-gateway-that-stays-red", 20),
    ("Gateway shows red since tonight", "restore-a-gateway-that-stays-red", 9),
    ("How do I print all certificates?", "calibration-certificates", 70),
    ("Battery of a probe is empty", "probe-battery-runs-down-early", 130),
    ("Alarm E14", "chiller-alarm-e14-low-flow", 210),
)
"""Questions that were answered by a solution before they were sent: words, key, hours ago."""


async def write_solutions(by: Actor) -> None:
    """Write the solutions, in the open transaction; some have not been looked at for more than a year."""
    now = clock.now()
    for solution in (solution for name in FILES for solution in read(name)["solution"]):
        draft = Draft(
            title=solution["title"], body=solution["body"].strip(), key=solution["key"],
            language=solution.get("language", "en"), categories=tuple(solution["categories"]),
            visibility=Visibility(solution.get("visibility", "public")), status=Status(solution.get("status", "published")),
        )  # fmt: skip
        with clock.frozen_at(now - timedelta(days=STALE_DAYS) if solution.get("stale") else now):
            await writing.create(draft, by=by)


async def let_read(seed: int, contacts: Sequence[int], until: datetime, portal_id: int) -> None:
    """Let readers rate what is public, and contacts find their answer without asking, in the open transaction."""
    chance = Random(f"{seed}:shelf")
    ids = await browsing.ids_by_key("en")
    public = [
        ids[each["key"]]
        for name in FILES
        for each in read(name)["solution"]
        if each["key"] in ids and not {"language", "visibility", "status"} & each.keys()
    ]
    for number in range(RATINGS * len(public)):
        with clock.frozen_at(until - timedelta(hours=chance.uniform(2, 90 * 24))):
            helpful = chance.random() < 0.84
            await rating.rate(
                chance.choice(public), helpful=helpful, reader=f"visitor:reader-{number}", audience=Audience.PUBLIC,
                by=SYSTEM, reason=None if helpful else chance.choice(list(rating.Reason)),
            )  # fmt: skip
    for number, (words, key, hours) in enumerate(_DEFLECTED):
        beside = Beside(f"demo-{number}", words, Audience.PORTAL, portal_id)
        by = Actor(ActorKind.CONTACT, contacts[number % len(contacts)])
        for minutes, signal in enumerate((Signal.SHOWN, Signal.OPENED, Signal.CONFIRMED)):
            with clock.frozen_at(until - timedelta(hours=hours) + timedelta(minutes=minutes)):
                await deflecting.note(signal, [ids[key]], beside, by=by)
