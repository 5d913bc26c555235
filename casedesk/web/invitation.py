"""The page behind an invitation's link: a member of staff chooses a password and is signed in."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import Invalid, NotFound
from casedesk.language import gettext as _
from casedesk.security import passwords
from casedesk.users import inviting, signing_in
from casedesk.users.inviting import Invited
from casedesk.web import cookies, forms, guard, pages, refusals, sign_in


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Whom the link is for; `problem` stands at the field."""

    url: str
    name: str
    email: str
    is_new: bool
    shortest: int
    problem: str = ""


async def show(request: Request) -> Response:
    """Show the form, or say calmly that the link does not work any more."""
    try:
        invited = await inviting.find(_secret(request), address=_address(request))
    except NotFound:
        return _gone(request)
    return _form(request, invited)


async def choose(request: Request) -> Response:
    """Keep the chosen password and sign in."""
    secret, address = _secret(request), _address(request)
    form = await forms.read(request)
    password = form.text("password")
    try:
        invited = await inviting.find(secret, address=address)
        if password != form.text("again"):
            return _form(request, invited, refusals.sentence(_("the two are not the same")))
        try:
            email = await inviting.take(secret, password, address=address)
        except Invalid as error:
            return _form(request, invited, refusals.sentence(error.problems[0].message))
    except NotFound:
        return _gone(request)
    settings = guard.settings_of(request)
    cookie, _session = await signing_in.sign_in(
        email,
        password,
        address=address,
        agent=request.headers.get("user-agent", ""),
        hours=settings.session_hours,
    )
    answer = RedirectResponse(sign_in.HOME, 303)
    cookies.keep(answer, settings, cookies.of_staff(settings), cookie)
    return answer


def _form(request: Request, invited: Invited, problem: str = "") -> Response:
    page = InvitationPage(request.url.path, invited.name, invited.email, invited.is_new, passwords.SHORTEST, problem)
    return pages.render(request, "console/invitation.html", status=422 if problem else 200, page=page)


def _gone(request: Request) -> Response:
    page = pages.ErrorPage(
        status=404,
        title=_("This link does not work any more"),
        message=_("It works once, for 72 hours, and only the newest. Ask your administrator for a new one."),
        home_url="/sign-in",
    )
    return pages.render(request, "errors/error.html", status=404, page=page)


def _secret(request: Request) -> str:
    return str(request.path_params["token"])


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
