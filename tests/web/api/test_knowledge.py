"""Solutions through the API: the shelf, importing, suggesting, and who may see what."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("desk")
RESET = {
    "key": "gateway-reset",
    "title": "Reset a gateway that stays red",
    "body": "Hold the reset button for ten seconds until the gateway blinks blue.",
    "categories": ["gateways"],
    "visibility": "public",
    "status": "published",
}


def lines(*solutions: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in solutions)


async def test_solutions_are_imported_line_by_line_and_found(admin) -> None:
    internal = {**RESET, "key": "secret-reset", "title": "Reset a gateway by force", "visibility": "internal"}

    answer = await admin.post(
        "/solutions/import",
        content=lines(RESET, internal) + b"\n{broken\n",
        headers={"content-type": "application/x-ndjson"},
    )
    question = {"subject": "The gateway stays red", "description": "reset?", "limit": 5}
    found = {
        audience: [
            each["solution"]["key"]
            for each in (await admin.post("/suggestions", json={**question, "audience": audience})).json()["items"]
        ]
        for audience in ("agent", "customer")
    }

    assert (answer.status_code, answer.json()["created"], answer.json()["updated"]) == (200, 2, 0)
    assert [each["line"] for each in answer.json()["failed"]] == [3]
    assert (set(found["agent"]), found["customer"]) == ({"gateway-reset", "secret-reset"}, ["gateway-reset"])


async def test_a_suggestion_says_why(admin) -> None:
    await admin.post("/solutions", json=RESET)

    items = (await admin.post("/suggestions", json={"subject": "red gateway", "audience": "agent", "limit": 1})).json()[
        "items"
    ]

    assert set(items[0]) == {"solution", "score", "why", "snippet"}
    assert set(items[0]["solution"]) == {"id", "key", "title", "url"}
    assert 0 <= items[0]["score"] <= 1


async def test_a_solution_is_written_read_changed_and_archived(admin) -> None:
    made = await admin.post("/solutions", json=RESET)
    url = f"/solutions/{made.json()['id']}"

    changed = await admin.patch(url, json={"title": "Reset it"}, headers={"if-match": made.headers["etag"]})
    stale = await admin.patch(url, json={"title": "Reset"}, headers={"if-match": made.headers["etag"]})
    archived = await admin.delete(url)

    assert [each.status_code for each in (made, changed, stale, archived)] == [201, 200, 412, 204]
    assert {name: made.json()[name] for name in RESET} == RESET
    assert ((await admin.get(url)).json()["title"], (await admin.get(url)).json()["status"]) == ("Reset it", "archived")


async def test_the_shelf_is_narrowed_and_paged(admin) -> None:
    for number in range(3):
        given = {**RESET, "key": f"k{number}", "title": f"Gateway {number}", "language": "fr" if number else "en"}
        assert (await admin.post("/solutions", json=given)).status_code == 201

    first = (await admin.get("/solutions", params={"limit": 2})).json()
    second = (await admin.get("/solutions", params={"limit": 2, "cursor": first["next"]})).json()
    french = (await admin.get("/solutions", params={"language": "fr"})).json()["items"]

    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]
    assert {each["key"] for each in french} == {"k1", "k2"}


async def test_an_agent_writes_drafts_and_does_not_publish(program) -> None:
    agent = await program("agent")

    draft = await agent.post("/solutions", json={**RESET, "status": "draft"})
    published = await agent.post("/solutions", json={**RESET, "key": "other"})
    later = await agent.patch(f"/solutions/{draft.json()['id']}", json={"status": "published"})

    assert [draft.status_code, published.status_code, later.status_code] == [201, 404, 404]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["title", "body"]),
        ({"title": "x", "body": "x", "status": "gone"}, ["status"]),
        ({"title": "x", "body": "x", "colour": 1}, ["colour"]),
        ({"title": "x", "body": "x", "language": "klingon-language"}, ["language"]),
    ],
)
async def test_what_is_wrong_with_a_solution_is_named(admin, body: dict[str, Any], wrong: list[str]) -> None:
    answer = await admin.post("/solutions", json=body)

    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, wrong)
