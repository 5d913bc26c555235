"""The simple nouns through the API: add, read, change, list, delete, and every way of being wrong."""

from typing import Any

import httpx
import pytest

from casedesk.database import rows

NAMED = {"id", "version", "created_at", "updated_at"}


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def plain(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in NAMED}


async def world(client: httpx.AsyncClient) -> dict[str, int]:
    """Make one of each noun that others refer to and return their ids."""
    account = await made(client, "/accounts", name="Clinique Saint-Roch")
    product = await made(client, "/products", name="Aurora", sku="AG-200")
    contact = await made(client, "/contacts", email="elodie@saint-roch.example", account_id=account["id"])
    return {"account_id": account["id"], "product_id": product["id"], "contact_id": contact["id"]}


async def test_an_account_needs_only_a_name(admin) -> None:
    account = await made(admin, "/accounts", name=" Clinique Saint-Roch ")

    assert plain(account) == {
        "name": "Clinique Saint-Roch",
        "number": None,
        "kind": "customer",
        "region": "",
        "time_zone": "UTC",
        "domains": [],
        "phones": [],
        "address": None,
        "notes": None,
        "external_id": None,
    }


async def test_every_noun_can_be_made_from_what_the_interface_says_it_needs(admin) -> None:
    ids = await world(admin)
    dates = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    asset_of = {"product_id": ids["product_id"], "account_id": ids["account_id"]}

    found = [
        await made(admin, "/contacts", name="Only a name"),
        await made(admin, "/contacts", phones=["+33 1 23"]),
        await made(admin, "/assets", serial="AG200-24-11873", **asset_of),
        await made(admin, "/contracts", account_id=ids["account_id"], name="C-3318", level="premier", **dates),
        await made(admin, "/entitlements", account_id=ids["account_id"], level="premier", process="premier", **dates),
        await made(admin, "/business-hours", key="weekdays", name="Weekdays", tz="Europe/Paris",
                   week={"0": [["09:00", "17:00"]], "6": [["20:00", "24:00"]]}, holidays=["2026-12-25"]),
        await made(admin, "/queues", key="premier", name="Premier"),
        await made(admin, "/users", name="Uma", email="uma@halden.example", role="agent", skills=["pumps"]),
        await made(admin, "/portals", slug="halden", name="Halden", case_prefix="HAL"),
        await made(admin, "/templates", key="hello", language="fr", subject="Bonjour", text="Bonjour"),
        await made(admin, "/mailboxes", address="Support@Example.com", queue="premier", portal="halden",
                   template="hello"),
        await made(admin, "/tasks", subject="Call back"),
    ]  # fmt: skip

    read = [(await admin.get(f"{path}/{record['id']}")).json() for path, record in zip(PATHS, found, strict=True)]
    assert read == found
    assert [found[10][name] for name in ("address", "queue", "portal")] == ["support@example.com", "premier", "halden"]


PATHS = (
    "/contacts", "/contacts", "/assets", "/contracts", "/entitlements", "/business-hours", "/queues", "/users",
    "/portals", "/templates", "/mailboxes", "/tasks",
)  # fmt: skip


async def test_what_was_made_has_an_address_and_a_version(admin) -> None:
    answer = await admin.post("/accounts", json={"name": "Ridgeline"})

    assert answer.headers["location"] == f"/api/v1/accounts/{answer.json()['id']}"
    assert answer.headers["etag"] == '"1"'


async def test_a_change_touches_what_is_given_and_nothing_else(admin) -> None:
    account = await made(admin, "/accounts", name="Ridgeline", region="US", phones=["1"], domains=["ridgeline.example"])

    answer = await admin.patch(f"/accounts/{account['id']}", json={"region": "EMEA", "phones": []})

    assert plain(answer.json()) == {**plain(account), "region": "EMEA", "phones": []}
    assert answer.headers["etag"] == '"2"'


async def test_a_change_that_changes_nothing_makes_no_new_version(admin) -> None:
    account = await made(admin, "/accounts", name="Ridgeline")

    answer = await admin.patch(f"/accounts/{account['id']}", json={"name": "Ridgeline"})

    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


async def test_a_change_made_on_an_old_version_is_refused(admin) -> None:
    account = await made(admin, "/accounts", name="Ridgeline")
    url = f"/accounts/{account['id']}"
    await admin.patch(url, json={"region": "US"}, headers={"if-match": '"1"'})

    stale = await admin.patch(url, json={"region": "EMEA"}, headers={"if-match": '"1"'})
    fresh = await admin.patch(url, json={"region": "EMEA"}, headers={"if-match": '"1", "2"'})
    gone = await admin.delete(url, headers={"if-match": '"1"'})

    assert [each.status_code for each in (stale, fresh, gone)] == [412, 200, 412]
    assert stale.json()["title"] == "Somebody changed this meanwhile"


