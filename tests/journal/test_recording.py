"""The journal: events in the transaction of their change, words apart, work claimed and retried."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk import journal
from casedesk.database import transaction
from casedesk.events import EventName
from casedesk.identity import SYSTEM
from casedesk.journal import pending
from casedesk.journal.models import Content, Event, FailedReaction
from tests.conftest import Frozen
from tests.factories.crashes import lose
from tests.world import World


async def an_event(**given: object) -> int:
    """Record an event of its own."""
    async with transaction():
        return await journal.record(EventName.RECORD_CHANGED, by=SYSTEM, **given)  # type: ignore[arg-type]


async def all_done() -> None:
    """Clear every mark."""
    await Event.all().update(pending=False)


async def test_an_event_without_a_transaction_is_refused(world: World) -> None:
    with pytest.raises(RuntimeError):
        await journal.record(EventName.RECORD_CHANGED, by=SYSTEM)


async def test_words_stand_apart_under_a_salted_hash(world: World) -> None:
    event = await Event.get(id=await an_event(data={"code": 7}, content={"reason": "She asked"}))

    content = await Content.get(id=event.content_id)
    assert (event.data, content.body) == ({"code": 7}, {"reason": "She asked"})
    assert event.content_hash == journal.words_hash(content.salt, {"reason": "She asked"})
    assert len(content.salt) == 32


async def test_the_same_words_have_another_hash_each_time(world: World) -> None:
    first, second = await an_event(content={"reason": "x"}), await an_event(content={"reason": "x"})

    hashes = await Event.filter(id__in=[first, second]).values_list("content_hash", flat=True)
    assert len(set(hashes)) == 2


async def test_who_listens_is_woken_after_the_commit_only(world: World) -> None:
    woken: list[int] = []
    stop = journal.on_record(lambda: woken.append(1))

    await lose(an_event)
    lost = len(woken)
    await an_event()
    stop()
    await an_event()

    assert (lost, len(woken)) == (0, 1)


async def test_pending_events_are_given_in_order_until_they_are_cleared(world: World) -> None:
    await all_done()
    ids = [await an_event(content={"n": n}) for n in range(3)]

    claimed = await pending.claim(2)
    await pending.clear([event.id for event in claimed])
    rest = await pending.claim(10)

    assert ([event.id for event in claimed], [event.id for event in rest]) == (ids[:2], ids[2:])
    assert claimed[0].words == {"n": 0}


@pytest.mark.postgres_only
async def test_what_one_worker_claimed_no_other_gets_until_it_is_given_up(world: World, frozen: Frozen) -> None:
    await all_done()
    event = await an_event()

    first = await pending.claim(10)
    second = await pending.claim(10)
    frozen.forward(seconds=pending.CLAIM_SECONDS + 1)
    third = await pending.claim(10)

    assert ([e.id for e in first], second, [e.id for e in third]) == ([event], [], [event])


async def test_a_failed_reaction_backs_off_and_becomes_a_dead_letter(world: World, frozen: Frozen) -> None:
    event = await an_event()

    waits = []
    for _ in range(len(pending.RETRY_SECONDS) + 1):
        await pending.failed(event, "tell", RuntimeError("no"))
        row = await FailedReaction.get()
        waits.append((row.next_try_at - datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) if row.dead_at is None else None)

    assert waits == [*(timedelta(seconds=each) for each in pending.RETRY_SECONDS), None]
    assert await pending.due_retries(10) == []
    assert (await pending.backlog())[1:] == (0, 1)


async def test_a_retry_is_due_after_its_wait_and_forgotten_when_it_succeeds(world: World, frozen: Frozen) -> None:
    event = await an_event()
    await pending.failed(event, "tell", RuntimeError("no"))
    assert await pending.due_retries(10) == []
    frozen.forward(seconds=11)

    [retry] = await pending.due_retries(10)
    await pending.succeeded(retry.failure_id)

    assert (retry.reaction, retry.event.id) == ("tell", event)
    assert await FailedReaction.all().count() == 0


async def test_a_dead_letter_may_have_another_round(world: World, frozen: Frozen) -> None:
    event = await an_event()
    for _ in range(len(pending.RETRY_SECONDS) + 1):
        await pending.failed(event, "tell", RuntimeError("no"))
    row = await FailedReaction.get()

    assert await pending.try_dead_again(row.id) is True
    assert await pending.try_dead_again(row.id) is False

    assert [retry.failure_id for retry in await pending.due_retries(10)] == [row.id]
