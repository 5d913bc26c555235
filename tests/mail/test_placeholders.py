"""A template's places take known values and nothing else."""

import pytest

from casedesk.mail.placeholders import PLACEHOLDERS, fill, unknown_in


def test_a_place_takes_its_value() -> None:
    assert (
        fill("Case {{ case.number }}, {{desk.name}}.", {"case.number": "CD-1", "desk.name": "Help"})
        == "Case CD-1, Help.\n"
    )


def test_a_place_without_a_value_becomes_nothing() -> None:
    assert fill("Hello {{ contact.name }},\n\n{{ solutions }}\n\nBye", {}) == "Hello,\n\nBye\n"


def test_a_value_is_never_looked_at_again() -> None:
    assert (
        fill("{{ contact.name }}", {"contact.name": "{{ survey.url }}", "survey.url": "secret"}) == "{{ survey.url }}\n"
    )


@pytest.mark.parametrize(
    "text", ["{{ config }}", "{{ 7*7 }}", "{{ ''.__class__ }}", "{% for x in y %}", "{{ case.number|upper }}"]
)
def test_anything_else_stays_as_it_was_written(text: str) -> None:
    assert fill(text, {"case.number": "CD-1"}) == text + "\n"


def test_unknown_names_are_found_in_order() -> None:
    assert unknown_in("{{ case.number }} {{ foo }} {{ bar.baz }} {{ foo }}") == ["foo", "bar.baz"]


def test_every_placeholder_has_a_sample() -> None:
    assert all(PLACEHOLDERS.values())
