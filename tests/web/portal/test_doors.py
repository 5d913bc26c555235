"""The doors as pages: forms without a script, the same bytes for every address, sessions that end at once."""

import re

import pytest

from casedesk.accounts.models import ContactEmail
from casedesk.identity import SYSTEM
from casedesk.portals import access
from casedesk.portals.models import CustomerSession
from casedesk.security import passwords
from tests.portals.mailed import newest_token, portal_mail
from tests.web.browser import OUR_ORIGIN, visitor
from tests.web.portal.conftest import HELP, token_in
from tests.world import PASSWORD

GOOD = "four quiet horses"
ASKING = {"/register": {"name": "Eve"}, "/forgot": {}, "/in/link": {}}


def _without_nonce(page: str) -> str:
    return re.sub(r'nonce="[^"]*"', "", page)


@pytest.mark.parametrize("path", ASKING)
async def test_asking_for_a_mail_answers_the_same_bytes_for_every_address(
    path: str, app, world, portal, monkeypatch
) -> None:
    await access.grant(world.ada.id, portal.id, by=SYSTEM)
    await ContactEmail.filter(contact_id=world.bo.id).update(verified_at=None)
    computed = []
    for name in ("hashed", "matches"):
        monkeypatch.setattr(passwords, name, lambda *given: computed.append(given))
    answers = []
    for email in (world.ada.email, world.bo.email, "nobody@elsewhere.example", "support@example.com"):
        async with visitor(app, origin=OUR_ORIGIN) as somebody:
            asked = await somebody.post(HELP + path, data={**ASKING[path], "email": email})
            page = await somebody.get(asked.headers["location"])
            answers.append((asked.status_code, asked.headers["location"], asked.content, _without_nonce(page.text)))

    assert answers == [answers[0]] * 4
    assert (answers[0][0], computed) == (303, [])


async def test_a_wrong_password_and_an_unknown_address_get_the_same_page(app, world, enter, stranger) -> None:
    await enter(world.ada)
    pages = []
    for email in (world.ada.email, "bob@elsewhere.example"):
        answer = await stranger.post(f"{HELP}/in", data={"email": email, "password": "wrong"})
        pages.append((answer.status_code, _without_nonce(answer.text).replace(email, "EMAIL")))

    assert pages[0] == pages[1]
    assert pages[0][0] == 401


async def test_registering_verifying_and_coming_in_by_plain_forms(stranger) -> None:
    await stranger.post(f"{HELP}/register", data={"name": "New Body", "email": "new@elsewhere.example"})
    address = f"{HELP}/verify/{await newest_token()}"
    looked = [await stranger.get(address) for _ in range(3)]

    assert {answer.status_code for answer in looked} == {200}
    assert {answer.headers["referrer-policy"] for answer in looked} == {"no-referrer"}
    assert not await ContactEmail.exists(email="new@elsewhere.example")

    confirmed = await stranger.post(address, data={"name": "New Body", "password": GOOD})
    mine = await stranger.get(f"{HELP}/me")

    assert (confirmed.status_code, confirmed.headers["location"]) == (303, f"{HELP}/")
    assert "new@elsewhere.example" in mine.text
    again = await stranger.post(address, data={}, headers={"x-csrf-token": token_in(mine.text)})
    assert (again.status_code, "does not work any more" in again.text) == (404, True)


async def test_a_short_password_is_said_at_its_field_and_the_name_is_kept(stranger) -> None:
    await stranger.post(f"{HELP}/register", data={"name": "New Body", "email": "new@elsewhere.example"})
    address = f"{HELP}/verify/{await newest_token()}"

    answer = await stranger.post(address, data={"name": "Other Name", "password": "short"})

    assert answer.status_code == 422
    assert 'id="password-problem"' in answer.text
    assert 'value="Other Name"' in answer.text


async def test_a_mailed_link_leads_on_to_where_one_wanted_to_go(stranger, world, portal) -> None:
    await access.grant(world.ada.id, portal.id, by=SYSTEM)
    met = await stranger.get(f"{HELP}/me?said=kept")
    assert met.headers["location"] == f"{HELP}/in?next=%2Fportal%2Fhelp%2Fme%3Fsaid%3Dkept"
    await stranger.post(f"{HELP}/in/link", data={"email": world.ada.email, "next": f"{HELP}/me?said=kept"})

    entered = await stranger.post(f"{HELP}/in/link/{await newest_token()}")

    assert (entered.status_code, entered.headers["location"]) == (303, f"{HELP}/me?said=kept")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/console",
        "/portal/helper/",
        f"{HELP}/out",
        "\x00",
    ],
)
async def test_the_door_leads_nowhere_else(stranger, world, portal, elsewhere: str) -> None:
    await access.grant(world.ada.id, portal.id, by=SYSTEM, password_hash=await passwords.hashed(PASSWORD))

    entered = await stranger.post(
        f"{HELP}/in", data={"email": world.ada.email, "password": PASSWORD, "next": elsewhere}
    )

    assert entered.headers.get("location", f"{HELP}/") == f"{HELP}/"


