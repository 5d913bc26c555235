"""One case for reading: its story in order, names instead of ids, files and mail beside their words."""

import pytest

from casedesk.cases import assigning, attaching, changing, conversing, drafts, viewing
from casedesk.cases.shapes import Change
from casedesk.errors import Invalid, NotFound, TooLarge
from tests.conftest import Frozen
from tests.factories.cases import a_case, customer_writes
from tests.world import World


async def test_the_story_is_told_in_order(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(minutes=1)
    await assigning.take(case.number, by=world.uma)
    frozen.forward(minutes=1)
    await conversing.reply(case.number, by=world.uma, text="Which colour?")
    frozen.forward(minutes=1)
    await customer_writes(case, "Red.")

    story = await viewing.timeline(case.number, by=world.tess)

    assert [(entry.kind, entry.text or entry.event) for entry in story if entry.kind != "decision"] == [
        ("change", "case_created"),
        ("message", "Since this morning."),
        ("change", "case_assigned"),
        ("reply", "Which colour?"),
        ("message", "Red."),
    ]
    assert [entry.decision.kind for entry in story if entry.decision] == [
        "entitlement",
        "assignment",
        "milestone",
        "milestone",
    ]


async def test_changes_are_told_by_name(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await assigning.assign(case.number, by=world.max, queue_id=world.queues["tier_2"], user_id=world.uma.id)
    await changing.change(case.number, by=world.max, values={"contact_id": world.bo.id, "subject": "Green"})

    story = await viewing.timeline(case.number, by=world.tess)

    changes = [change for entry in story for change in entry.changes]
    assert Change("queue", "Premier", "Tier 2") in changes
    assert Change("owner", None, "Uma Rao") in changes
    assert Change("contact", "Ada Premier", "Bo Standard") in changes
    assert Change("subject", "The gateway stays red", "Green") in changes
    assert {entry.author for entry in story if entry.changes} == {"Max Brandt"}


async def test_the_newest_entries_come_first_and_older_ones_on_asking(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    for number in range(5):
        frozen.forward(minutes=1)
        await conversing.note(case.number, by=world.tess, text=f"Note {number}")

    newest = await viewing.timeline(case.number, by=world.tess, limit=2)
    older = await viewing.timeline(case.number, by=world.tess, limit=2, before=newest[0].id)

    assert [entry.text for entry in (*older, *newest)] == ["Note 1", "Note 2", "Note 3", "Note 4"]


@pytest.mark.parametrize("number", ["0", "99999", "CD-99999", "x", "", "1e5", "9" * 40, "-1"])
async def test_a_case_that_is_not_there_is_not_found(world: World, number: str) -> None:
    with pytest.raises(NotFound):
        await viewing.case(number, by=world.tess)


async def test_a_number_is_taken_with_and_without_its_prefix(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    assert (await viewing.case(str(case.id), by=world.tess)).number == case.number
    assert (await viewing.case(f"XYZ-{case.id}", by=world.tess)).number == case.number


async def test_files_are_served_to_who_may_see_the_case(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    file = await attaching.upload("../../etc/log\u202etxt.exe", "text/plain", b"red", by=world.tess)
    with pytest.raises(NotFound):
        await attaching.fetch(file.id, by=world.uma)
    await conversing.note(case.number, by=world.tess, text="See the log", attachments=[file.id])

    view, path = await attaching.fetch(file.id, by=world.uma)

    assert (view.filename, path.read_bytes()) == ("logtxt.exe", b"red")
    for stranger in (world.sally, world.otto.actor):
        with pytest.raises(NotFound):
            await attaching.fetch(file.id, by=stranger)


async def test_a_file_over_the_limit_is_refused(world: World) -> None:
    with pytest.raises(TooLarge):
        await attaching.upload("big.bin", "application/zip", bytes(26_214_401), by=world.tess)


async def test_files_nobody_took_are_swept_after_an_hour(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    kept = await attaching.upload("kept.txt", "text/plain", b"same", by=world.tess)
    await conversing.note(case.number, by=world.tess, text="See", attachments=[kept.id])
    left = await attaching.upload("left.txt", "text/plain", b"same", by=world.tess)
    alone = await attaching.upload("alone.txt", "text/plain", b"alone", by=world.tess)
    frozen.forward(minutes=59)
    assert await attaching.sweep() == 0
    frozen.forward(minutes=2)

    assert await attaching.sweep() == 2

    _, path = await attaching.fetch(kept.id, by=world.tess)
    assert (path.read_bytes(), len(attaching.store().hashes())) == (b"same", 1)
    for gone in (left, alone):
        with pytest.raises(NotFound):
            await attaching.fetch(gone.id, by=world.tess)


async def test_a_draft_is_its_authors_alone(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await drafts.save(case.number, by=world.tess, kind="reply", text="Dear", details={"status": "open"})
    saved_at = await drafts.save(case.number, by=world.tess, kind="reply", text="Dear Ada")

    mine = await drafts.read(case.number, by=world.tess)

    assert {kind: (draft.text, draft.saved_at) for kind, draft in mine.items()} == {"reply": ("Dear Ada", saved_at)}
    assert await drafts.read(case.number, by=world.uma) == {}
    await drafts.discard(case.number, by=world.tess, kind="reply")
    await drafts.discard(case.number, by=world.tess, kind="reply")
    assert await drafts.read(case.number, by=world.tess) == {}


async def test_a_draft_has_a_kind_and_a_case_one_may_see(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(Invalid):
        await drafts.save(case.number, by=world.tess, kind="poem", text="Roses")
    with pytest.raises(NotFound):
        await drafts.save(case.number, by=world.sally, kind="note", text="Roses")
