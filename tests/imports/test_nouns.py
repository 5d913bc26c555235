"""Accounts, people, products and what was sold to them come in, find one another, and come in again without a second one."""

from datetime import date

from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.database import rows
from casedesk.entitlements.catalogue import ASSETS, CONTRACTS, ENTITLEMENTS
from casedesk.identity import SYSTEM, Role
from casedesk.imports.kinds import Kind
from casedesk.users.enrolling import USERS
from tests.imports.bringing import bring, counts, faults, notes

FIRMS = """Id,Name,Phone,BillingStreet,BillingCity,Type
001Ec00000GGw3hIAD,Walker Henson,+1 345 658,757 William Pass,Katherinemouth,Prospect
001Ec00000GGw3iIAD,Patterson-Hansen,,,,Technology Partner
"""
PEOPLE = """Id,AccountId,FirstName,LastName,Email,Phone,MobilePhone
003Ec00000CyOT7IAN,,Patricia,Ryan,Patricia.Ryan@example.com,5987002803,5121799009
003Ec00000Cz30UIAR,001Ec00000GGw3hIAD,Ashley,Brock,ashley.brock@example.com,,
003Ec00000Cz31JIAR,001Ec00000Nowhere,Dana,Myers,dana.myers@example.com,,
"""


async def test_people_find_their_companies_by_the_ids_of_the_other_system(world):
    await bring(Kind.ACCOUNTS, FIRMS)

    report = await bring(Kind.CONTACTS, PEOPLE)

    (walker,) = await ACCOUNTS.page(by=SYSTEM, narrowed={"external_id": "001Ec00000GGw3hIAD"})
    (ashley,) = await CONTACTS.page(by=SYSTEM, narrowed={"email": "ashley.brock@example.com"})
    (patricia,) = await CONTACTS.page(by=SYSTEM, narrowed={"email": "patricia.ryan@example.com"})
    assert counts(report) == (3, 0, 0, 0)
    assert notes(report) == [(4, "account 001Ec00000Nowhere leads nowhere; imported without it")]
    assert (ashley.name, ashley.account_id) == ("Ashley Brock", walker.id)
    assert (patricia.name, patricia.phones, patricia.account_id) == (
        "Patricia Ryan", ("5987002803", "5121799009"), None,
    )  # fmt: skip
    assert (walker.kind, walker.address) == ("customer", "757 William Pass\nKatherinemouth")


async def test_the_same_file_twice_changes_nothing_and_a_changed_one_only_what_changed(world):
    await bring(Kind.ACCOUNTS, FIRMS)

    again = await bring(Kind.ACCOUNTS, FIRMS)
    changed = await bring(Kind.ACCOUNTS, FIRMS.replace("Walker Henson", "Walker & Henson").replace("345", "999"))

    (walker,) = await ACCOUNTS.page(by=SYSTEM, narrowed={"external_id": "001Ec00000GGw3hIAD"})
    assert (counts(again), counts(changed)) == ((0, 0, 2, 0), (0, 1, 1, 0))
    assert (walker.name, walker.phones) == ("Walker & Henson", ("+1 345 658", "+1 999 658"))


async def test_ids_of_fifteen_characters_mean_those_of_eighteen(world):
    await bring(Kind.ACCOUNTS, FIRMS)

    report = await bring(Kind.CONTACTS, "Name,Email,Account ID\nEd,ed@example.com,001Ec00000GGw3h\n")

    (ed,) = await CONTACTS.page(by=SYSTEM, narrowed={"email": "ed@example.com"})
    (walker,) = await ACCOUNTS.page(by=SYSTEM, narrowed={"external_id": "001Ec00000GGw3hIAD"})
    assert (notes(report), ed.account_id) == ([], walker.id)


async def test_our_own_ids_mean_nothing_in_a_foreign_file(world):
    report = await bring(Kind.CONTACTS, f"Name,Email,Account ID\nEd,ed@example.com,{world.ada.account_id}\n")

    assert notes(report) == [(2, f"account {world.ada.account_id} leads nowhere; imported without it")]


async def test_an_empty_cell_takes_nothing_away(world):
    report = await bring(Kind.CONTACTS, "Email,Phone,Name\nada@ridgeline.example,+44 1,\n")

    ada = await CONTACTS.find(world.ada.id, by=SYSTEM)
    assert (counts(report), ada.name, ada.phones) == ((0, 1, 0, 0), "Ada Premier", ("+44 1",))


