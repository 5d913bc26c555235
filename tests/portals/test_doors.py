"""The ways into a portal, and everybody who is turned away with the same words."""

import asyncio

import pytest

from casedesk import clock
from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.accounts.models import Contact, ContactEmail
from casedesk.errors import Invalid, NotFound, SignInNeeded, TooMany
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from casedesk.portals import access, doors, links, sessions
from casedesk.portals.links import Purpose, Wish
from casedesk.portals.models import CustomerLink, CustomerSession
from casedesk.security import passwords, tokens
from tests.portals.conftest import CHROME
from tests.portals.mailed import newest_token, portal_mail, words_of
from tests.world import PASSWORD

GOOD = "four quiet horses"


async def _let_in(customer, portal, **given) -> None:
    await access.grant(customer.id, portal.id, by=SYSTEM, password_hash=await passwords.hashed(PASSWORD), **given)


async def _asks(portal, purpose: Purpose, email: str, **detail: str) -> None:
    await links.ask(Wish(purpose, portal.id, email, "en", detail=detail), address="192.0.2.1")


async def _registers(portal, email: str, name: str = "New Body", password: str = "") -> str:
    await _asks(portal, Purpose.REGISTER, email, name=name)
    return await doors.confirm(portal, await newest_token(), name=name, password=password, browser=CHROME)


async def test_a_customer_signs_in_by_password(world, portal) -> None:
    await _let_in(world.ada, portal)

    secret = await doors.sign_in(portal, "Ada@Ridgeline.example ", PASSWORD, browser=CHROME)

    customer = await sessions.customer_of(secret, portal.id)
    assert customer is not None
    assert (customer.actor.id, customer.actor.email, customer.actor.verified) == (world.ada.id, world.ada.email, True)


async def test_everybody_else_is_refused_in_the_same_words_after_the_same_work(
    world, portal, other_portal, monkeypatch
) -> None:
    await _let_in(world.ada, portal)
    await _let_in(world.bo, portal)
    await access.suspend(world.bo.id, portal.id, by=SYSTEM)
    await _let_in(world.otto, portal)
    await ContactEmail.filter(contact_id=world.otto.id).update(verified_at=None)
    compared = []
    monkeypatch.setattr(passwords, "_compare", lambda kept, password: compared.append(password) or False)
    refused = []
    for where, email in (
        (portal, world.ada.email), (portal, world.bo.email), (portal, world.otto.email),
        (portal, "nobody@elsewhere.example"), (other_portal, world.ada.email), (portal, "no address"),
    ):  # fmt: skip
        with pytest.raises(SignInNeeded) as error:
            await doors.sign_in(where, email, "wrong", browser=CHROME)
        refused.append(error.value.message)

    assert set(refused) == {"That email and password do not go together."}
    assert compared == ["wrong"] * 6


async def test_the_right_password_opens_nothing_while_access_is_suspended(world, portal) -> None:
    await _let_in(world.ada, portal)
    await access.suspend(world.ada.id, portal.id, by=SYSTEM)

    with pytest.raises(SignInNeeded):
        await doors.sign_in(portal, world.ada.email, PASSWORD, browser=CHROME)


async def test_guessing_ends_at_the_limit_of_the_account(world, portal) -> None:
    await _let_in(world.ada, portal)
    for _ in range(doors.BY_ACCOUNT.tries):
        with pytest.raises(SignInNeeded):
            await doors.sign_in(portal, world.ada.email, "guess", browser=CHROME)

    with pytest.raises(TooMany):
        await doors.sign_in(portal, world.ada.email, PASSWORD, browser=CHROME)


async def test_somebody_new_registers_and_is_in_once_the_link_was_used(world, portal) -> None:
    secret = await _registers(portal, "new@elsewhere.example", password=GOOD)

    customer = await sessions.customer_of(secret, portal.id)
    assert customer is not None
    assert (customer.actor.name, customer.actor.email, customer.account_id) == (
        "New Body",
        "new@elsewhere.example",
        None,
    )
    await doors.sign_in(portal, "new@elsewhere.example", GOOD, browser=CHROME)
    told = await Event.filter(subject_kind="contact", subject_id=customer.actor.id).order_by("id")
    assert [event.name for event in told] == [
        "record_created", "address_verified", "portal_access_changed", "customer_password_changed",
        "customer_registered", "signed_in", "signed_in",
    ]  # fmt: skip


async def test_a_registration_alone_makes_nobody(world, portal) -> None:
    before = await Contact.all().count()

    await _asks(portal, Purpose.REGISTER, "new@elsewhere.example", name="<b>Buy now</b>")
    mail = (await portal_mail())[-1]

    assert await Contact.all().count() == before
    assert "Buy now" not in words_of(mail) + str(mail.html) + mail.subject


