"""Limits before anything is parsed, and the headers of every answer."""

import asyncio
import time

import httpx
import pytest

from casedesk.settings import Settings
from casedesk.web.routes import create_web
from tests.web.browser import nonces_in, policy_of, visitor

PAGE_POLICY = {
    "default-src": "'none'",
    "style-src": "'self' 'nonce-{nonce}'",
    "script-src": "'nonce-{nonce}' 'strict-dynamic'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "report-to": "csp",
}


async def test_a_page_carries_the_whole_policy_and_a_nonce_of_its_own(app) -> None:
    async with visitor(app) as stranger:
        first, second = await stranger.get("/sign-in"), await stranger.get("/sign-in")

    policy = policy_of(first)
    nonce = policy["style-src"].partition("nonce-")[2].strip("'")
    assert policy == {name: value.format(nonce=nonce) for name, value in PAGE_POLICY.items()}
    assert nonces_in(first.text) <= {nonce}
    assert policy_of(second)["script-src"] != policy["script-src"]


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/api/v1/nowhere", "/healthz", "/static/mark.svg"])
async def test_every_answer_carries_the_headers_that_keep_it_safe(app, path: str) -> None:
    async with visitor(app) as stranger:
        answer = await stranger.get(path)

    wanted = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: answer.headers.get(name) for name in wanted} == wanted
    assert policy_of(answer)["default-src"] == "'none'"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert not {"server", "strict-transport-security"} & set(answer.headers)


async def test_over_tls_browsers_are_told_to_stay_there(configured: Settings) -> None:
    app = create_web(configured.model_copy(update={"url": "https://desk.example"}))

    async with visitor(app) as stranger:
        answer = await stranger.get("/sign-in")

    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_headers_beyond_the_limit_are_refused_before_anybody_reads_them(app) -> None:
    cookie = 'casedesk="' + "\\" * 60_000

    async with visitor(app) as stranger:
        began = time.process_time()
        answer = await stranger.get("/sign-in", headers={"cookie": cookie})

    assert answer.status_code == 431
    assert time.process_time() - began < 0.5


async def test_the_largest_cookie_that_is_taken_costs_nothing(app) -> None:
    cookie = 'casedesk="' + "\\" * 15_000

    async with visitor(app) as stranger:
        began = time.process_time()
        answer = await stranger.get("/sign-in", headers={"cookie": cookie})

    assert answer.status_code == 200
    assert time.process_time() - began < 0.5


async def test_an_endless_address_is_refused(app) -> None:
    async with visitor(app) as stranger:
        answer = await stranger.get("/sign-in?next=" + "x" * 9_000)

    assert answer.status_code == 414


async def test_a_program_is_refused_with_a_problem(app) -> None:
    async with visitor(app) as stranger:
        answer = await stranger.get("/api/v1/intake?message_id=" + "x" * 9_000)

    assert (answer.status_code, answer.headers["content-type"]) == (414, "application/problem+json")
    assert (answer.json()["status"], answer.json()["detail"]) == (414, "This address is too long")


async def test_an_announced_body_beyond_the_limit_is_not_read(app) -> None:
    async with visitor(app) as stranger:
        answer = await stranger.post("/sign-in", content=b"x", headers={"content-length": str(10**9)})

    assert answer.status_code == 413


async def test_a_body_that_grows_beyond_the_limit_without_saying_so_is_cut_off(app) -> None:
    async def endless():
        for _ in range(200):
            yield b"x" * 1_048_576

    async with visitor(app) as stranger:
        answer = await stranger.post(
            "/sign-in", content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
        )

    assert answer.status_code == 413


async def test_a_body_that_does_not_come_is_not_waited_for(app) -> None:
    app.body_seconds = 0.05

    async def reluctant():
        yield b"email=tess"
        await asyncio.sleep(1)
        yield b"&password=x"

    async with visitor(app) as stranger:
        answer = await stranger.post(
            "/sign-in", content=reluctant(), headers={"content-type": "application/x-www-form-urlencoded"}
        )

    assert answer.status_code == 408


@pytest.mark.parametrize("host", ["desk.example/../evil", "a b", "", "x" * 300, "desk.example@evil"])
async def test_a_host_that_is_none_is_refused(app, host: str) -> None:
    async with visitor(app) as stranger:
        answer = await stranger.get("/sign-in", headers={"host": host})

    assert answer.status_code == 400


async def test_a_foreign_host_is_misdirected_once_our_address_is_set(configured: Settings) -> None:
    app = create_web(configured.model_copy(update={"url": "https://desk.example"}))

    async with visitor(app) as stranger:
        statuses = [
            (await stranger.get(path, headers={"host": host})).status_code
            for path, host in [
                ("/sign-in", "evil.example"),
                ("/sign-in", "desk.example"),
                ("/healthz", "10.0.0.7:8000"),
            ]
        ]

    assert statuses == [421, 200, 200]


async def test_x_forwarded_for_counts_only_from_a_configured_proxy(configured: Settings) -> None:
    forwarded = {"x-forwarded-for": "203.0.113.9, 198.51.100.7"}
    trusted = create_web(configured.model_copy(update={"proxies": ("127.0.0.1",)}))

    addresses = []
    for app in (create_web(configured), trusted):
        seen: dict[str, object] = {}
        app.app = _remembering(app.app, seen)
        async with visitor(app) as stranger:
            await stranger.get("/healthz", headers=forwarded)
        addresses.append(seen["client"][0])

    assert addresses == ["127.0.0.1", "198.51.100.7"]


async def test_an_error_of_ours_says_nothing_and_names_its_line_in_the_log(app) -> None:
    async def broken(scope, receive, send) -> None:
        raise RuntimeError("the password is swordfish")

    app.app = broken
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example") as stranger:
        answer = await stranger.get("/sign-in")

    assert (answer.status_code, "swordfish" in answer.text) == (500, False)
    assert answer.headers["x-request-id"]


async def test_whoever_hangs_up_while_sending_is_no_error_in_the_log(app, caplog) -> None:
    pieces = [{"type": "http.request", "body": b"email=a", "more_body": True}, {"type": "http.disconnect"}]
    headers = [(b"host", b"desk.example"), (b"content-type", b"application/x-www-form-urlencoded")]
    scope = {
        "type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b"",
        "headers": headers, "scheme": "http", "server": ("desk.example", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip

    async def receive() -> dict:
        return pieces.pop(0)

    async def send(message: dict) -> None:
        pass

    await app(scope, receive, send)

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def _remembering(inner, seen):
    async def remembering(scope, receive, send) -> None:
        seen["client"] = scope["client"]
        await inner(scope, receive, send)

    return remembering
