"""What became of solutions offered before somebody asked: confirmed, possible, failed; only signed-in people count."""

import pytest

from casedesk import clock
from casedesk.identity import Actor, ActorKind
from knowledge import deflecting
from knowledge.audience import Audience
from knowledge.deflecting import Beside, Ends, Signal
from knowledge.models import DeflectionSignal
from knowledge.solution import Visibility
from tests.conftest import Frozen
from tests.knowledge.conftest import a_solution

pytestmark = pytest.mark.usefixtures("database")
ADA = Actor(ActorKind.CONTACT, 7, "Ada", verified=True)


def beside(question: str, portal: int = 1, visitor: str = "") -> Beside:
    return Beside(question, "red light", Audience.PORTAL, portal, visitor)


async def test_questions_are_counted_by_their_end(frozen: Frozen) -> None:
    begun = clock.now()
    one, two = await a_solution("Reset"), await a_solution("Cable")
    for question in ("confirmed", "failed", "left", "both"):
        await deflecting.note(Signal.SHOWN, [one.id, two.id], beside(question), by=ADA)
    await deflecting.note(Signal.SHOWN, [one.id], beside("visitor", visitor="v1"), by=None)
    await deflecting.note(Signal.CONFIRMED, [one.id], beside("visitor", visitor="v1"), by=None)
    await deflecting.note(Signal.OPENED, [one.id], beside("left"), by=ADA)
    await deflecting.note(Signal.CONFIRMED, [one.id], beside("confirmed"), by=ADA)
    await deflecting.note(Signal.FAILED, [one.id, two.id], beside("failed"), by=ADA)
    await deflecting.note(Signal.FAILED, [one.id], beside("both"), by=ADA)
    await deflecting.note(Signal.CONFIRMED, [two.id], beside("both"), by=ADA)

    soon = await deflecting.ends(since=begun)
    frozen.forward(hours=2)
    later = await deflecting.ends(since=begun, portal_id=1)

    assert (soon, later) == (Ends(2, 0, 1), Ends(2, 1, 1))
    assert (later.rate, await deflecting.ends(since=begun, portal_id=2)) == (0.5, Ends(0, 0, 0))


async def test_the_same_signal_counts_once_and_says_who_where_and_about_what(frozen: Frozen) -> None:
    one = await a_solution("Reset")

    for _ in range(2):
        await deflecting.note(Signal.OPENED, [one.id, one.id], beside("q"), by=ADA)

    row = await DeflectionSignal.get()
    assert (row.kind, row.portal, row.contact, row.visitor, row.words) == ("opened", 1, 7, "", "red light")
    assert row.created_at == clock.now()


async def test_what_may_not_be_shown_leaves_no_signal(frozen: Frozen) -> None:
    hidden = await a_solution("Inside", visibility=Visibility.INTERNAL)

    await deflecting.note(Signal.OPENED, [hidden.id, 999], beside("q"), by=ADA)

    assert await DeflectionSignal.all().count() == 0


async def test_what_was_put_aside_is_known_to_its_question_alone(frozen: Frozen) -> None:
    one = await a_solution("Reset")

    await deflecting.note(Signal.SHOWN, [one.id], beside("q"), by=ADA)
    await deflecting.note(Signal.DISMISSED, [one.id], beside("q"), by=ADA)

    assert await deflecting.dismissed_beside("q") == {one.id}
    assert await deflecting.dismissed_beside("r") == frozenset()
    assert await deflecting.shown_beside("q") == (one.id,)
