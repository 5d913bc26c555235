"""Forms that were held back: seen by leaders alone, a case once when one of them says so."""

import asyncio

import pytest

from casedesk import clock
from casedesk.cases import attaching
from casedesk.cases.models import Attachment, Case, Message
from casedesk.errors import Conflict, NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from casedesk.milestones.models import Milestone
from intake import by_web, held, ledger, web_forms
from intake.by_web import Filled
from intake.models import Fate
from intake.web_forms import WEB_FORMS
from tests.world import World

WHY = "filled in faster than anybody can type"
VALUES = {"name": "Nell Park", "email": "nell@somewhere.example", "subject": "It hums", "description": "Since Monday."}


async def hold(*files: tuple[str, str, bytes]) -> None:
    """Send the form of a new desk as a quick hand would."""
    form = await web_forms.in_use("contact")
    await by_web.receive(form, Filled(VALUES, await by_web.keep_files(files), WHY, "en"))


async def test_what_was_held_back_is_shown_to_leaders(world: World) -> None:
    await hold()

    (form,) = await held.waiting(by=world.max)

    assert (form.name, form.email, form.subject, form.begins, form.reason) == (
        "Nell Park", "nell@somewhere.example", "It hums", "Since Monday.", WHY,
    )  # fmt: skip
    for nobody in (world.tess, world.otto.actor):
        with pytest.raises(NotFound):
            await held.waiting(by=nobody)
        with pytest.raises(NotFound):
            await held.make_case(form.id, by=nobody)


async def test_a_leader_makes_the_case_it_would_have_become_with_its_files(world: World, frozen) -> None:
    await hold(("pump.log", "text/plain", b"hum"))
    sent_at = clock.now()
    frozen.forward(days=2)
    await attaching.sweep()

    number = await held.make_case((await held.waiting(by=world.max))[0].id, by=world.max)

    case = await Case.get()
    message = await Message.get(case_id=case.id)
    (entry,) = (await ledger.entries(by=world.max)).items
    released = await Event.get(name=EventName.FORM_RELEASED)
    assert (number.rpartition("-")[2], case.subject, case.origin, case.created_at) == (
        str(case.id), "It hums", "web", sent_at,
    )  # fmt: skip
    assert (message.text, message.author_email) == ("Since Monday.", "nell@somewhere.example")
    assert [(each.filename, each.message_id) for each in await Attachment.all()] == [("pump.log", message.id)]
    assert (entry.fate, entry.reason, entry.case) == ("created", "form contact, held back at first", number)
    assert (released.case_id, released.actor_id, released.data["reason"]) == (case.id, world.max.user_id, WHY)
    assert "Since Monday" not in str((await Fate.get()).shape)
    assert await held.waiting(by=world.max) == ()
    assert await Milestone.filter(case_id=case.id).count() > 0


async def test_of_two_clicks_at_once_one_makes_the_case(world: World) -> None:
    await hold()
    (form,) = await held.waiting(by=world.max)

    done = await asyncio.gather(*(held.make_case(form.id, by=world.max) for _ in range(2)), return_exceptions=True)

    assert sorted(type(each).__name__ for each in done) == ["NotFound", "str"]
    assert (await Case.all().count(), await Event.filter(name=EventName.FORM_RELEASED).count()) == (1, 1)


async def test_a_form_that_is_no_longer_in_use_stays_held(world: World) -> None:
    await hold()
    (form,) = await held.waiting(by=world.max)
    await WEB_FORMS.change((await web_forms.in_use("contact")).id, {"active": False}, by=SYSTEM)

    with pytest.raises(Conflict):
        await held.make_case(form.id, by=world.max)

    assert ([each.id for each in await held.waiting(by=world.max)], await Case.all().count()) == ([form.id], 0)


async def test_after_thirty_days_its_words_stand_in_the_ledger_alone_and_its_files_are_gone(
    world: World, frozen
) -> None:
    await hold(("pump.log", "text/plain", b"hum"))
    (form,) = await held.waiting(by=world.max)

    frozen.forward(days=30, hours=1)

    assert (await held.waiting(by=world.max), await attaching.sweep()) == ((), 1)
    with pytest.raises(NotFound):
        await held.make_case(form.id, by=world.max)
    assert (await ledger.entries(by=world.max)).items[0].shape["text"] == "Since Monday."
