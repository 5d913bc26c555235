"""The whole web as one application: the areas mounted, the door, health, static files, the live stream."""

from collections.abc import Mapping, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute

from casedesk.errors import CasedeskError
from casedesk.permissions import Permission
from casedesk.settings import Settings
from casedesk.web import health, invitation, live, sign_in, static_files
from casedesk.web.admin import routes as admin
from casedesk.web.api import routes as api
from casedesk.web.compressing import Compressing
from casedesk.web.console import routes as console
from casedesk.web.demo_stand import DemoStand
from casedesk.web.errors import answer_error
from casedesk.web.guard import page, public
from casedesk.web.middleware import Shield
from casedesk.web.pages import SampleSignIn
from casedesk.web.portal import routes as portal
from casedesk.web.public import routes as open_to_all

ROUTES: tuple[BaseRoute, ...] = (
    public("/", sign_in.home),
    public("/sign-in", {"GET": sign_in.show, "POST": sign_in.enter}),
    public("/invitation/{token}", {"GET": invitation.show, "POST": invitation.choose}),
    page("/sign-out", sign_in.leave, needs=Permission.CONSOLE_USE, methods=("POST",)),
    page("/live", live.stream, needs=Permission.CONSOLE_USE),
    public("/static/{path:path}", static_files.show, anonymous=True),
    public("/healthz", health.healthz, anonymous=True),
    public("/readyz", health.readyz, anonymous=True),
    public("/metrics", health.metrics, anonymous=True),
    public("/csp-report", health.csp_report, methods=("POST",), from_elsewhere=True, anonymous=True),
)
"""Every URL that belongs to no area."""


def every_route() -> list[BaseRoute]:
    """Return every URL of the program, in the order they are matched."""
    return [*ROUTES, *open_to_all.ROUTES, *console.ROUTES, *admin.ROUTES, *api.ROUTES, *portal.ROUTES]


def create_web(
    settings: Settings,
    *,
    checks: Mapping[str, health.Check] | None = None,
    samples: Sequence[SampleSignIn] = (),
    demo: DemoStand | None = None,
) -> Shield:
    """Return the ASGI application.

    `checks` are asked by /readyz beside database and disk; `samples` are the demo's people, shown on loopback only;
    `demo` is how far a demo is filled, None for any other desk. The database must be open and
    `casedesk.security.configure(settings)` called before the first request.
    """
    app = Starlette(
        routes=every_route(),
        exception_handlers=dict.fromkeys((CasedeskError, HTTPException, ClientDisconnect, Exception), answer_error),
    )
    # A redirect to add or drop a slash would be built from the Host header, and one address for one thing is enough.
    app.router.redirect_slashes = False
    app.state.settings = settings
    app.state.checks = dict(checks or {})
    app.state.samples = tuple(samples)
    app.state.demo = demo
    return Shield(Compressing(app), settings)
