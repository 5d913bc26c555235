"""A form of another web site, sent here without any session: thanks, or the form again with all that was typed.

The same page stands at `/web-to-case/{form}` for those who have no page of their own. Complete without a script.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from casedesk import language
from casedesk.errors import FieldProblem, Invalid, TooLarge, TooMany
from casedesk.language import Reader, speaking_to
from casedesk.language import gettext as _
from casedesk.milestones import hours
from casedesk.portals import branding
from casedesk.web import form_fields, forms, pages, reading, refusals
from casedesk.web.form_fields import AskedView
from casedesk.web.forms import Form
from intake import by_web, web_forms
from intake.by_web import Filled
from intake.web_forms import Ask, WebFormRecord

LONGEST_TEXT = 12 << 20
"""Bytes of a text that is still read, so that even far too long a letter can be shown again."""
_OURS = "stamp"
"""Our own page carries it: only pages of other sites are led away afterwards."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that waits for its form; `ticket` names it to us."""

    name: str
    size: int
    ticket: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form comes back: `problems` name a field (or none) each; files that came with it are kept."""

    status: int
    problems: tuple[tuple[str, str], ...]
    files: tuple[KeptFile, ...] = ()
    mailto: str = ""


@dataclass(frozen=True, slots=True)
class WebFormPage:
    """The form. `problems` name a field (or none) each; `mailto` is the way out where no more forms are taken."""

    url: str
    brand: str
    title: str
    intro: str
    fields: tuple[AskedView, ...]
    stamp: str
    trap: str
    returns_to: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    files: tuple[KeptFile, ...] = ()
    mailto: str = ""


@dataclass(frozen=True, slots=True)
class ThanksPage:
    """The thanks: `answer_by` is when a person answers at the latest, in words; `back` the site that was left."""

    brand: str
    email: str
    answer_by: str
    back: str
    url: str


async def show(request: Request) -> Response:
    """Show the form, hosted by us."""
    form = await web_forms.in_use(request.path_params.get("form", ""))
    with speaking_to(_reader(request, form)):
        return await _page(request, form, Form())


async def send(request: Request) -> Response:
    """Take a form; the one that is wrong comes back filled in."""
    sent = await _read(request)
    form = await web_forms.in_use(request.path_params.get("form") or sent.line("form"))
    with speaking_to(_reader(request, form)):
        try:
            await by_web.count(request.client.host if request.client else "", sent.line("email"))
        except TooMany as refused:
            return await _too_many(request, form, sent, refused)
        try:
            filled = await _filled(form, sent)
        except (Invalid, TooLarge) as wrong:  # of the files; the texts are looked at below
            return await _again(request, form, sent, Filled({}), _problems(wrong))
        try:
            by_web.check(form, filled)
            await by_web.receive(form, filled)
        except Invalid as wrong:
            return await _again(request, form, sent, filled, _problems(wrong))
        return await _thanks(request, form, sent)


async def _read(request: Request) -> Form:
    try:
        return await forms.read(request, longest=LONGEST_TEXT)
    except TooLarge:
        words = _("This is more than we can take. Go back in your browser: what you wrote is still there. Shorten it, or "
                  "send the long part as a file.")  # fmt: skip
        raise TooLarge(words) from None


async def _filled(form: WebFormRecord, sent: Form) -> Filled:
    """Return what was filled in of what the form asks; anything else that a site sends along is left unread."""
    asked = [each.name for each in by_web.questions(form)]
    files: tuple[int, ...] = ()
    if Ask.FILES in asked:
        uploads = [(each.filename or "", each.content_type or "", await each.read()) for each in _uploads(sent)]
        files = (*by_web.of_tickets(sent.texts("file")), *await by_web.keep_files(uploads))
    values = {name: sent.text(name) for name in asked if name != Ask.FILES}
    suspicion = by_web.suspicion(form, trap=sent.text(by_web.TRAP), stamped=sent.text(_OURS))
    return Filled(values, files, suspicion, language.reader().locale.partition("_")[0])


async def _thanks(request: Request, form: WebFormRecord, sent: Form) -> Response:
    target = form.leads_to(sent.line("retURL") or sent.line("return"))
    if target and not sent.text(_OURS):
        return RedirectResponse(target, 303)
    page = ThanksPage(
        brand=await _brand(form),
        email=sent.line("email"),
        answer_by=await _promise(form),
        back=target,
        url=f"/web-to-case/{form.key}",
    )
    return pages.render(request, "public/web_form_thanks.html", page=page, back_name=urlsplit(target).netloc)


async def _promise(form: WebFormRecord) -> str:
    found = await by_web.answer_by(form)
    if found is None:
        return ""
    at, calendar = found
    # Whoever waits is where the desk is, as far as anybody knows: a stranger's browser has told no zone.
    with speaking_to(Reader(language.reader().locale, (await hours.named(calendar)).zone)):
        return language.moment(at)


async def _too_many(request: Request, form: WebFormRecord, sent: Form, refused: TooMany) -> Response:
    words = _("More was sent from here than we take in an hour. Nothing you wrote is lost: send it later, or by mail.")
    wrong = Wrong(429, (("", words),), mailto=await by_web.address_of(form))
    answer = await _page(request, form, sent, wrong)
    answer.headers["retry-after"] = str(refused.retry_after)
    return answer


async def _again(
    request: Request, form: WebFormRecord, sent: Form, filled: Filled, problems: tuple[tuple[str, str], ...]
) -> Response:
    kept = tuple(
        KeptFile(each.filename, each.size, by_web.ticket(number))
        for number, each in (await by_web.waiting(filled.files)).items()
    )
    return await _page(request, form, sent, Wrong(422, problems, kept))


async def _page(request: Request, form: WebFormRecord, sent: Form, wrong: Wrong | None = None) -> HTMLResponse:
    problems = wrong.problems if wrong else ()
    at_fields = dict(problems)
    page = WebFormPage(
        url=f"/web-to-case/{form.key}",
        brand=await _brand(form),
        title=form.name,
        intro=form.intro,
        fields=tuple(
            form_fields.view(each, value=sent.text(each.name), problem=at_fields.get(each.name, ""))
            for each in by_web.questions(form)
        ),
        stamp=by_web.stamp_again(form) if wrong else by_web.stamp(form),
        trap=by_web.TRAP,
        returns_to=sent.line("retURL") or sent.line("return"),
        problems=problems,
        files=wrong.files if wrong else (),
        mailto=wrong.mailto if wrong else "",
    )
    return pages.render(request, "public/web_form.html", status=wrong.status if wrong else 200, page=page)


def _problems(wrong: Invalid | TooLarge) -> tuple[tuple[str, str], ...]:
    found = wrong.problems if isinstance(wrong, Invalid) else (FieldProblem(Ask.FILES, wrong.message),)
    return tuple((each.field, refusals.sentence(each.message)) for each in found)


def _uploads(sent: Form) -> list[UploadFile]:
    return [each for uploads in sent.files.values() for each in uploads]


def _reader(request: Request, form: WebFormRecord) -> Reader:
    if form.language:
        return Reader(reading.best_locale([form.language], language.languages()), reading.zone_of(request, None))
    return reading.reader_of(request)


async def _brand(form: WebFormRecord) -> str:
    return (await branding.by_slug(form.portal)).name if form.portal else ""
