"""What is said beforehand is what then happens, for everybody, and saying it writes nothing."""

from dataclasses import asdict

import pytest

from casedesk.cases import creating, foreseeing, viewing
from casedesk.cases.creating import NewCase
from casedesk.cases.foreseeing import Foreseen
from casedesk.cases.models import Case
from casedesk.cases.shapes import CaseView
from casedesk.database import rows
from casedesk.entitlements.catalogue import ENTITLEMENTS
from casedesk.errors import Invalid, NotFound
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from tests.conftest import Frozen
from tests.world import World

ASKED = {
    "a premier customer": ("ada", {}),
    "a premier customer in a hurry": ("ada", {"priority": "urgent"}),
    "a standard customer": ("bo", {}),
    "an outsider": ("otto", {}),
    "an outsider with a bill": ("otto", {"type": "billing_question"}),
    "a customer whose words name the serial": ("ada", {"description": "It says RL-77120-4 on the back."}),
    "a customer naming another company's serial": ("bo", {"description": "It says RL-77120-4 on the back."}),
    "an address nobody has": (None, {"contact_email": "new@nowhere.example", "contact_name": "New"}),
    "an address of a colleague of theirs": (None, {"contact_email": "ADA@ridgeline.example"}),
    "nobody, about an asset": (None, {"asset": "bo"}),
    "a customer kept by who logs it": ("ada", {"owner": "tess"}),
}


@pytest.mark.parametrize("asked", ASKED, ids=str)
async def test_what_is_foreseen_is_what_is_made(asked: str, world: World, frozen: Frozen) -> None:
    new = _new(world, *ASKED[asked])

    foreseen = await foreseeing.foresee(new, by=world.tess)
    made = await creating.create_case(new, by=world.tess)

    assert _of(foreseen) == await _of_made(made, world)


async def test_nothing_is_written_and_nothing_counted(world: World) -> None:
    await ENTITLEMENTS.change(world.ada.entitlement_id, {"incidents_allowed": 5}, by=SYSTEM)
    before = await _counts()

    await foreseeing.foresee(_new(world, "ada", {}), by=world.tess)
    await foreseeing.foresee(_new(world, None, {"contact_email": "new@nowhere.example"}), by=world.tess)

    assert await _counts() == before


async def test_words_may_still_be_missing(world: World) -> None:
    foreseen = await foreseeing.foresee(NewCase("", "phone", contact_id=world.ada.id), by=world.tess)

    assert (foreseen.queue.key, foreseen.first_response.kind) == ("premier", "first_response")


async def test_who_may_not_make_a_case_foresees_none(world: World) -> None:
    with pytest.raises(NotFound):
        await foreseeing.foresee(_new(world, "bo", {}), by=world.ada.actor)


async def test_what_leads_nowhere_is_refused(world: World) -> None:
    for wrong in ({"contact_id": 9999}, {"asset_id": 9999}, {"priority": "soon"}):
        with pytest.raises(Invalid):
            await foreseeing.foresee(NewCase("Red", "phone", **wrong), by=world.tess)


def _new(world: World, who: str | None, given: dict[str, object]) -> NewCase:
    given = dict(given)
    if who is not None:
        given["contact_id"] = getattr(world, who).id
    if "asset" in given:
        given["asset_id"] = getattr(world, str(given.pop("asset"))).asset_id
    if "owner" in given:
        given["owner_id"] = getattr(world, str(given.pop("owner"))).id
    return NewCase(**{"subject": "The gateway stays red", "origin": "phone", **given})


def _of(foreseen: Foreseen) -> dict[str, object]:
    return {
        "verdict": foreseen.verdict.outcome.value,
        "level": foreseen.verdict.level,
        "account": foreseen.company.id if foreseen.company else None,
        "asset": foreseen.asset.serial if foreseen.asset else None,
        "queue": asdict(foreseen.queue),
        "owner": foreseen.owner.email if foreseen.owner else None,
        "priority": foreseen.priority,
        "milestones": [(each.kind, each.name, each.target_at) for each in foreseen.milestones],
        "why": [(each.outcome, each.sentence, each.trace) for each in (foreseen.entitlement, foreseen.assignment)],
    }


async def _of_made(case: CaseView, world: World) -> dict[str, object]:
    told = await viewing.decisions(case.number, by=world.tess)
    return {
        "verdict": case.verdict,
        "level": case.level,
        "account": case.account.id if case.account else None,
        "asset": case.asset.serial if case.asset else None,
        "queue": asdict(case.queue),
        "owner": case.owner.email if case.owner else None,
        "priority": case.priority,
        "milestones": [(each.kind, each.name, each.target_at) for each in case.milestones],
        "why": [(each.outcome, each.sentence, each.trace) for each in told if each.kind != "milestone"],
    }


async def _counts() -> list[object]:
    used = await rows("SELECT incidents_used FROM entitlements ORDER BY id")
    contacts = await rows("SELECT COUNT(*) AS n FROM contacts")
    return [used, contacts, await Case.all().count(), await Event.all().count()]
