"""Ask for help: the form, the answers that come first, the draft, the case. Nothing that was typed is ever lost.

Without a script the first sending shows the answers in between, with "Send anyway" first; with one they stood beside the
form already, and `seen` says so. Every button of the form is a submit, told apart by its `act`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from casedesk.cases import customers_list, customers_view, fields, question_drafts
from casedesk.cases.question_drafts import Question
from casedesk.entitlements import owned
from casedesk.entitlements.owned import OwnedAsset
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.security import ratelimit
from casedesk.security.ratelimit import Limit
from casedesk.web import forms, refusals
from casedesk.web.forms import Form
from casedesk.web.portal import beside, lines, pages, uploads
from casedesk.web.portal.beside import Offered
from casedesk.web.portal.guard import actor_of, place_of
from casedesk.web.portal.page_views import AskPage, Choice
from intake import by_portal
from knowledge import browsing, deflecting, rating
from knowledge.audience import audience_of
from knowledge.deflecting import Signal

SHOWN_PRODUCTS = 3
_QUESTIONS = Limit("portal-questions", 60, 3600)
"""Far more than a person asks in an hour; whoever reaches it finds their draft again."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How the form is shown: `is_new` for one nobody has typed into, `wrong` when it could not be taken as it was."""

    follows: str = ""
    is_new: bool = False
    wrong: bool = False
    saved_at: datetime | None = None
    problems: tuple[tuple[str, str], ...] = ()
    offered: Offered | None = None


async def show(request: Request) -> Response:
    """Show the form: what was begun before, else what the address carries over."""
    place, actor, query = place_of(request), actor_of(request), request.query_params
    kept = await question_drafts.read(portal_id=place.portal.id, by=actor)
    carried = {name: query.get(name, "") for name in ("q", "asset", "solution", "follows")}
    if kept is not None and not any(carried.values()):
        return await _page(request, kept.question, Shown(saved_at=kept.saved_at))
    question = Question(
        mark=question_drafts.new_mark(),
        subject=_line(carried["q"])[: fields.LONGEST_SUBJECT],
        text=await _read_before(request, carried["solution"]),
        asset_id=_whole(carried["asset"]),
    )
    return await _page(request, question, Shown(carried["follows"], is_new=True))


async def send(request: Request) -> Response:
    """Do what the pressed button says; sending is the usual one."""
    form = await forms.read(request)
    ids, told = await uploads.keep_all(form, by=actor_of(request))
    question = _question(form, ids)
    act, _dash, number = form.line("act").partition("-")
    problems = tuple(("file", each) for each in told)
    if problems and act == "send":
        act = "attach"
    if act == "keep":
        await _keep(request, question)
        return RedirectResponse(place_of(request).url("/ask"), 303)
    if act == "solved":
        return await _solved(request, question, _whole(number))
    if act == "not":
        await _note(request, Signal.DISMISSED, question, _whole(number))
        return await _page(request, question, Shown(form.line("follows")))
    if act in ("attach", "edit", "remove"):
        await _keep(request, question)
        return await _page(request, question, Shown(form.line("follows"), wrong=bool(problems), problems=problems))
    return await _sent(request, form, question)


async def suggest(request: Request) -> Response:
    """Answer with the parts that follow what is typed: answers and promise."""
    place, actor, query = place_of(request), actor_of(request), request.query_params
    question = Question(
        mark=query.get("mark", "")[: question_drafts.LONGEST_MARK],
        subject=query.get("q", "")[: fields.LONGEST_SUBJECT],
        text=query.get("text", "")[:1_000],
        asset_id=_whole(query.get("product", "")),
    )
    asset = await _asset(question.asset_id, request)
    question = Question(question.mark, question.subject, question.text, asset.id if asset else None)
    offered = await beside.answers(question, place, actor, asset)
    promised = await beside.promise(question, place, actor)
    return pages.render(
        request, "portal/_beside.html", answers=offered.answers, count=offered.count, colleague=offered.colleague,
        promise=promised, email=actor.email,
    )  # fmt: skip


async def keep_draft(request: Request) -> Response:
    """Keep what is typed, for the script that saves while somebody types."""
    form = await forms.read(request)
    await _keep(request, _question(form, form.numbers("kept")))
    return JSONResponse({"saved": _("Saved just now")})


async def discard(request: Request) -> Response:
    """Forget what was begun."""
    place = place_of(request)
    await question_drafts.discard(portal_id=place.portal.id, by=actor_of(request))
    return RedirectResponse(place.url("/ask"), 303)


async def put_aside(request: Request) -> Response:
    """Note that a solution is not the answer, for the script that takes it out of sight."""
    form = await forms.read(request)
    question = _question(form, ())
    await _note(request, Signal.DISMISSED, question, _whole(form.line("solution")))
    return JSONResponse({})


async def thanks(request: Request) -> Response:
    """Say thank you for a question that a solution answered; what was typed is kept for a week."""
    place, actor = place_of(request), actor_of(request)
    kept = await question_drafts.read(portal_id=place.portal.id, by=actor)
    number = _whole(request.query_params.get("solution", ""))
    try:
        solution = await browsing.find(number or 0, audience=audience_of(actor))
    except NotFound:
        return RedirectResponse(place.url("/"), 303)
    url = lines.solution_url(solution, place)
    return pages.render(
        request, "portal/solved.html", title=solution.title, url=url, days=question_drafts.KEPT.days,
        is_kept=kept is not None,
    )  # fmt: skip


