"""Acknowledgements: a number and a promise to everybody who wrote, nothing to machines, never too many."""

from datetime import UTC, datetime

import pytest

from casedesk import settings as operator
from casedesk.accounts.directory import ACCOUNTS
from casedesk.cases import viewing
from casedesk.cases.models import Case
from casedesk.cases.shapes import CaseView
from casedesk.identity import SYSTEM
from casedesk.journal.models import Event
from casedesk.mail.composing import compose
from casedesk.mail.models import OutgoingMail
from casedesk.mail.templates import TEMPLATES
from casedesk.portals.branding import PORTALS
from intake.mailboxes import MAILBOXES
from knowledge import writing
from knowledge.index import SolutionIndex
from knowledge.solution import Draft, Status, Visibility
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.factories.happenings import react, react_again
from tests.world import World


async def withheld(case: CaseView) -> list[object]:
    """Return why a case was not acknowledged."""
    events = await Event.filter(case_id=case.id, name="acknowledgement_withheld")
    return [event.data["reason"] for event in events]


async def test_a_case_is_acknowledged_with_number_and_promise(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada, priority="urgent")

    await react()

    mail = await OutgoingMail.get()
    assert (mail.kind, mail.to, mail.subject) == (
        "acknowledgement", ["ada@ridgeline.example"], f"We have your message [{case.number}]",
    )  # fmt: skip
    assert mail.text.startswith(
        f"Hello Ada Premier,\n\nthank you for writing to us. Your message has arrived as case {case.number}."
    )
    assert "A person answers before" in mail.text


async def test_it_says_itself_that_no_person_wrote_it(world: World) -> None:
    await a_case(world.tess, world.ada)
    await react()

    mail = await OutgoingMail.get()

    assert (mail.automatic, mail.envelope_from) == (True, "")
    assert mail.headers["Auto-Submitted"] == "auto-replied"
    assert mail.headers["X-Casedesk-Loop"] == "support@example.com"
    assert b"Auto-Submitted: auto-replied\r\n" in compose(mail)


async def test_running_it_twice_sends_one(world: World) -> None:
    await a_case(world.tess, world.ada)

    await react_again(await react())

    assert await OutgoingMail.all().count() == 1


async def test_who_is_under_review_is_told_so(world: World) -> None:
    await a_case(world.tess, world.otto)

    await react()

    assert "We could not find a support contract" in (await OutgoingMail.get()).text


