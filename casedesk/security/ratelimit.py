"""Limits of frequency that hold over restarts and processes: counters in the database, one row a key and window.

For sign-ins, resets and whatever a stranger may repeat. The rows belong to `casedesk.users.models.AttemptCount`; the
one statement that counts is SQL, because it must count and answer in one step.
"""

import hashlib
from dataclasses import dataclass

from casedesk import clock, database
from casedesk.errors import TooMany

_COUNT = """
INSERT INTO attempt_counts ("key", "window", tries, created_at) VALUES (?, ?, 1, ?)
ON CONFLICT ("key", "window") DO UPDATE SET tries = attempt_counts.tries + 1
RETURNING tries
"""
_FORGIVE = 'UPDATE attempt_counts SET tries = tries - 1 WHERE "key" = ? AND "window" = ? AND tries > 0'
_SWEEP = "DELETE FROM attempt_counts WHERE created_at < ?"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` of what is called `name` for one key within `seconds` (fixed windows)."""

    name: str
    tries: int
    seconds: int


async def count(limit: Limit, key: str) -> None:
    """Count one try of `key`, in a transaction of its own; raises TooMany (with the seconds to wait) beyond the limit.

    Count before the work and `forgive` after a success: tries made at the same time then cannot slip through together.
    """
    now = clock.now()
    window = int(now.timestamp()) // limit.seconds
    async with database.transaction():
        found = await database.rows(_COUNT, _row_key(limit, key), window, now)
    if int(found[0]["tries"]) > limit.tries:
        raise TooMany(retry_after=(window + 1) * limit.seconds - int(now.timestamp()))


async def forgive(limit: Limit, key: str) -> None:
    """Take one counted try of `key` back, because it turned out to be rightful."""
    window = int(clock.now().timestamp()) // limit.seconds
    await database.run(_FORGIVE, _row_key(limit, key), window)


async def sweep(*, older_than_hours: int = 48) -> int:
    """Delete counters nobody looks at any more and return how many."""
    return await database.run(_SWEEP, clock.ago(hours=older_than_hours))


def _row_key(limit: Limit, key: str) -> str:
    """Return the row's key: hashed where it is long or no plain text, because strangers choose it."""
    name = f"{limit.name}:{key}"
    return (
        name
        if len(name) <= 120 and key.isprintable()
        else f"{limit.name}:{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"
    )
