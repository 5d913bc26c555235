"""One case of a customer's: the conversation, what happens next, its steps; words, files and its end by forms."""

from collections.abc import Awaitable

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import richtext
from casedesk.cases import by_customers, customers_view, following, question_drafts
from casedesk.cases.customers_view import CustomersCase, CustomersMessage
from casedesk.entitlements import owned
from casedesk.errors import Conflict, Forbidden, Invalid, NotFound
from casedesk.language import gettext as _
from casedesk.web import forms, refusals
from casedesk.web.portal import lines, pages, uploads, words
from casedesk.web.portal.guard import actor_of, place_of
from casedesk.web.portal.page_views import CasePage, Choice, FileLine, StepLine, ThreadEntry
from casedesk.web.portal.place import Place
from intake import by_portal

_LONGEST_MARK = 40


async def show(request: Request) -> Response:
    """Show a case."""
    return await _page(request, notice=_notices().get(request.query_params.get("done", ""), ""))


async def thread(request: Request) -> Response:
    """Show the living part of a case alone: what was said and where it stands, for a page that looks again."""
    page = await _case_page(request)
    return pages.render(request, "portal/_thread.html", page=page)


async def add(request: Request) -> Response:
    """Add words and files; whatever cannot be taken stays in the form with a sentence."""
    place, actor, form = place_of(request), actor_of(request), await forms.read(request)
    number = _number(request)
    await customers_view.seen(number, by=actor)
    ids, told = await uploads.keep_all(form, by=actor)
    text, problems = form.text("text"), tuple(("file", each) for each in told)
    if not told and "add" not in form.values and "remove" not in form.values:
        try:
            await by_portal.add(number, text, by=actor, files=ids, once=form.line("once")[:_LONGEST_MARK])
        except Invalid as wrong:
            problems = refusals.problems_of(wrong)
        except Conflict as refusal:
            problems = (("", refusals.sentence(refusal.message)),)
        else:
            return RedirectResponse(place.url(f"/cases/{number}", done="added") + "#end", 303)
    kept = await uploads.waiting_lines(ids, by=actor)
    return await _page(request, text=text, files=kept, problems=problems, status=422 if problems else 200)


async def edit_form(request: Request) -> Response:
    """Show the form of what the customer may change."""
    case = await customers_view.case(_number(request), by=actor_of(request))
    return await _edit_page(request, case, case.subject, case.asset_id)


async def edit(request: Request) -> Response:
    """Change subject and product."""
    place, actor, form = place_of(request), actor_of(request), await forms.read(request)
    case = await customers_view.case(_number(request), by=actor)
    asset = form.line("asset")
    asset_id = int(asset) if asset.isascii() and asset.isdigit() and len(asset) <= 18 else None
    try:
        await by_customers.edit(_number(request), by=actor, subject=form.text("subject"), asset_id=asset_id)
    except Invalid as wrong:
        problems = refusals.problems_of(wrong)
        return await _edit_page(request, case, form.text("subject"), asset_id, problems)
    except (Conflict, Forbidden) as refusal:
        return await _edit_page(
            request, case, form.text("subject"), asset_id, (("", refusals.sentence(refusal.message)),)
        )
    return RedirectResponse(place.url(f"/cases/{case.number}", done="edited"), 303)


async def close(request: Request) -> Response:
    """Close the case, for a reason if one is given."""
    form = await forms.read(request)
    return await _ended(
        request, by_customers.close(_number(request), by=actor_of(request), reason=form.text("reason")), "closed"
    )


async def reopen(request: Request) -> Response:
    """Open the case again."""
    form = await forms.read(request)
    return await _ended(
        request, by_customers.reopen(_number(request), by=actor_of(request), reason=form.text("reason")), "reopened"
    )


async def follow(request: Request) -> Response:
    """Follow the case, or no longer."""
    form, number = await forms.read(request), _number(request)
    stop = form.line("follow") == "no"
    await (following.unfollow if stop else following.follow)(number, by=actor_of(request))
    return RedirectResponse(place_of(request).url(f"/cases/{number}", done="unfollowed" if stop else "followed"), 303)


