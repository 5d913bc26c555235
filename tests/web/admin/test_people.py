"""People and roles: invited by mail, let in by a link that works once, suspended at once, with tokens shown once."""

import re
from datetime import timedelta

import pytest

from casedesk import clock
from casedesk.errors import NotFound
from casedesk.mail.models import OutgoingMail
from casedesk.users import directory, inviting, signing_in
from casedesk.users.models import StaffLink
from tests.portals.mailed import words_of
from tests.web.browser import signed_in, visitor

KIM = {"name": "Kim Walsh", "email": "kim@halden.example", "role": "agent", "languages": "en\nde", "tier": "1"}
LONG = "a fine long password"


async def invite(ines, world, **given) -> str:
    """Invite Kim and return the path of the link in the mail."""
    answer = await ines.post(
        "/console/setup/people/new", data={**KIM, "queues": [str(world.queues["tier_1"])], **given}
    )
    assert answer.status_code == 303, answer.text
    return await link_in_mail(KIM["email"])


async def link_in_mail(address: str) -> str:
    mail = await OutgoingMail.filter(recipient=address).order_by("-id").first()
    found = re.search(r"/invitation/\S+", words_of(mail))
    assert found is not None
    return found[0]


async def test_an_invited_person_chooses_a_password_and_is_in(world, app, sign_in) -> None:
    path = await invite(await sign_in(world.ines), world)

    async with visitor(app, origin="http://desk.example") as kim:
        shown = await kim.get(path)
        chosen = await kim.post(path, data={"password": LONG, "again": LONG})
        home = await kim.get("/console/v/mine")

    assert "Welcome, Kim Walsh" in shown.text
    assert (chosen.status_code, chosen.headers["location"], home.status_code) == (303, "/console", 200)
    person = await directory.find_by_email(KIM["email"])
    assert (person.invited, person.languages, person.tier) == (False, ("en", "de"), 1)
    assert person.id in [m for q in await _queues() for m in q.members]


async def _queues():
    from casedesk.queues import known

    return await known.every()


async def test_a_link_works_once(world, app, sign_in) -> None:
    path = await invite(await sign_in(world.ines), world)

    async with visitor(app, origin="http://desk.example") as kim:
        await kim.post(path, data={"password": LONG, "again": LONG})
        again = [
            await kim.get(path),
            await kim.post(path, data={"password": "another long one", "again": "another long one"}),
        ]

    assert [answer.status_code for answer in again] == [404, 404]
    assert (await signing_in.sign_in(KIM["email"], LONG, address="1.2.3.4"))[1].actor.name == "Kim Walsh"


@pytest.mark.parametrize("typed", [{"password": "short", "again": "short"}, {"password": LONG, "again": "other"}])
async def test_a_password_that_cannot_be_one_leaves_the_link_working(world, app, sign_in, typed) -> None:
    path = await invite(await sign_in(world.ines), world)

    async with visitor(app, origin="http://desk.example") as kim:
        refused = await kim.post(path, data=typed)
        shown = await kim.get(path)

    assert (refused.status_code, 'id="password-problem"' in refused.text, shown.status_code) == (422, True, 200)


async def test_a_link_that_is_unknown_old_or_replaced_looks_the_same(world, app, sign_in) -> None:
    ines = await sign_in(world.ines)
    first = await invite(ines, world)
    kim = await directory.find_by_email(KIM["email"])
    await ines.post(f"/console/setup/people/{kim.id}/invitation")
    second = await link_in_mail(KIM["email"])

    async with visitor(app) as stranger:
        replaced = await stranger.get(first)
        unknown = await stranger.get("/invitation/nothing")
        async with _later(hours=73):
            old = await stranger.get(second)

    bare = {re.sub(r'nonce="[^"]*"', "", answer.text) for answer in (replaced, unknown, old)}
    assert ([answer.status_code for answer in (replaced, unknown, old)], len(bare)) == ([404] * 3, 1)


def _later(**span):
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def later():
        with clock.frozen_at(clock.now() + timedelta(**span)):
            yield

    return later()


