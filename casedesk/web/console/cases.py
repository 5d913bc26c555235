"""The workspace of one case: the page, its live parts, its older entries."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from casedesk import clock
from casedesk.accounts.directory import ACCOUNTS, CONTACTS, AccountRecord, ContactRecord
from casedesk.cases import drafts, listing, steps, viewing
from casedesk.cases.listing import CaseFilter
from casedesk.cases.shapes import CaseRow, CaseView, TimelineEntry
from casedesk.cases.steps import Step
from casedesk.identity import Actor
from casedesk.milestones import hours as calendars
from casedesk.permissions import Permission, can
from casedesk.queues import known
from casedesk.rules.business_hours import WorkingHours
from casedesk.users import directory
from casedesk.web import asking, guard, pages, shell
from casedesk.web.console import around as right_pane
from casedesk.web.console import files, head, lists, offers, places, process, service_clock, story
from casedesk.web.console.case_list import Asked
from casedesk.web.console.case_views import CasePage, Context, Draft, Header, ProcessStep, ServiceClock, Suggestions
from casedesk.web.console.head import Staff
from casedesk.web.console.timeline_views import Timeline
from casedesk.web.shell import Surroundings
from casedesk.web.views import CaseList

_WHOLE_STORY = 5000
_MOST_STAFF = 200
_KINDS = ("reply", "note", "call")
_SHOWN = ("all", "messages", "notes", "calls", "history", "files")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a case's page is drawn from, asked once a request."""

    case: CaseView
    entries: tuple[TimelineEntry, ...]
    contact: ContactRecord | None
    account: AccountRecord | None
    beside: tuple[CaseRow, ...]
    hours: dict[str, WorkingHours]
    queues: dict[str, str]
    steps: tuple[Step, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the page that change while it is open."""

    header: Header
    timeline: Timeline
    clock: ServiceClock
    context: Context
    process: tuple[ProcessStep, ...]


async def show(request: Request) -> Response:
    """Show a case, with its list beside it; htmx that asks for the case alone gets no list."""
    by = guard.actor_of(request)
    found = await gather(request.path_params["number"], by=by)
    asked = places.list_behind(request, found.case)
    around = await shell.surroundings(by)
    behind = await lists.behind(asked, around, by=by, here=found.case.number) if asked.view else None
    page = await case_page(request, found, asked, behind, around)
    if asking.wants_part(request, "case"):
        answer: Response = pages.render(request, "console/_case.html", case=page)
    else:
        own = shell.shell(request, around, view=asked.view, pane="case")
        answer = pages.render(request, "console/case.html", shell=own, list=behind, case=page)
    answer.headers["vary"] = "HX-Request, HX-Target"
    return answer


async def live_parts(request: Request) -> Response:
    """Answer with every part of the case that may have changed, to be put in place one by one."""
    return await parts_answer(request, request.path_params["number"], "console/_parts.html")


async def header_part(request: Request, number: str) -> Response:
    """Answer with the head of a case alone, after something was done to it."""
    return await parts_answer(request, number, "console/_header.html")


async def parts_answer(request: Request, number: str, template: str) -> Response:
    """Answer with `template` filled with the live parts of a case."""
    by = guard.actor_of(request)
    found = await gather(number, by=by)
    asked = places.list_behind(request, found.case)
    around = await shell.surroundings(by)
    behind = await lists.behind(asked, around, by=by, here=found.case.number) if asked.view else None
    parts = parts_of(request, found, asked, behind)
    return pages.render(
        request, template, case_number=found.case.number, header=parts.header, timeline=parts.timeline,
        clock=parts.clock, context=parts.context, process=parts.process,
    )  # fmt: skip


async def older(request: Request) -> Response:
    """Answer with the part of the timeline before an entry."""
    by, query = guard.actor_of(request), request.query_params
    number = request.path_params["number"]
    case = await viewing.case(number, by=by)
    entries = await viewing.timeline(number, by=by, limit=_WHOLE_STORY)
    part = story.timeline(
        case, entries, me=by.email, queues=await _queue_names(), shown=_shown(request), before=query.get("before", "")
    )
    return pages.render(request, "console/_timeline.html", case_number=case.number, timeline=part)


async def gather(number: str, *, by: Actor) -> Gathered:
    """Ask for everything a case's page shows; raises NotFound unless the reader may see the case."""
    case = await viewing.case(number, by=by)
    entries = await viewing.timeline(number, by=by, limit=_WHOLE_STORY)
    contact = await CONTACTS.find(case.contact.id, by=by) if case.contact else None
    account = await ACCOUNTS.find(case.account.id, by=by) if case.account else None
    beside: tuple[CaseRow, ...] = ()
    if case.account is not None:
        beside = (await listing.list_rows(CaseFilter(view="all", account=case.account.id), by=by, limit=10)).items
    hours = {each.hours: await calendars.named(each.hours) for each in case.milestones}
    return Gathered(
        case, entries, contact, account, beside, hours, await _queue_names(), await steps.of_case(case), clock.now()
    )


def parts_of(request: Request, found: Gathered, asked: Asked, behind: CaseList | None) -> Parts:
    """Return the live parts of a case."""
    by, shown = guard.actor_of(request), _shown(request)
    tabs = story.tabs(found.case, found.entries, shown, places.page_query(request).get("v", ""))
    decisions = [entry.decision for entry in found.entries if entry.decision is not None]
    zone = right_pane.zone_of(found.contact, found.account)
    return Parts(
        head.header(found.case, by=by, behind=behind, asked=asked, now=found.now, tabs=tabs),
        story.timeline(found.case, found.entries, me=by.email, queues=found.queues, shown=shown),
        service_clock.service_clock(found.case, found.hours, now=found.now, zone=zone),
        right_pane.context(
            found.case, contact=found.contact, account=found.account, beside=found.beside, decisions=decisions,
            now=found.now,
        ),
        process.strip(found.steps),
    )  # fmt: skip


async def case_page(
    request: Request, found: Gathered, asked: Asked, behind: CaseList | None, around: Surroundings
) -> CasePage:
    """Return the whole workspace."""
    by, case = guard.actor_of(request), found.case
    settings = guard.settings_of(request)
    parts = parts_of(request, found, asked, behind)
    begun = {
        kind: Draft(each.text, each.saved_at, await files.waiting(each.details.get("files", ()), by=by))
        for kind, each in (await drafts.read(case.number, by=by)).items()
    }
    kind = request.query_params.get("compose", "")
    staff = await staff_of(around)
    suggested = Suggestions(case.number, (), "", "")
    if can(by, Permission.DESK_WORK):
        suggested = await offers.suggested(case, by=by)
    query = {"tl": _shown(request), "v": asked.view, "q": asked.words, "sort": asked.sort}
    return CasePage(
        parts_url=f"/console/c/{case.number}/parts?{urlencode({name: value for name, value in query.items() if value})}",
        header=parts.header,
        timeline=parts.timeline,
        composer=head.composer(
            case, begun, by=by, kind=kind if kind in _KINDS else "reply", limit=settings.max_upload_bytes
        ),
        clock=parts.clock,
        context=parts.context,
        suggestions=suggested,
        menus=head.menus(case, staff, by),
        escalation=head.escalation_form(case, staff),
        resolution=head.resolve_form(case, offers.choices(suggested)),
        process=parts.process,
    )


async def staff_of(around: Surroundings) -> Staff:
    """Return whom and where cases can be given to."""
    return Staff(await directory.list_users(limit=_MOST_STAFF), around.queues)


async def _queue_names() -> dict[str, str]:
    return {queue.key: queue.name for queue in await known.every()}


def _shown(request: Request) -> str:
    shown = places.page_query(request).get("tl", "all")
    return shown if shown in _SHOWN else "all"
