"""Access to portals by API."""

import pytest

from tests.web.api.test_rights import made

pytestmark = pytest.mark.usefixtures("desk")


async def test_a_contact_is_invited_let_in_and_suspended(admin) -> None:
    account = await made(admin, "/accounts", name="Northwind")
    contact = await made(admin, "/contacts", name="Bo", email="bo@northwind.example", account_id=account["id"])
    url = f"/contacts/{contact['id']}/portal-access"
    told = [(await admin.get(url)).json()["items"]]
    for body in ({"state": "pending", "sees_company": True}, {"state": "active"}, {"state": "suspended"}):
        answer = await admin.put(f"{url}/help", json=body)
        assert answer.status_code == 200, answer.text
        told.append([(each["portal"], each["state"], each["sees_company"]) for each in answer.json()["items"]])

    assert told == [[], [("help", "pending", True)], [("help", "active", True)], [("help", "suspended", True)]]


async def test_an_unknown_portal_contact_or_field_is_refused(admin) -> None:
    contact = await made(admin, "/contacts", name="Bo", email="bo@northwind.example")

    answers = [
        await admin.put(f"/contacts/{contact['id']}/portal-access/nobody", json={"state": "active"}),
        await admin.put("/contacts/999999/portal-access/help", json={"state": "active"}),
        await admin.put(f"/contacts/{contact['id']}/portal-access/help", json={"password_hash": "x"}),
        await admin.put(f"/contacts/{contact['id']}/portal-access/help", json={"state": "owner"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 422, 422]
