"""An import as a whole: bad rows stop nobody, a dry run changes nothing, what failed can be mended."""

import pytest

from casedesk.accounts.directory import ACCOUNTS
from casedesk.accounts.models import Account
from casedesk.cases.models import Case
from casedesk.database import rows
from casedesk.errors import Invalid, NotFound
from casedesk.identity import SYSTEM
from casedesk.imports import mapping, reading, running
from casedesk.imports.kinds import Kind
from knowledge.models import Solution
from tests.imports.bringing import bring, counts, faults, notes

THIRD_WRONG = "Id,Name,Email\n" + "".join(
    f"C{n},Person {n},{'nobody' if n % 3 == 0 else f'p{n}@firm.example'}\n" for n in range(1, 31)
)


async def everything() -> dict[str, int]:
    """Return how many rows the tables hold that an import may write."""
    tables = (
        "accounts",
        "contacts",
        "contact_emails",
        "cases",
        "messages",
        "events",
        "contents",
        "foreign_ids",
        "solutions",
    )
    return {name: (await rows(f"SELECT COUNT(*) AS n FROM {name}"))[0]["n"] for name in tables}


async def test_every_third_row_wrong_loses_none_of_the_others(world):
    report = await bring(Kind.CONTACTS, THIRD_WRONG)

    assert counts(report) == (20, 0, 0, 10)
    assert faults(report)[:2] == [
        (4, "emails: nobody is not an email address"),
        (7, "emails: nobody is not an email address"),
    ]


async def test_the_failed_rows_come_in_once_they_are_mended(world):
    sheet = reading.read(THIRD_WRONG.encode(), "rows.csv")
    report = await bring(Kind.CONTACTS, THIRD_WRONG)

    mended = running.rows_to_mend(sheet, report).replace("nobody,", "mended@firm.example,", 1)

    assert mended.startswith("\ufeffId,Name,Email,reason\r\nC3,Person 3,mended@firm.example,")
    assert counts(await bring(Kind.CONTACTS, mended)) == (1, 0, 0, 9)


async def test_cells_to_mend_hold_no_formula_and_come_back_as_they_were(world):
    text = "Name,Email,Phone\n=1+1,nobody,+49 30\n"
    sheet = reading.read(text.encode(), "rows.csv")

    mended = running.rows_to_mend(sheet, await bring(Kind.CONTACTS, text)).replace("nobody", "ok@firm.example")
    await bring(Kind.CONTACTS, mended)

    assert "'=1+1" in mended
    assert [row["name"] for row in await rows("SELECT name FROM contacts ORDER BY id DESC LIMIT 1")] == ["=1+1"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.CONTACTS, THIRD_WRONG),
        (Kind.ACCOUNTS, "Name\nOne\nOne\nTwo\n"),
        (Kind.CASES, "Id,Subject,Email\n1,One,a@b.example\n1,One,a@b.example\n2,,\n"),
        (Kind.SOLUTIONS, "key,title,status\nk1,One,published\nk1,One,published\nk2,Two,strange\n"),
    ],
)
async def test_a_dry_run_says_what_the_run_will_say_and_changes_nothing(world, kind, text):
    before = await everything()

    tried = await bring(kind, text, dry=True)

    assert await everything() == before
    done = await bring(kind, text)
    assert (counts(tried), faults(tried), notes(tried)) == (counts(done), faults(done), notes(done))


async def test_what_a_row_did_before_it_failed_is_taken_back(world):
    before = await everything()

    report = await bring(
        Kind.CASES, "Id,Subject,Email,tags\n1,One,fresh@b.example,x\n2,Two,y@b.example," + "t;" * 60 + "\n"
    )

    assert counts(report)[0] == 2
    assert (await everything())["cases"] == before["cases"] + 2


async def test_batches_hold_many_rows(world):
    told: list[tuple[int, int]] = []
    sheet = reading.read(b"Name\nOne\nTwo\nThree\n", "rows.csv")
    mapped = mapping.match(Kind.ACCOUNTS, sheet.headings, {})

    async def tell(done: int, total: int) -> None:
        told.append((done, total))

    await running.run(sheet, mapped, by=SYSTEM, progress=tell, step=2)

    assert (told, await Account.filter(name__in=["One", "Two", "Three"]).count()) == ([(2, 3), (3, 3)], 3)


async def test_solutions_come_in_by_their_own_import_with_the_rows_numbers(world):
    text = (
        "key,title,body,status,visibility,categories\n"
        "pump,The pump,Turn it on.,Veröffentlicht,öffentlich,Pumps;Valves\n,No key,x,,,\n"
    )

    first, second = await bring(Kind.SOLUTIONS, text), await bring(Kind.SOLUTIONS, text)

    solution = await Solution.get(key="pump")
    assert (counts(first), counts(second)) == ((1, 0, 0, 1), (0, 0, 1, 1))
    assert faults(first) == [(3, "key: must not be empty")]
    assert (solution.status, solution.visibility, solution.categories) == ("published", "public", ["Pumps", "Valves"])


async def test_a_file_of_which_nothing_is_understood_is_refused(world):
    with pytest.raises(Invalid, match="No column of this file means anything for accounts; it has a, b, c"):
        await bring(Kind.ACCOUNTS, "a,b,c\n1,2,3\n")


async def test_who_may_not_write_a_kind_may_not_import_it(world):
    with pytest.raises(NotFound):
        await bring(Kind.USERS, "Name,Email\nEd,ed@halden.example\n", by=world.tess)


async def test_the_same_row_twice_in_a_file_is_one_record(world):
    report = await bring(Kind.ACCOUNTS, "Name,Number\nOne,17\nOne,17\n")

    assert (counts(report), len(await ACCOUNTS.page(by=SYSTEM, narrowed={"q": "One"}))) == ((1, 0, 1, 0), 1)


async def test_a_note_is_told_once_with_all_its_rows(world):
    report = await bring(Kind.CONTACTS, "Name,Email,Firma\nA,a@x.example,Nowhere\nB,b@x.example,Nowhere\n")

    assert report.grouped() == [("account Nowhere leads nowhere; imported without it", (2, 3))]
    assert await Case.all().count() == 0