async def test_two_people_of_the_other_system_with_one_address_are_not_made_one(world):
    await bring(Kind.CONTACTS, "Id,Name,Email\nA1,Ada P,ada@ridgeline.example\n")

    report = await bring(Kind.CONTACTS, "Id,Name,Email\nB2,Ada Q,ada@ridgeline.example\n")

    assert faults(report) == [
        (2, "ada@ridgeline.example belongs to another contact, known elsewhere as A1"),
    ]


async def test_somebody_without_an_address_is_known_by_name_and_number(world):
    text = "phone_number,name\n+123456,T 🏠 Test\n"

    done = [counts(await bring(Kind.CONTACTS, text)) for _ in range(2)]

    assert done == [(1, 0, 0, 0), (0, 0, 1, 0)]


async def test_products_assets_contracts_and_entitlements_come_in_one_after_the_other(world):
    files = {
        Kind.PRODUCTS: "Id,Name,ProductCode\nP1,Pump 7,PU-7\n",
        Kind.ASSETS: "SerialNumber,Product2Id,Account,Garantie bis\nPU-778899,P1,Ridgeline,31.12.2027\n",
        Kind.CONTRACTS: "Kunde,Vertrag,SLA,Beginn,Ende\nRidgeline,Pumps,premier,01.01.2026,31.12.2027\n",
        Kind.ENTITLEMENTS: (
            "Kunde,Vertrag,Seriennummer,SLA,Beginn,Ende,named contacts\n"
            "Ridgeline,Pumps,PU-778899,premier,01.01.2026,31.12.2027,ada@ridgeline.example\n"
        ),
    }

    first = [counts(await bring(kind, text)) for kind, text in files.items()]
    second = [counts(await bring(kind, text)) for kind, text in files.items()]

    (asset,) = await ASSETS.page(by=SYSTEM, narrowed={"serial": "PU-778899"})
    contract = (await CONTRACTS.page(by=SYSTEM, narrowed={"account_id": world.ada.account_id}))[-1]
    entitlement = (await ENTITLEMENTS.page(by=SYSTEM, narrowed={"account_id": world.ada.account_id}))[-1]
    assert (first, second) == ([(1, 0, 0, 0)] * 4, [(0, 0, 1, 0)] * 4)
    assert (asset.account_id, asset.warranty_until) == (world.ada.account_id, date(2027, 12, 31))
    assert (entitlement.contract_id, entitlement.asset_id, entitlement.named_contacts, entitlement.process) == (
        contract.id, asset.id, (world.ada.id,), "premier",
    )  # fmt: skip


async def test_what_cannot_be_without_its_link_is_refused_by_row(world):
    report = await bring(
        Kind.ASSETS,
        "serial,product,account\nS-1001,GW-4,Ridgeline\nS-1002,NO-1,Ridgeline\nS-1003,GW-4,Nobody\nS-1004,,Ridgeline\n",
    )

    assert (counts(report), faults(report)) == (
        (1, 0, 0, 3),
        [
            (3, "product NO-1 leads nowhere"),
            (4, "account Nobody leads nowhere"),
            (5, "product: needed, and empty here"),
        ],
    )


async def test_staff_come_in_without_a_password_and_as_agents_where_nothing_else_is_said(world):
    text = "Id,FirstName,LastName,Email,role,IsActive\nU1,Noa,Levi,Noa@Halden.example,,1\nU2,Jo,Ek,jo@halden.example,boss,1\n"

    report = await bring(Kind.USERS, text)

    (noa,) = await USERS.page(by=SYSTEM, narrowed={"email": "noa@halden.example"})
    assert (noa.name, noa.role, noa.invited, noa.active) == ("Noa Levi", Role.AGENT, True, True)
    assert [row for row, _why in faults(report)] == [3]


async def test_nobody_is_told_and_nothing_follows(world):
    await bring(Kind.ACCOUNTS, FIRMS)

    assert await rows("SELECT id FROM events WHERE pending AND name = 'record_created' AND subject_kind = 'account' "
                      "AND subject_id > ?", world.otto.account_id) == []  # fmt: skip
