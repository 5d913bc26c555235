"""The landing of a survey link: looking stores nothing, sending stores, sending again takes the first one's place."""

import pytest

from casedesk import security
from casedesk.cases import closing, creating, recording, surveying
from casedesk.cases.creating import NewCase
from casedesk.database import transaction
from casedesk.settings import Settings
from casedesk.web.middleware import Shield
from casedesk.web.routes import create_web
from tests.web.browser import visitor
from tests.world import World


@pytest.fixture
def app(world: World, peopled: Settings) -> Shield:
    """Return the whole web of a desk with everybody in it."""
    security.configure(peopled)
    return create_web(peopled)


@pytest.fixture
async def token(world: World) -> str:
    """Return the token of a survey about a resolved case of Ada's."""
    new = NewCase(subject="Gateway is silent", origin="email", contact_id=world.ada.id)
    case = await creating.create_case(new, by=world.tess)
    await closing.resolve(case.number, by=world.tess)
    async with transaction():
        return await surveying.open_survey(await recording.hold(case.id))


async def test_looking_chooses_a_face_and_stores_nothing(app, token: str) -> None:
    async with visitor(app) as customer:
        pages = [await customer.get(f"/s/{token}?r=4") for _ in range(10)]

    assert [page.status_code for page in pages] == [200] * 10
    assert 'value="4" required checked' in pages[0].text
    assert "casedesk" not in pages[0].text.partition("<header")[2].partition("</header>")[0]
    assert pages[0].headers["referrer-policy"] == "no-referrer"
    assert (await surveying.find(token)).answered is False


async def test_sending_stores_and_sending_again_takes_its_place(app, token: str) -> None:
    async with visitor(app) as customer:
        first = await customer.post(f"/s/{token}", data={"score": "4", "words": "Quick."})
        second = await customer.post(f"/s/{token}", data={"score": "2", "words": "It broke again."})

    kept = await surveying.find(token)
    assert ("Thank you" in first.text, "Thank you" in second.text) == (True, True)
    assert (kept.score, kept.words, kept.answered) == (2, "It broke again.", True)


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "five", "٣", "9" * 30])
async def test_a_score_that_is_none_is_refused_and_the_words_kept(app, token: str, score: str) -> None:
    async with visitor(app) as customer:
        page = await customer.post(f"/s/{token}", data={"score": score, "words": "Kept words"})

    assert page.status_code == 422
    assert "Kept words" in page.text
    assert (await surveying.find(token)).answered is False


async def test_a_link_that_is_not_ours_finds_nothing(app, token: str) -> None:
    async with visitor(app) as customer:
        answers = [await customer.get(f"/s/{each}") for each in (token[:-1], token.upper(), "x", "1.abc")]

    assert [answer.status_code for answer in answers] == [404] * 4
