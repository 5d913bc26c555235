"""The telephone page: who calls, what they call about, what it becomes; notes that are never lost and go over."""

import re

import pytest

from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.activities.models import Task
from casedesk.calls import notes, ringing
from casedesk.calls.models import Call, CallDraft
from casedesk.calls.ringing import CallState, Rang
from casedesk.cases import viewing
from casedesk.cases.models import Case
from casedesk.entitlements.catalogue import ASSETS, PRODUCTS
from casedesk.identity import SYSTEM

MARK = "0123456789abcdef"
NUMBER = "+1 303 555 0142"


@pytest.fixture
async def called(world):
    await CONTACTS.change(world.ada.id, {"phones": [NUMBER]}, by=SYSTEM)
    await ACCOUNTS.change(world.ada.account_id, {"phones": ["+1 303 555 0100"]}, by=SYSTEM)
    return (await ringing.ring(Rang("c-1", NUMBER, agent="tess@halden.example", line="US Premier"), by=world.ines)).call


def form(world, **given: str) -> dict[str, str]:
    usual = {"mark": MARK, "once": "o-1", "contact": str(world.ada.id), "subject": "Pump stops", "notes": "00:42 E17"}
    return {**usual, **given}


@pytest.mark.parametrize(
    "words", ["(303) 555-0142", "Premier", "ada@ridgeline.example", "Ridgeline", "RL-77120-4", "{case}", "303 555 01"]
)
async def test_a_caller_is_found_by_anything_that_is_known_of_them(
    world, called, sign_in, open_case, words: str
) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    page = await tess.get("/console/call", params={"who": words.replace("{case}", case.number)})

    assert f'name="pick" value="c{world.ada.id}"' in page.text
    assert "Bo Standard" not in page.text


async def test_an_announced_call_knows_its_caller_their_cases_and_what_will_be_decided(
    world, called, sign_in, open_case
) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    page = await tess.get(f"/console/call?call_id={called.id}")

    assert re.search(r'<b dir="auto">Ada Premier</b> · <span dir="auto">Ridgeline</span>', page.text)
    assert "came in on US Premier" in page.text
    assert f'name="log" value="{case.number}" data-key="1"' in page.text
    assert re.search(
        r"Will go to <b>Premier</b>, kept by you · priority <b>Normal</b> · first reply due <b>", page.text
    )
    assert "Entitled: Premier" in page.text
    assert await CallDraft.all().count() == 0


async def test_the_first_key_is_kept_and_brings_what_follows(world, called, sign_in) -> None:
    tess = await sign_in(world.tess)

    parts = await tess.post("/console/call/notes", data=form(world, call=str(called.id), impact="site"))
    again = await tess.get(f"/console/call?call_id={called.id}")

    assert (parts.status_code, "priority <b>Urgent</b>" in parts.text) == (200, True)
    assert ("00:42 E17" in again.text, 'value="Pump stops"' in again.text) == (True, True)


async def test_the_product_that_is_named_is_the_first_guess_and_none_is_left_out(world, sign_in) -> None:
    product = await PRODUCTS.add({"name": "Fjord pump", "sku": "P4"}, by=SYSTEM)
    for place in range(5):
        given = {"serial": f"FJ-{place}000", "product_id": product.id, "account_id": world.ada.account_id}
        await ASSETS.add(given, by=SYSTEM)
    tess = await sign_in(world.tess)

    page = await tess.get(f"/console/call?contact={world.ada.id}&subject=FJ-3000+hums")

    serials = re.findall(r'dir="ltr">([^<]+)</span>', page.text)
    assert (serials[0], len(serials), world.ada.serial in serials) == ("FJ-3000", 6, True)
    assert "3 more" in page.text


