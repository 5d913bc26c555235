"""What an agent does to a case by page, and what the page says to it."""

import json

from casedesk.cases import viewing

HTMX = {"hx-request": "true"}


def url(case) -> str:
    return f"/console/c/{case.number}"


async def test_taking_a_case_answers_htmx_with_its_new_head_and_a_way_back(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    answer = await tess.post(f"{url(case)}/take", headers=HTMX)
    toast = json.loads(answer.headers["hx-trigger"])["toast"]
    await tess.post(toast["undo"], headers={"accept": "application/json"})

    assert 'id="part-header"' in answer.text
    assert toast["words"] == "The case is yours"
    assert (await viewing.case(case.number, by=world.tess)).owner is None


async def test_serve_me_gives_the_most_urgent_case_of_ones_queues(world, sign_in, open_case) -> None:
    await open_case()
    urgent = await open_case(priority="urgent")
    tess = await sign_in(world.tess)

    answers = [await tess.post("/console/serve") for _ in range(3)]

    assert answers[0].headers["location"] == f"/console/c/{urgent.number}?v=mine"
    assert answers[2].headers["location"] == "/console/v/unassigned"


async def test_a_case_is_given_to_a_colleague_and_moved_to_a_queue(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    given = await tess.post(f"{url(case)}/assign", data={"owner": str(world.uma.id), "was": "none"})
    owned = await viewing.case(case.number, by=world.tess)
    moved = await tess.post(f"{url(case)}/assign", data={"queue": str(world.queues["billing"]), "was": "Premier"})
    there = await viewing.case(case.number, by=world.tess)

    assert [answer.status_code for answer in (given, moved)] == [303, 303]
    assert owned.owner is not None
    assert owned.owner.name == "Uma Rao"
    assert there.queue is not None
    assert there.queue.key == "billing"


async def test_a_choice_made_on_an_old_page_is_refused_and_names_what_is(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    await tess.post(f"{url(case)}/fields", data={"priority": "urgent", "was": "normal"})

    answer = await tess.post(
        f"{url(case)}/fields", data={"priority": "low", "was": "normal"}, headers={"accept": "application/json"}
    )

    assert (answer.status_code, answer.json()["detail"]) == (
        412, "Somebody changed this to urgent meanwhile. Look, then choose again.")  # fmt: skip
    assert (await viewing.case(case.number, by=world.tess)).priority == "urgent"


async def test_escalating_without_a_reason_keeps_what_was_typed(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    answer = await tess.post(f"{url(case)}/escalation", data={"reason": "tier_2", "tried": "A restart", "note": ""})

    assert answer.status_code == 422
    assert "A restart" in answer.text
    assert 'href="#escalate-note"' in answer.text


async def test_escalating_moves_the_case_and_tells_why_in_its_story(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    form = {"reason": "tier_2", "tried": "A restart", "need": "A look at slot B", "note": "Two wards are dark"}
    answer = await tess.post(f"{url(case)}/escalation", data=form)
    page = await tess.get(url(case))

    assert answer.status_code == 303
    assert "Tess Odell escalated: it needs tier 2 · Two wards are dark · Tried: A restart" in page.text
    assert (await viewing.case(case.number, by=world.tess)).queue.key == "tier_2"


async def test_a_case_is_resolved_closed_and_opened_again(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    states = []
    for part, form in (("resolution", {"resolution": "A reset"}), ("closure", {}), ("reopening", {})):
        await tess.post(f"{url(case)}/{part}", data=form)
        states.append((await viewing.case(case.number, by=world.tess)).status_category)

    assert states == ["resolved", "closed", "open"]


async def test_a_form_from_another_page_is_refused(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    del tess.headers["x-csrf-token"]

    answer = await tess.post(f"{url(case)}/take")

    assert answer.status_code == 403


async def test_a_case_is_logged_once_for_somebody_new(world, sign_in) -> None:
    tess = await sign_in(world.tess)
    form = {
        "once": "k1",
        "name": "Nora Neu",
        "email": "nora@neu.example",
        "subject": "Asked at the fair",
        "words": "A price.",
    }

    answers = [await tess.post("/console/new", data=form) for _ in range(2)]
    case = await viewing.case(answers[0].headers["location"].rpartition("/")[2], by=world.tess)

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert (case.contact.name, case.contact.email, case.logged_on_behalf) == ("Nora Neu", "nora@neu.example", True)


async def test_a_new_case_without_words_or_somebody_says_both(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    answer = await tess.post("/console/new", data={"words": "kept"})

    assert answer.status_code == 422
    assert 'href="#subject"' in answer.text
    assert 'href="#email"' in answer.text
    assert "kept" in answer.text


async def test_an_act_leads_back_to_the_case_with_its_list_beside(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    answer = await tess.post(
        f"/console/c/{case.number}/resolution",
        data={"resolution": "A reset"},
        headers={"referer": f"http://desk.example/console/c/{case.number}?v=all&sort=newest&compose=note"},
    )

    assert answer.headers["location"] == f"/console/c/{case.number}?v=all&sort=newest"
