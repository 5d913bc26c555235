"""Business hours: the week, holidays of a country, and the preview of a deadline by the hours as they are typed."""

import re

import pytest

from casedesk.milestones.calendars import CALENDARS

GIVEN = {
    "name": "Paris", "key": "paris", "tz": "Europe/Paris", "holidays": "2026-12-25",
    "week-0-from": ["09:00", "14:00", ""], "week-0-to": ["12:00", "18:00", ""], "week-1-from": "", "week-1-to": "",
}  # fmt: skip


async def test_a_day_may_have_several_stretches(world, sign_in) -> None:
    leader = await sign_in(world.max)

    answer = await leader.post("/console/setup/hours/new", data=GIVEN)

    made = (await CALENDARS.page(by=world.max))[-1]
    assert (answer.status_code, made.week) == (303, {"0": [["09:00", "12:00"], ["14:00", "18:00"]]})
    page = (await leader.get(f"/console/setup/hours/{made.id}")).text
    assert re.findall(r'name="week-0-from" value="([^"]*)"', page) == ["09:00", "14:00", ""]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"week-0-from": ["18:00"], "week-0-to": ["09:00"]}, "week"),
        ({"week-0-from": ["nine"], "week-0-to": ["09:00"]}, "week"),
        ({"week-0-from": ["09:00"], "week-0-to": [""]}, "week"),
        ({"tz": "Paris"}, "tz"),
        ({"holidays": "Christmas"}, "holidays"),
    ],
)
async def test_what_is_wrong_in_a_calendar_is_said_at_its_field(world, sign_in, wrong, field) -> None:
    leader = await sign_in(world.max)

    answer = await leader.post("/console/setup/hours/new", data={**GIVEN, **wrong})

    assert (answer.status_code, f'id="f-{field}-problem"' in answer.text) == (422, True)


async def test_the_holidays_of_a_country_join_the_list_and_are_not_saved_yet(world, sign_in) -> None:
    leader = await sign_in(world.max)

    answer = await leader.post(
        "/console/setup/hours/new", data={**GIVEN, "act": "holidays", "country": "FR", "year": "2026"}
    )

    listed = re.search(r'<textarea[^>]*name="holidays"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL)
    assert listed is not None
    assert listed[1].split()[:3] == ["2026-01-01", "2026-04-06", "2026-05-01"]
    assert listed[1].split().count("2026-12-25") == 1
    assert "paris" not in [each.key for each in await CALENDARS.page(by=world.max)]


async def test_a_deadline_is_reckoned_by_the_hours_as_they_are_typed(world, sign_in) -> None:
    leader = await sign_in(world.max)

    answer = await leader.post(
        "/console/setup/hours/new", data={**GIVEN, "act": "preview", "start": "2026-11-30T11:00", "minutes": "90"}
    )

    found = re.search(r"Due on <b>([^<]*)</b>", answer.text)
    assert found is not None
    assert found[1] == "Mon 30 Nov 2026, 14:30 CET"


@pytest.mark.parametrize(
    "asked",
    [
        {"act": "preview", "start": "soon", "minutes": "90"},
        {"act": "preview", "start": "2026-11-30T11:00", "minutes": ""},
        {"act": "preview", "start": "2026-11-30T11:00", "minutes": "9" * 15},
        {"act": "preview", "start": "9999-12-31T23:59", "minutes": "90"},
        {"act": "holidays", "country": "XX", "year": "2026"},
        {"act": "holidays", "country": "FR", "year": "1"},
    ],
)
async def test_a_question_that_has_no_answer_is_refused_calmly(world, sign_in, asked) -> None:
    leader = await sign_in(world.max)

    answer = await leader.post("/console/setup/hours/new", data={**GIVEN, **asked})

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
