"""Who else has a case open, and who is writing: told from page to page, kept nowhere.

A page says every now and then what its reader does; the word goes through the live stream, ids alone, to the pages that
may see the case. Who is meant is asked here, so that a name never travels where it may not be read.
"""

from enum import IntEnum

from starlette.requests import Request
from starlette.responses import Response

from casedesk import language
from casedesk.cases import viewing
from casedesk.errors import Invalid, NotFound
from casedesk.language import ngettext
from casedesk.live import HUB
from casedesk.users import directory
from casedesk.web import asking, forms, guard, pages, signs
from casedesk.web.console.case_views import Company

TOPIC = "presence"
"""Its ids are a case, a member of staff, and what they do (`Doing`)."""

_AT_MOST = 5


class Doing(IntEnum):
    """What somebody does on a case."""

    GONE = 0
    LOOKING = 1
    WRITING = 2


async def tell(request: Request) -> Response:
    """Tell the other pages what this reader does on the case."""
    by, form = guard.actor_of(request), await forms.read(request)
    case = await viewing.case(request.path_params["number"], by=by)
    doing = form.number("doing")
    if doing not in tuple(Doing):
        raise Invalid.field("doing", "give 0, 1 or 2")
    await HUB.publish(TOPIC, (case.id, by.user_id or 0, doing))
    return Response(status_code=204)


async def show(request: Request) -> Response:
    """Answer with the faces of `who` and a word on those of them who are writing (`writing`)."""
    await viewing.case(request.path_params["number"], by=guard.actor_of(request))
    who = await _names(asking.ids_in(request.query_params.get("who", "")))
    writing = await _names(asking.ids_in(request.query_params.get("writing", "")))
    if writing:
        words = ngettext("%(names)s is writing", "%(names)s are writing", len(writing))
    else:
        words = ngettext("%(names)s is here, too", "%(names)s are here, too", len(who))
    joined = language.listed(writing or who)
    company = Company(
        tuple(signs.person(name) for name in who), words % {"names": joined} if who else "", bool(writing)
    )
    return pages.render(request, "console/_company.html", company=company)


async def _names(user_ids: tuple[int, ...]) -> list[str]:
    names = []
    for user_id in user_ids[:_AT_MOST]:
        try:
            names.append((await directory.find_user(user_id)).name)
        except NotFound:
            continue
    return names
