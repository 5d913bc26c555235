"""The stream of live events to an open page (server-sent events): topics and ids, never words."""

import json
import time
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from casedesk import live, scopes
from casedesk.identity import Actor
from casedesk.live import LiveEvent, Subscription
from casedesk.permissions import Permission, can
from casedesk.users import signing_in
from casedesk.users.signing_in import SignedIn
from casedesk.web.guard import session_of

HEARTBEAT_SECONDS = 15.0
_TRUST_SECONDS = 1.0
"""A session that was looked at so shortly ago is still believed."""


async def stream(request: Request) -> Response:
    """Answer with the stream; a page that comes back says in Last-Event-ID (or `?since=`) what it heard last."""
    session = session_of(request)
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    heard = request.headers.get("last-event-id") or request.query_params.get("since") or ""
    since = int(heard) if heard.isascii() and heard.isdigit() and len(heard) <= 18 else None
    return StreamingResponse(
        _events(session, since), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


async def _events(session: SignedIn, since: int | None) -> AsyncIterator[bytes]:
    async with live.HUB.subscribe() as page:
        yield b"retry: 2000\nevent: hello\ndata: {}\n\n"
        for event in await live.missed_since(since) if since is not None else []:
            if text := await _text(event, session.actor):
                yield text
        async for chunk in _as_they_come(page, session):
            yield chunk


async def _as_they_come(page: Subscription, session: SignedIn) -> AsyncIterator[bytes]:
    """Yield events until the server stops or the session ends; a beat now and then keeps the line open."""
    looked = time.monotonic()
    while True:
        try:
            event = await page.next(seconds=HEARTBEAT_SECONDS)
        except TimeoutError:
            event = LiveEvent("")
        if event is None:
            return
        if time.monotonic() - looked > _TRUST_SECONDS:
            if not await signing_in.is_alive(session.id):
                return
            looked = time.monotonic()
        yield (await _text(event, session.actor) if event.topic else b"event: beat\ndata: {}\n\n") or b""


async def _text(event: LiveEvent, actor: Actor) -> bytes:
    """Return an event as the stream writes it, narrowed to what `actor` may know of; empty when nothing is left."""
    ids = event.ids
    if event.topic == "case":
        ids = await scopes.visible_cases(actor, ids)
    elif event.topic == "presence":
        # A case, somebody, and what they do there: all of it or nothing.
        ids = ids if await scopes.visible_cases(actor, ids[:1]) else ()
    elif event.topic == "call":
        # A call, and those on whose screens it belongs.
        ids = ids[:1] if actor.user_id in ids[1:] else ()
    elif event.topic == "queue" and not can(actor, Permission.DESK_WORK):
        ids = ()
    elif event.topic == "user":
        ids = tuple(each for each in ids if each == actor.user_id)
    if not ids and event.ids:
        return b""
    mark = f"id: {event.event}\n" if event.event else ""
    return f"{mark}event: {event.topic}\ndata: {json.dumps({'ids': ids})}\n\n".encode()
