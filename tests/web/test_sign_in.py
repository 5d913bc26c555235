"""The staff's door."""

import pytest

from casedesk.settings import Settings
from casedesk.web.pages import SampleSignIn
from casedesk.web.routes import create_web
from tests.web.browser import OUR_ORIGIN, signed_in, visitor

RIGHT = {"email": "tess@halden.example", "password": "casedesk-test"}


async def test_the_right_password_opens_the_console(app, add_user) -> None:
    await add_user()

    async with visitor(app) as tess:
        answer = await tess.post("/sign-in", data={**RIGHT, "next": "/console/cases/7?x=1"})
        home = await tess.get("/")

    cookie = answer.headers["set-cookie"].lower()
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/cases/7?x=1")
    assert all(part in cookie for part in ("casedesk=", "httponly", "samesite=lax", "path=/"))
    assert home.headers["location"] == "/console"


async def test_over_tls_the_cookie_is_bound_to_the_host(configured: Settings, add_user) -> None:
    await add_user()
    app = create_web(configured.model_copy(update={"url": "https://desk.example"}))

    async with visitor(app) as tess:
        answer = await tess.post("/sign-in", data=RIGHT)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-casedesk=")
    assert "Secure" in cookie
    assert "domain" not in cookie.lower()


async def test_a_wrong_password_shows_the_form_again_without_telling_more(app, add_user) -> None:
    await add_user()

    async with visitor(app) as stranger:
        wrong = await stranger.post("/sign-in", data={**RIGHT, "password": "wrong"})
        unknown = await stranger.post("/sign-in", data={**RIGHT, "email": "x@halden.example"})

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("tess@", "x@").count("That email and password do not go together.") == 1
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tx",
        "console",
        "/sign-out",
    ],
)
async def test_nobody_is_sent_elsewhere_after_signing_in(app, add_user, wanted: str) -> None:
    await add_user()

    async with visitor(app) as tess:
        answer = await tess.post("/sign-in", data={**RIGHT, "next": wanted})

    assert answer.headers["location"] == "/console"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
    ],
)
async def test_another_site_cannot_sign_somebody_in(app, add_user, headers: dict[str, str]) -> None:
    await add_user()

    async with visitor(app) as victim:
        answer = await victim.post("/sign-in", data=RIGHT, headers=headers)

    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


async def test_signing_out_needs_the_token_and_ends_the_session(app, add_user) -> None:
    await add_user()
    tess = await signed_in(app, "tess@halden.example")
    token = tess.headers.pop("x-csrf-token")

    without = await tess.post("/sign-out")
    wrong = await tess.post("/sign-out", data={"csrf": token[:-1]})
    right = await tess.post("/sign-out", data={"csrf": token})
    after = await tess.get("/")
    await tess.aclose()

    assert [each.status_code for each in (without, wrong, right)] == [403, 403, 303]
    assert after.headers["location"] == "/sign-in"


async def test_the_token_of_another_session_is_not_enough(app, add_user) -> None:
    await add_user()
    await add_user("otto@halden.example")
    tess, otto = await signed_in(app, "tess@halden.example"), await signed_in(app, "otto@halden.example")

    answer = await tess.post("/sign-out", headers={"x-csrf-token": otto.headers["x-csrf-token"]})
    await tess.aclose()
    await otto.aclose()

    assert answer.status_code == 403


async def test_a_right_token_from_another_site_is_not_enough(app, add_user) -> None:
    await add_user()
    tess = await signed_in(app, "tess@halden.example")

    answer = await tess.post("/sign-out", headers={"sec-fetch-site": "cross-site"})
    await tess.aclose()

    assert answer.status_code == 403


async def test_the_samples_are_shown_and_work_on_this_machine_alone(configured: Settings, add_user) -> None:
    await add_user(password="casedesk-demo")
    samples = (SampleSignIn("tess@halden.example", "Tess", "Agent"),)
    here = create_web(configured, samples=samples)
    elsewhere = create_web(configured.model_copy(update={"url": "http://desk.example"}), samples=samples)
    form = {"email": "tess@halden.example", "password": "casedesk-demo"}

    found = []
    for app in (here, elsewhere):
        async with visitor(app) as somebody:
            shown = "casedesk-demo" in (await somebody.get("/sign-in")).text
            found.append((shown, (await somebody.post("/sign-in", data=form)).status_code))

    assert found == [(True, 303), (False, 401)]


async def test_a_stranger_is_sent_to_the_door_and_back(app) -> None:
    async with visitor(app) as stranger:
        looked = await stranger.get("/live?since=3")
        posted = await stranger.post("/sign-out", headers={"origin": OUR_ORIGIN})

    assert (looked.status_code, looked.headers["location"]) == (303, "/sign-in?next=%2Flive%3Fsince%3D3")
    assert posted.status_code == 401
