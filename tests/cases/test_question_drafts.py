"""What was typed and not sent is there again for a week, for one person on one portal."""

import pytest

from casedesk.cases import attaching, question_drafts
from casedesk.cases.models import Attachment, QuestionDraft
from casedesk.cases.question_drafts import Question
from casedesk.errors import NotFound
from casedesk.portals.models import Portal
from tests.conftest import Frozen
from tests.world import World


async def portals() -> tuple[int, int]:
    help_desk, medical = await Portal.get(slug="help"), await Portal.create(slug="medical", name="Medical")
    return help_desk.id, medical.id


async def test_a_draft_is_one_person_s_on_one_portal(world: World, frozen: Frozen) -> None:
    here, there = await portals()
    question = Question("m1", "Red light", "Since the update.", world.ada.asset_id)

    await question_drafts.save(question, portal_id=here, by=world.ada.actor)

    kept = await question_drafts.read(portal_id=here, by=world.ada.actor)
    assert kept is not None
    assert kept.question == question
    assert await question_drafts.read(portal_id=there, by=world.ada.actor) is None
    assert await question_drafts.read(portal_id=here, by=world.bo.actor) is None


async def test_a_draft_lasts_a_week_and_its_files_with_it(world: World, frozen: Frozen) -> None:
    here, _ = await portals()
    file = await attaching.upload("led.txt", "text/plain", b"red", by=world.ada.actor)
    await question_drafts.save(Question("m1", "Red", files=(file.id,)), portal_id=here, by=world.ada.actor)

    frozen.forward(days=6, hours=23)
    await attaching.sweep()
    kept = await question_drafts.read(portal_id=here, by=world.ada.actor)
    frozen.forward(hours=2)

    assert kept is not None
    assert [each.filename for each in kept.files] == ["led.txt"]
    assert await question_drafts.read(portal_id=here, by=world.ada.actor) is None
    assert (await question_drafts.sweep(), await QuestionDraft.all().count()) == (1, 0)
    assert (await attaching.sweep(), await Attachment.all().count()) == (1, 0)


async def test_discarding_and_emptying_forget_it(world: World, frozen: Frozen) -> None:
    here, _ = await portals()
    await question_drafts.save(Question("m1", "Red"), portal_id=here, by=world.ada.actor)

    await question_drafts.discard(portal_id=here, by=world.ada.actor, mark="another question")
    kept = await question_drafts.read(portal_id=here, by=world.ada.actor)
    await question_drafts.save(Question("m1", " "), portal_id=here, by=world.ada.actor)

    assert kept is not None
    assert await question_drafts.read(portal_id=here, by=world.ada.actor) is None


async def test_a_file_that_was_taken_away_is_gone(world: World, frozen: Frozen) -> None:
    mine = await attaching.upload("a.txt", "text/plain", b"a", by=world.ada.actor)
    theirs = await attaching.upload("b.txt", "text/plain", b"b", by=world.bo.actor)

    await attaching.take_away([mine.id, theirs.id], by=world.ada.actor)

    assert await attaching.waiting_of(world.ada.actor, [mine.id, theirs.id]) == ()
    assert [each.id for each in await attaching.waiting_of(world.bo.actor, [theirs.id])] == [theirs.id]
    assert (await attaching.sweep(), await Attachment.all().count()) == (1, 1)


async def test_staff_and_strangers_have_no_draft(world: World, frozen: Frozen) -> None:
    here, _ = await portals()

    with pytest.raises(NotFound):
        await question_drafts.save(Question("m1", "Red"), portal_id=here, by=world.tess)
