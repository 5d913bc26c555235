"""What leaves is small for those who take it so, whole for those who do not, and the same words either way."""

import gzip

import httpx
import pytest
from starlette.datastructures import Headers

from casedesk.web.compressing import takes_gzip
from casedesk.web.middleware import Shield
from tests.web.browser import visitor


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("", False), ("br", False), ("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip;q=0.0", False),
        ("gzip;q=1.0", True), ("*", False), ("x-gzip", False),
    ],
)  # fmt: skip
def test_who_takes_gzip(said: str, takes: bool) -> None:
    assert takes_gzip(Headers({"accept-encoding": said})) is takes


async def _raw(app: Shield, path: str, encoding: str) -> tuple[httpx.Headers, bytes]:
    async with (
        visitor(app, **{"accept-encoding": encoding}) as browser,
        browser.stream("GET", path) as answer,
    ):
        return answer.headers, b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize(
    "path", ["/sign-in", "/api/v1/openapi.json", "/static/css/components.css", "/static/js/live.js"]
)
async def test_the_same_words_come_small_or_whole(app: Shield, path: str) -> None:
    small, squeezed = await _raw(app, path, "gzip")
    whole, plain = await _raw(app, path, "identity")

    assert (small["content-encoding"], whole.get("content-encoding")) == ("gzip", None)
    assert len(squeezed) < len(plain) / 1.5
    assert int(small["content-length"]) == len(squeezed)
    assert small["content-type"] == whole["content-type"]
    assert (small["vary"], whole["vary"]) == ("Accept-Encoding", "Accept-Encoding")
    if "sign-in" not in path:  # a page has a nonce of its own each time
        assert gzip.decompress(squeezed) == plain


async def test_a_short_answer_stays_as_it_is(app: Shield) -> None:
    headers, body = await _raw(app, "/healthz", "gzip")

    assert "content-encoding" not in headers
    assert len(body) < 1024
