"""Cases from elsewhere: with their dates, on their people, in their state, and nobody hears of it."""

from datetime import UTC, datetime

import pytest

from casedesk.cases import closing, conversing, escalating, keeping_time, replaying, viewing
from casedesk.cases.conversing import Said
from casedesk.cases.models import Case, Notification
from casedesk.database import rows, transaction
from casedesk.errors import Conflict
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind as Searched
from casedesk.imports.kinds import Kind
from casedesk.mail.models import OutgoingMail
from casedesk.milestones.models import Milestone
from tests.imports.bringing import bring, counts, faults, notes

CASES = """Id,CaseNumber,ContactId,ContactEmail,Status,Priority,Type,Subject,Description,Origin,IsClosed,CreatedDate,ClosedDate
5001,00001014,,ada@ridgeline.example,Closed,Medium,Transaction issue,The pump stops,Since May.,Email,1,\
2024-01-23T13:26:08.000+0000,2024-01-25T10:00:00.000+0000
5002,00001015,,new@somewhere.example,in_progress,High,Problem,It beeps,All day.,Phone,0,2024-02-01T09:00:00.000+0000,
5003,00001016,003Nowhere,,open,,,Regarding Fraud,,,,2024-02-02T09:00:00.000+0000,
"""


async def case_called(external_id: str) -> Case:
    """Return the case that is known elsewhere by this id."""
    found = await rows("SELECT record_id FROM foreign_ids WHERE kind = 'cases' AND external_id = ?", external_id)
    return await Case.get(id=found[0]["record_id"])


async def test_a_closed_case_keeps_its_dates_and_its_person(world):
    report = await bring(Kind.CASES, CASES)

    case = await case_called("5001")
    assert counts(report) == (3, 0, 0, 0)
    assert (case.status_category, case.priority, case.origin, case.contact_id) == (
        "closed", "normal", "email", world.ada.id,
    )  # fmt: skip
    assert (case.created_at, case.closed_at, case.updated_at) == (
        datetime(2024, 1, 23, 13, 26, 8, tzinfo=UTC),
        datetime(2024, 1, 25, 10, tzinfo=UTC),
        datetime(2024, 1, 25, 10, tzinfo=UTC),
    )
    story = await rows("SELECT name, created_at FROM events WHERE case_id = ? ORDER BY id", case.id)
    assert [(each["name"], str(each["created_at"])[:10]) for each in story] == [
        ("case_created", "2024-01-23"),
        ("message_received", "2024-01-23"),
        ("case_resolved", "2024-01-25"),
        ("case_closed", "2024-01-25"),
    ]


async def test_an_open_case_goes_on_here_in_its_state(world):
    await bring(Kind.CASES, CASES)

    case = await case_called("5002")
    view = await viewing.case_by_id(case.id, by=world.max)
    assert (view.status, view.priority, view.type, view.created_at) == (
        "Open", "high", "technical_support", datetime(2024, 2, 1, 9, tzinfo=UTC),
    )  # fmt: skip
    assert (view.contact.email, view.queue is not None, view.tags) == ("new@somewhere.example", True, ("imported",))


async def test_what_this_desk_has_no_word_for_is_kept_and_told(world):
    report = await bring(Kind.CASES, CASES)

    assert (await case_called("5001")).custom == {
        "imported_external_id": "5001",
        "imported_number": "00001014",
        "imported_type": "Transaction issue",
    }
    assert notes(report) == [
        (2, "type Transaction issue is unknown here; kept as custom.imported_type"),
        (4, "contact 003Nowhere leads nowhere; imported without it"),
    ]


async def test_the_number_of_old_finds_the_case(world):
    await bring(Kind.CASES, CASES)

    found = await database_engine.search(Searched.CASE, "00001015")

    assert found == [(await case_called("5002")).id]


async def test_nobody_is_written_to_and_no_clock_strikes(world):
    await bring(Kind.CASES, CASES.replace("new@somewhere.example", "ada@ridgeline.example"))

    await keeping_time.sweep()
    await escalating.sweep()

    pending = await rows("SELECT id FROM events WHERE pending AND case_id IS NOT NULL")
    assert (pending, await OutgoingMail.all().count(), await Notification.all().count()) == ([], 0, 0)
    assert (await Milestone.all().count(), {case.escalation_level for case in await Case.all()}) == (0, {0})


async def test_clocks_begin_with_the_customers_next_message(world):
    await bring(Kind.CASES, CASES.replace("new@somewhere.example", "ada@ridgeline.example"))
    case = await case_called("5002")

    async with transaction():
        said = Said("It still beeps.", author_email="ada@ridgeline.example", contact_id=world.ada.id)
        await conversing.add_customer_message(case.id, said)

    assert [row.kind for row in await Milestone.filter(case_id=case.id)] == ["next_response"]


async def test_histories_add_up(world):
    await bring(Kind.CASES, CASES)

    assert await replaying.replay_many([case.id for case in await Case.all()]) == []


async def test_the_same_file_again_leaves_the_cases_alone(world):
    await bring(Kind.CASES, CASES)

    report = await bring(Kind.CASES, CASES.replace("It beeps", "It beeped"))

    assert (counts(report), (await case_called("5002")).subject) == ((0, 0, 3, 0), "It beeps")


async def test_rows_without_any_id_are_known_again_by_what_they_say(world):
    text = "Betreff,E-Mail,Erstellt am\nPumpe steht,bo@orebro.example,23.01.2024 13:26\n"

    done = [counts(await bring(Kind.CASES, text)) for _ in range(2)]

    assert done == [(1, 0, 0, 0), (0, 0, 1, 0)]


async def test_queue_and_owner_are_those_that_the_file_names(world):
    text = "Id,Subject,group,assignee email\n1,One,Billing,tess@halden.example\n2,Two,No such group,x@y.example\n"

    report = await bring(Kind.CASES, text)

    case = await case_called("1")
    assert (case.queue_id, case.owner_id) == (world.queues["billing"], world.tess.id)
    assert notes(report) == [
        (3, "queue No such group leads nowhere; imported without it"),
        (3, "owner x@y.example leads nowhere; imported without it"),
    ]
    assert await Notification.all().count() == 0


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1,,,,", "give a subject or a description"),
        ("1,Pump,2999-01-01,,", "created_at: lies in the future"),
        ("1,Pump,soon,,", "CreatedDate: soon is no time; write 2026-11-27T14:05:00Z"),
    ],
)
async def test_a_row_that_makes_no_case_says_why(world, row, why):
    report = await bring(Kind.CASES, f"Id,Subject,CreatedDate,ClosedDate,x\n{row}\n")

    assert faults(report) == [(2, why)]


async def test_a_case_closed_before_it_was_created_is_closed_when_it_was_created(world):
    report = await bring(Kind.CASES, "Id,Subject,CreatedDate,ClosedDate\n1,Pump,2024-02-02,2024-01-01\n")

    case = await case_called("1")
    assert (case.closed_at, notes(report)) == (
        case.created_at,
        [(2, "closed before it was created; taken as closed when it was created")],
    )


async def test_a_case_closed_long_ago_stays_closed(world):
    await bring(Kind.CASES, CASES)
    case = await case_called("5001")

    with pytest.raises(Conflict, match="closed too long ago"):
        await closing.reopen(str(case.id), by=world.max)
