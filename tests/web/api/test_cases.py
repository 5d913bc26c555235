"""Cases through the API: logged, read, changed, answered, moved along, and hidden from who may not see them."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.usefixtures("desk")
ADA = {"email": "ada@ridgeline.example", "name": "Ada"}


async def logged(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    body = {"subject": "Pump stops", "description": "It stops at night.", "contact": ADA, **given}
    answer = await client.post("/cases", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_case_is_logged_routed_and_read_with_or_without_its_prefix(admin) -> None:
    case = await logged(admin, priority="high", tags=["pumps"], type="technical_support")

    number = case["number"]
    read = [(await admin.get(f"/cases/{text}")).json() for text in (number, number.rpartition("-")[2])]
    assert [each["number"] for each in read] == [number, number]
    assert (case["subject"], case["description"]) == ("Pump stops", "It stops at night.")
    assert (case["status_category"], case["priority"], case["tags"]) == ("new", "high", ["pumps"])
    assert (case["contact"]["email"], case["origin"], case["entitlement_status"]) == (ADA["email"], "api", "unknown")
    assert set(case["queue"]) == {"id", "key", "name"}


async def test_a_case_carries_every_field_the_interface_names(admin) -> None:
    case = await logged(admin)

    named = """number subject description status status_category priority type origin queue owner contact account asset
        entitlement entitlement_status escalation_level milestones tags custom record_type created_at updated_at
        closed_at"""
    assert set(named.split()) - set(case) == set()


async def test_a_change_needs_the_version_it_was_made_on(admin) -> None:
    case = await logged(admin)
    url = f"/cases/{case['number']}"
    version = (await admin.get(url)).headers["etag"]

    changed = await admin.patch(url, json={"priority": "urgent"}, headers={"if-match": version})
    stale = await admin.patch(url, json={"priority": "low"}, headers={"if-match": version})

    assert (changed.status_code, changed.json()["priority"]) == (200, "urgent")
    assert (stale.status_code, (await admin.get(url)).json()["priority"]) == (412, "urgent")


async def test_a_written_category_stands_for_its_first_status(admin) -> None:
    case = await logged(admin)

    answer = await admin.patch(f"/cases/{case['number']}", json={"status": "resolved"})

    assert (answer.json()["status"], answer.json()["status_category"]) == ("Resolved", "resolved")


async def test_what_is_said_stands_in_the_story_in_order(admin) -> None:
    case = await logged(admin)
    url = f"/cases/{case['number']}"

    for body in (
        {"kind": "reply", "text": "Good day"},
        {"kind": "note", "text": "Looks old"},
        {"kind": "call", "text": "Rang"},
    ):
        answer = await admin.post(f"{url}/messages", json=body)
        assert (answer.status_code, answer.json()["kind"]) == (201, body["kind"])

    entries = (await admin.get(f"{url}/timeline")).json()["items"]
    said = [
        (each["kind"], each["public"], each["text"]) for each in entries if each["kind"] not in ("change", "decision")
    ]
    assert said == [
        ("message", True, "It stops at night."),
        ("reply", True, "Good day"),
        ("note", False, "Looks old"),
        ("call", False, "Rang"),
    ]


async def test_the_story_is_paged_without_holes_or_doubles(admin) -> None:
    case = await logged(admin)
    url = f"/cases/{case['number']}"
    for number in range(3):
        await admin.post(f"{url}/messages", json={"kind": "note", "text": f"note {number}"})
    whole = [each["id"] for each in (await admin.get(f"{url}/timeline")).json()["items"]]

    pieces: list[str] = []
    cursor = None
    while True:
        page = (
            await admin.get(f"{url}/timeline", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        ).json()
        pieces += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert pieces == whole


async def test_a_reply_may_wait_for_the_customer_at_once(admin) -> None:
    case = await logged(admin)

    await admin.post(
        f"/cases/{case['number']}/messages",
        json={"kind": "reply", "text": "Which pump?", "status": "waiting_on_customer"},
    )

    assert (await admin.get(f"/cases/{case['number']}")).json()["status_category"] == "waiting_on_customer"


async def test_a_case_goes_all_its_way(admin, program) -> None:
    case = await logged(admin)
    url = f"/cases/{case['number']}"
    queues = {each["key"]: each["id"] for each in (await admin.get("/queues")).json()["items"]}

    steps = [
        await admin.post(f"{url}/assign", json={"queue_id": queues["billing"]}),
        await admin.post(f"{url}/escalate", json={"kind": "took_too_long", "reason": "Waiting for days"}),
        await admin.post(f"{url}/close", json={"resolution": "Replaced the pump"}),
        await admin.post(f"{url}/close", json={"resolution": "again"}),
        await admin.post(f"{url}/reopen", json={}),
    ]

    assert [each.status_code for each in steps] == [200, 200, 200, 409, 200]
    assert steps[0].json()["queue"]["key"] == "billing"
    assert steps[1].json()["escalation_level"] == 1
    assert (steps[2].json()["status_category"], steps[4].json()["status_category"]) == ("closed", "open")
    assert steps[3].headers["content-type"] == "application/problem+json"


async def test_why_it_is_where_it_is_can_be_read(admin) -> None:
    case = await logged(admin)

    items = (await admin.get(f"/cases/{case['number']}/decisions")).json()["items"]

    assert {"entitlement", "assignment"} <= {each["kind"] for each in items}
    traced = next(each for each in items if each["kind"] == "assignment")["trace"]
    assert traced
    assert set(traced[0]) == {"rule", "matched", "because"}


async def test_cases_are_listed_narrowed_and_paged(admin) -> None:
    made = [
        (await logged(admin, subject=f"Case {number}", contact={"email": f"{number}@x.example"}))["number"]
        for number in range(3)
    ]
    await admin.post(f"/cases/{made[1]}/close", json={"resolution": "done"})

    async def numbers(**params: Any) -> list[str]:
        return [each["number"] for each in (await admin.get("/cases", params=params)).json()["items"]]

    first = (await admin.get("/cases", params={"limit": 2})).json()
    assert [each["number"] for each in first["items"]] == [made[2], made[1]]
    assert await numbers(limit=2, cursor=first["next"]) == [made[0]]
    assert await numbers(status="closed") == [made[1]]
    assert await numbers(owner="none", q="Case 2") == [made[2]]
    assert await numbers(owner="me") == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["subject"]),
        ({"subject": "x", "colour": 1}, ["colour"]),
        ({"subject": "x", "origin": "pigeon"}, ["origin"]),
        ({"subject": "x", "priority": "very"}, ["priority"]),
        ({"subject": "x", "type": "nonsense"}, ["type"]),
        ({"subject": "x", "contact": {"id": 4711}}, ["contact.id"]),
        ({"subject": "x", "account_id": 4711}, ["account_id"]),
        ({"subject": "x", "asset_id": 4711}, ["asset_id"]),
        ({"subject": "x", "attachments": [4711]}, ["attachments"]),
    ],
)
async def test_what_is_wrong_with_a_case_is_named(admin, body: dict[str, Any], wrong: list[str]) -> None:
    answer = await admin.post("/cases", json=body)

    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == wrong


@pytest.mark.parametrize("call", ["", "/timeline", "/decisions"])
@pytest.mark.parametrize("number", ["4711", "HAL-4711", "0", "x", "-1", "HAL-", "9" * 30, "%00", "1.0"])
async def test_an_absent_case_is_absent(admin, number: str, call: str) -> None:
    answer = await admin.get(f"/cases/{number}{call}")

    assert (answer.status_code, answer.json()["status"]) == (404, 404)


async def test_sales_see_the_cases_they_logged_and_no_others(admin, program) -> None:
    sara, otto = await program("sales"), await program("sales")
    hers = await logged(sara, logged_on_behalf=True)
    customers = await logged(admin, subject="The secret of Ridgeline")

    async def seen(client: httpx.AsyncClient) -> list[str]:
        return [each["number"] for each in (await client.get("/cases")).json()["items"]]

    async def statuses(client: httpx.AsyncClient, number: str) -> list[int]:
        return [(await client.get(f"/cases/{number}{part}")).status_code for part in ("", "/timeline", "/decisions")]

    assert (await seen(sara), await seen(otto)) == ([hers["number"]], [])
    assert await statuses(sara, hers["number"]) == [200, 200, 200]
    assert await statuses(sara, customers["number"]) == [404, 404, 404]
    assert "secret" not in (await sara.get("/cases", params={"q": "secret"})).text
    for path, body in (("/messages", {"kind": "note", "text": "x"}), ("/messages", {}), ("/close", {})):
        assert (await sara.post(f"/cases/{customers['number']}{path}", json=body)).status_code == 404


async def test_a_knowledge_manager_reads_and_does_not_write(admin, program) -> None:
    kofi = await program("knowledge_manager")
    case = await logged(admin)
    url = f"/cases/{case['number']}"

    statuses = [
        (await kofi.get(url)).status_code,
        (await kofi.patch(url, json={"priority": "low"})).status_code,
        (await kofi.post(f"{url}/messages", json={"kind": "reply", "text": "x"})).status_code,
        (await kofi.post("/cases", json={"subject": "x"})).status_code,
    ]

    assert statuses == [200, 404, 404, 404]


async def test_the_same_key_logs_one_case(admin) -> None:
    key = {"idempotency-key": "order-17"}
    body = {"subject": "Pump stops", "contact": ADA}

    first = await admin.post("/cases", json=body, headers=key)
    again = await admin.post("/cases", json=body, headers=key)

    listed = (await admin.get("/cases")).json()["items"]
    assert (first.status_code, again.content, len(listed)) == (201, first.content, 1)


async def test_a_file_goes_with_a_message_and_comes_back_whole_and_harmless(admin) -> None:
    case = await logged(admin)
    upload = await admin.post("/attachments", files={"file": ("../pump.html", b"<script>1</script>", "text/html")})
    file_id = upload.json()["id"]

    posted = await admin.post(
        f"/cases/{case['number']}/messages", json={"kind": "note", "text": "See file", "attachments": [file_id]}
    )
    fetched = await admin.get(f"/attachments/{file_id}")

    assert (upload.status_code, upload.json()["filename"]) == (201, "pump.html")
    assert [each["id"] for each in posted.json()["attachments"]] == [file_id]
    assert (fetched.status_code, fetched.content) == (200, b"<script>1</script>")
    assert fetched.headers["content-disposition"] == 'attachment; filename="pump.html"'
    assert fetched.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["x-content-type-options"] == "nosniff"


async def test_a_file_is_nobody_elses(admin, program) -> None:
    sara = await program("sales")
    case = await logged(admin)
    unbound = (await admin.post("/attachments", files={"file": ("a.txt", b"a")})).json()["id"]
    bound = (await admin.post("/attachments", files={"file": ("b.txt", b"b")})).json()["id"]
    await admin.post(f"/cases/{case['number']}/messages", json={"kind": "note", "text": "x", "attachments": [bound]})

    statuses = [(await sara.get(f"/attachments/{each}")).status_code for each in (unbound, bound, 4711, "x")]

    assert statuses == [404, 404, 404, 404]


async def test_an_upload_is_exactly_one_file(admin) -> None:
    answers = [
        await admin.post("/attachments", files=[("a", ("a", b"a")), ("b", ("b", b"b"))]),
        await admin.post("/attachments", data={"file": "text"}, files={"other": ("", b"")}),
        await admin.post("/attachments", json={}),
    ]

    assert [each.status_code for each in answers] == [422, 422, 415]
