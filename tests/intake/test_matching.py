"""Which case a message answers: proven by token or by a sender who belongs; everything else is only a hint."""

import pytest

from casedesk.cases import conversing
from casedesk.mail.models import OutgoingMail
from casedesk.security.tokens import reply_token
from intake import matching, mime
from intake.matching import Match
from tests.factories.cases import a_case, customer_writes
from tests.factories.mails import letter
from tests.world import World

SUPPORT = ("support@example.com",)
HINT = "points at a case its sender does not belong to"


async def match(raw: bytes, *to: str) -> Match:
    """Return what a mail points at."""
    return await matching.match(mime.read(raw), to or SUPPORT)


async def test_a_first_mail_points_at_nothing(world: World) -> None:
    assert await match(letter()) == Match()


async def test_the_token_in_the_envelope_joins(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    found = await match(letter(), f"Support+{reply_token(case.id, world.ada.email)}@example.com")

    assert found == Match(joins=case.id, reason="signed token")


async def test_the_token_in_the_to_header_joins(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    found = await match(letter(To=f"support+{reply_token(case.id, world.ada.email)}@example.com"))

    assert found.joins == case.id


async def test_a_token_of_a_case_that_is_not_there_is_nothing(world: World) -> None:
    assert await match(letter(), f"support+{reply_token(99_999, world.ada.email)}@example.com") == Match()


async def test_a_token_given_to_somebody_else_is_a_hint(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    found = await match(letter(), f"support+{reply_token(case.id, world.otto.email)}@example.com")

    assert found == Match(hints_at=case.id, reason=HINT)


async def test_a_token_without_a_sender_is_a_hint(world: World) -> None:
    case = await a_case(world.tess, world.ada)

    found = await match(letter(sender="undisclosed"), f"support+{reply_token(case.id, world.ada.email)}@example.com")

    assert found == Match(hints_at=case.id, reason=HINT)


async def test_the_latest_reference_counts_most(world: World) -> None:
    first, second = await a_case(world.tess, world.ada), await a_case(world.tess, world.ada)
    await customer_writes(first, mail_message_id="<1@x.example>")
    await customer_writes(second, mail_message_id="<2@x.example>")

    found = await match(letter(References="<1@x.example> <2@x.example>"))

    assert found.joins == second.id


async def test_somebody_the_desk_wrote_to_belongs_to_the_case(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="Hi")
    mail = await OutgoingMail.get()

    assert (await match(letter(In_Reply_To=mail.mail_message_id))).joins == case.id


async def test_somebody_in_copy_gets_a_hint_and_no_entry(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await customer_writes(case, mail_message_id="<1@x.example>", cc=["otto@elsewhere.example"])

    found = await match(letter(sender="otto@elsewhere.example", References="<1@x.example>"))

    assert found == Match(hints_at=case.id, reason=HINT)


@pytest.mark.parametrize("subject", ["Re: [CD-{}] red", "red [#{}]", "[{}]"])
async def test_a_number_in_brackets_is_a_hint(world: World, subject: str) -> None:
    case = await a_case(world.tess, world.ada)

    assert await match(letter(Subject=subject.format(case.id))) == Match(hints_at=case.id, reason=HINT)


async def test_a_thousand_references_cost_a_few_queries(world: World) -> None:
    ids = " ".join(f"<{n}-{'a' * 32}.x@example.com>" for n in range(1000))

    assert await match(letter(References=ids)) == Match()
