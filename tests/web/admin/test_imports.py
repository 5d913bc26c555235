"""Imports by pages: a file, its columns, a check, the import, the rows to mend."""

from casedesk import clock
from casedesk.accounts.models import Account
from casedesk.imports.models import ImportRun

PLACE = "/console/setup/imports"
FIRMS = ("firms.csv", b"Kunde;Telefon;<b>Farbe\nOne;1;red\n;2;blue\n", "text/csv")


async def upload(who, kind: str = "accounts", file: tuple[str, bytes, str] = FIRMS):
    """Send a file and return the answer."""
    return await who.post(PLACE, data={"kind": kind}, files={"file": file})


async def test_a_file_is_looked_at_checked_and_imported(world, sign_in) -> None:
    max_ = await sign_in(world.max)
    run = (await upload(max_)).headers["location"]
    before = await Account.all().count()

    looked = (await max_.get(run)).text
    checked = await max_.post(run, data={"c0": "name", "c1": "phones", "act": "check"})
    between = await Account.all().count()
    await max_.post(run, data={"c0": "name", "c1": "phones", "act": "import"})

    report = (await max_.get(run)).text
    assert ('<option value="name" selected>name</option>' in looked, "&lt;b&gt;Farbe" in looked) == (True, True)
    assert (checked.status_code, between, await Account.all().count()) == (303, before, before + 1)
    assert ("What became of the rows" in report, "name: needed, and empty here" in report) == (True, True)


async def test_the_report_is_in_the_language_of_who_imported(world, sign_in) -> None:
    max_ = await sign_in(world.max)
    run = (await upload(max_)).headers["location"]

    await max_.post("/console/me", data={"language": "de", "time_zone": "UTC"})

    await max_.post(run, data={"c0": "name", "act": "import"})

    assert "name: wird gebraucht und ist hier leer" in (await max_.get(run)).text


async def test_while_an_import_works_its_page_tells_how_far_it_is_and_looks_again(world, sign_in) -> None:
    max_ = await sign_in(world.max)
    run = (await upload(max_)).headers["location"]
    at_rest = await max_.get(run)
    await ImportRun.all().update(state="running", state_since=clock.now(), seen=1)

    working = await max_.get(run)
    again = await max_.post(run, data={"c0": "name", "act": "import"})

    assert ("1 of 2 rows" in working.text, "<select" in working.text, working.headers["refresh"]) == (True, False, "2")
    assert ("refresh" in at_rest.headers, again.status_code, "This import is under way" in again.text) == (
        False, 409, True,
    )  # fmt: skip


async def test_the_rows_that_failed_are_a_download(world, sign_in) -> None:
    max_ = await sign_in(world.max)
    run = (await upload(max_)).headers["location"]
    await max_.post(run, data={"c0": "name", "act": "import"})

    answer = await max_.get(f"{run}/failed")

    assert answer.headers["content-disposition"] == 'attachment; filename="failed-rows.csv"'
    assert answer.text.startswith("\ufeffKunde,Telefon,<b>Farbe,reason")


async def test_what_cannot_be_read_is_said_on_the_page(world, sign_in) -> None:
    max_ = await sign_in(world.max)

    answers = [
        await upload(max_, file=("empty.csv", b"", "text/csv")),
        await upload(max_, file=("broken.xlsx", b"PK\x03\x04no", "x/y")),
        await max_.post(PLACE, data={"kind": "accounts"}),
        await upload(max_, kind="sandwiches"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert "There is nothing in this file" in answers[0].text


async def test_fields_that_the_kind_has_not_are_refused(world, sign_in) -> None:
    max_ = await sign_in(world.max)
    run = (await upload(max_)).headers["location"]

    answer = await max_.post(run, data={"c0": "password_hash", "act": "import"})

    assert (answer.status_code, "accounts have no field password_hash" in answer.text.lower()) == (422, True)


async def test_agents_and_strangers_find_nothing(world, sign_in) -> None:
    tess, max_ = await sign_in(world.tess), await sign_in(world.max)
    run = (await upload(max_)).headers["location"]

    assert [(await tess.get(path)).status_code for path in (PLACE, run, f"{run}/failed")] == [404] * 3
