"""The steps of a solution, and how long it takes to read."""

from knowledge.steps import minutes_to_read, steps_of

BODY = """## Fix

1. Keep the power on and open the **front cover**.
2. Hold [Reset](https://halden.example/reset) for 10 seconds.

   Not longer.
3) Wait *3 minutes*, that is 2 * 90 * 1 seconds.

In 2026. that is not a step, and
- this is a bullet.
"""


def test_the_numbered_lines_are_the_steps_in_plain_words() -> None:
    assert steps_of(BODY) == (
        "Keep the power on and open the front cover.",
        "Hold Reset for 10 seconds.",
        "Wait 3 minutes, that is 2 * 90 * 1 seconds.",
    )


def test_a_text_without_a_list_has_no_steps() -> None:
    assert steps_of("Hold Reset.\n\n- Wait.\n") == ()


def test_reading_takes_at_least_a_minute() -> None:
    assert (minutes_to_read("Hold Reset."), minutes_to_read("word " * 500)) == (1, 2)
