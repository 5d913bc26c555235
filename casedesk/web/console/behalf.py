"""The home of whoever logs cases on behalf of customers: what they may do, the cases they logged, what became of them."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import clock
from casedesk.cases import listing, noticing
from casedesk.cases.listing import CaseFilter
from casedesk.cases.noticing import Notice
from casedesk.language import gettext as _
from casedesk.web import guard, pages, shell
from casedesk.web.console import case_list
from casedesk.web.views import CaseRow, Tone

_MOST = 50


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """What happened, on which case."""

    words: str
    mark: str
    tone: Tone
    number: str
    subject: str
    at: datetime
    fresh: bool


@dataclass(frozen=True, slots=True)
class BehalfPage:
    """Open cases first, ended ones after them, what happened beside them."""

    open: tuple[CaseRow, ...]
    ended: tuple[tuple[CaseRow, str], ...]
    notices: tuple[NoticeLine, ...]
    fresh: int


async def show(request: Request) -> Response:
    """Show the cases the reader logged, and what happened to them."""
    by, now = guard.actor_of(request), clock.now()
    found = (await listing.list_rows(CaseFilter(view="recent", sort="updated"), by=by, limit=_MOST)).items
    notices = await noticing.latest(by=by)
    page = BehalfPage(
        open=tuple(case_list.case_row(row, "", now=now) for row in found if row.status_category not in _ENDED),
        ended=tuple(
            (case_list.case_row(row, "", now=now), row.status) for row in found if row.status_category in _ENDED
        ),
        notices=tuple(_line(each) for each in notices),
        fresh=sum(not each.read for each in notices),
    )
    return pages.render(request, "console/behalf.html", shell=await shell.shell_for(request), page=page)


async def mark_read(request: Request) -> Response:
    """Mark what happened as read."""
    await noticing.mark_read(by=guard.actor_of(request))
    return RedirectResponse("/console", 303)


_ENDED = ("resolved", "closed")


def _line(notice: Notice) -> NoticeLine:
    words, mark, tone = {
        "replied": (_("A colleague answered"), "reply", Tone.INFO),
        "resolved": (_("It was resolved"), "check", Tone.OK),
        "closed": (_("It was closed"), "archive", Tone.PLAIN),
        "wrote": (_("The customer wrote"), "mail", Tone.WARN),
    }.get(notice.reason, (_("Something happened"), "bell", Tone.PLAIN))
    return NoticeLine(words, mark, tone, notice.number, notice.subject, notice.at, not notice.read)