async def _sent(request: Request, form: Form, question: Question) -> Response:
    place, actor = place_of(request), actor_of(request)
    asset = await _asset(question.asset_id, request)
    await _keep(request, question)  # until it is a case: whatever refuses it now, nothing that was typed is lost
    if question.subject.strip() and form.line("seen") != _line(question.subject):
        offered = await beside.answers(question, place, actor, asset)
        if offered.answers:
            between = Shown(form.line("follows"), offered=offered)
            return await _page(request, question, between, "portal/ask_between.html")
    await ratelimit.count(_QUESTIONS, str(actor.id))
    try:
        asked = await by_portal.ask(
            question, portal_id=place.portal.id, by=actor, language=place.language, follows=form.line("follows")
        )
    except Invalid as wrong:
        problems = refusals.problems_of(wrong)
        return await _page(request, question, Shown(form.line("follows"), wrong=True, problems=problems))
    if not asked.again:
        shown = await deflecting.shown_beside(question.mark)
        await deflecting.note(Signal.FAILED, shown, beside.beside(question, place, actor), by=actor)
    await question_drafts.discard(portal_id=place.portal.id, by=actor, mark=question.mark)
    return RedirectResponse(place.url(f"/cases/{asked.number}", done="asked"), 303)


async def _solved(request: Request, question: Question, solution: int | None) -> Response:
    """End a question well: confirmed, counted for the solution, kept for a week in case it was not the end."""
    place, actor = place_of(request), actor_of(request)
    if solution is None:
        raise NotFound
    if question.subject or question.text:  # the page of a solution does not carry what was typed
        await _keep(request, question)
    await rating.rate(solution, helpful=True, reader=rating.reader_of(actor, ""), audience=audience_of(actor), by=actor)
    await _note(request, Signal.CONFIRMED, question, solution)
    return RedirectResponse(place.url("/ask/solved", solution=solution), 303)


async def _note(request: Request, kind: Signal, question: Question, solution: int | None) -> None:
    if solution is not None:
        place, actor = place_of(request), actor_of(request)
        await deflecting.note(kind, [solution], beside.beside(question, place, actor), by=actor)


async def _keep(request: Request, question: Question) -> None:
    await question_drafts.save(question, portal_id=place_of(request).portal.id, by=actor_of(request))


async def _page(request: Request, question: Question, shown: Shown, template: str = "portal/ask.html") -> Response:
    place, actor = place_of(request), actor_of(request)
    assets = await owned.assets(by=actor)
    chosen = next((each for each in assets if each.id == question.asset_id), None)
    if shown.is_new and question.asset_id is None:
        chosen = await _likely(assets, actor)
    asked = replace(question, asset_id=chosen.id if chosen else None)
    offered = shown.offered or await beside.answers(asked, place, actor, chosen)
    first, rest = _choices(assets, chosen)
    page = AskPage(
        mark=question.mark,
        subject=question.subject,
        text=question.text,
        asset=str(chosen.id) if chosen else "",
        follows=await _followed(request, shown.follows),
        choices=first,
        rest=rest,
        files=await uploads.waiting_lines(question.files, by=actor),
        answers=offered.answers,
        count=offered.count,
        colleague=offered.colleague,
        promise=await beside.promise(asked, place, actor),
        email=actor.email,
        saved_at=shown.saved_at,
        problems=shown.problems,
        seen=_line(question.subject) if offered.answers else "",
    )
    return pages.render(request, template, status=422 if shown.wrong else 200, page=page)


async def _likely(assets: tuple[OwnedAsset, ...], actor: Actor) -> OwnedAsset | None:
    """Return the product somebody most likely asks about: the last one, else the only one they have or care for."""
    last = await customers_list.last_asset(by=actor)
    mine = [each for each in assets if each.id == last] or [each for each in assets if each.mine] or list(assets)
    return mine[0] if len(mine) == 1 else None


def _choices(
    assets: tuple[OwnedAsset, ...], chosen: OwnedAsset | None
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Return the products as cards: the chosen one among the first few, the others behind "Something else"."""
    first = list(assets[:SHOWN_PRODUCTS])
    if chosen is not None and chosen not in first:
        first = [chosen, *first[: SHOWN_PRODUCTS - 1]]
    cards = [Choice(str(each.id), each.product, lines.asset_detail(each), each is chosen, "cpu") for each in first]
    others = [each for each in assets if each not in first]
    rest = tuple(Choice(str(each.id), f"{each.product} · {lines.asset_detail(each)}", "", False, "") for each in others)
    return tuple(cards), rest


async def _followed(request: Request, number: str) -> str:
    """Return the number of the case a question goes on with, empty for one the customer does not see."""
    if not number:
        return ""
    try:
        return (await customers_view.case(number, by=actor_of(request))).number
    except NotFound:
        return ""


async def _read_before(request: Request, solution: str) -> str:
    """Return the sentence that tells the support team which solution did not help, empty for none."""
    try:
        found = await browsing.find(_whole(solution) or 0, audience=audience_of(actor_of(request)))
    except NotFound:
        return ""
    return _("I have read “%(title)s”, and it did not solve it.") % {"title": found.title} + "\n\n"


async def _asset(asset_id: int | None, request: Request) -> OwnedAsset | None:
    if asset_id is None:
        return None
    try:
        return await owned.asset(asset_id, by=actor_of(request))
    except NotFound:
        return None


def _question(form: Form, files: tuple[int, ...]) -> Question:
    other = form.line("other") if form.line("asset") == "other" else form.line("asset")
    return Question(
        mark=form.line("mark")[: question_drafts.LONGEST_MARK] or question_drafts.new_mark(),
        subject=form.text("subject"),
        text=form.text("text"),
        asset_id=_whole(other),
        files=files,
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
