"""Who may enter which portal: invited from the contact's page, suspended at once, with sight of the company or without."""

import pytest

from casedesk.errors import NotFound
from casedesk.portals import access, branding
from casedesk.portals.access import AccessState
from tests.portals.mailed import newest_token, portal_mail

URL = "/console/setup/contacts/{contact}/portals/{portal}"


@pytest.fixture
async def url(world) -> str:
    portal = (await branding.every())[0]
    return URL.format(contact=world.ada.id, portal=portal.id)


async def _state(world) -> list[tuple[AccessState, bool]]:
    return [(each.state, each.sees_company) for each in await access.of_contact(world.ada.id, by=world.max)]


async def test_an_invitation_goes_out_from_the_contacts_page(world, sign_in, url) -> None:
    max_ = await sign_in(world.max)
    before = await max_.get(f"/console/setup/contacts/{world.ada.id}")

    answer = await max_.post(url, data={"act": "invite"})
    after = await max_.get(answer.headers["location"])

    assert ("No account here" in before.text, "Invited" in after.text) == (True, True)
    assert [(mail.to, mail.subject) for mail in await portal_mail()] == [([world.ada.email], "Your account at Help")]
    assert await newest_token()
    assert await _state(world) == [(AccessState.PENDING, False)]


async def test_suspending_resuming_and_the_sight_of_the_company(world, sign_in, url) -> None:
    max_ = await sign_in(world.max)
    portal = (await branding.every())[0]
    await access.grant(world.ada.id, portal.id, by=world.max)
    states = []
    for form in ({"act": "suspend"}, {"act": "resume"}, {"act": "company", "sees_company": "1"}, {"act": "company"}):
        await max_.post(url, data=form)
        states += await _state(world)

    assert states == [
        (AccessState.SUSPENDED, False), (AccessState.ACTIVE, False), (AccessState.ACTIVE, True), (AccessState.ACTIVE, False)
    ]  # fmt: skip


async def test_what_makes_no_sense_is_said_and_changes_nothing(world, sign_in, url) -> None:
    max_ = await sign_in(world.max)
    portal = (await branding.every())[0]
    await access.grant(world.ada.id, portal.id, by=world.max)

    twice = await max_.post(url, data={"act": "invite"})
    absent = await max_.post(URL.format(contact=world.ada.id, portal=999), data={"act": "suspend"})
    nonsense = await max_.post(url, data={"act": "own"})

    assert [twice.status_code, absent.status_code, nonsense.status_code] == [409, 404, 422]
    assert await _state(world) == [(AccessState.ACTIVE, False)]


async def test_a_customer_arranges_nobodys_access(world) -> None:
    with pytest.raises(NotFound):
        await access.arrange(world.ada.id, 1, by=world.bo.actor, state=AccessState.ACTIVE)

    assert await _state(world) == []


async def test_a_salesperson_reads_who_may_enter_and_changes_nothing(world, sign_in, url) -> None:
    sally = await sign_in(world.sally)

    page = await sally.get(f"/console/setup/contacts/{world.ada.id}")
    answer = await sally.post(url, data={"act": "invite"})

    assert ("No account here" in page.text, 'value="invite"' in page.text, answer.status_code) == (True, False, 404)
    assert await _state(world) == []
