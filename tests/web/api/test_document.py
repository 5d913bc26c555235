"""Schemathesis over the API's own document: whatever it thinks of, no call breaks and none takes long."""

import asyncio
import time

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from casedesk.web.api.openapi import document
from casedesk.web.api.routes import OPERATIONS

SLOWEST_SECONDS = 2.0
EXAMPLES = 6
"""For each call; the program's own long run takes thousands."""


def _calls() -> list[object]:
    schema = schemathesis.openapi.from_dict(document(OPERATIONS))
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.parametrize("operation", _calls(), ids=lambda operation: operation.label)
async def test_no_call_breaks_whatever_it_is_sent(desk, admin, operation) -> None:
    cases = await asyncio.to_thread(_generated, operation)

    found = []
    for case in cases:
        request = case.as_transport_kwargs(base_url="http://desk.example")
        sent = _request_of(admin, request)
        began = time.perf_counter()
        answer = await admin.send(sent)
        if answer.status_code >= 500 or time.perf_counter() - began > SLOWEST_SECONDS:
            found.append((answer.status_code, request, answer.text))

    assert found == []


def _generated(operation) -> list[object]:
    """Return some valid and some invalid calls, always the same ones."""
    made: list[object] = []
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), more=st.none())
        def collect(case, more) -> None:
            made.append(case)

        try:
            collect()
        except Exception as error:
            if "unsatisfiable" not in type(error).__name__.lower():
                raise
    return made


def _request_of(client: httpx.AsyncClient, wanted: dict) -> httpx.Request:
    headers = {
        name: value for name, value in dict(wanted.get("headers") or {}).items() if name.lower() != "authorization"
    }
    safe = {name: str(value).encode("latin-1", "replace") for name, value in headers.items()}
    parts = {name: wanted[name] for name in ("params", "json", "data", "cookies") if wanted.get(name) is not None}
    if isinstance(parts.get("data"), bytes | str):
        parts["content"] = parts.pop("data")
    return client.build_request(wanted["method"], wanted["url"], headers=safe, **parts)
