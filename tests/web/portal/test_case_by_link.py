"""A link in a mail opens one case without an account: its public words and an answer, and nothing beside."""

import pytest

from casedesk import clock
from casedesk.accounts.models import ContactEmail
from casedesk.cases import conversing
from casedesk.cases.models import Message
from casedesk.identity import SYSTEM
from casedesk.mail.models import OutgoingMail
from casedesk.portals import access, links
from casedesk.portals.links import Purpose
from casedesk.security import tokens
from tests.factories.cases import a_case
from tests.factories.happenings import react
from tests.portals.mailed import newest_token, words_of
from tests.web.portal.conftest import HELP


@pytest.fixture
async def case(world):
    """Return a case of Ada's with a note that is not for her."""
    made = await a_case(world.tess, world.ada, subject="Gateway stays red")
    await conversing.note(made.number, by=world.tess, text="Their secret discount ends soon.")
    return made


@pytest.fixture
async def token(case) -> str:
    """Return the token in the acknowledgement of the case."""
    await react()
    mail = await OutgoingMail.get(kind="acknowledgement")
    return words_of(mail).split(f"{HELP}/c/")[1].split()[0]


async def test_the_acknowledgement_opens_the_case_and_only_what_is_public(stranger, case, token) -> None:
    page = await stranger.get(f"{HELP}/c/{token}")
    short = await stranger.get(f"/c/{token}")

    assert (page.status_code, page.headers["referrer-policy"]) == (200, "no-referrer")
    assert ("Gateway stays red" in page.text, "secret discount" in page.text) == (True, False)
    assert short.headers["location"] == f"{HELP}/c/{token}"


async def test_it_signs_nobody_in(stranger, case, token) -> None:
    await stranger.get(f"{HELP}/c/{token}")

    assert (await stranger.get(f"{HELP}/me")).status_code == 303


async def test_an_answer_joins_the_case_once(stranger, case, token, world) -> None:
    form = {"text": "It is green again.", "once": "abc"}

    answers = [await stranger.post(f"{HELP}/c/{token}", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    said = await Message.filter(case_id=case.id, kind="message").order_by("id")
    assert [(each.text, each.contact_id) for each in said][1:] == [("It is green again.", world.ada.id)]


async def test_an_empty_answer_is_said_at_its_field(stranger, case, token) -> None:
    answer = await stranger.post(f"{HELP}/c/{token}", data={"text": "  "})

    assert (answer.status_code, 'id="text-problem"' in answer.text) == (422, True)


async def test_it_is_worth_nothing_altered_late_moved_or_suspended(stranger, case, token, world, portal) -> None:
    found = []
    for wrong in (token[:-1], token.partition(".")[0], "x"):
        found.append((await stranger.get(f"{HELP}/c/{wrong}")).status_code)
    with clock.frozen_at(clock.now() + links.LIFETIMES[Purpose.CASE]):
        found.append((await stranger.get(f"{HELP}/c/{token}")).status_code)
    await access.grant(world.ada.id, portal.id, by=SYSTEM)
    await access.suspend(world.ada.id, portal.id, by=SYSTEM)
    found.append((await stranger.get(f"{HELP}/c/{token}")).status_code)
    await access.resume(world.ada.id, portal.id, by=SYSTEM)
    await ContactEmail.filter(contact_id=world.ada.id).update(contact_id=world.bo.id)
    found.append((await stranger.get(f"{HELP}/c/{token}")).status_code)

    assert found == [404] * 6


async def test_an_old_link_brings_a_new_one_and_answers_like_one_that_never_was(stranger, case, token, world) -> None:
    with clock.frozen_at(clock.now() + links.LIFETIMES[Purpose.CASE]):
        old = await stranger.post(f"{HELP}/c/{token}/again")
        never = await stranger.post(f"{HELP}/c/{tokens.link_payload()}.x/again")
        fresh = await newest_token()
        page = await stranger.get(f"{HELP}/c/{fresh}")

    assert (old.status_code, old.headers["location"]) == (never.status_code, never.headers["location"])
    assert (page.status_code, fresh != token) == (200, True)
    assert await OutgoingMail.filter(kind="portal_link", recipient=world.ada.email).count() == 1


async def test_the_token_opens_no_door(stranger, case, token) -> None:
    answers = [await stranger.post(f"{HELP}/{path}/{token}") for path in ("verify", "reset", "in/link")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
