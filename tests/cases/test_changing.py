"""Fields are edited by hand: every change is recorded, and what hangs on them is worked out again."""

from datetime import timedelta

import pytest

from casedesk.cases import changing, closing, viewing
from casedesk.entitlements.catalogue import ENTITLEMENTS
from casedesk.errors import Conflict, Invalid, NotFound, Stale
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from casedesk.milestones.models import Milestone
from tests.conftest import Frozen
from tests.factories.cases import a_case, row_of
from tests.world import World


async def test_a_change_tells_old_and_new(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    changed = await changing.change(case.number, by=world.uma, values={"type": "feature_request", "tags": ["led"]})

    event = await Event.filter(case_id=case.id, name="case_changed").get()
    assert event.data == {
        "set": {"type": "feature_request", "tags": ["led"]},
        "was": {"type": None, "tags": []},
    }
    assert (event.actor_id, changed.version) == (world.uma.id, case.version + 1)


async def test_words_stand_in_the_content_that_can_be_emptied(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    await changing.change(case.number, by=world.uma, values={"subject": "The gateway is green"})

    event = await Event.filter(case_id=case.id, name="case_changed").get().select_related("content")
    assert event.data == {}
    assert event.content.body == {
        "set": {"subject": "The gateway is green"},
        "was": {"subject": "The gateway stays red"},
    }


async def test_what_changes_nothing_leaves_no_trace(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    same = await changing.change(case.number, by=world.uma, values={"priority": "normal", "status": "New"})

    assert (same.version, same.last_event) == (case.version, case.last_event)


async def test_another_priority_plans_the_clocks_again_from_the_same_start(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    started = case.milestones[0].started_at
    frozen.forward(minutes=10)

    changed = await changing.change(case.number, by=world.tess, values={"priority": "urgent"})

    assert [(each.kind, each.state, each.target_at) for each in changed.milestones[2:]] == [
        ("first_response", "running", started + timedelta(minutes=30)),
        ("resolution", "running", started + timedelta(minutes=240)),
    ]
    assert [each.state for each in changed.milestones[:2]] == ["cancelled", "cancelled"]
    assert (await row_of(case)).next_due_at == started + timedelta(minutes=30)


async def test_a_priority_that_is_late_already_is_missed_at_once(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    frozen.forward(hours=2)

    await changing.change(case.number, by=world.tess, values={"priority": "urgent"})

    first = await Milestone.filter(case_id=case.id, kind="first_response").order_by("-id").first()
    assert (first.state, first.next_action_at) == ("missed", case.created_at + timedelta(minutes=15))


async def test_another_contact_is_verified_again(world: World) -> None:
    case = await a_case(world.tess, world.otto)

    changed = await changing.change(case.number, by=world.tess, values={"contact_id": world.ada.id})

    assert (changed.account.id, changed.verdict, changed.level) == (world.ada.account_id, "covered", "premier")
    assert {each.process for each in changed.milestones if each.state != "cancelled"} == {"premier"}
    taken = await viewing.decisions(case.number, by=world.tess)
    assert [each.outcome for each in taken if each.kind == "entitlement"] == ["not_covered", "covered"]


async def test_a_counted_incident_moves_with_the_case(world: World) -> None:
    for entitlement in (world.ada.entitlement_id, world.bo.entitlement_id):
        await ENTITLEMENTS.change(entitlement or 0, {"incidents_allowed": 5}, by=SYSTEM)
    case = await a_case(world.tess, world.ada)

    await changing.change(case.number, by=world.tess, values={"contact_id": world.bo.id})

    used = [
        (await ENTITLEMENTS.find(each.entitlement_id or 0, by=SYSTEM)).incidents_used for each in (world.ada, world.bo)
    ]
    assert used == [0, 1]


async def test_the_asset_of_the_old_account_is_let_go(world: World) -> None:
    case = await a_case(world.tess, world.ada, asset_id=world.ada.asset_id)

    changed = await changing.change(case.number, by=world.tess, values={"contact_id": world.bo.id})

    assert (changed.account.id, changed.asset) == (world.bo.account_id, None)


async def test_an_asset_of_another_account_is_refused(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(Invalid):
        await changing.change(case.number, by=world.tess, values={"asset_id": world.bo.asset_id})

    assert (await row_of(case)).asset_id is None


async def test_an_old_version_is_stale(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await changing.change(case.number, by=world.uma, values={"priority": "high"}, if_version=case.version)

    with pytest.raises(Stale):
        await changing.change(case.number, by=world.tess, values={"priority": "low"}, if_version=case.version)

    assert (await row_of(case)).priority == "high"


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"escalation_level": 3}, ["escalation_level"]),
        ({"id": 7, "account": 1, "priority": "high"}, ["id", "account"]),
        ({"priority": None}, ["priority"]),
        ({"subject": 7, "type": "riddle"}, ["subject", "type"]),
        ({"tags": ["", "x"]}, ["tags"]),
        ({"custom": [1]}, ["custom"]),
        ({"contact_id": True}, ["contact_id"]),
        ({"contact_id": 10**30}, ["contact_id"]),
        ({"status": "done"}, ["status"]),
        ({"status": 4}, ["status"]),
        ({"account_id": 999_999}, ["account_id"]),
        ({"asset_id": 999_999}, ["asset_id"]),
    ],
)
async def test_each_wrong_field_is_named(world: World, values: dict[str, object], wrong: list[str]) -> None:
    case = await a_case(world.tess, world.ada)

    with pytest.raises(Invalid) as refused:
        await changing.change(case.number, by=world.tess, values=values)

    assert [problem.field for problem in refused.value.problems] == wrong
    assert (await row_of(case)).version == case.version


async def test_a_status_by_category_resolves_with_its_event(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    changed = await changing.change(case.number, by=world.tess, values={"status": "resolved", "priority": "low"})

    names = await Event.filter(case_id=case.id).order_by("id").values_list("name", flat=True)
    assert (changed.status, changed.priority) == ("Resolved", "low")
    assert names[2:] == ["case_changed", "case_resolved"]


async def test_closing_by_status_passes_through_resolved(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    await changing.change(case.number, by=world.tess, values={"status": "closed"})

    names = await Event.filter(case_id=case.id).order_by("id").values_list("name", flat=True)
    assert names[2:] == ["case_resolved", "case_closed"]


async def test_a_closed_case_changes_only_by_being_reopened(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.close(case.number, by=world.tess)

    with pytest.raises(Conflict):
        await changing.change(case.number, by=world.tess, values={"priority": "high"})
    reopened = await changing.change(case.number, by=world.tess, values={"status": "open", "priority": "high"})

    assert (reopened.status, reopened.priority) == ("Open", "high")


async def test_a_case_taken_up_is_never_new_again(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await changing.change(case.number, by=world.tess, values={"status": "open"})

    with pytest.raises(Conflict):
        await changing.change(case.number, by=world.tess, values={"status": "new"})

    assert (await row_of(case)).status == "Open"


async def test_new_words_are_found(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    await changing.change(case.number, by=world.tess, values={"subject": "Zirconium antenna"})

    assert await database_engine.search(Kind.CASE, "zirconium") == [case.id]


async def test_sales_may_not_change_and_is_told_of_nothing(world: World) -> None:
    case = await a_case(world.sally, world.ada)

    with pytest.raises(NotFound):
        await changing.change(case.number, by=world.sally, values={"escalation_level": 3})

    assert (await row_of(case)).version == case.version
