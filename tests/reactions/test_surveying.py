"""Surveys: one for a resolution, after its undo time, kept back when the case is opened again."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk import settings as operator
from casedesk.cases import closing, conversing, surveying
from casedesk.cases.models import Survey
from casedesk.errors import Invalid, NotFound
from casedesk.journal.models import Event
from casedesk.mail.models import OutgoingMail
from casedesk.reactions.surveying import must_cancel
from tests.conftest import Frozen
from tests.factories.cases import a_case
from tests.factories.happenings import react, react_again
from tests.world import World


async def the_mail() -> OutgoingMail:
    """Return the one survey in the outbox."""
    return await OutgoingMail.get(kind="survey")


def token_in(mail: OutgoingMail) -> str:
    """Return the token of the link in a survey."""
    return next(line for line in mail.text.splitlines() if "/s/" in line).rpartition("/")[2]


async def test_a_survey_leaves_when_the_resolution_can_no_longer_be_undone(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)

    await react()

    mail = await the_mail()
    assert (mail.to, mail.subject) == ([world.ada.email], f"How did we do? [{case.number}]")
    assert mail.next_try_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(
        seconds=operator.current().undo_seconds
    )
    assert mail.headers["Auto-Submitted"] == "auto-generated"


async def test_closing_a_case_asks_once(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.close(case.number, by=world.tess)

    await react_again(await react())

    assert await OutgoingMail.filter(kind="survey").count() == 1


async def test_a_reply_that_resolves_asks_once_too(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await conversing.reply(case.number, by=world.tess, text="Done.", status="resolved")

    await react()

    assert await OutgoingMail.filter(kind="survey").count() == 1


async def test_a_case_opened_again_before_it_leaves_keeps_it_back(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    await react()
    assert await must_cancel(await the_mail()) is False

    await closing.reopen(case.number, by=world.tess)

    assert await must_cancel(await the_mail()) is True


async def test_another_resolution_asks_again(world: World, frozen: Frozen) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    await react()
    frozen.forward(days=1)
    await closing.reopen(case.number, by=world.tess)
    await closing.resolve(case.number, by=world.tess)

    await react()

    assert await OutgoingMail.filter(kind="survey").count() == 2


async def test_opening_the_link_stores_nothing(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    await react()

    view = await surveying.find(token_in(await the_mail()))

    assert (view.case_number, view.brand, view.answered, view.score) == (case.number, "Help", False, None)
    assert (await Survey.get()).answered_at is None


async def test_an_answer_is_kept_and_may_be_changed(world: World) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    await react()
    token = token_in(await the_mail())

    await surveying.answer(token, 2, "Slow")
    view = await surveying.answer(token, 5, "I was wrong")

    assert (view.score, view.words, view.answered) == (5, "I was wrong", True)
    scores = [
        event.data["score"] for event in await Event.filter(case_id=case.id, name="survey_answered").order_by("id")
    ]
    assert scores == [2, 5]


@pytest.mark.parametrize("score", [0, 6])
async def test_a_score_is_one_of_five(world: World, score: int) -> None:
    case = await a_case(world.tess, world.ada)
    await closing.resolve(case.number, by=world.tess)
    await react()

    with pytest.raises(Invalid):
        await surveying.answer(token_in(await the_mail()), score)

    assert (await Survey.get()).score is None


@pytest.mark.parametrize("token", ["", "1", "1.aaaa", "x" * 500])
async def test_a_forged_link_finds_nothing(world: World, token: str) -> None:
    with pytest.raises(NotFound):
        await surveying.find(token)


async def test_nobody_to_ask_is_not_asked(world: World) -> None:
    case = await a_case(world.tess)
    await closing.resolve(case.number, by=world.tess)

    await react()

    assert await OutgoingMail.all().count() == 0
