"""The first steps of a desk: each tests itself and remembers; a mail really goes through the doors and comes back."""

import html
import re
from datetime import timedelta

import pytest

from casedesk import clock
from casedesk import settings as operator
from casedesk.mail.models import OutgoingMail
from casedesk.setup import checklist
from casedesk.setup.checklist import State
from intake.models import Fate

PAGE = "/console/setup/checklist"


async def states() -> dict[str, State]:
    return {step.key: step.state for step in await checklist.steps()}


async def words_of(key: str) -> str:
    return next(step.words for step in await checklist.steps() if step.key == key)


async def test_a_new_desk_has_every_step_before_it(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    page = (await ines.get(PAGE)).text

    assert re.findall(r'id="step-(\w+)"', page) == list(checklist.KEYS)
    assert "0 of 8 proven" in page


async def test_the_administrator_of_an_empty_desk_is_led_there_and_nobody_else(world, sign_in, open_case) -> None:
    ines, tess = await sign_in(world.ines), await sign_in(world.tess)

    before = [(await who.get("/console")).headers["location"] for who in (ines, tess)]
    await open_case()
    after = (await ines.get("/console")).headers["location"]

    assert (before, after) == ([PAGE, "/console/v/mine"], "/console/v/all")


@pytest.mark.parametrize(
    ("key", "state"),
    [("people", "proven"), ("hours", "proven"), ("rules", "failed"), ("solutions", "failed"), ("form", "failed")],
)
async def test_a_step_says_what_it_found(world, sign_in, key, state) -> None:
    ines = await sign_in(world.ines)

    answer = await ines.post(f"{PAGE}/{key}")

    assert (answer.headers["location"], (await states())[key]) == (f"{PAGE}#step-{key}", state)
    assert html.escape(await words_of(key), quote=False) in html.unescape((await ines.get(PAGE)).text)


async def test_trying_the_rules_proves_their_step(world, sign_in, open_case) -> None:
    case, ines = await open_case(), await sign_in(world.ines)
    draft = re.search(r'name="document" value="([^"]*)"', (await ines.get("/console/setup/assignment")).text)
    assert draft is not None

    given = {"document": html.unescape(draft[1]), "base": "1", "act": "try", "number": case.number}
    await ines.post("/console/setup/assignment", data=given)

    assert (await states())["rules"] == "proven"


async def test_a_door_that_nobody_opens_is_named(world, sign_in, monkeypatch) -> None:
    monkeypatch.setattr(operator, "_mail_door", ["127.0.0.1:1"])
    ines = await sign_in(world.ines)

    await ines.post(f"{PAGE}/mail")

    assert (await states())["mail"] == "failed"
    assert (await words_of("mail")).startswith("Nobody took the mail at our own SMTP port 127.0.0.1:1: ")


async def test_a_mail_that_came_back_closes_its_case_and_proves_the_step(world, sign_in, open_case) -> None:
    case, ines = await open_case(), await sign_in(world.ines)
    await _on_its_way("<t1@halden.example>")
    await Fate.create(
        arrival=1, channel="smtp", envelope_from=world.ines.email, envelope_to=["support@example.com"], raw_sha256="",
        received_at=clock.now(), fate="created", reason="", case_id=case.id, mail_message_id="<t1@halden.example>",
    )  # fmt: skip

    await ines.post(PAGE)

    from casedesk.cases import viewing

    seen = await viewing.case(case.number, by=world.ines)
    assert ((await states())["mail"], seen.tags, seen.status_category) == ("proven", ("test",), "closed")


async def _on_its_way(message_id: str) -> None:
    from casedesk.setup.models import SetupStep

    detail = {"message_id": message_id, "to": "support@example.com", "began": clock.now().isoformat(), "words": ""}
    await SetupStep.create(key="mail", state="running", tested_at=clock.now(), detail=detail)


async def test_a_mail_that_does_not_come_back_says_where_it_must_be_stuck(world, sign_in) -> None:
    ines = await sign_in(world.ines)
    await _on_its_way("<t2@halden.example>")

    await ines.post(PAGE)
    waiting = (await states())["mail"]
    with clock.frozen_at(clock.now() + timedelta(minutes=2)):
        await checklist.look(by=world.ines)

    assert (waiting, (await states())["mail"]) == ("running", "failed")
    assert "is the worker running?" in await words_of("mail")


async def test_the_relay_s_word_is_shown(world, sign_in) -> None:
    ines = await sign_in(world.ines)
    await ines.post(f"{PAGE}/relay")
    running = (await states())["relay"]
    await OutgoingMail.filter(kind="test").update(state="sent", settled={world.ines.email: "250 queued as 4711"})

    page = await ines.post(PAGE, headers={"x-requested-with": "poll"})

    assert (running, (await states())["relay"]) == ("running", "proven")
    assert "said: 250 queued as 4711" in page.text


async def test_steps_are_for_administrators_alone(world, sign_in) -> None:
    leader = await sign_in(world.max)

    answers = [await leader.get(PAGE), await leader.post(PAGE), await leader.post(f"{PAGE}/mail")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_step_that_is_none_is_not_there(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    assert (await ines.post(f"{PAGE}/nothing")).status_code == 404
