"""The API's one mechanism: an operation is a path, a right, shapes in and out, and a handler that calls one ability.

Everything about HTTP happens here, in this order: token (401), right and existence (404), query and body (400, 413,
415, 422), the Idempotency-Key, the work, the answer with its ETag. The OpenAPI document is made from the same
descriptions.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from casedesk.errors import CasedeskError, FieldProblem, Invalid, Malformed, NotFound, SignInNeeded, Stale, TooLarge
from casedesk.identity import SYSTEM, Actor
from casedesk.permissions import Permission, can
from casedesk.users import signing_in
from casedesk.web.api import once
from casedesk.web.guard import SAFE, GuardedRoute

PREFIX = "/api/v1"
MAX_JSON_BYTES = 4_194_304
JSON = "application/json"

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one operation: who asks, what was found under the path, and the checked input.

    `body` is an instance of the operation's body model, bytes where it takes no JSON; `found` is what `find` gave.
    """

    request: Request
    actor: Actor
    query: Any = None
    body: Any = None
    found: Any = None

    def param(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def require_match(self, version: int) -> int:
        """Return `version`, the one just read, if If-Match names it or is absent; raises Stale otherwise."""
        wanted = self.request.headers.get("if-match")
        if wanted is not None and wanted.strip() != "*" and etag(version) not in _etags(wanted):
            raise Stale("Somebody changed this since you read it; read it again.")
        return version


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers: `content` in the shape of the operation; `version` becomes the ETag."""

    content: Any = None
    version: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Run = Callable[[Call], Awaitable[Answer | Response]]
Find = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `needs` None is open to everybody without a token.

    `takes` are the content types of a body that is not JSON, `raw` is its schema (`body` is bytes then);
    `at_once` work runs outside the transaction that keeps the Idempotency-Key (it searches, or stores files, or
    changes nothing).
    """

    method: str
    path: str
    run: Run
    summary: str
    needs: Permission | None
    answer: Any = None
    status: int = 200
    body: Any = None
    query: type[BaseModel] | None = None
    find: Find | None = None
    takes: tuple[str, ...] = (JSON,)
    raw: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    max_bytes: int = MAX_JSON_BYTES
    at_once: bool = False
    tag: str = ""
    name: str = ""


def routes(operations: list[Operation]) -> list[Route]:
    """Return one route a path, each knowing the rights of its methods."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [_route(path, methods) for path, methods in by_path.items()]


def etag(version: int) -> str:
    """Return a version as the ETag header says it."""
    return f'"{version}"'


def whole_id(call: Call, name: str = "id") -> int:
    """Return an id in the path; raises NotFound for anything that cannot be one."""
    text = call.param(name)
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and text[0] != "0"):
        raise NotFound
    return int(text)


def _route(path: str, methods: Mapping[str, Operation]) -> Route:
    async def handle(request: Request) -> Response:
        return await _serve(methods["GET" if request.method == "HEAD" else request.method], request)

    route = GuardedRoute(PREFIX + path, handle, methods=list(methods))
    route.needs = {method: operation.needs for method, operation in methods.items()}
    return route


async def _serve(operation: Operation, request: Request) -> Response:
    call = Call(request, await _actor(operation, request))
    if operation.find is not None:
        call = Call(request, call.actor, found=await operation.find(call))
    query = _query(operation, request)
    raw = b"" if request.method in SAFE else await _read(operation, request)
    call = Call(request, call.actor, query, _body(operation, raw), call.found)

    async def work() -> Response:
        return _answered(operation, request, await operation.run(call))

    if request.method == "POST" and call.actor.token_id is not None:
        return await once.once(request, call.actor.token_id, hashlib.sha256(raw).hexdigest(), work, operation.at_once)
    return await work()


async def _actor(operation: Operation, request: Request) -> Actor:
    if operation.needs is None:
        return SYSTEM
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    actor = await signing_in.actor_of_token(secret.strip()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise SignInNeeded("Give a valid API token: Authorization: Bearer TOKEN.")
    if not can(actor, operation.needs):
        raise NotFound
    return actor


def _query(operation: Operation, request: Request) -> Any:
    given = dict(request.query_params)
    if operation.query is None:
        if given and operation.method == "GET":
            raise Invalid.field(next(iter(given)), "is not a parameter of this call")
        return None
    for name, value in given.items():
        if "\x00" in value:
            raise Invalid.field(name, "holds a character that no text has")
    try:
        return operation.query.model_validate(given)
    except ValidationError as error:
        raise _invalid(error) from None


async def _read(operation: Operation, request: Request) -> bytes:
    """Return the whole body within the operation's limit; raises TooLarge, or 415 for another content type."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > operation.max_bytes:
        raise TooLarge(f"The body may hold {operation.max_bytes} bytes at most.")
    pieces = []
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > operation.max_bytes:
            raise TooLarge(f"The body may hold {operation.max_bytes} bytes at most.")
        pieces.append(piece)
    if seen and operation.body is not None and kind and kind not in operation.takes:
        raise HTTPException(415)
    return b"".join(pieces)


def _body(operation: Operation, raw: bytes) -> Any:
    if operation.body is None or operation.body is bytes:
        return raw
    try:
        body = _adapter(operation.body).validate_json(raw.strip() or b"{}")
    except ValidationError as error:
        raise _invalid(error) from None
    if _NUL.search(raw):
        raise Invalid.field(_where_nul(json.loads(raw)), "holds a character that no text has")
    return body


def _where_nul(value: Any, place: str = "") -> str:
    """Return the dotted place of the first text with a NUL, which no database text can hold."""
    if isinstance(value, str):
        return place if "\x00" in value else ""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        here = f"{place}.{key}".strip(".").replace("\x00", "")
        if found := (here if "\x00" in str(key) else _where_nul(inner, here)):
            return found
    return ""


def _invalid(error: ValidationError) -> CasedeskError:
    """Return the error of ours for pydantic's: Malformed for what is no JSON, else every wrong field by its name."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Malformed("The body is not valid JSON in UTF-8.")
    problems: dict[str, str] = {}
    for each in found:
        name = ".".join(str(part) for part in each["loc"])
        problems.setdefault(name, each["msg"].removeprefix("Value error, "))
    return Invalid([FieldProblem(name, message) for name, message in problems.items()])


def _answered(operation: Operation, request: Request, answer: Answer | Response) -> Response:
    if isinstance(answer, Response):
        return answer
    headers = dict(answer.headers)
    if answer.version is not None:
        headers["etag"] = etag(answer.version)
        if request.method in SAFE and headers["etag"] in _etags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
    if operation.answer is None:
        return Response(status_code=operation.status, headers=headers)
    content = _adapter(operation.answer).dump_json(answer.content)
    return Response(content, operation.status, media_type=JSON, headers=headers)


def _etags(header: str) -> set[str]:
    return {each.strip().removeprefix("W/") for each in header.split(",")}


@lru_cache(maxsize=512)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
