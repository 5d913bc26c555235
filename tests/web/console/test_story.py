"""How a case's story, its clock and its reasons are told: pure functions from shapes to views."""

from datetime import UTC, datetime, timedelta

import pytest

from casedesk.cases.shapes import (
    CaseView,
    Change,
    ContactRef,
    DecisionView,
    FileView,
    MailState,
    MilestoneView,
    PauseView,
    TimelineEntry,
    TracedRule,
)
from casedesk.rules.business_hours import working_hours
from casedesk.rules.conditions import Because
from casedesk.web import signs
from casedesk.web.console import case_list, happenings, reasons, service_clock, story
from casedesk.web.views import Tone

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALWAYS = working_hours({"tz": "UTC", "week": {str(day): [["00:00", "24:00"]] for day in range(7)}, "holidays": []})
OFFICE = working_hours({"tz": "UTC", "week": {str(day): [["09:00", "17:00"]] for day in range(5)}, "holidays": []})


def case(**more: object) -> CaseView:
    usual = {
        "id": 7, "number": "CD-7", "version": 1, "subject": "s", "description": "", "status": "Open",
        "status_category": "open", "priority": "normal", "type": None, "origin": "email", "language": None, "queue": None,
        "owner": None, "contact": ContactRef(1, "Ada", "ada@ridgeline.example"), "account": None, "asset": None,
        "entitlement": None, "entitlement_status": "entitled", "verdict": "covered", "level": "premier",
        "escalation_level": 0, "milestones": (), "pauses": (), "tags": (), "custom": {}, "record_type": "case",
        "logged_on_behalf": False, "linked_to": None, "resolution": None, "created_at": NOW, "updated_at": NOW,
        "resolved_at": None, "closed_at": None, "last_event": 50,
    }  # fmt: skip
    return CaseView(**{**usual, **more})  # type: ignore[arg-type]


def said(number: int, kind: str = "message", **more: object) -> TimelineEntry:
    usual = {"author": "Ada", "author_kind": "contact" if kind == "message" else "user", "text": f"words {number}"}
    at = NOW + timedelta(minutes=number)
    return TimelineEntry(f"m{number}", at, kind, kind != "note", **{**usual, **more})  # type: ignore[arg-type]


def happened(event: str, **more: object) -> TimelineEntry:
    usual = {"author": "Tess", "author_kind": "user"}
    return TimelineEntry("e1", NOW, "change", False, event=event, **{**usual, **more})  # type: ignore[arg-type]


def milestone(**more: object) -> MilestoneView:
    usual = {
        "kind": "first_response", "name": "First response", "process": "premier", "hours": "always", "ruleset_version": 3,
        "minutes": 60, "started_at": NOW - timedelta(minutes=30), "target_at": NOW + timedelta(minutes=30),
        "completed_at": None, "state": "running", "elapsed_s": 1800, "remaining_s": 1800,
        "warnings": (NOW + timedelta(minutes=15),),
    }  # fmt: skip
    return MilestoneView(**{**usual, **more})  # type: ignore[arg-type]


def drawn(*entries: TimelineEntry, **more: object):
    return story.timeline(case(), entries, me="tess@halden.example", queues={"premier": "Premier"}, **more)  # type: ignore[arg-type]


def test_a_long_story_shows_its_newest_part_and_the_way_to_the_older() -> None:
    entries = [said(number, "note") for number in range(2000)]

    part = drawn(*entries)
    before = drawn(*entries, before=part.entries[0].id)

    assert (len(part.entries), part.older_count) == (story.AT_ONCE, 2000 - story.AT_ONCE)
    assert before.entries[-1].id == "m-1959"


def test_the_page_opens_at_the_first_message_nobody_has_answered() -> None:
    part = drawn(said(1), said(2, "reply"), said(3), said(4, "note"), said(5))

    assert [entry.id for entry in part.entries if entry.unread] == ["m-3"]


