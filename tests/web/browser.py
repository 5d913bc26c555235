"""A browser without a screen: cookies kept, tokens sent along, as a page's forms would."""

import re
from typing import Any

import httpx
from starlette.types import ASGIApp

OUR_ORIGIN = "http://desk.example"


def visitor(app: ASGIApp, **headers: str) -> httpx.AsyncClient:
    """Return somebody whom nobody knows."""
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    return httpx.AsyncClient(transport=transport, base_url=OUR_ORIGIN, headers={"accept": "text/html", **headers})


async def signed_in(app: ASGIApp, email: str, password: str = "casedesk-test") -> httpx.AsyncClient:
    """Return a member of staff with a living session, whose unsafe requests carry its token."""
    browser = visitor(app, origin=OUR_ORIGIN)
    answer = await browser.post(
        "/sign-in", data={"email": email, "password": password}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    browser.headers["x-csrf-token"] = answer.json()["csrf"]
    return browser


def policy_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the content security policy of an answer by directive."""
    directives = [each.strip() for each in answer.headers["content-security-policy"].split(";")]
    return {name: values for name, _, values in (each.partition(" ") for each in directives)}


def nonces_in(html: str) -> set[str]:
    """Return every nonce that stands in a page."""
    return set(re.findall(r'nonce="([^"]*)"', html))
