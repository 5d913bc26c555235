"""The demo company: the same story for the same seed, told so that everything adds up."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casedesk import clock, demo
from casedesk.activities.models import Task
from casedesk.app import opened, spool_of
from casedesk.cases import creating
from casedesk.cases.creating import NewCase
from casedesk.cases.models import Case, Message, Survey
from casedesk.database import rows, transaction
from casedesk.demo import living
from casedesk.demo.authoring import plots
from casedesk.demo.company import cast
from casedesk.demo.plot import Customer
from casedesk.demo.story import Story, keep, story_of, write_up
from casedesk.errors import Unusable
from casedesk.mail.models import OutgoingMail
from casedesk.milestones.models import Milestone
from casedesk.proving import prove
from casedesk.settings import Settings
from casedesk.starting import make_desk, sample_sign_ins
from knowledge.index import SolutionIndex
from tests.demo.proof import faults_of
from tests.engines import Desks

_SHELF = """
SELECT (SELECT COUNT(*) FROM solutions) AS solutions, (SELECT COUNT(*) FROM solution_ratings) AS ratings,
       (SELECT COUNT(*) FROM solution_uses) AS used,
       (SELECT COUNT(*) FROM deflection_signals WHERE kind = 'confirmed') AS confirmed
"""
CASES = 30
NOW = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)
CUSTOMERS = [Customer("ada@premier.example", "Ada Premier", "en", ("Plant 2",), {"AG-200": ["AG200-24-1"]})]


class _TakenBackError(Exception):
    """Ends a transaction without a trace: the desk is only read."""


def quietly(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


async def numbers_in(settings: Settings) -> list[int]:
    """Return the numbers of all cases of a desk."""
    async with opened(settings):
        return [row["id"] for row in await rows("SELECT id FROM cases ORDER BY id")]


@pytest.fixture(scope="module")
def filled(desks: Desks) -> Iterator[Settings]:
    """Return the settings of a desk with the demo company, not open; the tests only read it."""
    settings = desks.empty()
    asyncio.run(demo.fill(settings, cases=CASES, seed=1, progress=quietly))
    yield settings
    desks.drop(settings)


def test_the_same_seed_tells_the_same_story():
    first, again = (plots(CUSTOMERS, {"AG-200": "Aurora AG-200"}, 40, 1, NOW) for _ in range(2))

    assert first == again


def test_another_seed_tells_another_story():
    first, other = (plots(CUSTOMERS, {}, 40, seed, NOW) for seed in (1, 2))

    assert [plot.text for _, plot in first] != [plot.text for _, plot in other]


async def test_the_whole_desk_holds_before_the_proof(filled: Settings):
    async with opened(filled):
        spool, index = spool_of(filled), SolutionIndex(filled)
        await spool.open()
        proof = await prove(spool, index, quietly)
        await spool.close()

    assert proof.faults == []
    assert proof.counts["cases"] == CASES


async def test_every_case_was_told_through_the_abilities(filled: Settings):
    async with opened(filled):
        cases = [row["id"] for row in await rows("SELECT id FROM cases ORDER BY id")]
        faults = [fault for case in cases for fault in await faults_of(case)]

    assert (len(cases), faults) == (CASES, [])


def test_a_demo_that_was_stopped_goes_on_where_it_stood(desks: Desks):
    settings = desks.empty()
    asyncio.run(demo.fill(settings, cases=16, seed=2, progress=quietly, most=5))
    story = story_of(settings.data)
    assert story is not None
    begun = asyncio.run(numbers_in(settings))

    asyncio.run(demo.go_on(settings, quietly))

    whole = asyncio.run(numbers_in(settings))
    desks.drop(settings)
    # The newest first, and before them the case that others are linked to.
    assert (len(begun), begun[-1]) == (5, story.last)
    assert whole == list(range(story.first, story.last + 1))


async def test_no_mail_of_the_past_waits_to_leave(filled: Settings):
    async with opened(filled):
        states = set(await OutgoingMail.filter(next_try_at__lt=clock.now()).values_list("state", flat=True))

    assert states <= {"sent", "cancelled"}
    assert not (filled.data / "outgoing").exists()


async def test_what_happened_lies_in_the_past(filled: Settings):
    async with opened(filled):
        newest = await Message.all().order_by("-created_at").first()
        oldest = await Case.all().order_by("created_at").first()

    assert oldest is not None
    assert newest is not None
    assert datetime(2026, 1, 1, tzinfo=UTC) < oldest.created_at < newest.created_at <= clock.now()


async def test_a_premier_customer_of_the_demo_is_entitled_and_in_the_queue_of_her_contract(filled: Settings):
    async with opened(filled):
        case = await Case.get(subject="Gateway offline after firmware 4.2").select_related("queue", "contact", "asset")

    assert case.asset.warranty_until > clock.now().date()
    assert (case.verdict, case.level, case.queue.key, case.contact.name, case.asset.serial) == (
        "covered", "premier", "premier_emea", "Élodie Marchand", "AG200-24-11873",
    )  # fmt: skip


async def test_a_premier_case_is_due_within_the_quarter_of_an_hour(filled: Settings):
    story = story_of(filled.data)
    assert story is not None
    async with opened(filled):
        case = await Case.get(id=int(story.stops["premier-due"])).select_related("owner")

    minutes = (case.next_due_at - story.now).total_seconds() / 60
    assert (case.level, case.next_due_kind, case.owner.name) == ("premier", "first_response", "Priya Nair")
    assert 13 < minutes < 15


async def test_the_problem_case_is_no_late_one(filled: Settings):
    story = story_of(filled.data)
    assert story is not None
    async with opened(filled):
        case = await Case.get(id=int(story.stops["firmware-4.2"]))
        missed = await Milestone.filter(case_id=case.id, state="missed").count()

    assert (case.status, missed) == ("On hold", 0)


async def test_every_report_is_linked_to_the_problem_case(filled: Settings):
    story = story_of(filled.data)
    assert story is not None
    reports = {number for number, plot in write_up(CASES, story.seed, story.now) if plot.linked_to is not None}
    async with opened(filled):
        linked = await Case.filter(linked_to_id=int(story.stops["firmware-4.2"])).values_list("id", flat=True)

    assert set(linked) == reports != set()


async def test_the_bad_survey_has_its_task_to_call_back(filled: Settings):
    story = story_of(filled.data)
    assert story is not None
    async with opened(filled):
        survey = await Survey.get(case_id=int(story.stops["bad-survey"]))
        tasks = await Task.filter(case_id=survey.case_id).values_list("subject", "status")

    assert survey.score == 1
    assert [(subject.split(" ", 1)[0], status) for subject, status in tasks] == [("Call", "open")]


async def test_solutions_have_been_used_rated_and_have_answered_people(filled: Settings):
    async with opened(filled):
        counts = (await rows(_SHELF))[0]

    assert counts["solutions"] == 64
    assert counts["ratings"] > 50
    assert counts["used"] > 0
    assert counts["confirmed"] == 5


def test_a_new_desk_in_the_folder_of_a_demo_that_was_taken_away_is_no_demo(desks: Desks):
    settings = desks.empty()
    settings.data.mkdir(parents=True, exist_ok=True)
    story = Story(cases=9, seed=1, present="2026-11-25T14:20:00+00:00", first=10_001, last=10_009, stops={})
    asyncio.run(keep(settings.data, story))

    asyncio.run(make_desk(settings, admin_email="ada@desk.example", password="long-enough-1", token=False))

    found = (story_of(settings.data), sample_sign_ins(settings))
    desks.drop(settings)
    assert found == (None, ())


async def test_nothing_is_played_in_a_desk_of_real_people(tmp_path: Path):
    with pytest.raises(Unusable, match="no demo"):
        await living.live(Settings(data=tmp_path), seed=1)


async def test_a_new_case_is_numbered_after_those_of_the_story(filled: Settings):
    story = story_of(filled.data)
    assert story is not None
    numbers = []
    async with opened(filled):
        by = (await cast()).staff["mara@halden.example"]
        with contextlib.suppress(_TakenBackError):
            async with transaction():
                numbers.append((await creating.create_case(NewCase(subject="One more", origin="phone"), by=by)).id)
                raise _TakenBackError

    assert numbers == [story.last + 1]


def test_the_sign_ins_are_kept_for_the_sign_in_page(filled: Settings):
    assert [sample.email for sample in sample_sign_ins(filled)] == [
        "admin@example.com", "mara@halden.example", "jonas@halden.example", "lena@halden.example",
        "kofi@halden.example", "sara@halden.example", "elodie@saint-roch.example", "darnell@ridgeline.example",
        "hanna@orebro.example",
    ]  # fmt: skip


async def test_a_folder_that_holds_a_desk_is_left_as_it_is(filled: Settings):
    with pytest.raises(Unusable):
        await demo.fill(filled, cases=1, seed=2, progress=quietly)
