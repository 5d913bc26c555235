"""Every call of the API with every role, on a thing that is there and on one that is not: rights come before input."""

from typing import Any

import httpx
import pytest

from casedesk.identity import Role
from casedesk.permissions import ROLES
from casedesk.web.api.operations import Operation
from casedesk.web.api.routes import OPERATIONS

pytestmark = pytest.mark.usefixtures("desk")
ABSENT = "999999999"


async def world(admin: httpx.AsyncClient) -> dict[str, str]:
    """Make one of everything and return its id by the path it is read at."""
    account = await made(admin, "/accounts", name="Ridgeline")
    product = await made(admin, "/products", name="Aurora", sku="AG-200")
    dates = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    case = await made(admin, "/cases", subject="Pump stops", contact={"email": "ada@ridgeline.example"})
    upload = await admin.post("/attachments", files={"file": ("a.txt", b"a")})
    await made(
        admin, f"/cases/{case['number']}/messages", kind="note", text="See file", attachments=[upload.json()["id"]]
    )
    found = {
        "/accounts/{id}": account,
        "/products/{id}": product,
        "/contacts/{id}": await made(admin, "/contacts", name="Bo"),
        "/assets/{id}": await made(admin, "/assets", serial="S1", product_id=product["id"], account_id=account["id"]),
        "/contracts/{id}": await made(
            admin, "/contracts", account_id=account["id"], name="C", level="premier", **dates
        ),
        "/entitlements/{id}": await made(
            admin, "/entitlements", account_id=account["id"], level="premier", process="premier", **dates
        ),
        "/business-hours/{id}": await made(admin, "/business-hours", key="nights", name="Nights"),
        "/queues/{id}": await made(admin, "/queues", key="nights", name="Nights"),
        "/users/{id}": await made(admin, "/users", name="Idle", email="idle@halden.example"),
        "/mailboxes/{id}": await made(admin, "/mailboxes", address="nights@example.com"),
        "/templates/{id}": await made(admin, "/templates", key="nights", subject="s", text="t"),
        "/portals/{id}": await made(admin, "/portals", slug="nights", name="Nights"),
        "/tasks/{id}": await made(admin, "/tasks", subject="Call back"),
        "/calendar-events/{id}": await made(
            admin, "/calendar-events", subject="Visit", starts_at="2026-03-02T09:00:00Z", ends_at="2026-03-02T10:00:00Z"
        ),
        "/solutions/{id}": await made(admin, "/solutions", title="Reset", body="Hold the button"),
        "/attachments/{id}": upload.json(),
    }
    paths = {path: path.replace("{id}", str(record["id"])) for path, record in found.items()}
    paths["/rulesets/{kind}"] = "/rulesets/assignment"
    access = f"{paths['/contacts/{id}']}/portal-access"
    paths |= {"/contacts/{id}/portal-access": access, "/contacts/{id}/portal-access/{portal}": f"{access}/help"}
    paths |= {
        operation.path: operation.path.replace("{number}", case["number"])
        for operation in OPERATIONS
        if "{number}" in operation.path
    }
    return paths


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def status(client: httpx.AsyncClient, operation: Operation, path: str) -> int:
    """Send a body that is wrong for every call; a DELETE is sent with a version that is never the present one."""
    headers = {"if-match": '"999"'} if operation.method == "DELETE" else {}
    body = {"nonsense": 1} if operation.method in ("POST", "PUT", "PATCH") else None
    return (await client.request(operation.method, path, json=body, headers=headers)).status_code


# What a role may do in general is not done to everything: salespeople see their own cases and tasks alone.
UNSEEN = {
    Role.SALES: ("/cases/{number}", "/attachments/{id}", "/tasks/{id}", "/calendar-events/{id}"),
    Role.KNOWLEDGE_MANAGER: ("/tasks/{id}", "/calendar-events/{id}"),
}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_reaches_what_its_rights_name_and_nothing_else(admin, program, role: Role) -> None:
    paths = await world(admin)
    somebody = await program(role.value)

    found, expected = {}, {}
    for operation in OPERATIONS:
        name = f"{operation.method} {operation.path}"
        there = await status(somebody, operation, paths.get(operation.path, operation.path))
        assert there < 500, name
        unseen = operation.path.startswith(UNSEEN.get(role, ()))
        assert operation.needs is not None
        expected[name] = role in ROLES[operation.needs] and not unseen
        found[name] = there != 404

    assert found == expected


@pytest.mark.parametrize("role", list(Role))
async def test_nobody_can_tell_what_they_may_not_see_from_what_is_not_there(admin, program, role: Role) -> None:
    paths = await world(admin)
    somebody = await program(role.value)

    for operation in OPERATIONS:
        if "{" not in operation.path:
            continue
        absent = operation.path.replace("{id}", ABSENT).replace("{number}", ABSENT).replace("{kind}", "absent")
        there = await somebody.request(operation.method, paths[operation.path], json={"nonsense": 1})
        missing = await somebody.request(operation.method, absent, json={"nonsense": 1})
        assert missing.status_code == 404, operation
        if there.status_code == 404:
            assert there.json() == missing.json(), operation
