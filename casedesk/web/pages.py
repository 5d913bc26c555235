"""HTML answers: what every page is handed, and the few pages that belong to no area (errors, sign-in)."""

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import HTMLResponse

from casedesk import rendering


class Theme(StrEnum):
    """The reader's choice of paper."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every HTML page needs. `nonce` is the CSP's of this answer, `csrf` the session's token (empty: none yet)."""

    nonce: str
    csrf: str = ""
    theme: Theme = Theme.AUTO
    desk: str = "casedesk"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A page for 403, 404, 500 and their like. `search_url` is empty for strangers; `reference` names the log line."""

    status: int
    title: str
    message: str
    home_url: str = "/"
    search_url: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SampleSignIn:
    """One of the demo's people, shown on loopback only; `portal` is the slug of a customer's portal, "" for staff."""

    email: str
    name: str
    role: str
    portal: str = ""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The staff's sign-in. `refused` is one sentence that never says whether the account exists."""

    url: str = "/sign-in"
    email: str = ""
    refused: str = ""
    next: str = ""
    samples: tuple[SampleSignIn, ...] = ()
    sample_password: str = ""


def frame_of(request: Request) -> Frame:
    """Return the frame of this request: its nonce, and the token and theme of its session, if there is one."""
    session = request.state.session if hasattr(request.state, "session") else None
    if session is None:
        return Frame(nonce=request.state.nonce)
    chosen = str(session.preferences.get("theme", ""))
    theme = Theme(chosen) if chosen in list(Theme) else Theme.AUTO
    return Frame(nonce=request.state.nonce, csrf=session.csrf_token, theme=theme)


def render(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return `template` as a page: `frame` is added to the values it is handed."""
    return HTMLResponse(rendering.render(template, frame=frame_of(request), **values), status_code=status)
