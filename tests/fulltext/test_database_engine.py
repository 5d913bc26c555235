"""Cases and people are found inside the database, with the same answers on both engines."""

import pytest

from casedesk import database
from casedesk.database import rows, transaction
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind

pytestmark = pytest.mark.usefixtures("database")


async def put_three() -> None:
    texts = ["Gateway 4 does not start", "Gateway 4 starts slowly", "Invoice of March is wrong"]
    await database_engine.put_many(Kind.CASE, list(enumerate(texts, 1)))


async def test_all_words_are_wanted_and_the_newest_comes_first() -> None:
    await put_three()

    assert await database_engine.search(Kind.CASE, "gateway 4") == [2, 1]


async def test_the_next_page_goes_on_below_an_id() -> None:
    await put_three()

    first = await database_engine.search(Kind.CASE, "gateway", limit=1)
    second = await database_engine.search(Kind.CASE, "gateway", limit=1, after=first[-1])
    third = await database_engine.search(Kind.CASE, "gateway", limit=1, after=second[-1])

    assert (first, second, third) == ([2], [1], [])


async def test_when_no_record_holds_all_words_those_with_the_rarer_ones_come_first() -> None:
    await put_three()

    assert await database_engine.search(Kind.CASE, "gateway invoice march") == [3, 2, 1]


async def test_words_are_found_without_case_and_accents() -> None:
    await database_engine.put(Kind.CASE, 7, "Größe des Druckers, Café")

    assert await database_engine.search(Kind.CASE, "grosse DRUCKERS cafe") == [7]


@pytest.mark.parametrize("query", ["打印", "印机", "机", "打印机"])
async def test_chinese_is_found_by_any_of_its_characters(query: str) -> None:
    await database_engine.put(Kind.CASE, 7, "打印机故障")
    await database_engine.put(Kind.CASE, 8, "扫描仪")

    assert await database_engine.search(Kind.CASE, query) == [7]


async def test_hindi_is_found_as_whole_words() -> None:
    await database_engine.put(Kind.CASE, 7, "हिन्दी भाषा")

    assert await database_engine.search(Kind.CASE, "हिन्दी") == [7]


async def test_names_are_found_while_they_are_typed_and_cases_are_not() -> None:
    await database_engine.put(Kind.CONTACT, 7, "Élodie Marchand elodie@saint-roch.example")
    await database_engine.put(Kind.CASE, 7, "Élodie writes")

    assert await database_engine.search(Kind.CONTACT, "marchand elo") == [7]
    assert await database_engine.search(Kind.CASE, "elo") == []


async def test_putting_again_replaces_and_adding_adds() -> None:
    await database_engine.put(Kind.CASE, 7, "first words")
    await database_engine.put(Kind.CASE, 7, "second thoughts")
    await database_engine.add(Kind.CASE, 7, "third remark")
    await database_engine.add(Kind.CASE, 8, "fourth")

    found = {word: await database_engine.search(Kind.CASE, word) for word in ("first", "thoughts", "remark", "fourth")}
    assert found == {"first": [], "thoughts": [7], "remark": [7], "fourth": [8]}


async def test_what_is_dropped_is_not_found() -> None:
    await put_three()

    await database_engine.drop(Kind.CASE, 1)
    await database_engine.drop(Kind.CASE, 99)

    assert await database_engine.search(Kind.CASE, "gateway") == [2]


async def test_kinds_are_searched_apart() -> None:
    await database_engine.put(Kind.ACCOUNT, 1, "Ridgeline")

    assert await database_engine.search(Kind.ASSET, "ridgeline") == []


async def test_words_of_a_transaction_that_failed_are_not_found() -> None:
    async def fail() -> None:
        async with transaction():
            await database_engine.put(Kind.CASE, 7, "ephemeral")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await database_engine.search(Kind.CASE, "ephemeral") == []


@pytest.mark.parametrize(
    "query",
    [
        "'", '"', "''; DROP TABLE cases; --", '" OR 1=1 --', "%", "_", "*", "(", ")", "gateway)", "NOT gateway OR (",
        "gateway:*", "a & | !", "words:gateway", "{gateway}", "^gateway", "NEAR(a b)", "\\", "\0", "gateway\0", "?", "$1",
        "' || (SELECT 1) || '", "x" * 5_000, " ".join(f"w{n}" for n in range(500)), "\ud800", "𝔤𝔞𝔱𝔢",
    ],
)  # fmt: skip
async def test_a_hostile_query_is_only_words(query: str) -> None:
    await put_three()

    found = await database_engine.search(Kind.CASE, query)

    assert set(found) <= {1, 2}
    assert await database_engine.search(Kind.CASE, "invoice march wrong") == [3]


async def test_a_query_without_words_finds_nothing() -> None:
    await put_three()

    assert await database_engine.search(Kind.CASE, " .,;%' ") == []
    assert database_engine.matching(Kind.CASE, "%") is None


async def test_matching_joins_into_a_scoped_query() -> None:
    await put_three()

    condition, values = database_engine.matching(Kind.CASE, "gateway", "numbers.id") or ("", ())
    numbers = "(SELECT 1 AS id UNION SELECT 3) AS numbers"
    found = await rows(f"SELECT COUNT(*) AS n FROM {numbers} WHERE {condition}", *values)

    assert found == [{"n": 1}]


async def test_the_statements_of_the_tables_can_be_run_again() -> None:
    statements = (
        database_engine.FULLTEXT_POSTGRES_DDL if database.is_postgres() else database_engine.FULLTEXT_SQLITE_DDL
    )
    for statement in statements:
        await database.run(statement)

    assert await database_engine.search(Kind.CASE, "anything") == []