def test_however_much_is_unanswered_the_page_stays_short() -> None:
    part = drawn(*[said(number) for number in range(500)])

    assert len(part.entries) == story.AT_ONCE


def test_a_filter_shows_its_kind_alone() -> None:
    part = drawn(said(1), said(2, "note"), said(3, "call"), shown="notes")

    assert [entry.id for entry in part.entries] == ["m-2"]


def test_a_new_day_is_ruled_off() -> None:
    part = drawn(said(1), said(2), said(1500))

    assert [bool(entry.day) for entry in part.entries] == [True, False, True]


def test_only_ones_own_waiting_reply_can_be_taken_back() -> None:
    waits = MailState("<1@desk>", "waiting", 9)
    mine = said(1, "reply", mail=waits, details={"email": "tess@halden.example"})
    theirs = said(2, "reply", mail=waits, details={"email": "uma@halden.example"})

    assert [entry.undo_url for entry in drawn(mine, theirs).entries] == ["/console/c/CD-7/undo/9", ""]


def test_markup_of_a_mail_is_cleaned_and_its_pictures_come_from_us() -> None:
    html = '<p onclick="x()">Hi</p><script>alert(1)</script><img src="cid:pic@1"><img src="https://spy.example/1.gif">'
    picture = FileView(4, "a.png", "image/png", 10, inline=True, content_id="pic@1")

    body = drawn(said(1, html=html, files=(picture,))).entries[0].body

    assert "script" not in body
    assert "onclick" not in body
    assert "spy.example" not in body
    assert 'src="/console/files/4?inline=1"' in body


def test_text_is_escaped_and_quoted_history_folded() -> None:
    entry = drawn(said(1, text="<b>new</b>", body="<b>new</b>\n> old")).entries[0]

    assert entry.body == "&lt;b&gt;new&lt;/b&gt;"
    assert "&gt; old" in entry.quoted


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (happened("case_assigned", changes=(Change("owner", None, "Tess"),)), "Tess took the case"),
        (happened("case_assigned", changes=(Change("owner", None, "Uma"),)), "Tess gave the case to Uma"),
        (
            happened("case_assigned", changes=(Change("queue", "A", "B"), Change("owner", "x", None))),
            "Tess moved the case to B",
        ),
        (happened("case_assigned", changes=(Change("owner", "Tess", None),)), "Tess handed the case back"),
        (
            happened("case_changed", changes=(Change("priority", "low", "high"),)),
            "Tess changed priority from Low to High",
        ),
        (happened("case_reopened", author_kind="system"), "The customer's answer opened the case again"),
        (happened("milestone_missed", details={"kind": "resolution"}), "Resolution is late"),
        (
            happened("milestone_warned", details={"kind": "first_response", "step": "warning:15"}),
            "First reply due in 15m",
        ),
        (happened("survey_answered", details={"score": 2}), "The customer rated this case 2 of 5"),
        (happened("notification_asked_for", details={"to": "manager"}), "Told: the supervisors"),
        (happened("case_linked"), "Linked to another case"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_event_is_one_sentence(entry: TimelineEntry, words: str) -> None:
    assert happenings.told(entry)[0] == words


def test_why_here_names_the_rule_that_held_and_what_those_before_it_missed() -> None:
    bills = TracedRule("Bills", False, (Because("type", "equals", "billing_question", None, False),))
    premier = TracedRule("Premier", True, (Because("entitlement.level", "equals", "premier", "premier", True),))
    why = reasons.why(DecisionView(NOW, "assignment", "premier", 4, "To premier.", (bills, premier)))

    assert why is not None
    assert [(str(row.words), row.rule, row.tone) for row in why.rows] == [
        ("Level of support is <b>premier</b>", "rule 2", Tone.OK),
        ("Bills: Type is billing question; it is <b>empty</b>", "rule 1", Tone.OFF),
    ]
    assert why.closing == "To premier. Version 4 of the rules."


def test_a_running_clock_is_half_full_half_way() -> None:
    clock = service_clock.service_clock(case(milestones=(milestone(),)), {"always": ALWAYS}, now=NOW).milestones[0]

    assert (clock.headline, clock.left, clock.tone) == ("Reply due 12:30", "30m left", Tone.WARN)
    assert [(each.kind, each.x, each.width) for each in clock.stretches] == [("run", 0.0, 132.0)]
    assert [(each.kind, each.x) for each in clock.ticks] == [
        ("start", 0.0),
        ("due", 264.0),
        ("now", 132.0),
        ("told", 198.0),
    ]


def test_a_warning_soon_before_the_end_is_not_written_over_now() -> None:
    owed = milestone(
        started_at=NOW - timedelta(hours=45), target_at=NOW + timedelta(hours=15), warnings=(NOW + timedelta(hours=13),)
    )
    clock = service_clock.service_clock(case(milestones=(owed,)), {"always": ALWAYS}, now=NOW).milestones[0]

    assert [(each.kind, each.words, each.anchor) for each in clock.ticks[2:]] == [
        ("now", "now", "middle"), ("told", "", "end")]  # fmt: skip


def test_a_pause_takes_its_room_and_nights_take_none() -> None:
    started, due = datetime(2026, 2, 27, 16, 0, tzinfo=UTC), datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
    pause = PauseView(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 2, 11, 0, tzinfo=UTC), "on_hold")
    owed = milestone(hours="office", started_at=started, target_at=due, minutes=180, warnings=())
    clock = service_clock.service_clock(
        case(milestones=(owed,), pauses=(pause,)), {"office": OFFICE}, now=NOW
    ).milestones[0]

    # An hour on Friday, two of pause and two to go on Monday: five open hours in 264 units.
    assert [(each.kind, each.x, each.width) for each in clock.stretches] == [
        ("run", 0.0, 52.8), ("pause", 52.8, 105.6), ("run", 158.4, 52.8)]  # fmt: skip


