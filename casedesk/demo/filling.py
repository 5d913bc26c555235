"""A demo that was begun is filled on beside the process that serves it, by a child of its own: the desk comes first."""

import asyncio
import contextlib
import sys

import structlog

from casedesk.demo.story import Story, story_of, told
from casedesk.live import HUB
from casedesk.settings import Settings
from casedesk.web.demo_stand import DemoStand

_LOOK_SECONDS = 1.0

_log = structlog.get_logger("demo")


class Filling:
    """Fills a demo while it is served, and knows how far that is; what it told stays, the rest is told another time."""

    def __init__(self, settings: Settings, story: Story) -> None:
        self.settings, self.story = settings, story
        self.stand = DemoStand(cases=story.cases, told=story.cases, stops=story.stops)

    async def run(self) -> None:
        """Go on filling until all is told or this is cancelled; a case that is half told then is not kept."""
        self.stand.told = await told(self.story)
        if self.stand.told >= self.story.cases:
            return
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "casedesk", "demo", "--go-on", "--data", str(self.settings.data),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            while child.returncode is None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(child.wait(), _LOOK_SECONDS)
                self.stand.told = await told(self.story)
                await HUB.publish("queue", ())
        finally:
            if child.returncode is None:
                child.terminate()
                await child.wait()
        if child.returncode:
            _log.warning("demo_not_filled", code=child.returncode, cure="run `casedesk demo --go-on` to see why")


def filling_of(settings: Settings) -> Filling | None:
    """Return what fills the demo in this desk, None for a desk that is no demo."""
    story = story_of(settings.data)
    return Filling(settings, story) if story is not None else None
