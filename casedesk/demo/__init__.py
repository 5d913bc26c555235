"""The demo: a desk of Halden Instruments, a company that does not exist, with months of cases to look at and try things on.

The story is told through the abilities that pages and mail use, with the clock of the past, so that all of it holds
before `casedesk verify`. The same number of cases and the same seed give the same story, its dates relative to now.
"""

import asyncio
from datetime import timedelta

from casedesk import clock
from casedesk.app import opened
from casedesk.cases import numbering
from casedesk.database import rows, transaction
from casedesk.database.lock import held
from casedesk.demo.company import ADMINISTRATOR, cast, furnish
from casedesk.demo.population import population
from casedesk.demo.rhythm import days_of
from casedesk.demo.shelf import let_read, write_solutions
from casedesk.demo.story import (
    BESIDE_A_DESK,
    BREATH_SECONDS,
    LOCK_FILE,
    Progress,
    Story,
    keep,
    story_of,
    tell_on,
    write_up,
)
from casedesk.errors import Unusable
from casedesk.settings import Settings
from casedesk.starting import make_desk, write_samples
from casedesk.web.pages import SampleSignIn
from knowledge.index import SolutionIndex

PASSWORD = "casedesk-demo"  # noqa: S105  # shown on the sign-in page; these sign-ins work on loopback only

SIGN_INS_FILE = "demo-sign-ins.txt"
"""What `make run` prints each time."""

_SHOWN = (
    "mara@halden.example",
    "jonas@halden.example",
    "lena@halden.example",
    "kofi@halden.example",
    "sara@halden.example",
)


async def fill(settings: Settings, *, cases: int, seed: int, progress: Progress, most: int | None = None) -> list[str]:
    """Make a desk and fill it with the company and `cases` cases; return lines that say who may sign in.

    With `most` only so many of the newest are told, the others when `go_on` is called. Raises Unusable, touching
    nothing, when there is a desk already.
    """
    now = clock.now()
    founded = now - timedelta(days=days_of(cases) + 7)
    with clock.frozen_at(founded):
        await make_desk(settings, admin_email=ADMINISTRATOR, password=PASSWORD, token=False)
    async with opened(settings):
        administrator = (await rows("SELECT id, password_hash FROM users"))[0]
        with clock.frozen_at(founded):
            async with transaction():
                shown = await furnish(
                    population(seed), password_hash=administrator["password_hash"],
                    administrator_id=administrator["id"], today=now.date(),
                )  # fmt: skip
                people = (await cast()).staff
                await write_solutions(people["kofi@halden.example"])
                await let_read(seed, [each.contact_id for each in shown], now, shown[0].portal_id)
        written = write_up(cases, seed, now)
        numbers = [number for number, _ in written] or [0]
        stops = {plot.key: str(number) for number, plot in written if plot.key}
        story = Story(cases, seed, now.isoformat(), numbers[0], numbers[-1], stops)
        await numbering.go_on_after(story.last)
        await keep(settings.data, story)
        index = SolutionIndex(settings)
        await index.open()
        try:
            await tell_on(story, progress, most=most)
            await index.catch_up()
        finally:
            await index.close()
    staff = [people[ADMINISTRATOR], *(people[email] for email in _SHOWN)]
    samples = [SampleSignIn(each.email, each.name, str(each.role)) for each in staff]
    samples += [SampleSignIn(each.email, each.name, "customer", each.portal) for each in shown]
    await write_samples(settings, samples)
    told = [
        f"Halden Instruments is in {settings.data}. Everybody signs in with the password {PASSWORD}:",
        *(f"  {each.email:27} {each.name}, {_what(each)}" for each in samples),
    ]
    await asyncio.to_thread((settings.data / SIGN_INS_FILE).write_text, "\n".join([*told, ""]), "utf-8")
    return told


def _what(sample: SampleSignIn) -> str:
    return f"customer at /portal/{sample.portal}/" if sample.portal else sample.role.replace("_", " ")


async def go_on(settings: Settings, progress: Progress) -> None:
    """Tell what is left of a demo's story, beside a process that serves it; raises Unusable for a desk that is none."""
    story = story_of(settings.data)
    if story is None:
        raise Unusable(f"{settings.data} holds no demo")
    with held(settings.data, LOCK_FILE):
        async with opened(settings):
            index = SolutionIndex(settings)
            await index.open()
            try:
                await tell_on(story, progress, at_once=BESIDE_A_DESK, breath=BREATH_SECONDS)
            finally:
                await index.close()
