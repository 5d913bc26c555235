"""Facts for the verdict: serials in text, dates in the account's zone, incidents."""

from datetime import UTC, date, datetime

import pytest

from casedesk.accounts import recognising
from casedesk.entitlements import verifying
from casedesk.entitlements.catalogue import CONTRACTS, ENTITLEMENTS
from casedesk.identity import SYSTEM
from tests.world import World

PROCESSES = ("standard", "premier", "warranty")


async def verdict_on(world: World, who: str, now: datetime, grace_days: int = 14) -> str:
    """Return the verdict's outcome for one of the world's people at an instant."""
    person = await recognising.find_by_id(getattr(world, who).id)
    assert person is not None
    verdict = await verifying.verify(person, person.company, None, now=now, processes=PROCESSES, grace_days=grace_days)
    return verdict.outcome.value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Serial RL-77120-4 blinks", ("RL771204",)),
        ("rl.77120/4, rl-77120-4", ("RL771204",)),
        ("no digits here at all", ()),
        ("short a1b2 and 123", ()),
        ("twice AB-12345 and CD-54321.", ("AB12345", "CD54321")),
    ],
)
def test_serials_are_seen_in_text(text: str, found: tuple[str, ...]) -> None:
    assert verifying.serials_in(text) == found


def test_a_long_text_costs_little_and_is_cut() -> None:
    assert len(verifying.serials_in(" ".join(f"SN-{n:06}" for n in range(5000)))) == verifying.MOST_TOKENS
    assert verifying.serials_in("a" * 1_000_000) == ()


async def test_an_asset_of_ones_own_company_is_found(world: World) -> None:
    company = await recognising.company(world.ada.account_id)

    found = await verifying.find_asset(f"{world.bo.serial} or {world.ada.serial}", company)

    assert found is not None
    assert (found.id, found.product_name) == (world.ada.asset_id, "Gateway 4")


async def test_two_assets_of_strangers_are_none(world: World) -> None:
    assert await verifying.find_asset(f"{world.bo.serial} or {world.ada.serial}", None) is None


async def test_dates_count_in_the_zone_of_the_account(world: World) -> None:
    last_evening = datetime(2027, 12, 31, 23, 30, tzinfo=UTC)

    assert verifying.today_in("Asia/Tokyo", last_evening) == date(2028, 1, 1)
    assert verifying.today_in("America/Denver", last_evening) == date(2027, 12, 31)
    assert verifying.today_in("Nowhere/Land", last_evening) == date(2027, 12, 31)


async def test_a_contract_is_honoured_for_the_days_of_grace(world: World) -> None:
    assert await verdict_on(world, "ada", datetime(2028, 1, 10, tzinfo=UTC)) == "grace"
    assert await verdict_on(world, "ada", datetime(2028, 1, 20, tzinfo=UTC)) == "not_covered"
    assert await verdict_on(world, "ada", datetime(2028, 1, 10, tzinfo=UTC), grace_days=0) == "not_covered"


async def test_named_contacts_are_read_as_they_were_stored(world: World) -> None:
    await ENTITLEMENTS.change(world.ada.entitlement_id or 0, {"named_contacts": [world.ada.id]}, by=SYSTEM)
    assert await verdict_on(world, "ada", datetime(2026, 6, 1, tzinfo=UTC)) == "covered"

    await ENTITLEMENTS.change(world.ada.entitlement_id or 0, {"named_contacts": []}, by=SYSTEM)

    assert await verdict_on(world, "ada", datetime(2026, 6, 1, tzinfo=UTC)) == "limited"


async def test_a_bare_contract_covers_everybody_of_its_account(world: World) -> None:
    await CONTRACTS.add(
        {
            "account_id": world.otto.account_id, "name": "New", "level": "standard", "starts_on": date(2026, 1, 1),
            "ends_on": date(2026, 12, 31),
        },
        by=SYSTEM,
    )  # fmt: skip

    assert await verdict_on(world, "otto", datetime(2026, 6, 1, tzinfo=UTC)) == "covered"


async def test_incidents_move_from_one_entitlement_to_another(world: World) -> None:
    ids = [world.ada.entitlement_id or 0, world.bo.entitlement_id or 0]
    for each in ids:
        await ENTITLEMENTS.change(each, {"incidents_allowed": 3}, by=SYSTEM)
    await verifying.count_incident(ids[0])

    await verifying.move_incident(ids[0], ids[1])
    await verifying.move_incident(ids[1], ids[1])

    assert [(await ENTITLEMENTS.find(each, by=SYSTEM)).incidents_used for each in ids] == [0, 1]
