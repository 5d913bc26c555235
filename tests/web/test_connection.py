"""Connections over a real socket: endless headers and callers who never finish are hung up on."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn

from casedesk.web.connection import MAX_HEAD_BYTES, Connection


class Impatient(Connection):
    head_seconds = 0.2


async def _app(scope, receive, send) -> None:
    if scope["path"] == "/refused":
        await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"no\n"})
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Serve an application that gives back what it is sent, and return the port."""
    server = uvicorn.Server(
        uvicorn.Config(_app, port=0, http=Impatient, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    )
    task = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def _said(port: int, *pieces: bytes, wait: float = 0.0) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(wait)
    try:
        answer = await asyncio.wait_for(reader.read(), 3)
    except ConnectionResetError:
        answer = b"reset"
    writer.close()
    return answer


async def test_a_usual_request_is_answered_also_when_its_body_is_long_and_slow(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % (3 * MAX_HEAD_BYTES)

    answer = await _said(port, head, *([b"x" * MAX_HEAD_BYTES] * 3), wait=0.15)

    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"x" * MAX_HEAD_BYTES)


async def test_endless_headers_are_cut_off(port: int) -> None:
    answer = await _said(port, b"GET / HTTP/1.1\r\nhost: x\r\n", *(b"a: " + b"b" * 10_000 + b"\r\n" for _ in range(10)))

    assert answer == b"reset" or answer.startswith(b"HTTP/1.1 431")


async def test_one_endless_header_is_cut_off(port: int) -> None:
    answer = await _said(port, b"GET / HTTP/1.1\r\nhost: x\r\ncookie: ", *([b"b" * 10_000] * 10))

    assert answer == b"reset" or answer.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n"])
async def test_a_caller_who_does_not_go_on_is_hung_up_on(port: int, beginning: bytes) -> None:
    began = asyncio.get_running_loop().time()

    answer = await _said(port, beginning)

    assert answer == b""
    assert asyncio.get_running_loop().time() - began < 2


async def test_a_second_request_on_the_same_connection_is_counted_anew(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"b" * (MAX_HEAD_BYTES // 2) + b"\r\n%s\r\n"

    answer = await _said(port, request % b"", request % b"", request % b"connection: close\r\n")

    assert answer.count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize("closing", [b"connection: close\r\n", b""])
async def test_an_answer_before_the_end_of_a_body_gets_through(port: int, closing: bytes) -> None:
    body = b"x" * 8_000_000
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    writer.write(b"POST /refused HTTP/1.1\r\nhost: x\r\n" + closing + b"content-length: %d\r\n\r\n" % len(body) + body)
    await asyncio.wait_for(writer.drain(), 5)
    answer = await asyncio.wait_for(reader.readuntil(b"no\n"), 5)
    if closing:
        assert await asyncio.wait_for(reader.read(), 1) == b""
    writer.close()

    assert answer.startswith(b"HTTP/1.1 413")
