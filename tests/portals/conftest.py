"""What the tests of portals share: the desk's brand, and browsers that knock at its door."""

import pytest

from casedesk.identity import SYSTEM
from casedesk.portals import branding
from casedesk.portals.branding import PORTALS, PortalRecord
from casedesk.portals.doors import Browser
from tests.world import World

CHROME = Browser("192.0.2.1", "Mozilla/5.0 Chrome/140.0")
"""A browser somewhere."""


@pytest.fixture
async def portal(world: World) -> PortalRecord:
    """Return the desk's first portal."""
    return (await branding.every())[0]


@pytest.fixture
async def other_portal(world: World) -> PortalRecord:
    """Return another brand of the desk, where one is invited."""
    given = {"slug": "pumps", "name": "Pump Care", "registration": "by_invitation", "primary_colour": "#7a3e9d"}
    return await PORTALS.add(given, by=SYSTEM)
