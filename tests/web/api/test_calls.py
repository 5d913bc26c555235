"""The exchange tells of a call by API."""

import pytest

from casedesk.accounts.directory import CONTACTS
from casedesk.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("desk")


async def test_a_call_is_told_of_once_and_moved_on(admin) -> None:
    ada = await CONTACTS.add({"name": "Ada", "phones": ["+1 303 555 0142"]}, by=SYSTEM)
    told = {
        "from": "(303) 555-0142", "to": "+1 800 555 0100", "direction": "in", "provider_id": "c-1",
        "agent": "founder@halden.example", "line": "US Premier", "menu": "1",
    }  # fmt: skip

    first = await admin.post("/calls", json=told)
    again = await admin.post("/calls", json={**told, "state": "ended"})

    assert (first.status_code, again.status_code) == (201, 201)
    call = first.json()["call"]
    assert [match["id"] for match in first.json()["matches"]] == [ada.id]
    assert (call["state"], call["line"], call["menu"], call["contact_id"]) == ("answered", "US Premier", "1", ada.id)
    assert call["url"] == f"/console/call?call_id={call['id']}"
    assert (again.json()["call"]["id"], again.json()["call"]["state"]) == (call["id"], "ended")


async def test_what_is_wrong_with_a_call_is_named(admin) -> None:
    wrong = await admin.post(
        "/calls", json={"from": "", "provider_id": "c-1", "direction": "sideways", "colour": "red"}
    )

    assert wrong.status_code == 422
    assert {each["field"] for each in wrong.json()["errors"]} == {"from", "direction", "colour"}
