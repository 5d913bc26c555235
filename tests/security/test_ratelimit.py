"""Limits of frequency, kept in the database."""

import pytest

from casedesk.errors import TooMany
from casedesk.security import ratelimit
from casedesk.security.ratelimit import Limit

pytestmark = pytest.mark.usefixtures("database")
THREE = Limit("three", tries=3, seconds=60)


async def test_the_fourth_try_in_a_window_is_refused_and_told_how_long_to_wait(frozen) -> None:
    for _ in range(3):
        await ratelimit.count(THREE, "ada")
    frozen.forward(seconds=20)

    with pytest.raises(TooMany) as refused:
        await ratelimit.count(THREE, "ada")

    assert refused.value.retry_after == 40


async def test_the_next_window_begins_anew(frozen) -> None:
    for _ in range(3):
        await ratelimit.count(THREE, "ada")
    frozen.forward(seconds=60)

    await ratelimit.count(THREE, "ada")


async def test_keys_and_limits_are_counted_apart(frozen) -> None:
    for _ in range(3):
        await ratelimit.count(THREE, "ada")

    await ratelimit.count(THREE, "bo" * 500)
    await ratelimit.count(Limit("other", tries=3, seconds=60), "ada")


async def test_a_forgiven_try_does_not_count(frozen) -> None:
    for _ in range(10):
        await ratelimit.count(THREE, "ada")
        await ratelimit.forgive(THREE, "ada")


async def test_old_counters_are_swept(frozen) -> None:
    await ratelimit.count(THREE, "ada")
    frozen.forward(days=3)

    assert [await ratelimit.sweep(), await ratelimit.sweep()] == [1, 0]
