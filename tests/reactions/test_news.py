"""Followers hear that there is news, once an hour, and nothing of what was said; whoever lost sight of it hears nothing."""

from casedesk.accounts.directory import CONTACTS
from casedesk.cases import closing, conversing, following
from casedesk.identity import SYSTEM, Actor, ActorKind
from casedesk.mail.models import OutgoingMail
from casedesk.portals import access, branding
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.factories.happenings import react, react_again
from tests.world import World


async def a_follower(world: World, number: str) -> int:
    """Let a colleague of Ada's in who sees the company's cases, and let them follow this one; return their id."""
    made = await CONTACTS.add(
        {"name": "Cy Colleague", "email": "cy@ridgeline.example", "account_id": world.ada.account_id}, by=SYSTEM
    )
    portal = (await branding.every())[0]
    await access.grant(made.id, portal.id, by=SYSTEM, sees_company=True)
    reader = Actor(
        ActorKind.CONTACT, made.id, "Cy", "cy@ridgeline.example", None, verified=True, company_id=made.account_id
    )
    await following.follow(number, by=reader)
    return made.id


async def letters() -> list[OutgoingMail]:
    return await OutgoingMail.filter(kind="news").order_by("id")


async def test_a_follower_hears_of_an_answer_without_its_words(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await a_follower(world, case.number)
    await following.follow(case.number, by=world.ada.actor)
    await conversing.reply(case.number, by=world.tess, text="A secret answer.", status="resolved")

    await react_again(await react())

    (mail,) = await letters()
    assert (mail.to, mail.subject, mail.automatic) == (["cy@ridgeline.example"], f"News about case {case.number}", True)
    assert f"/portal/help/cases/{case.number}" in mail.text
    assert "secret" not in mail.text


async def test_the_same_case_is_told_of_again_after_an_hour(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await a_follower(world, case.number)
    told = []
    for minutes in (0, 30, 31):
        frozen.forward(minutes=minutes)
        await conversing.reply(case.number, by=world.tess, text=f"Answer {minutes}")
        await react()
        told.append(len(await letters()))

    assert told == [1, 1, 2]


async def test_whoever_may_not_see_it_any_more_hears_nothing(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    follower = await a_follower(world, case.number)
    portal = (await branding.every())[0]
    await access.arrange(follower, portal.id, sees_company=False, by=SYSTEM)

    await closing.resolve(case.number, by=world.tess)
    await react()
    await access.arrange(follower, portal.id, sees_company=True, by=SYSTEM)
    await access.suspend(follower, portal.id, by=SYSTEM)
    await closing.reopen(case.number, by=world.tess)
    await closing.resolve(case.number, by=world.tess)
    await react()

    assert await letters() == []
