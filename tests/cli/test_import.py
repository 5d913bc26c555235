"""`casedesk import` as the shell sees it."""

from casedesk.database import close_database
from casedesk.database.lock import serving_lock
from tests.cli.test_exit_codes import casedesk


async def test_an_import_prints_its_counts_and_names_rows_and_columns(desk, tmp_path) -> None:
    await close_database()
    file = tmp_path / "people.csv"
    file.write_text("Name;Email;Shoe size\nAda;ada@x.example;38\nBo;nobody;44\n", "utf-16")

    done = casedesk(desk, "import", "contacts", str(file), "--failed", str(tmp_path / "mend.csv"))

    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        [
            "read 2 rows (CSV, UTF-16, semicolons) as contacts",
            "columns used: Name -> name, Email -> emails",
            "columns not used: Shoe size",
            "row 3: emails: nobody is not an email address",
            "created 1",
            "updated 0",
            "skipped 0",
            "failed 1",
            f"the failed rows are in {tmp_path / 'mend.csv'}: mend them there and import that file",
        ],
    ), done.stderr
    assert (tmp_path / "mend.csv").read_text("utf-8-sig").splitlines()[1].startswith("Bo,nobody,44,")


async def test_imported_solutions_are_in_the_index_and_all_holds(desk, tmp_path) -> None:
    await close_database()
    file = tmp_path / "solutions.jsonl"
    file.write_text('{"key": "pump", "title": "The pump", "body": "Turn it on.", "status": "published"}\n')

    dry = casedesk(desk, "import", "solutions", str(file), "--dry-run")
    done = casedesk(desk, "import", "solutions", str(file))
    if desk.is_postgres:  # there the processes that serve follow by themselves
        casedesk(desk, "reindex")
    verified = casedesk(desk, "verify")

    assert (dry.stdout.splitlines()[-1], dry.returncode) == ("dry run: nothing was changed", 0), dry.stderr
    assert ("created 1" in done.stdout.splitlines(), done.returncode) == (True, 0), done.stderr
    assert (verified.stdout.splitlines()[-1], verified.returncode) == ("all holds", 0), verified.stdout


async def test_what_cannot_be_imported_is_one_line(desk, tmp_path) -> None:
    await close_database()
    empty = tmp_path / "empty.csv"
    empty.write_text("")

    nothing = casedesk(desk, "import", "accounts", str(empty))
    unknown = casedesk(desk, "import", "sandwiches", str(empty))

    assert (nothing.returncode, len(nothing.stderr.splitlines())) == (1, 1), nothing.stderr
    assert unknown.returncode == 2


async def test_on_sqlite_an_import_waits_until_nothing_serves(desk, tmp_path) -> None:
    await close_database()
    file = tmp_path / "firms.csv"
    file.write_text("Name\nOne\n")

    with serving_lock(desk.data):
        refused = casedesk(desk, "import", "accounts", str(file))

    if desk.is_postgres:
        assert refused.returncode == 0, refused.stderr
    else:
        assert (refused.returncode, "stop it first" in refused.stderr, len(refused.stderr.splitlines())) == (1, True, 1)