async def test_what_the_database_holds_opens_nothing(world, app, sign_in) -> None:
    path = await invite(await sign_in(world.ines), world)
    kept, mail = await StaffLink.get(), await OutgoingMail.get(recipient=KIM["email"])
    in_outbox = re.search(r"/invitation/(\S+)", mail.text)[1]
    payload = in_outbox.rpartition("-")[2]

    async with visitor(app) as thief:
        tried = [await thief.get(f"/invitation/{each}") for each in (in_outbox, payload, kept.secret_hash)]
        rightful = await thief.get(path)

    assert ([answer.status_code for answer in tried], rightful.status_code) == ([404] * 3, 200)


async def test_a_suspended_person_is_signed_out_and_their_link_is_dead(world, app, sign_in) -> None:
    ines, tess = await sign_in(world.ines), await sign_in(world.tess)
    await ines.post(f"/console/setup/people/{world.tess.id}/invitation")
    path = await link_in_mail(world.tess.email)

    answer = await ines.post(f"/console/setup/people/{world.tess.id}/suspension", data={"active": "0"})

    after = await tess.get("/console/v/mine")
    assert (answer.status_code, after.status_code, after.headers["location"][:8]) == (303, 303, "/sign-in")
    with pytest.raises(NotFound):
        await inviting.find(path.rpartition("/")[2], address="1.2.3.4")


async def test_saving_a_person_unchanged_signs_nobody_out(world, sign_in) -> None:
    ines, tess = await sign_in(world.ines), await sign_in(world.tess)
    given = {"name": "Tess Odell-Ray", "email": world.tess.email, "role": "agent", "tier": "1"}

    await ines.post(f"/console/setup/people/{world.tess.id}", data=given)

    assert (await tess.get("/console/v/mine")).status_code == 200


async def test_the_last_administrator_stays_one(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    answer = await ines.post(
        f"/console/setup/people/{world.ines.id}",
        data={"name": "Ines Ferro", "email": world.ines.email, "role": "agent"},
    )

    assert (answer.status_code, "This is the last administrator" in answer.text) == (409, True)


async def test_a_token_is_shown_once_and_revoked(world, app, sign_in) -> None:
    ines = await sign_in(world.ines)
    page = f"/console/setup/people/{world.tess.id}"

    made = await ines.post(f"{page}/tokens", data={"token_name": "Wallboard", "scopes": ["case.read"]})

    found = re.search(r">(casedesk_[\w-]+)</code>", made.text)
    assert found is not None
    token = (await directory.list_tokens(user_id=world.tess.id))[0]
    assert (token.name, token.scopes) == ("Wallboard", ("case.read",))
    assert found[1] not in (await ines.get(page)).text
    revoked = await ines.post(f"{page}/tokens/{token.id}/revocation")
    assert (revoked.status_code, await signing_in.actor_of_token(found[1])) == (303, None)


async def test_a_token_of_somebody_else_is_not_revoked_from_here(world, sign_in) -> None:
    ines = await sign_in(world.ines)
    await ines.post(f"/console/setup/people/{world.tess.id}/tokens", data={"token_name": "Wallboard"})
    token = (await directory.list_tokens())[0]

    answer = await ines.post(f"/console/setup/people/{world.uma.id}/tokens/{token.id}/revocation")

    assert answer.status_code == 404


async def test_people_are_there_for_administrators_alone(world, app, sign_in) -> None:
    leader = await sign_in(world.max)
    page = f"/console/setup/people/{world.tess.id}"

    gets = [
        (await leader.get(path)).status_code for path in ("/console/setup/people", page, "/console/setup/people/new")
    ]
    posts = [
        (await leader.post(f"{page}{rest}", data={"active": "0"})).status_code
        for rest in ("", "/suspension", "/invitation", "/tokens", "/tokens/1/revocation", "/removal", "/reversal")
    ]

    assert (gets, posts) == ([404] * 3, [404] * 7)
    assert (await signed_in(app, world.tess.email, "casedesk-demo")).cookies