async def test_registering_an_address_that_has_an_account_mails_it_a_sign_in(world, portal) -> None:
    await _let_in(world.ada, portal)

    await _asks(portal, Purpose.REGISTER, world.ada.email, name="Eve")
    mail = (await portal_mail())[-1]

    assert (mail.to, mail.subject) == ([world.ada.email], "Your sign-in link for Help")
    token = await newest_token()
    with pytest.raises(NotFound):
        await doors.confirm(portal, token, name="Eve", password=GOOD, browser=CHROME)
    secret, _ = await doors.sign_in_by_link(portal, token, browser=CHROME)
    customer = await sessions.customer_of(secret, portal.id)
    assert customer is not None
    assert customer.actor.name == world.ada.name


async def test_a_known_writer_who_never_registered_confirms_first(world, portal) -> None:
    await ContactEmail.filter(contact_id=world.bo.id).update(verified_at=None)
    secret = await _registers(portal, world.bo.email, name="Mallory")

    customer = await sessions.customer_of(secret, portal.id)

    assert customer is not None
    assert (customer.actor.id, customer.actor.name) == (world.bo.id, world.bo.name)


async def test_where_one_is_invited_nobody_registers(world, other_portal) -> None:
    await _asks(other_portal, Purpose.REGISTER, "new@elsewhere.example")
    await _asks(other_portal, Purpose.REGISTER, world.ada.email)
    await _asks(other_portal, Purpose.SIGN_IN, world.ada.email)

    assert await portal_mail() == []
    assert await CustomerLink.all().count() == 0


async def test_a_verified_address_joins_the_account_that_listed_its_domain_and_sees_nothing_of_it(
    world, portal
) -> None:
    await ACCOUNTS.change(world.ada.account_id, {"domains": ["ridgeline.example"]}, by=SYSTEM)

    secret = await _registers(portal, "trainee@ridgeline.example")

    customer = await sessions.customer_of(secret, portal.id)

    assert customer is not None
    assert (customer.account_id, customer.actor.company_id) == (world.ada.account_id, None)


async def test_an_invitation_is_taken_for_72_hours_and_once(world, portal, other_portal) -> None:
    await access.invite(world.ada.id, other_portal.id, by=world.max)
    token = await newest_token()

    with clock.frozen_at(clock.now() + links.LIFETIMES[Purpose.INVITATION]), pytest.raises(NotFound):
        await links.look(token, Purpose.INVITATION, portal_id=other_portal.id)
    secret = await doors.confirm(other_portal, token, name="", password="", browser=CHROME)

    assert await sessions.customer_of(secret, other_portal.id) is not None
    assert await sessions.customer_of(secret, portal.id) is None
    with pytest.raises(NotFound):
        await doors.confirm(other_portal, token, name="", password="", browser=CHROME)


async def test_who_may_not_change_contacts_invites_nobody(world, portal) -> None:
    with pytest.raises(NotFound):
        await access.invite(world.ada.id, portal.id, by=world.ada.actor)


async def test_a_new_password_ends_every_session_and_every_other_link(world, portal) -> None:
    await _let_in(world.ada, portal)
    old = await doors.sign_in(portal, world.ada.email, PASSWORD, browser=CHROME)
    await _asks(portal, Purpose.RESET, world.ada.email)
    first = await newest_token()
    await _asks(portal, Purpose.RESET, world.ada.email)
    second = await newest_token()

    fresh = await doors.reset(portal, second, GOOD, browser=CHROME)

    assert await sessions.customer_of(old, portal.id) is None
    assert await sessions.customer_of(fresh, portal.id) is not None
    for token in (first, second):
        with pytest.raises(NotFound):
            await doors.reset(portal, token, GOOD, browser=CHROME)
    with pytest.raises(SignInNeeded):
        await doors.sign_in(portal, world.ada.email, PASSWORD, browser=CHROME)
    assert "was changed" in (await portal_mail())[-1].subject


async def test_a_bad_password_leaves_the_link_good(world, portal) -> None:
    await _let_in(world.ada, portal)
    await _asks(portal, Purpose.RESET, world.ada.email)
    token = await newest_token()

    with pytest.raises(Invalid):
        await doors.reset(portal, token, "short", browser=CHROME)

    assert await doors.reset(portal, token, GOOD, browser=CHROME)