def test_however_late_a_promise_is_it_stays_readable() -> None:
    late = milestone(
        started_at=NOW - timedelta(days=20), target_at=NOW - timedelta(days=19), state="missed", remaining_s=-1_641_600
    )
    clock = service_clock.service_clock(case(milestones=(late,)), {"always": ALWAYS}, now=NOW).milestones[0]

    assert (clock.left, clock.tone) == ("19d 0h over", Tone.BAD)
    assert next(each.x for each in clock.ticks if each.kind == "due") == pytest.approx(264 / 1.4, abs=0.1)


def test_a_chip_warns_in_the_last_hour_and_says_how_much_too_late() -> None:
    soon = signs.running_clock("Reply", NOW + timedelta(minutes=59), NOW, 0.5)
    calm = signs.running_clock("Reply", NOW + timedelta(minutes=61), NOW, 0.5)
    late = signs.running_clock("Reply", NOW - timedelta(minutes=5), NOW, 1.0)

    assert [(chip.text, chip.tone) for chip in (soon, calm, late)] == [
        ("59m", Tone.WARN), ("1h 01m", Tone.OK), ("5m over", Tone.BAD)]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "initials"), [("Ada Premier", "AP"), ("ada", "A"), ("佐藤 美咲", "佐美"), ("(?)", "?"), ("", "?")]
)
def test_a_face_has_initials_of_whoever_it_is(name: str, initials: str) -> None:
    assert signs.person(name).initials == initials


def test_a_list_keeps_its_words_and_order_in_every_address() -> None:
    asked = case_list.Asked("q-premier", "red light", "newest")

    assert asked.url == "/console/v/q-premier?q=red+light&sort=newest"
    assert asked.place == "?v=q-premier&q=red+light&sort=newest"
    assert asked.next_url("abc") == "/console/v/q-premier?q=red+light&sort=newest&cursor=abc"
