"""A new desk has everything it needs to work."""

import pytest

from casedesk.errors import Conflict
from casedesk.founding import found_desk
from casedesk.mail.models import EmailTemplate
from casedesk.mail.portal_letters import PORTAL_KEYS
from casedesk.milestones.models import BusinessHours
from casedesk.queues.models import Queue
from casedesk.rulesets import defaults, published
from casedesk.settings import Settings
from casedesk.users.models import User
from intake.models import Mailbox
from tests.world import World, found


async def test_a_new_desk_has_queues_hours_letters_rules_doors_and_an_administrator(desk: Settings) -> None:
    users = await User.all().values_list("email", "role")
    queues = await Queue.all().order_by("position").values_list("key", flat=True)
    hours = await BusinessHours.all().order_by("id").values_list("key", flat=True)
    letters = set(await EmailTemplate.all().values_list("key", flat=True))
    doors = await Mailbox.all().order_by("id").values_list("address", "origin")

    assert users == [("ines@halden.example", "administrator")]
    assert queues == list(defaults.QUEUES)
    assert hours == [calendar["key"] for calendar in defaults.BUSINESS_HOURS]
    assert letters == {*defaults.TEMPLATES, "survey", "news", *PORTAL_KEYS}
    assert doors == [("support@example.com", "email"), ("billing@example.com", "email")]


async def test_every_kind_of_rules_is_published_as_version_one(desk: Settings) -> None:
    numbers = {kind.value: (await published.current(kind.value)).number for kind in defaults.DOCUMENTS}

    assert numbers == {kind.value: 1 for kind in defaults.DOCUMENTS}


async def test_a_desk_is_founded_only_once(desk: Settings) -> None:
    with pytest.raises(Conflict):
        await found()

    assert await User.all().count() == 1


async def test_the_world_has_its_people(world: World) -> None:
    with pytest.raises(Conflict):
        await found_desk(admin_email="other@halden.example", admin_name="Other", password_hash="")

    assert [world.tess.name, world.ada.name] == ["Tess Odell", "Ada Premier"]
