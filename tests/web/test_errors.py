"""Errors as answers: pages for people, problems for programs, the same words for absent and forbidden."""

from tests.web.browser import visitor


async def test_a_program_gets_a_problem(app) -> None:
    async with visitor(app, accept="application/json") as program:
        answer = await program.get("/nowhere")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:casedesk:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Not found",
        "errors": [],
    }


async def test_a_person_gets_a_page(app) -> None:
    async with visitor(app) as person:
        answer = await person.get("/nowhere")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing here, or it is not yours to see." in answer.text


async def test_a_wrong_method_is_told_the_right_ones(app) -> None:
    async with visitor(app) as program:
        answer = await program.delete("/sign-in")

    assert answer.status_code == 405
    assert {each.strip() for each in answer.headers["allow"].split(",")} == {"GET", "HEAD", "POST"}


async def test_an_address_with_a_slash_too_many_is_another_address(app) -> None:
    async with visitor(app) as person:
        answer = await person.get("/sign-in/")

    assert answer.status_code == 404


async def test_health_is_told_to_machines(app) -> None:
    async with visitor(app) as probe:
        lives, ready = await probe.get("/healthz"), await probe.get("/readyz")
        figures = await probe.get("/metrics")

    assert (lives.json(), ready.json()) == (
        {"status": "ok"},
        {"status": "ready", "checks": {"database": "ok", "disk": "ok"}},
    )
    assert figures.headers["content-type"].startswith("text/plain")


async def test_what_is_not_ready_is_named(configured) -> None:
    from casedesk.web.routes import create_web

    async def spool() -> str:
        return "the spool cannot be written"

    async def broken() -> None:
        raise OSError("/secret/path")

    async with visitor(create_web(configured, checks={"spool": spool, "worker": broken})) as probe:
        answer = await probe.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": "ok",
        "disk": "ok",
        "spool": "the spool cannot be written",
        "worker": "cannot be checked (OSError)",
    }


async def test_static_files_are_kept_for_good_under_their_mark_alone(app) -> None:
    from casedesk import rendering

    async with visitor(app) as browser:
        marked = await browser.get(rendering.static_url("mark.svg"))
        plain = await browser.get("/static/mark.svg")
        outside = [
            (await browser.get(path)).status_code for path in ("/static/../routes.py", "/static/%2e%2e/routes.py")
        ]

    assert marked.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "public, max-age=60"
    assert outside == [404, 404]
