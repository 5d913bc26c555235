"""One HTTP connection: uvicorn's, with an end to how much and how long a caller may send before a request begins.

uvicorn collects headers without a limit and waits for them for ever; what a whole request may hold is the middleware's.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from casedesk.web.middleware import MAX_HEADER_BYTES, MAX_TARGET_BYTES

MAX_HEAD_BYTES = 2 * (MAX_HEADER_BYTES + MAX_TARGET_BYTES)
"""Bytes before the end of the headers; a little over is still answered properly by the middleware."""
HEAD_SECONDS = 15.0
LAST_SECONDS = 5.0
LAST_BYTES = 96 << 20
"""How long, and how much of, a body that nobody wants is still read after its answer, so that the answer gets through:
closing a socket with unread bytes resets it, and the caller never sees what was said."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 46\r\nconnection: close\r\n\r\nThe headers of this request are too large now\n"
)


class Connection(HttpToolsProtocol):
    """Named in uvicorn's configuration as `http`."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_head = True
        self._head_bytes = 0
        self._patience: asyncio.TimerHandle | None = None
        self._leaving: asyncio.TimerHandle | None = None
        self._unwanted_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        if self._leaving is not None:
            self._leaving.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; while they belong to the head of a request they are counted."""
        if self._in_head:
            if self._patience is None:
                self._wait_for_head()
            self._head_bytes += len(data)
        if self._leaving is not None:
            self._unwanted_bytes += len(data)
            if self._unwanted_bytes > LAST_BYTES:
                self.transport.close()
                return
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Leave the head: the body has limits of its own."""
        self._in_head = False
        self._stop_waiting()
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not None and self.cycle is not before:
            self.cycle.transport = cast(asyncio.Transport, _Answering(self.transport, self._leave))

    def on_message_complete(self) -> None:
        """Be ready for the head of the next request on this connection."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_complete()
        if self._leaving is not None:
            self.transport.close()

    def _leave(self) -> None:
        """Close after the answer: at once when the request came whole, else when the rest of it has come or time is up."""
        if self._in_head or self.transport.is_closing():
            self.transport.close()
        elif self._leaving is None:
            self._leaving = self.loop.call_later(LAST_SECONDS, self.transport.close)
            self.flow.resume_reading()

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(self.head_seconds, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        """Hang up on a caller who began a request, or only connected, and did not go on."""
        self._patience = None
        if not self.transport.is_closing():
            self.transport.close()


class _Answering:
    """The transport as one answer sees it: closing it leaves the caller time to read."""

    def __init__(self, transport: asyncio.Transport, leave: Callable[[], None]) -> None:
        self._transport = transport
        self.close = leave

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
