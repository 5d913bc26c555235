"""The one place where errors become answers: a page for people, problem+json (RFC 9457) for programs."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from casedesk.database import as_unavailable
from casedesk.errors import CasedeskError, FieldProblem, Invalid, NotFound, SignInNeeded, TooMany, Unavailable
from casedesk.web import pages

PROBLEM = "application/problem+json"
CLOSED_BY_CALLER = 499
"""Nobody reads this status: the caller has hung up; it keeps such requests apart in the log."""


async def answer_error(request: Request, error: Exception) -> Response:
    """Return the answer to an error of ours, of the database or of the framework; anything else is a 500."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=CLOSED_BY_CALLER)
    known = error if isinstance(error, CasedeskError | HTTPException) else as_unavailable(error)
    if isinstance(known, HTTPException):
        return _answer(request, known.status_code, _title(known.status_code), "", headers=known.headers or {})
    if isinstance(known, CasedeskError):
        detail = "" if known.message == known.title else known.message
        problems = known.problems if isinstance(known, Invalid) else ()
        return _answer(request, known.http_status, known.title, detail, problems=problems, headers=_headers(known))
    return _answer(request, 500, CasedeskError.title, "", headers={})


def problem(
    status: int, title: str, detail: str = "", problems: Sequence[FieldProblem] = (), reference: str = ""
) -> dict[str, Any]:
    """Return the body of a problem; `reference` names the line of our log."""
    body: dict[str, Any] = {"type": _type(status), "title": title, "status": status, "detail": detail or title}
    body["errors"] = [{"field": each.field, "message": each.message} for each in problems]
    if reference:
        body["instance"] = f"urn:casedesk:request:{reference}"
    return body


def wants_problem(request: Request) -> bool:
    """Say whether a program asks: everything under /api, and whoever accepts JSON rather than HTML."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def _answer(
    request: Request,
    status: int,
    title: str,
    detail: str,
    *,
    problems: Sequence[FieldProblem] = (),
    headers: Mapping[str, str],
) -> Response:
    reference = request.state.request_id if status >= 500 else ""
    if wants_problem(request):
        body = json.dumps(problem(status, title, detail, problems, reference), ensure_ascii=False)
        return Response(body, status, media_type=PROBLEM, headers=dict(headers))
    known = getattr(request.state, "session", None) is not None
    page = pages.ErrorPage(
        status=status,
        title=title,
        message=detail or _advice(status),
        search_url="/console/search" if known else "",
        reference=reference,
    )
    # An area with a look of its own (a portal) says how its errors are dressed, once it knows who asks.
    dressed = getattr(request.state, "dress_error", None)
    answer: Response = dressed(request, page) if dressed else _bare(request, page)
    answer.headers.update(headers)
    return answer


def _bare(request: Request, page: pages.ErrorPage) -> Response:
    return pages.render(request, "errors/error.html", status=page.status, page=page)


def _headers(error: CasedeskError) -> dict[str, str]:
    if isinstance(error, TooMany | Unavailable):
        return {"retry-after": str(error.retry_after)}
    if isinstance(error, SignInNeeded):
        return {"www-authenticate": 'Bearer realm="casedesk"'}
    return {}


def _title(status: int) -> str:
    return NotFound.title if status == NotFound.http_status else HTTPStatus(status).phrase.capitalize()


def _type(status: int) -> str:
    return f"urn:casedesk:problem:{HTTPStatus(status).phrase.lower().replace(' ', '-')}"


def _advice(status: int) -> str:
    """Return what somebody may do next, for pages whose error says nothing of its own."""
    if status == HTTPStatus.NOT_FOUND:
        return "There is nothing here, or it is not yours to see. Check the address, or search for it."
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "Nothing you did is lost that was saved. Please try again; if it stays, tell us the reference."
    return "Please go back and try it another way."
