"""The whole story of 5,000 cases, as data: its shares, its numbers, its plot lines. Nothing is stored here."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from casedesk.demo.arrangement import american_holidays, french_holidays
from casedesk.demo.authoring import PROBLEM, SPIKE
from casedesk.demo.plot import Plot
from casedesk.demo.population import DEVICES, PEOPLE, population
from casedesk.demo.reading import read
from casedesk.demo.shelf import FILES
from casedesk.demo.story import write_up

CASES = 5000
NOW = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)


@lru_cache(maxsize=1)
def whole() -> tuple[tuple[int, Plot], ...]:
    """Return the plots of the full demo, told once for all tests."""
    return write_up(CASES, 1, NOW)


def share(count: int) -> float:
    """Return a count as a share of all cases, in whole percents."""
    return round(count * 100 / CASES)


def test_the_customers_are_as_many_as_the_story_says():
    buyers = population(1)

    assert len(buyers) == 120
    assert sum(len(buyer.people) for buyer in buyers) == PEOPLE
    assert sum(len(buyer.devices) for buyer in buyers) == DEVICES
    assert len(read("places.toml")["place"]) == 22
    assert len({person.email for buyer in buyers for person in buyer.people}) == PEOPLE


def test_most_devices_are_in_warranty_some_end_soon_and_a_quarter_is_over():
    devices = [device for buyer in population(1) for device in buyer.devices]
    over = sum(device.days < 0 for device in devices)
    soon = sum(0 <= device.days <= 90 for device in devices)

    assert abs(over / len(devices) - 0.25) < 0.03
    assert abs(soon / len(devices) - 0.15) < 0.03
    assert len({device.serial for device in devices}) == DEVICES


def test_cases_come_by_mail_portal_telephone_and_form_in_the_shares_of_the_story():
    origins = Counter(plot.origin for _, plot in whole())

    assert {name: abs(share(origins[name]) - wanted) <= 2 for name, wanted in
            {"email": 52, "portal": 27, "phone": 18, "web": 3}.items()} == dict.fromkeys(origins, True)  # fmt: skip


def test_about_six_in_a_hundred_are_reopened_and_nine_escalated():
    reopened = sum(_is_reopened(plot) for _, plot in whole())
    escalated = sum(any(step.do == "escalate" for step in plot.steps) for _, plot in whole())

    assert 5 <= share(reopened) <= 7
    assert 8 <= share(escalated) <= 11


def test_customers_are_content():
    scores = [step.more["score"] for _, plot in whole() for step in plot.steps if step.do == "survey"]

    assert 4.5 <= sum(scores) / len(scores) <= 4.7


def test_ninety_days_with_little_at_weekends():
    written = [NOW - timedelta(hours=plot.hours) for _, plot in whole()]
    weekend = sum(at.astimezone(ZoneInfo("Europe/Paris")).weekday() > 4 for at in written)

    assert timedelta(days=85) < NOW - min(written) <= timedelta(days=91)
    assert weekend / CASES < 0.08


def test_the_problem_case_has_its_number_and_its_reports():
    numbered = dict(whole())
    reports = [plot for plot in numbered.values() if plot.linked_to is not None]

    assert numbered[PROBLEM].key == "firmware-4.2"
    assert len(reports) == SPIKE
    assert {plot.linked_to for plot in reports} == {PROBLEM}
    assert all(plot.hours < numbered[PROBLEM].hours for plot in reports)


def test_every_plot_line_has_its_thread():
    keys = {plot.key for _, plot in whole() if plot.key}

    assert {"firmware-4.2", "premier-due", "blood-bank", "invoice", "japanese", "warranty", "bad-survey"} <= keys


def test_sixty_four_solutions_eight_of_them_in_review_and_five_stale():
    every = [solution for name in FILES for solution in read(name)["solution"]]

    assert len(every) == 64
    assert len({(each["key"], each.get("language", "en")) for each in every}) == 64
    assert sum(each.get("status") == "review" for each in every) == 8
    assert sum("stale" in each for each in every) == 5
    assert sum(each.get("language") == "ja" for each in every) == 5


def test_numbers_rise_with_time_without_a_gap():
    numbers = [number for number, _ in whole()]
    ages = [plot.hours for _, plot in whole()]

    assert numbers == list(range(numbers[0], numbers[0] + CASES))
    assert ages == sorted(ages, reverse=True)


def test_another_day_tells_the_same_words():
    week_later = {plot.text for _, plot in write_up(200, 1, NOW + timedelta(days=7))}

    assert week_later == {plot.text for _, plot in write_up(200, 1, NOW)}


def test_no_placeholder_is_left_in_what_people_wrote():
    texts = [text for _, plot in whole() for text in (plot.subject, plot.text, *(step.text for step in plot.steps))]

    assert [text for text in texts if "{" in text or "lorem" in text.lower()] == []


def test_holidays_are_those_of_the_calendar():
    french, american = french_holidays(2026), american_holidays(2026)

    assert [str(day) for day in french[8:]] == ["2026-04-06", "2026-05-14", "2026-05-25"]
    assert [str(day) for day in american[5:]] == ["2026-01-19", "2026-02-16", "2026-05-25", "2026-09-07", "2026-11-26"]


def _is_reopened(plot: Plot) -> bool:
    does = [step.do for step in plot.steps]
    return "resolve" in does and "customer" in does[does.index("resolve") :]
