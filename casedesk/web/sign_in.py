"""The staff's door: sign in, sign out, and the front page that sends each person to the right place."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from casedesk.errors import SignInNeeded, TooMany
from casedesk.portals import sessions
from casedesk.settings import Settings
from casedesk.users import signing_in
from casedesk.web import cookies, errors, forms, guard, pages, refusals
from casedesk.web.middleware import MAX_TARGET_BYTES

HOME = "/console"
SAMPLE_PASSWORD = "casedesk-demo"  # noqa: S105  # printed in the documentation; it opens nothing but on loopback


async def home(request: Request) -> Response:
    """Send staff to the console, customers to their portal and strangers to the door."""
    if await guard.recognise(request):
        return RedirectResponse(HOME, 303)
    secret = cookies.value(request, cookies.of_customers(guard.settings_of(request)))
    slug = await sessions.home_of(secret) if secret else None
    return RedirectResponse(f"/portal/{slug}/" if slug else "/sign-in", 303)


async def show(request: Request) -> Response:
    """Show the form; whoever is signed in goes on at once."""
    wanted = _local(request.query_params.get("next", ""))
    if await guard.recognise(request):
        return RedirectResponse(wanted or HOME, 303)
    return _form(request, pages.SignInPage(next=wanted))


async def enter(request: Request) -> Response:
    """Sign in with what the form says; a script that asks for JSON gets the new session's token instead of a page."""
    settings = guard.settings_of(request)
    form = await forms.read(request)
    email, password, wanted = form.line("email"), form.text("password"), _local(form.text("next"))
    address = request.client.host if request.client else ""
    try:
        refuse_samples_elsewhere(request, password)
        secret, session = await signing_in.sign_in(
            email,
            password,
            address=address,
            agent=request.headers.get("user-agent", ""),
            hours=settings.session_hours,
        )
    except (SignInNeeded, TooMany) as refused:
        if errors.wants_problem(request):
            raise
        page = pages.SignInPage(email=email, refused=refusals.sentence(refused.message), next=wanted)
        return _form(request, page, status=refused.http_status)
    if errors.wants_problem(request):
        answer: Response = JSONResponse({"csrf": session.csrf_token})
    else:
        answer = RedirectResponse(wanted or HOME, 303)
    cookies.keep(answer, settings, cookies.of_staff(settings), secret)
    return answer


async def leave(request: Request) -> Response:
    """Sign out and forget the cookie."""
    await signing_in.sign_out(guard.session_of(request))
    settings = guard.settings_of(request)
    answer = RedirectResponse("/sign-in", 303)
    cookies.forget(answer, settings, cookies.of_staff(settings))
    return answer


def _form(request: Request, page: pages.SignInPage, *, status: int = 200) -> Response:
    samples = samples_of(request)
    if samples:
        page = pages.SignInPage(
            email=page.email, refused=page.refused, next=page.next, samples=samples, sample_password=SAMPLE_PASSWORD
        )
    return pages.render(request, "console/sign_in.html", status=status, page=page)


def _local(wanted: str) -> str:
    """Return a path of ours to go on to, "" for anything that could lead elsewhere."""
    if not wanted.isprintable() or "\\" in wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return ""
    parts = urlsplit(wanted)
    leads_away = parts.scheme or parts.netloc or parts.path in ("/sign-in", "/sign-out")
    return "" if leads_away or len(wanted) > MAX_TARGET_BYTES else wanted


def samples_of(request: Request, portal: str | None = None) -> tuple[pages.SampleSignIn, ...]:
    """Return the demo's people, all or those of a portal, as this machine is shown them; none anywhere else."""
    if not is_here(request):
        return ()
    return tuple(each for each in request.app.state.samples if portal is None or each.portal == portal)


def refuse_samples_elsewhere(request: Request, password: str) -> None:
    """Raise SignInNeeded for the demo's password anywhere but on the machine itself: everybody knows it."""
    if password == SAMPLE_PASSWORD and not is_here(request):
        raise SignInNeeded("The demo's sign-ins work on this machine alone.")


def is_here(request: Request) -> bool:
    """Say whether somebody on this very machine asks."""
    return _is_here(guard.settings_of(request), request.client.host if request.client else "")


def _is_here(settings: Settings, address: str) -> bool:
    """Say whether somebody on this very machine asks, and no proxy stands before us that would look the same."""
    host = urlsplit(settings.url).hostname or "localhost"
    return _is_loopback(address) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