async def test_a_reset_ends_the_sessions_of_every_other_browser(stranger, world, enter) -> None:
    ada = await enter(world.ada)
    await stranger.post(f"{HELP}/forgot", data={"email": world.ada.email})
    address = f"{HELP}/reset/{await newest_token()}"

    done = await stranger.post(address, data={"password": GOOD})

    assert done.status_code == 303
    assert (await stranger.get(f"{HELP}/me")).status_code == 200
    assert (await ada.get(f"{HELP}/me")).status_code == 303


async def test_suspended_is_out_on_the_next_request_and_comes_back_with_it(world, portal, enter) -> None:
    ada = await enter(world.ada)
    before = await ada.get(f"{HELP}/me")
    await access.suspend(world.ada.id, portal.id, by=world.max)
    during = await ada.get(f"{HELP}/me")
    await access.resume(world.ada.id, portal.id, by=world.max)
    after = await ada.get(f"{HELP}/me")

    assert [before.status_code, during.status_code, after.status_code] == [200, 303, 200]


async def test_signing_out_ends_the_row_and_the_cookie(world, enter) -> None:
    ada = await enter(world.ada)

    out = await ada.post(f"{HELP}/out")

    assert (out.status_code, await CustomerSession.all().count()) == (303, 0)
    assert 'casedesk-customer=""' in out.headers["set-cookie"]


async def test_a_form_from_another_site_or_without_the_token_changes_nothing(world, enter, stranger) -> None:
    ada = await enter(world.ada)
    token = ada.headers.pop("x-csrf-token")

    bare = await ada.post(f"{HELP}/me", data={"name": "Eve"})
    foreign = await ada.post(
        f"{HELP}/me", data={"name": "Eve", "csrf": token}, headers={"origin": "https://evil.example"}
    )
    login = await stranger.post(
        f"{HELP}/in", data={"email": world.ada.email, "password": PASSWORD}, headers={"sec-fetch-site": "cross-site"}
    )
    mine = await ada.get(f"{HELP}/me")

    assert [bare.status_code, foreign.status_code, login.status_code] == [403, 403, 403]
    assert 'value="Ada Premier"' in mine.text


async def test_the_cookies_of_staff_and_customers_open_nothing_of_each_other(world, enter, app) -> None:
    ada = await enter(world.ada)
    secret = ada.cookies["casedesk-customer"]
    async with visitor(app, cookie=f"casedesk={secret}") as forger:
        console = await forger.get("/console")
    staff = visitor(app, origin=OUR_ORIGIN)
    await staff.post("/sign-in", data={"email": "max@halden.example", "password": PASSWORD})
    async with visitor(app, cookie=f"casedesk-customer={staff.cookies['casedesk']}") as forger:
        mine = await forger.get(f"{HELP}/me")
    await staff.aclose()

    assert (console.headers["location"][:8], mine.headers["location"][:15]) == ("/sign-in", f"{HELP}/in"[:15])


async def test_the_front_page_sends_each_person_to_their_place(world, enter, stranger) -> None:
    ada = await enter(world.ada)

    assert (await ada.get("/")).headers["location"] == f"{HELP}/"
    assert (await stranger.get("/")).headers["location"] == "/sign-in"


async def test_too_many_mails_is_a_calm_sentence_with_everything_kept(stranger) -> None:
    for _ in range(3):
        await stranger.post(f"{HELP}/forgot", data={"email": "ann@elsewhere.example"})

    answer = await stranger.post(
        f"{HELP}/forgot", data={"email": "ann@elsewhere.example"}, headers={"x-forwarded-for": "203.0.113.9"}
    )

    assert answer.status_code == 429
    assert 'value="ann@elsewhere.example"' in answer.text
    assert "too often" in answer.text


@pytest.mark.parametrize("email", ["", "x", "a b@c", "a@b\x07", "ü" * 400 + "@x.example", "=cmd|'/c calc'!A1"])
async def test_what_is_no_address_is_said_at_its_field(stranger, email: str) -> None:
    for path, more in ASKING.items():
        answer = await stranger.post(HELP + path, data={**more, "email": email})
        assert (answer.status_code, 'id="email-problem"' in answer.text) == (422, True), path
    assert await portal_mail() == []


async def test_a_flood_of_text_comes_back_as_a_short_form(stranger) -> None:
    flood = "x" * 900_000
    for path in (*ASKING, "/in"):
        answer = await stranger.post(
            HELP + path, data={"email": flood, "name": flood, "password": flood, "next": flood}
        )

        assert answer.status_code in (401, 422), path
        assert len(answer.content) < 20_000, path
