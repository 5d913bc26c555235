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
from casedesk.language import Reader, marked, speaking_to
from casedesk.language import gettext as _
from casedesk.web import pages, reading, refusals

PROBLEM = "application/problem+json"
CLOSED_BY_CALLER = 499
"""Nobody reads this status: the caller has hung up; it keeps such requests apart in the log."""
_TITLES = {
    400: marked("Bad request"),
    404: NotFound.title,
    405: marked("Method not allowed"),
    408: marked("Request timeout"),
}
"""How errors of the framework are headed."""


async def answer_error(request: Request, error: Exception) -> Response:
    """Return the answer to an error of ours, of the database or of the framework; anything else is a 500."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=CLOSED_BY_CALLER)
    with speaking_to(_reader(request)):
        return _told(request, error if isinstance(error, CasedeskError | HTTPException) else as_unavailable(error))


def _told(request: Request, known: Exception | None) -> Response:
    if isinstance(known, HTTPException):
        return _answer(request, known.status_code, _title(known.status_code), "", headers=known.headers or {})
    if isinstance(known, CasedeskError):
        detail = "" if known.message == known.title else known.message
        problems = known.problems if isinstance(known, Invalid) else ()
        return _answer(request, known.http_status, known.title, detail, problems=problems, headers=_headers(known))
    return _answer(request, 500, CasedeskError.title, "", headers={})


def _reader(request: Request) -> Reader:
    """Return who is told: programs read English, whatever the browser says that they run in."""
    return Reader() if request.url.path.startswith("/api/") else reading.reader_of(request)


def problem(
    status: int, title: str, detail: str = "", problems: Sequence[FieldProblem] = (), reference: str = ""
) -> dict[str, Any]:
    """Return the body of a problem in the reader's language; `reference` names the line of our log."""
    said = {"title": _(title), "status": status, "detail": _(detail or title)}
    body: dict[str, Any] = {"type": _type(status), **said}
    body["errors"] = [{"field": each.field, "message": _(each.message)} for each in problems]
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
        title=_(title),
        message=_message(status, detail, problems),
        search_url="/console/search" if known else "",
        reference=reference,
    )
    # An area with a look of its own (a portal) says how its errors are dressed, once it knows who asks.
    dressed = getattr(request.state, "dress_error", None)
    answer: Response = dressed(request, page) if dressed else _bare(request, page)
    answer.headers.update(headers)
    return answer


def _message(status: int, detail: str, problems: Sequence[FieldProblem]) -> str:
    """Return what the page of an error says below its title."""
    if problems:
        return " · ".join(refusals.sentence(each.message) for each in problems)
    return refusals.sentence(detail) if detail else _advice(status)


def _bare(request: Request, page: pages.ErrorPage) -> Response:
    return pages.render(request, "errors/error.html", status=page.status, page=page)


def _headers(error: CasedeskError) -> dict[str, str]:
    if isinstance(error, TooMany | Unavailable):
        return {"retry-after": str(error.retry_after)}
    if isinstance(error, SignInNeeded):
        return {"www-authenticate": 'Bearer realm="casedesk"'}
    return {}


def _title(status: int) -> str:
    return _TITLES.get(status) or HTTPStatus(status).phrase.capitalize()


def _type(status: int) -> str:
    return f"urn:casedesk:problem:{HTTPStatus(status).phrase.lower().replace(' ', '-')}"


def _advice(status: int) -> str:
    """Return what somebody may do next, for pages whose error says nothing of its own."""
    if status == HTTPStatus.NOT_FOUND:
        return _("There is nothing here, or it is not yours to see. Check the address, or search for it.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _("Nothing you did is lost that was saved. Please try again; if it stays, tell us the reference.")
    return _("Please go back and try it another way.")
