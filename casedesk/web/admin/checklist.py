"""The first steps of a new desk: what each is for, its test, and what the last test found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.language import gettext as _
from casedesk.mail.senders import own_addresses
from casedesk.setup import checklist
from casedesk.setup.checklist import State, Step
from casedesk.web import forms, guard, refusals
from casedesk.web.admin import drawing, entries
from casedesk.web.views import Choice, Tone

URL = f"{entries.ROOT}/checklist"


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the page draws it: its title, a sentence, where it is done, its test's label."""

    key: str
    title: str
    sentence: str
    url: str
    goes: str
    tests: str
    state: State
    tone: Tone
    mark: str
    words: str
    tested_at: datetime | None
    proven_at: datetime | None
    addresses: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistPage:
    """Every step; `runs` while a test is under way."""

    steps: tuple[StepView, ...]
    done: int
    runs: bool


@dataclass(frozen=True, slots=True)
class _About:
    title: Callable[[], str]
    sentence: Callable[[], str]
    url: str
    goes: Callable[[], str]
    tests: Callable[[], str]


_STEPS = {
    "people": _About(
        lambda: _("Invite your colleagues"),
        lambda: _("Each gets a mail with a link to choose a password."),
        f"{entries.ROOT}/people/new", lambda: _("Invite somebody"), lambda: _("Count them"),
    ),
    "hours": _About(
        lambda: _("Set your business hours"),
        lambda: _("Every promise is counted in them."),
        f"{entries.ROOT}/hours", lambda: _("Business hours"), lambda: _("Count by them"),
    ),
    "mail": _About(
        lambda: _("See a mail come in"),
        lambda: _("A mail goes to your support address by our own SMTP port and comes back as a case, closed at once."),
        f"{entries.ROOT}/mailboxes", lambda: _("Mailboxes"), lambda: _("Send a test mail"),
    ),
    "relay": _About(
        lambda: _("See a mail go out"),
        lambda: _("A mail goes to your own address by the relay of CASEDESK_RELAY."),
        f"{entries.ROOT}/operations", lambda: _("Operations"), lambda: _("Send it to me"),
    ),
    "rules": _About(
        lambda: _("Try the assignment rules"),
        lambda: _("See which queue a case goes to, and why, before any customer does."),
        f"{entries.ROOT}/assignment#trial", lambda: _("Assignment rules"), lambda: _("Check"),
    ),
    "solutions": _About(
        lambda: _("Publish a first solution"),
        lambda: _("Suggested to colleagues at a case, and to customers before they ask."),
        "/console/solutions", lambda: _("Solutions"), lambda: _("Count them"),
    ),
    "portal": _About(
        lambda: _("Open your portal"),
        lambda: _("The page of each brand is asked for over the network, as customers would."),
        f"{entries.ROOT}/brands", lambda: _("Portal and brands"), lambda: _("Ask for it"),
    ),
    "form": _About(
        lambda: _("Put a form on your web site"),
        lambda: _("Copy its HTML into a page and send it once."),
        f"{entries.ROOT}/web-forms", lambda: _("Web forms"), lambda: _("Look for one"),
    ),
}  # fmt: skip

_LOOKS = {
    State.OPEN: (Tone.PLAIN, "circle-dashed"),
    State.RUNNING: (Tone.INFO, "loader-circle"),
    State.PROVEN: (Tone.OK, "check"),
    State.FAILED: (Tone.WARN, "triangle-alert"),
}


async def show(request: Request) -> Response:
    """Show every step as it was last found."""
    return await _draw(request, await checklist.steps())


async def look(request: Request) -> Response:
    """Look what became of the tests that run; a script gets the page, a form is led back to it."""
    known = await checklist.look(by=guard.actor_of(request))
    if request.headers.get("x-requested-with") == "poll":
        return await _draw(request, known)
    return RedirectResponse(URL, 303)


async def examine(request: Request) -> Response:
    """Test one step, or begin to."""
    form, key = await forms.read(request), str(request.path_params["step"])
    await checklist.examine(key, by=guard.actor_of(request), address=form.line("address"))
    return RedirectResponse(f"{URL}#step-{key}", 303)


async def _draw(request: Request, known: tuple[Step, ...]) -> Response:
    addresses = tuple(Choice(each, each) for each in sorted(await own_addresses()))
    page = ChecklistPage(
        steps=tuple(_view(each, addresses) for each in known),
        done=sum(each.state is State.PROVEN for each in known),
        runs=any(each.state is State.RUNNING for each in known),
    )
    return await drawing.page(request, "admin/checklist.html", here="checklist", page=page)


def _view(step: Step, addresses: tuple[Choice, ...]) -> StepView:
    about, (tone, mark) = _STEPS[step.key], _LOOKS[step.state]
    return StepView(
        key=step.key,
        title=about.title(),
        sentence=about.sentence(),
        url=about.url,
        goes=about.goes(),
        tests=about.tests(),
        state=step.state,
        tone=tone,
        mark=mark,
        words=refusals.sentence(step.words) if step.words else "",
        tested_at=step.tested_at,
        proven_at=step.proven_at,
        addresses=addresses if step.key == "mail" else (),
    )
