"""The stream of live events."""

import asyncio

from casedesk import live
from casedesk.live import Hub, LiveEvent
from casedesk.users import signing_in
from casedesk.web.live import _events


async def _stream(add_user, role: str = "agent"):
    await add_user(role=role)
    _, session = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")
    stream = _events(session, None)
    hello = await anext(stream)
    return session, stream, hello


async def test_what_changed_is_told_by_topic_and_ids(app, add_user) -> None:
    _, stream, hello = await _stream(add_user)

    live.HUB.tell(LiveEvent("case", (17, 18), 203))
    told = await anext(stream)
    await stream.aclose()

    assert (hello, told) == (
        b"retry: 2000\nevent: hello\ndata: {}\n\n",
        b'id: 203\nevent: case\ndata: {"ids": [17, 18]}\n\n',
    )


async def test_a_salesperson_hears_nothing_of_cases_they_may_not_see(app, add_user) -> None:
    _, stream, _ = await _stream(add_user, role="sales")

    live.HUB.tell(LiveEvent("case", (17,), 203))
    told = await anext(stream)
    await stream.aclose()

    assert told == b""


async def test_who_is_in_a_case_is_told_to_those_who_may_see_it(app, add_user) -> None:
    _, stream, _ = await _stream(add_user)
    await add_user("sally@halden.example", role="sales")
    _, hers = await signing_in.sign_in("sally@halden.example", "casedesk-test", address="")
    other = _events(hers, None)
    await anext(other)

    live.HUB.tell(LiveEvent("presence", (17, 5, 2)))
    told = await anext(stream), await anext(other)
    await stream.aclose()
    await other.aclose()

    assert told == (b'event: presence\ndata: {"ids": [17, 5, 2]}\n\n', b"")


async def test_a_call_is_told_to_those_on_whose_screens_it_belongs(app, add_user) -> None:
    session, stream, _ = await _stream(add_user)

    live.HUB.tell(LiveEvent("call", (7, session.actor.id)))
    live.HUB.tell(LiveEvent("call", (8, 99)))
    told = [await anext(stream), await anext(stream)]
    await stream.aclose()

    assert told == [b'event: call\ndata: {"ids": [7]}\n\n', b""]


async def test_a_salesperson_hears_nothing_of_queues(app, add_user) -> None:
    _, stream, _ = await _stream(add_user, role="sales")

    live.HUB.tell(LiveEvent("queue", (1,)))
    told = await anext(stream)
    await stream.aclose()

    assert told == b""


async def test_the_news_of_one_user_are_not_told_to_another(app, add_user) -> None:
    session, stream, _ = await _stream(add_user)

    live.HUB.tell(LiveEvent("user", (session.actor.id, 99)))
    told = await anext(stream)
    await stream.aclose()

    assert told == f'event: user\ndata: {{"ids": [{session.actor.id}]}}\n\n'.encode()


async def test_a_stream_ends_when_the_server_stops(app, add_user) -> None:
    _, stream, _ = await _stream(add_user)

    live.HUB.close()
    rest = [chunk async for chunk in stream]
    live.HUB.reopen()

    assert rest == []


async def test_a_page_that_does_not_read_is_told_once_to_start_anew() -> None:
    hub = Hub()
    async with hub.subscribe() as page:
        for number in range(live.MOST_WAITING + 1):
            hub.tell(LiveEvent("case", (number,)))
        heard = [await page.next(seconds=1) for _ in range(2)]

    assert heard == [live.RESET, LiveEvent("case", (live.MOST_WAITING,))]


async def test_a_page_that_left_is_forgotten() -> None:
    hub = Hub()
    async with hub.subscribe():
        during = hub.listeners

    assert (during, hub.listeners) == (1, 0)


async def test_silence_is_a_timeout() -> None:
    hub = Hub()
    async with hub.subscribe() as page:
        try:
            await page.next(seconds=0.01)
        except TimeoutError:
            quiet = True

    assert quiet
    await asyncio.sleep(0)
