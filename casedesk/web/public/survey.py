"""The landing of a survey link: looking at it stores nothing, sending its form does (mail scanners open every link)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from casedesk.cases import surveying
from casedesk.cases.surveying import SurveyView
from casedesk.errors import Invalid
from casedesk.language import gettext as _
from casedesk.web import forms, pages


@dataclass(frozen=True, slots=True)
class Score:
    """One of the five faces."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """The page: `scores` with one chosen perhaps, `stored` once an answer has reached us."""

    url: str
    desk: str
    number: str
    subject: str
    scores: tuple[Score, ...]
    words: str = ""
    stored: bool = False
    problem: str = ""


async def show(request: Request) -> Response:
    """Show the question; `r` in the address chooses a face and stores nothing."""
    survey = await surveying.find(request.path_params["token"])
    asked = request.query_params.get("r", "")
    chosen = int(asked) if asked in ("1", "2", "3", "4", "5") else survey.score
    return _page(request, survey, chosen, survey.words or "", stored=survey.answered and not asked)


async def answer(request: Request) -> Response:
    """Store the answer; a second one takes the place of the first."""
    token, form = request.path_params["token"], await forms.read(request)
    score = form.line("score")
    try:
        survey = await surveying.answer(
            token, int(score) if score.isascii() and score.isdigit() else 0, form.text("words")
        )
    except Invalid:
        survey = await surveying.find(token)
        return _page(request, survey, None, form.text("words"), problem=_("Please choose one of the five."))
    return _page(request, survey, survey.score, survey.words or "", stored=True)


def _page(
    request: Request, survey: SurveyView, chosen: int | None, words: str, *, stored: bool = False, problem: str = ""
) -> HTMLResponse:
    labels = (_("Very bad"), _("Bad"), _("So-so"), _("Good"), _("Very good"))
    page = SurveyPage(
        url=request.url.path,
        desk=survey.brand,
        number=survey.case_number,
        subject=survey.subject,
        scores=tuple(Score(str(value), label, value == chosen) for value, label in enumerate(labels, 1)),
        words=words,
        stored=stored,
        problem=problem,
    )
    return pages.render(request, "public/survey.html", status=422 if problem else 200, page=page)
