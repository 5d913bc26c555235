"""One case opened by the link in a mail, without an account: what was said in public, and a place to answer."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import richtext
from casedesk.cases import customers_view
from casedesk.errors import Conflict, Invalid, NotFound, TooMany
from casedesk.portals import case_links
from casedesk.portals.case_links import OpenedCase
from casedesk.security import tokens
from casedesk.web import forms, refusals
from casedesk.web.portal import pages
from casedesk.web.portal.guard import place_of
from casedesk.web.portal.pages import Somebody
from intake import by_portal

_LONGEST_MARK = 40


@dataclass(frozen=True, slots=True)
class LinkedMessage:
    """Something that was said; files are named, and opened with an account."""

    who: str
    face: Somebody
    ours: bool
    at: datetime
    body: Markup
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkedCasePage:
    """The case behind a link; `once` keeps an answer that is sent twice one answer."""

    url: str
    number: str
    subject: str
    messages: tuple[LinkedMessage, ...]
    may_add: bool
    once: str
    text: str = ""
    problem: str = ""
    added: bool = False


async def show(request: Request) -> Response:
    """Show the case, or offer a new link for an old one."""
    return await _page(request, added=request.query_params.get("done") == "added")


async def answer(request: Request) -> Response:
    """Add an answer to the case."""
    form = await forms.read(request)
    try:
        opened = await _opened(request)
        once = form.line("once")[:_LONGEST_MARK]
        await by_portal.add(str(opened.case_id), form.text("text"), by=opened.reader, once=once)
    except NotFound:
        return _expired(request)
    except (Invalid, Conflict, TooMany) as refused:
        return await _page(request, text=form.text("text"), problem=_words(refused), status=refused.http_status)
    return RedirectResponse(f"{_url(request)}?done=added#end", 303)


async def ask_again(request: Request) -> Response:
    """Ask for a new link; the same answer whether the old one ever was one."""
    place, address = place_of(request), request.client.host if request.client else ""
    await case_links.ask_again(place.portal, request.path_params["token"], address=address)
    return RedirectResponse(place.url("/sent/case"), 303)


async def _page(
    request: Request, *, text: str = "", problem: str = "", added: bool = False, status: int = 200
) -> Response:
    try:
        opened = await _opened(request)
        case = await customers_view.case(str(opened.case_id), by=opened.reader)
    except NotFound:
        return _expired(request)
    page = LinkedCasePage(
        url=_url(request),
        number=case.number,
        subject=case.subject,
        messages=tuple(
            LinkedMessage(
                each.author,
                pages.somebody(each.author),
                each.ours,
                each.at,
                Markup(richtext.text_to_html(each.text)),  # noqa: S704  # escaped there
                tuple(file.filename for file in each.files),
            )
            for each in case.messages
        ),
        may_add=case.may_add,
        once=tokens.random_secret()[:_LONGEST_MARK],
        text=text,
        problem=problem,
        added=added,
    )
    return pages.render(request, "portal/case_by_link.html", status=status, page=page)


def _words(refused: Invalid | Conflict | TooMany) -> str:
    return refusals.sentence(refused.problems[0].message if isinstance(refused, Invalid) else refused.message)


async def _opened(request: Request) -> OpenedCase:
    return await case_links.opened(place_of(request).portal, request.path_params["token"])


def _expired(request: Request) -> Response:
    again = f"{_url(request)}/again"
    return pages.render(request, "portal/case_link_expired.html", status=NotFound.http_status, again=again)


def _url(request: Request) -> str:
    return place_of(request).url(f"/c/{request.path_params['token']}")