async def _ended(request: Request, act: Awaitable[None], done: str) -> Response:
    try:
        await act
    except (Conflict, Forbidden) as refusal:
        return await _page(request, problems=(("", refusals.sentence(refusal.message)),), status=409)
    return RedirectResponse(place_of(request).url(f"/cases/{_number(request)}", done=done), 303)


async def _page(
    request: Request,
    *,
    text: str = "",
    files: tuple[FileLine, ...] = (),
    problems: tuple[tuple[str, str], ...] = (),
    notice: str = "",
    status: int = 200,
) -> Response:
    page = await _case_page(request, text=text, files=files, problems=problems, notice=notice)
    return pages.render(request, "portal/case.html", area="cases", status=status, page=page)


async def _case_page(
    request: Request,
    *,
    text: str = "",
    files: tuple[FileLine, ...] = (),
    problems: tuple[tuple[str, str], ...] = (),
    notice: str = "",
) -> CasePage:
    place, actor = place_of(request), actor_of(request)
    case = await customers_view.case(_number(request), by=actor)
    steps = await customers_view.steps_of(case.number, by=actor)
    first_ahead = next((step.name for step in steps if not step.done), None)
    return CasePage(
        number=case.number,
        url=place.url(f"/cases/{case.number}"),
        subject=case.subject,
        state=words.state_words(case.state),
        tone=words.STATE_TONES[case.state],
        mark=words.STATE_MARKS[case.state],
        next=words.next_words(case.next),
        is_own=case.is_own,
        is_open=case.is_open,
        asked_by=case.asked_by,
        asked_at=case.created_at,
        product=case.product,
        product_detail=" · ".join(each for each in (case.site, case.serial) if each),
        follows=case.follows,
        linked_number=case.linked_to or "",
        linked_url=place.url(f"/cases/{case.linked_to}") if case.linked_to else "",
        entries=tuple(_entry(each, place) for each in case.messages),
        last=case.messages[-1].id if case.messages else 0,
        steps=tuple(
            StepLine(
                words.step_words(step.name),
                "done" if step.done else "current" if step.name is first_ahead else "ahead",
                step.at,
            )
            for step in steps
        ),
        may_add=case.may_add,
        may_close=case.is_own and case.is_open,
        may_reopen=case.is_own and case.may_reopen,
        follow_up_url="" if case.may_add else place.url("/ask", follows=case.number, asset=case.asset_id),
        mark_once=question_drafts.new_mark(),
        text=text,
        files=files,
        problems=problems,
        notice=notice,
    )


def _entry(message: CustomersMessage, place: Place) -> ThreadEntry:
    face = pages.somebody(message.author)
    more = message.body if message.body and message.body.strip() != message.text.strip() else None
    return ThreadEntry(
        id=message.id,
        who=message.author,
        hue=face.hue,
        initials=face.initials,
        ours=message.ours,
        mine=message.mine,
        at=message.at,
        body=_drawn(message.text),
        more=_drawn(more) if more else None,
        files=tuple(uploads.file_line(each, place) for each in message.files),
    )


def _drawn(text: str) -> Markup:
    return Markup(richtext.text_to_html(text))  # noqa: S704  # escaped there


async def _edit_page(
    request: Request,
    case: CustomersCase,
    subject: str,
    asset_id: int | None,
    problems: tuple[tuple[str, str], ...] = (),
) -> Response:
    if not case.is_own:
        raise NotFound
    assets = await owned.assets(by=actor_of(request))
    choices = [Choice("", _("No product"), "", asset_id is None, "minus")]
    choices += [
        Choice(str(each.id), each.product, lines.asset_detail(each), each.id == asset_id, "cpu") for each in assets
    ]
    return pages.render(
        request, "portal/case_edit.html", area="cases", status=422 if problems else 200, number=case.number,
        subject=subject, choices=tuple(choices), problems=problems,
    )  # fmt: skip


def _notices() -> dict[str, str]:
    return {
        "added": _("Your message is with us."),
        "asked": _("Your question is with us. We have sent you a mail with its number."),
        "edited": _("Your changes are kept."),
        "closed": _("The case is closed. Thank you for telling us."),
        "reopened": _("The case is open again."),
        "followed": _("You follow this case now."),
        "unfollowed": _("You do not follow this case any more."),
    }


def _number(request: Request) -> str:
    return str(request.path_params["number"])