async def test_nobody_else_sees_the_notes(world, called, sign_in) -> None:
    tess, uma = await sign_in(world.tess), await sign_in(world.uma)
    await tess.post("/console/call/notes", data=form(world, call=str(called.id)))
    draft = await CallDraft.get(mark=MARK)

    answers = [
        await uma.get(f"/console/call?draft={draft.id}"), await uma.post("/console/call/taking", data={"draft": str(draft.id)}),
        await uma.get("/console/call?draft=999999"),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "00:42" not in (await uma.get(f"/console/call?call_id={called.id}")).text


async def test_a_call_becomes_a_case_kept_by_whoever_took_it(world, called, sign_in) -> None:
    tess = await sign_in(world.tess)
    ticked = {"remind": "1", "callback": "tomorrow", "mail": "1", "event": "1", "event_at": "2030-03-02T09:00"}

    made = await tess.post("/console/call", data=form(world, call=str(called.id), then="create", **ticked))
    twice = await tess.post("/console/call", data=form(world, call=str(called.id), then="create", **ticked))

    row = await Case.get()
    case = await viewing.case_by_id(row.id, by=world.tess)
    assert made.headers["location"] == twice.headers["location"] == f"/console/c/{case.number}"
    assert (case.owner.id, case.origin, case.queue.key) == (world.tess.id, "phone", "premier")
    assert sorted(task.subject for task in await Task.all()) == [
        "Ask whether it stays solved: Pump stops", "Call back Ada Premier +1 303-555-0142: Pump stops",
    ]  # fmt: skip
    assert (await Call.get()).case_id == case.id
    page = await tess.get(f"/console/c/{case.number}")
    assert ("They called" in page.text, "Your case has the number" in page.text) == (True, True)


async def test_create_and_escalate_goes_on_to_the_escalation(world, called, sign_in) -> None:
    tess = await sign_in(world.tess)

    made = await tess.post("/console/call", data=form(world, then="escalate"))

    assert re.fullmatch(r"/console/c/\S+/escalation", made.headers["location"])


async def test_solved_on_the_call_is_resolved(world, called, sign_in) -> None:
    tess = await sign_in(world.tess)

    await tess.post("/console/call", data=form(world, then="solved"))

    assert (await Case.get()).status_category == "resolved"


async def test_an_unknown_caller_becomes_a_contact_with_two_fields(world, sign_in) -> None:
    call = (await ringing.ring(Rang("c-2", "+49 30 1234567", agent="tess@halden.example"), by=world.ines)).call
    tess = await sign_in(world.tess)
    page = await tess.get(f"/console/call?call_id={call.id}")

    await tess.post("/console/call", data=form(world, contact="", call=str(call.id), name="Dora New", then="create"))

    assert 'name="name"' in page.text
    contact = (await CONTACTS.page(by=SYSTEM, narrowed={"q": "Dora"}))[0]
    assert (contact.name, contact.phones, (await Case.get()).contact_id) == (
        "Dora New",
        ("+49 30 1234567",),
        contact.id,
    )


async def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    page = await tess.post("/console/call", data=form(world, subject="", contact="", then="create"))

    assert page.status_code == 422
    assert ("Say it in a few words" in page.text, "Say who calls" in page.text, "00:42 E17" in page.text) == (True,) * 3
    assert await Case.all().count() == 0


async def test_the_call_is_logged_on_a_case_at_once_with_what_was_noted(world, called, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    await tess.post("/console/call", data=form(world, subject="", call=str(called.id), log=case.number))

    calls = [entry.text for entry in await viewing.timeline(case.number, by=world.tess) if entry.kind == "call"]
    assert (calls, await CallDraft.all().count()) == (["00:42 E17"], 0)


async def test_who_is_not_entitled_hears_why_and_what_can_be_done(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    page = await tess.get(f"/console/call?contact={world.otto.id}")

    assert "Not covered" in page.text
    assert "Log the case all the same: it goes to Review, where somebody decides." in page.text


async def test_a_call_is_handed_over_taken_and_its_giver_sees_it(world, called, sign_in) -> None:
    tess, uma = await sign_in(world.tess), await sign_in(world.uma)

    given = await tess.post(
        "/console/call", data=form(world, call=str(called.id), then="give", give_to=f"u{world.uma.id}")
    )
    waits = await tess.get(given.headers["location"])
    bar = await uma.get("/console/call/bar")
    draft = re.search(r'name="draft" value="(\d+)"', bar.text)[1]
    taken = await uma.post("/console/call/taking", data={"draft": draft})
    page = await uma.get(taken.headers["location"])
    seen = await tess.get("/console/call/bar")

    assert "It waits for Uma Rao" in waits.text
    assert "Tess Odell hands a call over to you" in bar.text
    assert ("00:42 E17" in page.text, "Tess Odell handed this call over to you" in page.text) == (True, True)
    assert "Uma Rao has taken your call" in seen.text
    assert "Uma Rao took it at" in (await tess.get(given.headers["location"])).text
    kept = await notes.find(int(draft), by=world.uma)
    assert (kept.mine, (await Call.get()).agent_id) == (True, world.uma.id)


async def test_a_discarded_call_leaves_the_bar_and_the_page(world, called, sign_in) -> None:
    tess = await sign_in(world.tess)
    await tess.post("/console/call/notes", data=form(world, call=str(called.id)))

    await tess.post("/console/call", data=form(world, call=str(called.id), then="discard"))

    assert await CallDraft.all().count() == 0
    assert "Call from" not in (await tess.get("/console/call/bar")).text


async def test_without_a_script_every_button_keeps_what_was_typed(world, called, sign_in) -> None:
    tess = await sign_in(world.tess)

    picked = await tess.post("/console/call", data=form(world, contact="", pick=f"c{world.bo.id}", who="bo"))
    used = await tess.post("/console/call", data=form(world, contact=str(world.bo.id), use="1"))
    page = await tess.get(used.headers["location"])

    assert (picked.status_code, used.status_code) == (303, 303)
    assert f'<button class="cd-caller" name="pick" value="c{world.bo.id}" aria-current="true">' in page.text
    assert ('name="used" value="1"' in page.text, "00:42 E17" in page.text) == (True, True)


async def test_words_longer_than_a_task_can_hold_are_cut_and_not_lost(world, sign_in) -> None:
    tess = await sign_in(world.tess)
    given = {"subject": "P" * 490, "contact": "", "name": "N" * 900, "remind": "1", "callback": "today", "event": "1"}

    made = await tess.post("/console/call", data=form(world, then="create", event_at="2030-03-02T09:00", **given))

    assert made.status_code == 303
    assert {len(task.subject) for task in await Task.all()} == {300}


@pytest.mark.parametrize(
    ("address", "status"),
    [("?call_id=nothing", 404), ("?draft=nothing", 404), ("?draft=1", 404), ("?contact=99999", 200), ("?asset=x", 422)],
)
async def test_an_address_that_leads_nowhere_says_so_calmly(world, sign_in, address: str, status: int) -> None:
    tess = await sign_in(world.tess)

    assert (await tess.get(f"/console/call{address}")).status_code == status


async def test_far_too_long_notes_are_refused_and_nothing_breaks(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    answers = [
        await tess.post("/console/call/notes", data=form(world, notes="x" * size)) for size in (300_001, 1_100_000)
    ]

    assert [answer.status_code for answer in answers] == [422, 413]


async def test_a_call_that_ended_can_be_set_aside_by_whose_it_was(world, called, sign_in) -> None:
    await ringing.ring(Rang("c-1", NUMBER, state=CallState.ENDED), by=world.ines)
    tess, uma = await sign_in(world.tess), await sign_in(world.uma)

    await uma.post("/console/call/setting-aside", data={"call": str(called.id)})
    before = "ended, not saved yet" in (await tess.get("/console/call/bar")).text
    await tess.post("/console/call/setting-aside", data={"call": str(called.id)})
    after = "ended, not saved yet" in (await tess.get("/console/call/bar")).text

    assert (before, after) == (True, False)


async def test_the_first_word_takes_a_call_that_rang_at_everybody(world, sign_in) -> None:
    call = (await ringing.ring(Rang("c-9", NUMBER, state=CallState.RINGING), by=world.ines)).call
    tess, uma = await sign_in(world.tess), await sign_in(world.uma)

    before = "is calling" in (await uma.get("/console/call/bar")).text
    await tess.post("/console/call/notes", data=form(world, call=str(call.id)))
    after = "is calling" in (await uma.get("/console/call/bar")).text

    assert (before, after) == (True, False)


async def test_a_new_case_by_telephone_begins_on_the_page_of_a_call(world, sign_in) -> None:
    tess = await sign_in(world.tess)

    answer = await tess.get("/console/new?channel=phone&who=ada")

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/call?who=ada")


async def test_sales_have_no_telephone_page(world, called, sign_in) -> None:
    sally = await sign_in(world.sally)

    answers = [
        await sally.get("/console/call"), await sally.post("/console/call/notes", data=form(world)),
        await sally.post("/console/call", data=form(world, then="create")),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404, 404, 404]
