"""Whoever may not see a case finds nothing at any of its addresses: no page, no part, no file, no word in a list."""

import pytest

from casedesk.cases import attaching, conversing
from casedesk.web.console.routes import ROUTES
from tests.web.browser import visitor

GETS = ("", "/parts", "/older", "/escalation", "/resolution", "/company?who=1")
POSTS = (
    ("/messages", {"kind": "note", "text": "x"}), ("/drafts", {"kind": "note", "text": "x"}), ("/take", {}),
    ("/assign", {"owner": "none"}), ("/fields", {"status": "open"}), ("/escalation", {"reason": "late", "note": "x"}),
    ("/resolution", {"resolution": "x"}), ("/closure", {}), ("/reopening", {}), ("/used", {"solution": "1"}),
    ("/presence", {"doing": "1"}),
)  # fmt: skip


@pytest.mark.parametrize("part", GETS)
async def test_a_case_of_others_looks_to_sales_like_one_that_is_not_there(world, sign_in, open_case, part: str) -> None:
    case = await open_case()
    sally = await sign_in(world.sally)

    seen, absent = await sally.get(f"/console/c/{case.number}{part}"), await sally.get(f"/console/c/CD-99999{part}")

    assert (seen.status_code, absent.status_code) == (404, 404)
    assert "Gateway is silent" not in seen.text


@pytest.mark.parametrize(("part", "form"), POSTS)
async def test_sales_can_do_nothing_to_a_case_of_others(
    world, sign_in, open_case, part: str, form: dict[str, str]
) -> None:
    case = await open_case()
    sally = await sign_in(world.sally)

    answers = [await sally.post(f"/console/c/{number}{part}", data=form) for number in (case.number, "CD-99999")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_sales_see_the_cases_they_logged_and_can_note_on_them(world, sign_in, open_case) -> None:
    case = await open_case(by=world.sally)
    sally = await sign_in(world.sally)

    page = await sally.get(f"/console/c/{case.number}")
    noted = await sally.post(f"/console/c/{case.number}/messages", data={"kind": "note", "text": "They pay soon."})
    answered = await sally.post(f"/console/c/{case.number}/messages", data={"kind": "reply", "text": "Hello"})

    assert (page.status_code, noted.status_code, answered.status_code) == (200, 303, 404)
    assert "Send, set Waiting on customer" not in page.text
    assert 'id="dialog-escalate"' not in page.text


async def test_a_file_of_a_case_of_others_is_not_there(world, sign_in, open_case) -> None:
    case = await open_case()
    kept = await attaching.upload("log.txt", "text/plain", b"secret", by=world.tess)
    await conversing.note(case.number, by=world.tess, text="See the log.", attachments=[kept.id])
    sally, tess = await sign_in(world.sally), await sign_in(world.tess)

    answers = [await someone.get(f"/console/files/{kept.id}") for someone in (sally, tess)]

    assert [answer.status_code for answer in answers] == [404, 200]
    assert answers[1].headers["content-disposition"] == 'attachment; filename="log.txt"'
    assert answers[1].headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answers[1].headers["x-content-type-options"] == "nosniff"


async def test_a_script_that_calls_itself_a_picture_is_saved_and_not_shown(world, sign_in, open_case) -> None:
    case = await open_case()
    kept = await attaching.upload("a.png", "image/png", b"<svg onload=alert(1)>", by=world.tess)
    await conversing.note(case.number, by=world.tess, text="A picture.", attachments=[kept.id])
    tess = await sign_in(world.tess)

    answer = await tess.get(f"/console/files/{kept.id}?inline=1")

    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
async def test_every_address_of_the_console_asks_who_is_there(app, route) -> None:
    words = dict.fromkeys(("outgoing", "file", "solution", "letter", "mail", "arrival", "task"), "1")
    path = route.path.format(number="CD-1", view="all", **words)
    async with visitor(app) as stranger:
        answers = [await stranger.request(method, path) for method in sorted(route.methods - {"HEAD"})]

    assert {answer.status_code for answer in answers} <= {303, 401}
    assert all(needed is not None for needed in route.needs.values())