async def test_an_unchanged_record_is_not_sent_again(admin) -> None:
    account = await made(admin, "/accounts", name="Ridgeline")

    answer = await admin.get(f"/accounts/{account['id']}", headers={"if-none-match": '"1"'})

    assert (answer.status_code, answer.content) == (304, b"")


async def test_lists_are_paged_by_cursor_without_holes_or_doubles(admin) -> None:
    for number in range(5):
        await made(admin, "/products", name=f"P{number}", sku=f"S{number}")

    names, cursor = [], None
    while True:
        page = (await admin.get("/products", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        names.append([each["name"] for each in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break

    assert names == [["P0", "P1"], ["P2", "P3"], ["P4"]]


async def test_lists_are_narrowed(admin) -> None:
    ids = await world(admin)
    await made(admin, "/contacts", email="otto@elsewhere.example")
    await made(admin, "/accounts", name="100 % Other", domains=["other.example"])

    async def names(path: str, **params: Any) -> list[str]:
        return [each["name"] for each in (await admin.get(path, params=params)).json()["items"]]

    assert await names("/accounts", q="saint-ROCH") == ["Clinique Saint-Roch"]
    assert await names("/accounts", q="%") == ["100 % Other"]
    assert await names("/accounts", domain="other.example") == ["100 % Other"]
    assert len(await names("/contacts", account_id=ids["account_id"])) == 1
    assert len(await names("/contacts", email="ELODIE@saint-roch.example")) == 1


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        ("/accounts", {}, ["name"]),
        ("/accounts", {"name": " "}, ["name"]),
        ("/accounts", {"name": "A", "colour": "red"}, ["colour"]),
        ("/accounts", {"name": "A", "kind": "friend"}, ["kind"]),
        ("/accounts", {"name": "A", "time_zone": "Mars/Base"}, ["time_zone"]),
        ("/accounts", {"name": "A", "domains": ["not a domain"]}, ["domains"]),
        ("/accounts", {"name": "A\x00B"}, ["name"]),
        ("/accounts", {"name": 7}, ["name"]),
        ("/contacts", {}, ["name"]),
        ("/contacts", {"email": "nobody"}, ["email"]),
        ("/contacts", {"email": "a@b", "account_id": 4711}, ["account_id"]),
        ("/contacts", {"email": "a@b", "account_id": 2**70}, ["account_id"]),
        ("/assets", {"serial": "X", "product_id": 1, "account_id": 1}, ["product_id"]),
        ("/contracts", {"account_id": 1, "name": "C", "level": "x", "starts_on": "2026-02-30", "ends_on": "2026-01-01"},
         ["starts_on"]),
        ("/business-hours", {"key": "w", "name": "W", "tz": "Nowhere/At_All"}, ["tz"]),
        ("/business-hours", {"key": "w", "name": "W", "week": {"0": [["17:00", "09:00"]]}}, ["week.0[0]"]),
        ("/queues", {"key": "Not A Key", "name": "Q"}, ["key"]),
        ("/queues", {"key": "q", "name": "Q", "members": [4711]}, ["members"]),
        ("/users", {"name": "U", "email": "u@x.example", "role": "king"}, ["role"]),
        ("/users", {"name": "U", "email": "u@x.example", "password": "short"}, ["password"]),
        ("/mailboxes", {"address": "a@b.example", "queue": "nowhere"}, ["queue"]),
        ("/mailboxes", {"address": "support+x@b.example"}, ["address"]),
        ("/tasks", {"subject": "T", "case": "HAL-4711"}, ["case"]),
        ("/tasks", {"subject": "T", "due_at": "2026-01-01T00:00:00"}, ["due_at"]),
        ("/tasks", {"subject": "T", "due_at": "0001-01-01T00:00:00+14:00"}, ["due_at"]),
        ("/tasks", {"subject": "T", "owner": 4711}, ["owner"]),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(admin, path: str, body: dict[str, Any], wrong: list[str]) -> None:
    answer = await admin.post(path, json=body)

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [each["field"] for each in answer.json()["errors"]] == wrong


async def test_a_contract_does_not_end_before_it_begins_not_even_by_a_change(admin) -> None:
    ids = await world(admin)
    contract = await made(admin, "/contracts", account_id=ids["account_id"], name="C", level="premier",
                          starts_on="2026-01-01", ends_on="2026-12-31")  # fmt: skip

    answer = await admin.patch(f"/contracts/{contract['id']}", json={"ends_on": "2025-12-31"})

    assert [each["field"] for each in answer.json()["errors"]] == ["ends_on"]


async def test_nobody_is_entitled_under_somebody_elses_contract(admin) -> None:
    ids = await world(admin)
    other = await made(admin, "/accounts", name="Other")
    dates = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    contract = await made(admin, "/contracts", account_id=other["id"], name="C", level="premier", **dates)

    answer = await admin.post("/entitlements", json={"account_id": ids["account_id"], "contract_id": contract["id"],
                                                     "level": "premier", "process": "premier", **dates})  # fmt: skip

    assert answer.json()["errors"] == [{"field": "contract_id", "message": "belongs to another account"}]


@pytest.mark.parametrize(
    ("path", "first", "second"),
    [
        ("/products", {"name": "A", "sku": "S"}, {"name": "B", "sku": "S"}),
        ("/queues", {"key": "q", "name": "Q"}, {"key": "q", "name": "R"}),
        ("/contacts", {"email": "a@b.example"}, {"name": "Otto", "emails": ["A@B.example"]}),
        ("/accounts", {"name": "A", "domains": ["x.example"]}, {"name": "B", "domains": ["X.example"]}),
        ("/templates", {"key": "k", "subject": "s", "text": "t"}, {"key": "k", "subject": "s", "text": "t"}),
    ],
)
async def test_what_must_be_one_of_a_kind_is_refused_twice(admin, path: str, first: Any, second: Any) -> None:
    await made(admin, path, **first)

    answer = await admin.post(path, json=second)

    assert answer.status_code == 409


async def test_the_address_written_to_comes_first_and_the_others_stay(admin) -> None:
    contact = await made(admin, "/contacts", email="a@x.example", emails=["b@x.example", "A@x.example"])
    url = f"/contacts/{contact['id']}"

    changed = (await admin.patch(url, json={"email": "b@x.example"})).json()
    emptied = (await admin.patch(url, json={"emails": []})).json()

    assert contact["emails"] == ["a@x.example", "b@x.example"]
    assert (changed["email"], changed["emails"]) == ("b@x.example", ["b@x.example", "a@x.example"])
    assert (emptied["email"], emptied["emails"]) == (None, [])


async def test_what_is_in_use_is_not_deleted_and_says_why(admin) -> None:
    ids = await world(admin)
    asset = await made(admin, "/assets", serial="AG1", product_id=ids["product_id"], account_id=ids["account_id"])

    refused = await admin.delete(f"/products/{ids['product_id']}")
    done = await admin.delete(f"/assets/{asset['id']}")
    after = await admin.get(f"/assets/{asset['id']}")

    assert (refused.status_code, refused.json()["detail"]) == (409, "It has assets; this product cannot be deleted.")
    assert [done.status_code, done.content, after.status_code] == [204, b"", 404]


@pytest.mark.parametrize("shape", ["999999999", "0", "-1", "1.5", "abc", "01", "%00", "٣", "9" * 40, "1%20", "null"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_absent_id_of_any_shape_is_absent_before_the_body_is_looked_at(admin, method: str, shape: str) -> None:
    answer = await admin.request(method, f"/accounts/{shape}", json={"nonsense": 1})

    assert (answer.status_code, answer.json()["title"]) == (404, "Not found")


async def test_a_change_is_told_to_the_journal_with_words_apart(admin) -> None:
    account = await made(admin, "/accounts", name="Ridgeline", region="US")

    events = await rows("SELECT name, subject_id, data FROM events WHERE subject_kind = 'account'")

    assert [(event["name"], event["subject_id"]) for event in events] == [("record_created", account["id"])]
    assert "Ridgeline" not in str(events[0]["data"])
    assert "US" in str(events[0]["data"])


async def test_a_password_never_enters_the_journal_or_an_answer(admin) -> None:
    user = await made(admin, "/users", name="Uma", email="uma@halden.example", password="swordfish-7")

    events = await rows("SELECT data FROM events WHERE subject_kind = 'user'")

    assert "argon2" not in str(events) + str(user)
    assert "password" not in user


async def test_null_is_refused_where_nothing_may_be_null(admin) -> None:
    account = await made(admin, "/accounts", name="Ridgeline")

    answer = await admin.patch(f"/accounts/{account['id']}", json={"name": None, "notes": None})

    assert [each["field"] for each in answer.json()["errors"]] == ["name"]


async def test_a_list_asks_as_many_questions_for_three_as_for_one(admin, monkeypatch) -> None:
    from tests.web.api.counting import queries_of

    await made(admin, "/contacts", email="a@x.example")
    one = await queries_of(lambda: admin.get("/contacts"), monkeypatch)
    for name in ("b", "c"):
        await made(admin, "/contacts", email=f"{name}@x.example")
    three = await queries_of(lambda: admin.get("/contacts"), monkeypatch)

    assert one == three


def test_every_parameter_of_a_list_narrows_it() -> None:
    from casedesk.web.api.nouns import NOUNS

    assert {noun.path: set(noun.narrowed) for noun in NOUNS} == {
        noun.path: set(noun.register.filters) for noun in NOUNS
    }
