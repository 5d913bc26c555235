"""The index agrees with the database, whatever happened to either."""

import asyncio
import gc
import shutil

import pytest

from casedesk.errors import Unavailable
from casedesk.identity import SYSTEM
from casedesk.settings import Settings
from knowledge import index as indexes
from knowledge import suggesting, writing
from knowledge.audience import Audience
from knowledge.index import SolutionIndex
from knowledge.models import Solution
from knowledge.solution import Changes, Status
from tests.knowledge.conftest import a_solution


async def keys(text: str) -> list[str]:
    return [each.key for each in await suggesting.suggest(text, audience=Audience.STAFF, limit=10)]


async def test_what_is_written_is_found_after_catching_up(index: SolutionIndex) -> None:
    await a_solution("Reset the gateway")

    assert (await index.behind(), await index.catch_up(), await index.catch_up()) == (1, 1, 0)
    assert (await keys("gateway"), await index.behind(), await index.compare()) == (["reset-the-gateway"], 0, [])


async def test_a_change_replaces_and_an_archived_solution_is_gone(index: SolutionIndex) -> None:
    kept, gone = await a_solution("Alpha"), await a_solution("Beta")
    await index.catch_up()

    await writing.change(kept.id, Changes(title="Gamma"), by=SYSTEM)
    await writing.set_status(gone.id, Status.ARCHIVED, by=SYSTEM)
    await index.catch_up()

    assert [await keys(word) for word in ("alpha", "beta", "gamma")] == [[], [], ["alpha"]]
    assert await index.compare() == []


async def test_a_deleted_folder_is_made_anew_at_start_with_the_same_hits(database: Settings) -> None:
    for title in ("Reset the gateway", "Reset a password", "Print an invoice"):
        await a_solution(title)
    before = await _hits_of_a_start(database)
    shutil.rmtree(database.data / "index")

    assert await _hits_of_a_start(database) == before == ["reset-the-gateway", "reset-a-password"]


async def test_a_folder_deleted_while_serving_is_made_anew(index: SolutionIndex) -> None:
    await a_solution("Reset the gateway")
    await index.catch_up()
    shutil.rmtree(index.engine.folder)

    assert await index.catch_up() == 1
    assert await keys("gateway") == ["reset-the-gateway"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
async def test_broken_files_are_made_anew(database: Settings) -> None:
    await a_solution("Reset the gateway")
    await _hits_of_a_start(database)
    for path in (database.data / "index").iterdir():
        path.write_bytes(b"\0" * path.stat().st_size)

    assert await _hits_of_a_start(database) == ["reset-the-gateway"]
    gc.collect()  # Whoosh leaves the file it could not read to the collector


async def test_files_that_cannot_be_read_any_more_are_made_anew_by_the_next_catch_up(index: SolutionIndex) -> None:
    await a_solution("Reset the gateway")
    await index.catch_up()
    index.engine._snapshot.segments[0][0].leaf.close()  # type: ignore[union-attr]

    with pytest.raises(Unavailable):
        await keys("gateway")
    await index.catch_up()

    assert await keys("gateway") == ["reset-the-gateway"]


async def test_an_index_that_was_behind_when_the_process_died_is_caught_up_at_start(database: Settings) -> None:
    one, two = await a_solution("Alpha gateway"), await a_solution("Beta gateway")
    await _hits_of_a_start(database)
    await writing.change(one.id, Changes(title="Gamma gateway"), by=SYSTEM)
    await writing.set_status(two.id, Status.ARCHIVED, by=SYSTEM)
    await a_solution("Delta gateway")

    assert sorted(await _hits_of_a_start(database)) == ["alpha-gateway", "delta-gateway"]


async def test_an_index_ahead_of_a_restored_database_is_set_back(database: Settings) -> None:
    one, two = await a_solution("Alpha gateway"), await a_solution("Beta gateway")
    await _hits_of_a_start(database)
    await Solution.filter(id=two.id).delete()
    await Solution.filter(id=one.id).update(changed=1, title="Old gateway")

    assert await _hits_of_a_start(database) == ["alpha-gateway"]


async def test_verify_names_each_difference(index: SolutionIndex, database: Settings) -> None:
    kept, changed, archived = [await a_solution(title) for title in ("Alpha", "Beta", "Gamma")]
    await index.catch_up()
    await writing.change(changed.id, Changes(title="Delta"), by=SYSTEM)
    await writing.set_status(archived.id, Status.ARCHIVED, by=SYSTEM)
    fresh = await a_solution("Epsilon")

    assert await SolutionIndex(database).compare() == [
        f"solution {fresh.id} is not in the index",
        f"solution {archived.id} is in the index but not for search",
        f"solution {changed.id} has another wording in the index",
    ]
    assert kept.id not in {fresh.id, archived.id, changed.id}


async def test_verify_says_when_there_is_no_index_of_what_there_is(database: Settings) -> None:
    assert await SolutionIndex(database).compare() == []

    await a_solution("Alpha")

    assert await SolutionIndex(database).compare() == ["there is no index of this version: run `casedesk reindex`"]
    assert not (database.data / "index").exists()


async def test_rebuilding_tells_how_far_it_is(database: Settings) -> None:
    for title in ("Alpha", "Beta", "Gamma"):
        await a_solution(title)
    told: list[tuple[int, int]] = []

    count = await SolutionIndex(database).rebuild(lambda done, total: told.append((done, total)))

    assert (count, told) == (3, [(3, 3)])
    assert await SolutionIndex(database).compare() == []


async def test_two_indexes_on_one_folder_agree(index: SolutionIndex, database: Settings) -> None:
    other = SolutionIndex(database)
    await other.open()
    await a_solution("Reset the gateway")

    await asyncio.gather(index.catch_up(), other.catch_up())
    await asyncio.gather(index.catch_up(), other.catch_up())

    assert (await index.compare(), await other.compare()) == ([], [])
    await other.close()


async def test_a_search_follows_by_itself_where_no_worker_runs(
    index: SolutionIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "FOLLOW_EVERY", 0.0)
    await a_solution("Reset the gateway")

    assert await keys("gateway") == ["reset-the-gateway"]


async def test_without_an_open_index_nothing_is_searched(database: Settings) -> None:
    with pytest.raises(Unavailable):
        await keys("gateway")


async def _hits_of_a_start(settings: Settings) -> list[str]:
    index = SolutionIndex(settings)
    await index.open()
    hits = await keys("reset gateway")
    assert await index.compare() == []
    await index.close()
    return hits
