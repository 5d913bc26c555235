"""Sales log a case for a customer, see exactly those they logged, are told what becomes of them, and do nothing else."""

import pytest

from casedesk.activities.models import Task
from casedesk.cases import viewing
from casedesk.cases.models import Case
from casedesk.web.console.routes import ROUTES

OWN = {"/console", "/console/new", "/console/me", "/console/files", "/console/notices"}
"""Pages of sales beside those of a case."""
OF_THEIR_CASE = {"", "/parts", "/older", "/presence", "/company", "/messages", "/drafts"}


async def test_sales_log_a_case_on_behalf_of_a_customer(world, sign_in) -> None:
    sally = await sign_in(world.sally)
    form = {
        "contact": str(world.ada.id),
        "subject": "Pump stops",
        "words": "She told me on the telephone.",
        "once": "o",
    }

    answer = await sally.post("/console/new", data=form)

    case = await viewing.case_by_id((await Case.get()).id, by=world.tess)
    assert answer.headers["location"] == f"/console/c/{case.number}"
    assert (case.origin, case.logged_on_behalf, case.owner, case.queue.key) == ("phone", True, None, "premier")


async def test_home_shows_what_they_may_do_and_the_cases_they_logged_alone(world, sign_in, open_case) -> None:
    theirs, other = await open_case(by=world.sally, subject="Pump stops"), await open_case(subject="Gateway is silent")
    sally = await sign_in(world.sally)

    page = await sally.get("/console")

    assert page.status_code == 200
    assert ("You log a case for a customer" in page.text, theirs.number in page.text) == (True, True)
    assert (other.number in page.text, "Gateway is silent" in page.text, "/console/v/" in page.text) == (False,) * 3


async def test_the_customer_they_choose_shows_no_case_of_others(world, sign_in, open_case) -> None:
    theirs, other = await open_case(by=world.sally, subject="Pump stops"), await open_case(subject="Gateway is silent")
    sally = await sign_in(world.sally)

    for query in (f"contact={world.ada.id}&subject=gateway", f"who={other.number}", f"who={theirs.number}"):
        page = await sally.get(f"/console/new?{query}")
        assert ("Gateway is silent" in page.text, other.number in page.text.replace(query, "")) == (
            False, f"who={other.number}" == query,
        )  # fmt: skip  # what was typed stands in its field


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
async def test_a_page_is_theirs_or_it_is_not_there(world, sign_in, open_case, route) -> None:
    case = await open_case(by=world.sally)
    await Task.create(subject="Ring back", owner_id=world.tess.id)
    sally = await sign_in(world.sally)
    words = dict.fromkeys(("outgoing", "file", "solution", "letter", "mail", "arrival", "task"), "1")
    path = route.path.format(number=case.number, view="all", **words)
    tail = route.path.removeprefix("/console/c/{number}")

    expected = route.path in OWN or (route.path != tail and tail in OF_THEIR_CASE)
    statuses = {
        method: (await sally.request(method, path, **({} if method == "GET" else {"data": {"probe": "1"}}))).status_code
        for method in sorted(route.methods - {"HEAD"})
    }

    if route.path == "/console/files/{file}":
        expected = False  # there is no file of theirs
    assert {status != 404 for status in statuses.values()} == {expected}, statuses
    assert all(status < 500 for status in statuses.values())


async def test_a_case_of_theirs_is_read_and_noted_on(world, sign_in, open_case) -> None:
    case = await open_case(by=world.sally)
    sally = await sign_in(world.sally)

    page = await sally.get(f"/console/c/{case.number}")
    answers = [
        await sally.post(f"/console/c/{case.number}/messages", data={"kind": kind, "text": "They pay soon."})
        for kind in ("note", "reply", "call")
    ]

    assert [answer.status_code for answer in answers] == [303, 404, 404]
    assert ("Suggested solutions" in page.text, "data-rows" in page.text, "dialog-escalate" in page.text) == (
        False,
    ) * 3


async def test_what_was_read_is_quiet(world, sign_in, open_case) -> None:
    sally = await sign_in(world.sally)

    answer = await sally.post("/console/notices", data={})

    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
