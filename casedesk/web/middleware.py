"""The outermost layer of the web: limits before anything is parsed, and the headers of every answer.

Pure ASGI, so that streams pass through. Who asks and what they may do is decided later, in `casedesk.web.guard`.
"""

import asyncio
import ipaddress
import json
import logging
import secrets
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casedesk.errors import TooLarge
from casedesk.settings import Settings
from casedesk.web import hosts
from casedesk.web.errors import PROBLEM, problem

MAX_HEADER_BYTES = 16_384
"""Cookie parsing of the standard library takes quadratic time: 16 KiB is where it is still harmless."""
MAX_TARGET_BYTES = 8_192
MAX_BODY_OVERHEAD = 1_048_576
"""What a multipart form may hold beside the one file that `max_upload_bytes` allows."""
MAX_IMPORT_BYTES = 67_108_864
BODY_SECONDS = 30.0
"""How long the next piece of a body may take."""

_log = logging.getLogger("casedesk.web")
_PROBES = ("/healthz", "/readyz", "/metrics")
_FEATURES = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")
_PLAIN_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; report-to csp"
)


class Shield:
    """Wraps the whole application; `settings` say which host names and which proxies are ours."""

    body_seconds = BODY_SECONDS

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.base = urlsplit(settings.url) if settings.url else None
        self.proxies = tuple(ipaddress.ip_network(each, strict=False) for each in settings.proxies)
        self.max_body = max(settings.max_upload_bytes + MAX_BODY_OVERHEAD, MAX_IMPORT_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass the lifespan through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        state["nonce"] = secrets.token_urlsafe(16)
        self._look_behind_proxies(scope)
        answer = _Answer(send, state, https=self._is_https(), for_program=scope["path"].startswith("/api/"))
        if refusal := self._refusal(scope):
            await answer.refuse(*refusal)
            return
        try:
            found = await self._behind_its_host(scope)
            if found is None:
                await answer.refuse(421, "This server does not answer for that host")
                return
            await self.app(found, self._counted(receive), answer.send)
        except Exception:
            # The answer, if any, was made by the error page's handler; here it is only written down, once.
            _log.exception("request failed", extra={"request_id": state["request_id"], "path": scope["path"]})
            if not answer.started:
                await answer.refuse(500, "Something went wrong on our side")

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = scope["headers"]
        if sum(len(name) + len(value) + 4 for name, value in headers) > MAX_HEADER_BYTES:
            return 431, "The headers of this request are too large"
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > MAX_TARGET_BYTES:
            return 414, "This address is too long"
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1 or not _is_host(hosts[0]):
            return 400, "The Host header of this request is not usable"
        length = _header(headers, b"content-length")
        if length is not None and (not length.isdigit() or int(length) > self.max_body):
            return (413, "This is too large") if length.isdigit() else (400, "The Content-Length is not a number")
        return None

    async def _behind_its_host(self, scope: Scope) -> Scope | None:
        """Return the request as the routes know it, None when it is for a host that is neither the desk's nor a portal's."""
        host = (_header(scope["headers"], b"host") or "").lower()
        if scope["path"] in _PROBES or (self.base is not None and self._is_ours(host)):
            return scope
        try:
            portal = await hosts.portal_at(host)
        except Exception:
            if self.base is not None:
                raise
            # No host is foreign here, and a page says better than this layer that the database cannot be read.
            return scope
        if portal is None:
            return scope if self.base is None else None
        return hosts.within(portal, scope)

    def _is_ours(self, host: str) -> bool:
        return self.base is not None and host in (self.base.netloc.lower(), (self.base.hostname or "").lower())

    def _is_https(self) -> bool:
        return self.base is not None and self.base.scheme == "https"

    def _counted(self, receive: Receive) -> Receive:
        """Count what really arrives (a chunked body announces no length), and do not wait for it for ever."""
        seen = 0
        is_whole = False

        async def counted() -> Message:
            nonlocal seen, is_whole
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout(self.body_seconds):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                is_whole = not message.get("more_body", False)
                if seen > self.max_body:
                    raise TooLarge
            return message

        return counted

    def _look_behind_proxies(self, scope: Scope) -> None:
        """Take the caller's address and scheme from X-Forwarded-*, where the next hop is one of our proxies."""
        if not self.proxies or not scope.get("client") or not self._is_proxy(scope["client"][0]):
            return
        chain = ",".join(_headers(scope["headers"], b"x-forwarded-for")).split(",")
        for address in reversed([each.strip() for each in chain if each.strip()]):
            scope["client"] = (address[:64], 0)
            if not self._is_proxy(address):
                break
        if proto := _header(scope["headers"], b"x-forwarded-proto"):
            scope["scheme"] = "https" if proto == "https" else "http"

    def _is_proxy(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self.proxies)


class _Answer:
    """Adds the headers that every answer carries, whoever made it."""

    def __init__(self, send: Send, state: dict[str, Any], *, https: bool, for_program: bool) -> None:
        self._send = send
        self._state = state
        self._https = https
        self._for_program = for_program
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message = {**message, "headers": self._dressed(message.get("headers", ()))}
        await self._send(message)

    async def refuse(self, status: int, words: str) -> None:
        """Answer in plain words, or as a problem to a program, before or beside the application."""
        body = json.dumps(problem(status, words)).encode() if self._for_program else f"{words}\n".encode()
        kind = PROBLEM.encode() if self._for_program else b"text/plain; charset=utf-8"
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        if status in (400, 413, 414, 431):
            headers.append((b"connection", b"close"))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def _dressed(self, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        headers = [(name.lower(), value) for name, value in given]
        present = {name for name, _ in headers}
        is_page = dict(headers).get(b"content-type", b"").startswith(b"text/html")
        policy = _PAGE_POLICY.format(nonce=self._state["nonce"]) if is_page else _PLAIN_POLICY
        usual = {
            "x-request-id": self._state["request_id"],
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "permissions-policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        }
        if is_page:
            usual["reporting-endpoints"] = 'csp="/csp-report"'
        if self._https:
            usual["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        return headers + [
            (name.encode(), text.encode()) for name, text in usual.items() if name.encode() not in present
        ]


def _headers(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name == wanted]


def _header(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    return next(iter(_headers(headers, wanted)), None)


def _is_host(value: bytes) -> bool:
    """Say whether a Host header is a name or address with perhaps a port, and nothing that could fool a reader."""
    allowed = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]"
    return 0 < len(value) <= 255 and not value.translate(None, allowed)
