"""The demo: a desk of Halden Instruments, a company that does not exist, with weeks of cases to look at and try things on.

The story is told through the abilities that pages and mail use, with the clock of the past, so that all of it holds
before `casedesk verify`. The same number of cases and the same seed give the same story, its dates relative to now.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from casedesk import clock
from casedesk.app import opened
from casedesk.database import rows, transaction
from casedesk.demo.company import ADMINISTRATOR, furnish
from casedesk.demo.plot import WEEKS, plots
from casedesk.demo.telling import tell
from casedesk.settings import Settings
from casedesk.starting import make_desk, write_samples
from casedesk.web.pages import SampleSignIn
from knowledge.index import SolutionIndex

PASSWORD = "casedesk-demo"  # noqa: S105  # shown on the sign-in page; these sign-ins work on loopback only

SIGN_INS_FILE = "demo-sign-ins.txt"
"""What `make run` prints each time."""


async def fill(settings: Settings, *, cases: int, seed: int, progress: Callable[[str, int, int], None]) -> list[str]:
    """Make a desk and fill it with the company and `cases` cases; return lines that say who may sign in.

    Raises Unusable, touching nothing, when there is a desk already.
    """
    now = clock.now()
    founded = now - timedelta(weeks=WEEKS, days=7)
    with clock.frozen_at(founded):
        await make_desk(settings, admin_email=ADMINISTRATOR, password=PASSWORD, token=False)
    async with opened(settings):
        administrator = (await rows("SELECT id, password_hash FROM users"))[0]
        with clock.frozen_at(founded):
            async with transaction():
                company = await furnish(
                    password_hash=administrator["password_hash"], administrator_id=administrator["id"], seed=seed,
                    today=now.date(),
                )  # fmt: skip
        index = SolutionIndex(settings)
        await index.open()
        try:
            await tell(plots(company.customers, company.products, cases, seed), company, progress)
            await index.catch_up()
        finally:
            await index.close()
    samples = [SampleSignIn(each.email, each.name, str(each.role)) for each in company.shown]
    await write_samples(settings, samples)
    told = [
        f"Halden Instruments is in {settings.data}. Everybody signs in with the password {PASSWORD}:",
        *(f"  {each.email:24} {each.name}, {each.role.replace('_', ' ')}" for each in samples),
    ]
    await asyncio.to_thread((settings.data / SIGN_INS_FILE).write_text, "\n".join([*told, ""]), "utf-8")
    return told
