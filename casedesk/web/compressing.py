"""Smaller answers on the wire: pages are compressed as they leave, our own static files once.

Only whole answers of text are touched: streams, files of customers and what is encoded already pass through. Pages hold the
session's token, but no other site can make a browser fetch them with its cookie (SameSite=Lax) while it guesses at words.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1_024
"""Bytes below which compressing costs more than it saves."""
_LEVEL = 4
_TEXTS = ("text/html", "application/json", "application/problem+json", "text/csv", "text/plain")


def takes_gzip(headers: Headers) -> bool:
    """Say whether the caller takes gzip (RFC 9110 section 12.5.3): named, and not with a weight of nothing."""
    for part in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() == "gzip":
            return weight.strip().removeprefix("q=").strip("0. ") != "" or not weight
    return False


@lru_cache(maxsize=256)
def small_file(path: Path, mark: str) -> bytes:
    """Return a static file compressed; `mark` is that of its content, so that a changed one is read anew."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


class Compressing:
    """Wraps the application: compresses whole answers of text for callers that take it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            send = _Waiting(send, takes=takes_gzip(Headers(scope=scope))).send
        await self.app(scope, receive, send)


class _Waiting:
    """Holds the head of an answer back until its body says whether it is whole."""

    def __init__(self, send: Send, *, takes: bool) -> None:
        self._send = send
        self._takes = takes
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        if self._head is not None:
            head, self._head = self._head, None
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                message = {**message, "body": _squeezed(head, message.get("body", b""), takes=self._takes)}
            await self._send(head)
        await self._send(message)


def _squeezed(head: Message, body: bytes, *, takes: bool) -> bytes:
    """Return the body compressed and the head saying so, or both as they were."""
    headers = MutableHeaders(raw=head["headers"])
    kind = headers.get("content-type", "")
    if not kind.startswith(_TEXTS) or "content-encoding" in headers:
        return body
    headers.add_vary_header("Accept-Encoding")
    if takes and len(body) >= SMALLEST:
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
    head["headers"] = headers.raw
    return body
