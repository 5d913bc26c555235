"""Every URL of the API: the operations of each part, and the document that describes them all."""

import json
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from casedesk.web.api import calls, cases, files, knowledge, ledger, nouns, portal_access, rules
from casedesk.web.api.openapi import document
from casedesk.web.api.operations import JSON, PREFIX, Operation, routes
from casedesk.web.guard import public

OPERATIONS: list[Operation] = [
    *cases.operations(),
    *calls.operations(),
    *files.operations(),
    *ledger.operations(),
    *rules.operations(),
    *knowledge.operations(),
    *nouns.operations(),
    *portal_access.operations(),
]
"""Every operation, in the order of the document."""


async def describe(request: Request) -> Response:
    """Answer with the OpenAPI document; it needs no token."""
    return Response(_text(), media_type=JSON, headers={"cache-control": "public, max-age=300"})


ROUTES: tuple[BaseRoute, ...] = (public(f"{PREFIX}/openapi.json", describe, anonymous=True), *routes(OPERATIONS))


@lru_cache(maxsize=1)
def _text() -> str:
    return json.dumps(document(OPERATIONS), ensure_ascii=False)
