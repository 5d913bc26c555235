"""Passwords: argon2id hashes (RFC 9106) made and compared in threads of their own, few at a time.

A hash takes its memory and some 160 ms of a core on purpose, so it never runs on the event loop, and a crowd of
sign-ins waits in line instead of taking the machine.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from casedesk.errors import Invalid

SHORTEST = 8
LONGEST = 512
AT_ONCE = 2
"""How many hashes are computed at the same time; each takes the memory of `argon2_kib`."""

T = TypeVar("T")

_costs = (65_536, 3)


def use_costs(*, memory_kib: int, rounds: int) -> None:
    """Hash with these costs from now on; older hashes stay good and are renewed at the next sign-in."""
    global _costs  # set once at start, from the settings
    _costs = (memory_kib, rounds)


async def hashed(password: str) -> str:
    """Return the argon2id hash of `password`, as text that carries its own parameters."""
    return await _in_thread(_hasher(*_costs).hash, password)


async def matches(password: str, kept: str) -> bool:
    """Say whether `password` is the one behind the hash `kept`.

    An empty `kept` (an unknown account, or one without a password yet) takes the same time and is always False, so that
    the answer's time does not tell which accounts exist.
    """
    if len(password) > LONGEST:
        password, kept = "", ""
    if not kept:
        await _in_thread(_compare_with_decoy, password)
        return False
    return await _in_thread(_compare, kept, password)


def is_outdated(kept: str) -> bool:
    """Say whether the hash was made with other costs than today's."""
    return _hasher(*_costs).check_needs_rehash(kept)


def check_new(password: str, *, field: str = "password") -> None:
    """Raise Invalid naming `field` when `password` is too short or too long; any characters are welcome."""
    if len(password) < SHORTEST:
        raise Invalid.field(field, f"must have at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise Invalid.field(field, f"must have at most {LONGEST} characters")


def _compare(kept: str, password: str) -> bool:
    try:
        return _hasher(*_costs).verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _compare_with_decoy(password: str) -> bool:
    return _compare(_decoy(*_costs), password)


async def _in_thread(function: Callable[..., T], *arguments: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads(), function, *arguments)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, rounds: int) -> PasswordHasher:
    return PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1, type=Type.ID)


@lru_cache(maxsize=4)
def _decoy(memory_kib: int, rounds: int) -> str:
    """Return a hash of nobody's password with today's costs."""
    return _hasher(memory_kib, rounds).hash(secrets.token_hex(16))
