"""What every call of the API has in common: tokens, rights, content types, problems, Idempotency-Key, the document."""

import asyncio

import httpx
import pytest

from casedesk.database import rows
from casedesk.web.api.routes import OPERATIONS
from casedesk.web.errors import PROBLEM


def _url(path: str) -> str:
    return path.replace("{id}", "1").replace("{kind}", "assignment").replace("{number}", "1")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer casedesk_wrong", "Basic YTpi", "Bearer \xe4", "Bearer " + "x" * 5000]
)
async def test_without_a_valid_token_every_call_is_refused_before_anything_else(nobody, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode("latin-1")}

    found = set()
    for operation in OPERATIONS:
        answer = await nobody.request(operation.method, _url(operation.path), content=b"{broken", headers=headers)
        found.add((answer.status_code, answer.headers["content-type"], answer.headers["www-authenticate"]))

    assert found == {(401, PROBLEM, 'Bearer realm="casedesk"')}


async def test_a_missing_right_looks_like_absence_before_the_body_is_looked_at(program) -> None:
    agent = await program("agent")

    answers = [
        await agent.post("/users", content=b"{broken"),
        await agent.patch("/mailboxes/1", json={"nonsense": 1}),
        await agent.get("/mailboxes"),
        await agent.delete("/queues/1"),
    ]

    assert {(each.status_code, each.json()["title"]) for each in answers} == {(404, "Not found")}


async def test_a_token_with_scopes_does_no_more_than_they_name(program) -> None:
    reader = await program("administrator", scopes=["account.read"])

    statuses = [
        (await reader.get("/accounts")).status_code,
        (await reader.post("/accounts", json={"name": "A"})).status_code,
        (await reader.get("/products")).status_code,
    ]

    assert statuses == [200, 404, 404]


@pytest.mark.parametrize(
    ("method", "path", "content", "kind", "status"),
    [
        ("GET", "/nowhere", b"", None, 404),
        ("PUT", "/accounts", b"{}", "application/json", 405),
        ("POST", "/accounts", b"{broken", "application/json", 400),
        ("POST", "/accounts", b"\xff\xfe", "application/json", 400),
        ("POST", "/accounts", b'{"name": "\\ud800"}', "application/json", 400),
        ("POST", "/accounts", b"[" * 10_000, "application/json", 400),
        ("POST", "/accounts", b"[]", "application/json", 422),
        ("POST", "/accounts", b"null", "application/json", 422),
        ("POST", "/accounts", b"name=A", "application/x-www-form-urlencoded", 415),
        ("POST", "/accounts", b'{"name": "' + b"x" * 5_000_000 + b'"}', "application/json", 413),
        ("GET", "/accounts?colour=red", b"", None, 422),
        ("GET", "/accounts?limit=201", b"", None, 422),
        ("GET", "/accounts?limit=0", b"", None, 422),
        ("GET", "/accounts?cursor=nonsense", b"", None, 422),
        ("GET", "/accounts?q=%00", b"", None, 422),
        ("GET", "/accounts/1?x=1", b"", None, 404),
    ],
)
async def test_every_error_is_a_problem(
    admin, method: str, path: str, content: bytes, kind: str | None, status: int
) -> None:
    headers = {"content-type": kind} if kind else {}

    answer = await admin.request(method, path, content=content, headers=headers)

    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert set(answer.json()) == {"type", "title", "status", "detail", "errors"}


async def test_a_wrong_method_is_told_the_right_ones(admin) -> None:
    answer = await admin.put("/accounts")

    assert {each.strip() for each in answer.headers["allow"].split(",")} == {"GET", "HEAD", "POST"}


async def test_the_same_key_gives_the_first_answer_again_and_does_the_work_once(admin) -> None:
    key = {"idempotency-key": "order-17"}

    first = await admin.post("/accounts", json={"name": "Ridgeline"}, headers=key)
    again = await admin.post("/accounts", json={"name": "Ridgeline"}, headers=key)

    made = await rows("SELECT COUNT(*) AS number FROM accounts")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert [again.headers[name] for name in ("etag", "location")] == [
        first.headers[name] for name in ("etag", "location")
    ]
    assert (made[0]["number"], again.headers["idempotency-replayed"]) == (1, "true")


async def test_the_same_key_at_the_same_time_does_the_work_once(admin) -> None:
    async def post() -> httpx.Response:
        return await admin.post("/accounts", json={"name": "Ridgeline"}, headers={"idempotency-key": "order-17"})

    answers = await asyncio.gather(*(post() for _ in range(8)))

    made = await rows("SELECT COUNT(*) AS number FROM accounts")
    assert {each.content for each in answers} == {answers[0].content}
    assert made[0]["number"] == 1


async def test_a_key_used_for_another_body_is_refused(admin) -> None:
    await admin.post("/accounts", json={"name": "Ridgeline"}, headers={"idempotency-key": "order-17"})

    answer = await admin.post("/accounts", json={"name": "Orebro"}, headers={"idempotency-key": "order-17"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


async def test_a_key_belongs_to_one_token_and_one_path(admin, program) -> None:
    other = await program("administrator")
    key = {"idempotency-key": "order-17"}

    answers = [
        await admin.post("/accounts", json={"name": "Ridgeline"}, headers=key),
        await other.post("/accounts", json={"name": "Ridgeline"}, headers=key),
        await admin.post("/contacts", json={"name": "Ridgeline"}, headers=key),
    ]

    assert [each.status_code for each in answers] == [201, 201, 201]
    assert not any("idempotency-replayed" in each.headers for each in answers)


async def test_an_error_is_not_kept_so_that_the_same_key_may_try_again(admin) -> None:
    key = {"idempotency-key": "order-17"}
    await admin.post("/products", json={"name": "A", "sku": "S"})

    refused = await admin.post("/products", json={"name": "B", "sku": "S"}, headers=key)
    await admin.delete("/products/1")
    made = await admin.post("/products", json={"name": "B", "sku": "S"}, headers=key)

    assert (refused.status_code, made.status_code) == (409, 201)


async def test_after_a_day_a_key_is_free_again(admin, frozen) -> None:
    key = {"idempotency-key": "order-17"}
    await admin.post("/accounts", json={"name": "Ridgeline"}, headers=key)
    frozen.forward(hours=25)

    answer = await admin.post("/accounts", json={"name": "Orebro"}, headers=key)

    assert (answer.status_code, answer.json()["name"]) == (201, "Orebro")


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
async def test_a_key_must_be_one(admin, key: str) -> None:
    answer = await admin.post("/accounts", json={"name": "Ridgeline"}, headers={"idempotency-key": key})

    assert answer.status_code == 422


async def test_the_document_needs_no_token_and_describes_every_call(nobody) -> None:
    answer = await nobody.get("/openapi.json")

    described = {(method.upper(), path) for path, methods in answer.json()["paths"].items() for method in methods}
    assert answer.json()["openapi"] == "3.1.0"
    assert described == {(operation.method, f"/api/v1{operation.path}") for operation in OPERATIONS}


async def test_every_call_has_a_name_of_its_own() -> None:
    names = [operation.name for operation in OPERATIONS]

    assert sorted(names) == sorted(set(names) - {""})
