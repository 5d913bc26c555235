"""Passwords: argon2id, renewed when the costs change, the same work for nobody's account."""

import pytest

from casedesk.errors import Invalid
from casedesk.security import passwords


@pytest.fixture(autouse=True)
def _cheap() -> None:
    passwords.use_costs(memory_kib=64, rounds=1)


async def test_only_the_right_password_matches() -> None:
    kept = await passwords.hashed("correct horse")

    matching = [await passwords.matches(given, kept) for given in ("correct horse", "correct horse ", "", "x" * 10_000)]

    assert matching == [True, False, False, False]


async def test_an_account_without_a_password_never_matches() -> None:
    assert [await passwords.matches(given, "") for given in ("", "anything")] == [False, False]


async def test_a_broken_hash_matches_nothing() -> None:
    assert await passwords.matches("anything", "not a hash") is False


async def test_a_hash_of_other_costs_is_outdated() -> None:
    kept = await passwords.hashed("correct horse")
    fresh = passwords.is_outdated(kept)
    passwords.use_costs(memory_kib=128, rounds=1)

    assert (fresh, passwords.is_outdated(kept)) == (False, True)


@pytest.mark.parametrize("password", ["", "short", "x" * 513])
def test_a_new_password_is_neither_short_nor_endless(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_new(password)

    assert [problem.field for problem in refused.value.problems] == ["password"]