async def test_three_mails_an_hour_and_no_more_however_it_is_written(world, portal, other_portal) -> None:
    await _let_in(world.ada, portal)
    refused = 0
    for turn in range(30):
        email = world.ada.email.upper() if turn % 2 else f" {world.ada.email}"
        try:
            await _asks(portal, Purpose.RESET if turn % 3 else Purpose.SIGN_IN, email)
        except TooMany:
            refused += 1

    assert len(await portal_mail()) == 3
    assert refused == 27


async def test_one_network_address_cannot_write_to_the_world(world, portal) -> None:
    for turn in range(links.BY_ADDRESS.tries):
        await _asks(portal, Purpose.REGISTER, f"victim{turn}@elsewhere.example")

    with pytest.raises(TooMany):
        await _asks(portal, Purpose.REGISTER, "one-more@elsewhere.example")
    assert len(await portal_mail()) == links.BY_ADDRESS.tries


@pytest.mark.parametrize(
    "email", ["support@example.com", "support+x@example.com", "SUPPORT+12-x@Example.com", "nobody@elsewhere.example"]
)
async def test_nothing_is_sent_to_ourselves_or_to_nobody(world, portal, email: str) -> None:
    await _asks(portal, Purpose.SIGN_IN, email)
    await _asks(portal, Purpose.RESET, email)
    if "support" in email.lower():
        await _asks(portal, Purpose.REGISTER, email)

    assert await portal_mail() == []


async def test_a_link_is_worth_nothing_altered_late_elsewhere_or_for_something_else(
    world, portal, other_portal
) -> None:
    await _let_in(world.ada, portal)
    await _let_in(world.ada, other_portal)
    await _asks(portal, Purpose.SIGN_IN, world.ada.email)
    token = await newest_token()
    payload, _, mac = token.partition(".")
    other = tokens.link_payload()

    for wrong in (payload, f"{payload}.", token[:-1], token + "a", f"{other}.{mac}", token.upper(), "", "x" * 5000,
                  tokens.sign("reply", payload), tokens.link_token(other)):  # fmt: skip
        with pytest.raises(NotFound):
            await doors.sign_in_by_link(portal, wrong, browser=CHROME)
    with pytest.raises(NotFound):
        await doors.sign_in_by_link(other_portal, token, browser=CHROME)
    with pytest.raises(NotFound):
        await doors.reset(portal, token, GOOD, browser=CHROME)
    with clock.frozen_at(clock.now() + links.LIFETIMES[Purpose.SIGN_IN]), pytest.raises(NotFound):
        await doors.sign_in_by_link(portal, token, browser=CHROME)
    assert await CustomerSession.all().count() == 0


async def test_a_link_stands_neither_in_the_database_nor_in_the_outbox(world, portal) -> None:
    await _let_in(world.ada, portal)
    await _asks(portal, Purpose.RESET, world.ada.email)
    token = await newest_token()

    kept = [mail.text + str(mail.html) + str(mail.headers) for mail in await portal_mail()]
    kept += [f"{row.secret_hash} {row.detail}" for row in await CustomerLink.all()]
    kept += [str(event.data) for event in await Event.all()]

    assert [text for text in kept if token in text or token.partition(".")[2] in text] == []


async def test_a_suspended_customer_gets_no_mail_and_no_use_of_an_older_link(world, portal) -> None:
    await _let_in(world.ada, portal)
    await _asks(portal, Purpose.SIGN_IN, world.ada.email)
    token = await newest_token()
    await access.suspend(world.ada.id, portal.id, by=SYSTEM)
    await _asks(portal, Purpose.SIGN_IN, world.ada.email)

    assert len(await portal_mail()) == 1
    with pytest.raises(NotFound):
        await doors.sign_in_by_link(portal, token, browser=CHROME)


async def test_the_mail_speaks_the_readers_language_and_comes_from_the_brand(world, portal) -> None:
    await _let_in(world.ada, portal)
    await CONTACTS.change(world.ada.id, {"language": "de"}, by=SYSTEM)

    await _asks(portal, Purpose.SIGN_IN, world.ada.email)
    mail = (await portal_mail())[-1]

    assert (mail.subject, mail.sender, mail.automatic) == (
        "Ihr Anmeldelink für Help", "Help <support@example.com>", True
    )  # fmt: skip


async def test_of_two_who_use_a_link_at_once_one_comes_in(world, portal) -> None:
    await _let_in(world.ada, portal)
    await _asks(portal, Purpose.SIGN_IN, world.ada.email)
    token = await newest_token()

    ends = await asyncio.gather(
        *(doors.sign_in_by_link(portal, token, browser=CHROME) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["NotFound", "NotFound", "NotFound", "tuple"]
    assert await CustomerSession.all().count() == 1
