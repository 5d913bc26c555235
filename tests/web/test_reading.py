"""Which language and zone a page speaks: what somebody chose, else what their browser asks for, among those there are."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from casedesk.language import Reader
from casedesk.web import reading
from tests.web.browser import signed_in, visitor


def asked(header: str = "", *, cookie: str = "", **preferences: str) -> Request:
    headers = [(b"accept-language", header.encode()), (b"cookie", cookie.encode())]
    request = Request({"type": "http", "headers": headers})
    request.state.session = SimpleNamespace(preferences=preferences)
    return request


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        pytest.param("", "en_GB", id="a browser that asks for nothing reads English"),
        pytest.param("de", "de", id="a language there is"),
        pytest.param("de-AT,de;q=0.9", "de", id="a country's way of a language there is"),
        pytest.param("en-US,en;q=0.9,de;q=0.8", "en_GB", id="the dearest comes first"),
        pytest.param("en;q=0.3,de;q=0.7", "de", id="the dearest is not the first that is named"),
        pytest.param("fr-FR,fr;q=0.9,de;q=0.5", "de", id="the dearest of those there are"),
        pytest.param("fr,ja;q=0.9", "en_GB", id="none of those there are"),
        pytest.param("de;q=0,en", "en_GB", id="a weight of nothing refuses"),
        pytest.param("de;q=much, *;q=0.5, ;;, " + "x" * 90, "en_GB", id="what cannot be read is passed over"),
        pytest.param(",".join(["fr"] * 30 + ["de"]), "en_GB", id="a list without end is read at its beginning"),
    ],
)
def test_a_stranger_reads_what_the_browser_asks_for(header: str, locale: str) -> None:
    assert reading.reader_of(asked(header)) == Reader(locale, "UTC")


def test_what_somebody_chose_goes_before_what_the_browser_asks_for() -> None:
    request = asked("en", cookie="zone=Europe%2FParis", language="de", time_zone="Asia/Tokyo")

    assert reading.reader_of(request) == Reader("de", "Asia/Tokyo")


def test_a_zone_comes_from_the_browser_and_only_if_there_is_such_a_one() -> None:
    known, unknown = asked(cookie="zone=Europe%2FParis"), asked(cookie="zone=Mars%2FBase")

    assert (reading.reader_of(known).zone, reading.reader_of(unknown).zone) == ("Europe/Paris", "UTC")


def test_a_portal_says_for_itself_who_reads() -> None:
    request = asked("en", language="en")
    request.state.reader = Reader("de", "Europe/Berlin")

    assert reading.reader_of(request) == Reader("de", "Europe/Berlin")


async def test_door_and_errors_speak_the_language_of_the_browser(app) -> None:
    async with visitor(app, **{"accept-language": "de-DE,de;q=0.9"}) as stranger:
        door, absent = await stranger.get("/sign-in"), await stranger.get("/nowhere")
        refused = await stranger.post("/sign-in", data={"email": "a@b.example", "password": "x"})

    assert [page.text.count('<html lang="de"') for page in (door, absent, refused)] == [1, 1, 1]
    said = ("<h1>Anmelden</h1>", "<h1>Nicht gefunden</h1>", "E-Mail-Adresse und Passwort passen nicht zusammen.")
    assert [words in page.text for words, page in zip(said, (door, absent, refused), strict=True)] == [True] * 3


async def test_programs_are_told_in_english_whatever_they_run_in(app) -> None:
    async with visitor(app, accept="application/json", **{"accept-language": "de"}) as program:
        answer = await program.get("/api/v1/cases")

    assert answer.json()["title"] == "Please sign in"


async def test_a_chosen_language_is_kept_and_another_one_is_refused(app, add_user) -> None:
    await add_user()
    tess = await signed_in(app, "tess@halden.example")

    kept = await tess.post("/console/me", data={"language": "de"})
    german = await tess.get("/console/me")
    refused = await tess.post("/console/me", data={"language": "tlh"})
    await tess.post("/console/me", data={"language": ""})
    english = await tess.get("/console/me")
    await tess.aclose()

    assert (kept.status_code, refused.status_code) == (303, 422)
    assert ('<html lang="de"' in german.text, '<html lang="en-GB"' in english.text) == (True, True)
