"""The first answer to a POST with an Idempotency-Key, given again for the same body for 24 hours.

The row is made in the transaction of the work itself: either both are there or neither.
"""

from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from casedesk import clock
from casedesk.errors import Conflict, Invalid
from casedesk.users.models import IdempotentAnswer

KEPT_HOURS = 24
HEADER = "Idempotency-Key"


class Taken(Exception):
    """Somebody else began the same work with the same key meanwhile."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which work is meant: the token, the path, the key its program chose, and the SHA-256 of the body."""

    token_id: int
    path: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered the first time; `body` is the JSON text."""

    status: int
    headers: dict[str, str]
    body: str


async def find(attempt: Attempt) -> FirstAnswer | None:
    """Return the first answer of this work, None when never done; raises Invalid for the key with another body."""
    row = await IdempotentAnswer.get_or_none(token_id=attempt.token_id, path=attempt.path, key=attempt.key)
    if row is None:
        return None
    if row.created_at < clock.ago(hours=KEPT_HOURS):
        await row.delete()
        return None
    if row.body_hash != attempt.body_hash:
        raise Invalid.field(HEADER, "was used before with another body; choose a new key for new work")
    if not row.status:
        raise Conflict("The same work is being done right now; ask again in a moment.")
    return FirstAnswer(row.status, row.headers, row.body)


async def claim(attempt: Attempt) -> int:
    """Take the key for this work and return the row's id; call it first in the transaction. Raises Taken."""
    try:
        row = await IdempotentAnswer.create(
            token_id=attempt.token_id,
            path=attempt.path,
            key=attempt.key,
            body_hash=attempt.body_hash,
            status=0,
            body="",
        )
    except IntegrityError:
        raise Taken from None
    return int(row.id)


async def fill(claim_id: int, answer: FirstAnswer) -> None:
    """Keep the answer of the work whose key was claimed."""
    await IdempotentAnswer.filter(id=claim_id).update(status=answer.status, headers=answer.headers, body=answer.body)


async def sweep() -> int:
    """Delete answers that are kept no longer and return how many."""
    return await IdempotentAnswer.filter(created_at__lt=clock.ago(hours=KEPT_HOURS)).delete()
