"""Idempotency-Key: the same POST twice does its work once and is answered the same."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from casedesk.database import transaction
from casedesk.errors import Conflict, Invalid
from casedesk.users import first_answers
from casedesk.users.first_answers import HEADER, Attempt, FirstAnswer, Taken

LONGEST_KEY = 200
_KEPT_HEADERS = ("etag", "location", "content-type")
_TRIES = 3

Work = Callable[[], Awaitable[Response]]


async def once(request: Request, token_id: int, body_hash: str, work: Work, at_once: bool) -> Response:
    """Do `work`, or give its first answer again when this key was used before for the same body.

    An answer is kept in the transaction of the work, errors are not kept; `at_once` work runs before that transaction.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return await work()
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid.field(HEADER, f"must be 1 to {LONGEST_KEY} printable characters")
    attempt = Attempt(token_id, request.url.path[:300], key, body_hash)
    for _ in range(_TRIES):
        first = await first_answers.find(attempt)
        if first is not None:
            return _again(first)
        try:
            return await (_kept_after(attempt, work) if at_once else _kept_with(attempt, work))
        except Taken:
            continue
    raise Conflict("The same work is being done right now; ask again in a moment.")


async def _kept_with(attempt: Attempt, work: Work) -> Response:
    async with transaction():
        claim = await first_answers.claim(attempt)
        answer = await work()
        await first_answers.fill(claim, _first(answer))
    return answer


async def _kept_after(attempt: Attempt, work: Work) -> Response:
    answer = await work()
    async with transaction():
        await first_answers.fill(await first_answers.claim(attempt), _first(answer))
    return answer


def _first(answer: Response) -> FirstAnswer:
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    return FirstAnswer(answer.status_code, headers, bytes(answer.body).decode())


def _again(first: FirstAnswer) -> Response:
    headers = {**first.headers, "idempotency-replayed": "true"}
    kind = headers.pop("content-type", None)
    return Response(first.body, first.status, media_type=kind, headers=headers)