async def test_it_is_written_in_the_language_of_the_case(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await Case.filter(id=case.id).update(language="de")

    await react()

    assert (await OutgoingMail.get()).subject == f"Ihre Nachricht ist da [{case.number}]"


async def test_no_word_of_the_requester_is_in_it(world: World) -> None:
    words = "Buy-cheap-pills"

    await a_case(
        world.tess, contact_email="victim@elsewhere.example", contact_name=words, subject=words, description=words
    )
    await react()

    mail = await OutgoingMail.get()
    assert mail.to == ["victim@elsewhere.example"]
    assert words not in mail.subject + mail.text + (mail.html or "") + str(mail.headers)


async def test_three_in_an_hour_are_enough_for_an_address(world: World, frozen: Frozen) -> None:
    cases = [await a_case(world.tess, world.ada) for _ in range(5)]

    await react()

    assert await OutgoingMail.all().count() == 3
    assert [await withheld(case) for case in cases[3:]] == [["this address got enough acknowledgements this hour"]] * 2


async def test_details_of_an_address_do_not_fill_its_mailbox(world: World) -> None:
    for number in range(5):
        await a_case(world.tess, contact_email=f"Victim+{number}@elsewhere.example")

    await react()

    assert sorted(await OutgoingMail.all().values_list("to", flat=True)) == [
        ["victim+0@elsewhere.example"], ["victim+1@elsewhere.example"], ["victim+2@elsewhere.example"],
    ]  # fmt: skip


async def test_many_addresses_of_one_domain_share_a_cap(world: World) -> None:
    operator.use(operator.current().model_copy(update={"acknowledgements_per_domain": 2}))
    cases = [await a_case(world.tess, contact_email=f"v{number}@elsewhere.example") for number in range(4)]
    await a_case(world.tess, contact_email="v@sub.elsewhere.example")

    await react()

    assert await OutgoingMail.all().count() == 3
    assert await withheld(cases[3]) == ["this domain got enough acknowledgements this hour"]


async def test_all_together_share_a_cap(world: World, frozen: Frozen) -> None:
    operator.use(operator.current().model_copy(update={"acknowledgements_in_all": 2}))
    cases = [await a_case(world.tess, contact_email=f"v@n{number}.example") for number in range(3)]
    await react()
    frozen.forward(minutes=61)
    await a_case(world.tess, contact_email="v@later.example")

    await react()

    assert await OutgoingMail.all().count() == 3
    assert await withheld(cases[2]) == ["enough acknowledgements left this hour"]


async def test_an_hour_later_there_is_room_again(world: World, frozen: Frozen) -> None:
    for _ in range(3):
        await a_case(world.tess, world.ada)
    await react()
    frozen.forward(minutes=61)
    await a_case(world.tess, world.ada)

    await react()

    assert await OutgoingMail.all().count() == 4


async def test_a_day_has_its_own_cap(world: World, frozen: Frozen) -> None:
    most = operator.current().automatic_per_day
    for _ in range(most + 2):
        await a_case(world.tess, world.ada)
        await react()
        frozen.forward(minutes=61)

    assert await OutgoingMail.all().count() == most


@pytest.mark.parametrize("email", ["mailer-daemon@mx.example", "no-reply@shop.example", "support@example.com"])
async def test_machines_and_ourselves_are_never_answered(world: World, email: str) -> None:
    case = await a_case(world.tess, contact_email=email)

    await react()

    assert await OutgoingMail.all().count() == 0
    assert await withheld(case) == ["the sender is a machine"]


async def test_a_case_logged_by_telephone_is_not_acknowledged(world: World) -> None:
    await a_case(world.tess, world.ada, origin="phone")

    await react()

    assert await OutgoingMail.all().count() == 0


async def test_the_decision_says_which_rule_answered(world: World) -> None:
    case = await a_case(world.tess, world.otto)
    await react()

    taken = [each for each in await viewing.decisions(case.number, by=world.tess) if each.kind == "auto_response"]

    assert [each.outcome for each in taken] == ["review_acknowledgement"]


async def test_a_mailbox_may_have_an_acknowledgement_of_its_own(world: World) -> None:
    await TEMPLATES.add({"key": "own", "subject": "Got it", "text": "Number {{ case.number }}"}, by=SYSTEM)
    [door] = [each for each in await MAILBOXES.page(by=SYSTEM) if each.address == "support@example.com"]
    await MAILBOXES.change(door.id, {"template": "own"}, by=SYSTEM)
    case = await a_case(world.tess, world.ada)

    await react()

    mail = await OutgoingMail.get()
    assert (mail.subject, mail.text) == ("Got it", f"Number {case.number}\n")


async def test_a_public_solution_that_fits_is_offered_and_an_internal_one_is_not(
    world: World, index: SolutionIndex
) -> None:
    for visibility, title in (
        (Visibility.PUBLIC, "Gateway stays red"),
        (Visibility.INTERNAL, "Gateway stays red, secretly"),
    ):
        draft = Draft(title, "The gateway stays red: restart it.", visibility=visibility, status=Status.PUBLISHED)
        await writing.create(draft, by=SYSTEM)
    await index.catch_up()
    await a_case(world.tess, world.ada)

    await react()

    text = (await OutgoingMail.get()).text
    assert "* Gateway stays red\n" in text
    assert "secretly" not in text


async def test_the_promise_is_told_in_the_customers_zone(world: World, frozen: Frozen) -> None:
    await ACCOUNTS.change(world.ada.account_id, {"time_zone": "America/Denver"}, by=SYSTEM)
    frozen.set(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    await a_case(world.tess, world.ada, priority="urgent")

    await react()

    line = next(line for line in (await OutgoingMail.get()).text.splitlines() if "before" in line)
    assert "02:30 (America/Denver)." in line or "2:30" in line


async def test_a_solution_is_offered_at_the_brand_the_case_came_to(world: World, index: SolutionIndex) -> None:
    draft = Draft(
        "Restore a gateway that stays red", "Hold Reset until the gateway is blue.", key="red-gateway",
        visibility=Visibility.PUBLIC, status=Status.PUBLISHED,
    )  # fmt: skip
    await writing.create(draft, by=SYSTEM)
    await index.catch_up()
    portal = (await PORTALS.page(by=SYSTEM))[0]
    await PORTALS.change(portal.id, {"host": "care.example"}, by=SYSTEM)
    operator.use(operator.current().model_copy(update={"url": "https://desk.example"}))

    await a_case(world.tess, world.ada, subject="Gateway stays red", description="Restore the gateway that stays red.")
    await react()

    mail = await OutgoingMail.get()
    assert "https://care.example/solutions/red-gateway" in mail.text
    assert "https://care.example/c/" in mail.text
