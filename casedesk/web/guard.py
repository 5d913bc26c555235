"""Every URL names its right: `page()` refuses by default, `public()` must be said aloud.

Rights come before input: who may not is told that nothing is there, before a byte of the form is looked at. A member
of staff is known by a session cookie here; programs with tokens are known in `casedesk.web.api`.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from casedesk.errors import Forbidden, NotFound, SignInNeeded
from casedesk.identity import Actor
from casedesk.language import speaking_to
from casedesk.permissions import Permission, can
from casedesk.settings import Settings
from casedesk.users import signing_in
from casedesk.users.signing_in import SignedIn
from casedesk.web import cookies, forms, reading

Handler = Callable[[Request], Awaitable[Response]]
SAFE = frozenset({"GET", "HEAD"})
_NOT_THERE = object()


class HasToken(Protocol):
    """A session of somebody, whose forms must carry its token."""

    @property
    def csrf_token(self) -> str:
        """Return the token."""


class GuardedRoute(Route):
    """A route that knows what it asks for: `needs` by method, None for what is public (a test reads this)."""

    needs: Mapping[str, Permission | None]


def page(
    path: str,
    handler: Handler | Mapping[str, Handler],
    *,
    needs: Permission | Mapping[str, Permission],
    methods: Sequence[str] = ("GET",),
) -> Route:
    """Return the route of a page for members of staff who hold `needs`.

    `handler` serves all `methods`, or is a mapping from method to handler (one route a path keeps `Allow` right); then
    `needs` may be such a mapping too. A stranger is sent to sign in, a missing right looks like a missing page, and a
    method that changes something must carry the session's token.
    """
    handlers = dict(handler) if isinstance(handler, Mapping) else dict.fromkeys(methods, handler)
    rights = dict(needs) if isinstance(needs, Mapping) else dict.fromkeys(handlers, needs)
    if handlers.keys() != rights.keys():
        raise ValueError(f"{path}: every method needs a handler and a right")

    async def guarded(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        session = await recognise(request)
        if session is None:
            return _to_sign_in(request)
        if not can(session.actor, rights[method]):
            raise NotFound
        try:
            if request.method not in SAFE:
                await check_origin_and_token(request, session)
            return await handlers[method](request)
        finally:
            await request.close()

    route = GuardedRoute(path, guarded, methods=list(handlers))
    route.needs = rights
    return route


def public(
    path: str,
    handler: Handler | Mapping[str, Handler],
    *,
    methods: Sequence[str] = ("GET",),
    from_elsewhere: bool = False,
    anonymous: bool = False,
) -> Route:
    """Return the route of a page for everybody; a signed-in member of staff is known there too.

    A method that changes something must come from our own pages, unless other sites may post here (`from_elsewhere`).
    `anonymous` does not even look who asks.
    """
    handlers = dict(handler) if isinstance(handler, Mapping) else dict.fromkeys(methods, handler)

    async def opened(request: Request) -> Response:
        if not anonymous:
            await recognise(request)
        if request.method not in SAFE and not from_elsewhere:
            check_origin(request)
        try:
            with speaking_to(reading.reader_of(request)):
                return unlinked(path, await handlers["GET" if request.method == "HEAD" else request.method](request))
        finally:
            await request.close()

    route = GuardedRoute(path, opened, methods=list(handlers))
    route.needs = dict.fromkeys(handlers)
    return route


def unlinked(path: str, answer: Response) -> Response:
    """Return `answer`; where the address at `path` carries a token, nobody who is linked to from the page may learn it."""
    if "{token}" in path:
        answer.headers["referrer-policy"] = "no-referrer"
    return answer


def settings_of(request: Request) -> Settings:
    """Return the settings this application was made with."""
    settings: Settings = request.app.state.settings
    return settings


def session_of(request: Request) -> SignedIn:
    """Return the session of who asks; raises SignInNeeded where nobody is signed in."""
    session: SignedIn | None = getattr(request.state, "session", None)
    if session is None:
        raise SignInNeeded
    return session


def actor_of(request: Request) -> Actor:
    """Return who asks; raises SignInNeeded where nobody is signed in."""
    return session_of(request).actor


async def recognise(request: Request) -> SignedIn | None:
    """Find out who asks by the cookie, once a request, and keep it in the request's state."""
    kept = getattr(request.state, "session", _NOT_THERE)
    if kept is not _NOT_THERE:
        return kept if isinstance(kept, SignedIn) else None
    settings = settings_of(request)
    secret = cookies.value(request, cookies.of_staff(settings))
    session = await signing_in.session_of(secret, hours=settings.session_hours) if secret else None
    request.state.session = session
    return session


def check_origin(request: Request) -> None:
    """Raise Forbidden when a browser says that another site made this request."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        # Browsers that send this cannot be made to lie about it, and send `Origin: null` from pages without referrer.
        foreign = site not in ("same-origin", "none")
    else:
        foreign = origin is not None and urlsplit(origin).netloc.lower() not in _own_hosts(request)
    if foreign:
        raise Forbidden("This form was sent from another site.")


async def check_origin_and_token(request: Request, session: HasToken) -> None:
    """Raise Forbidden unless the request comes from our own page and carries the session's token.

    The token stands in the header X-CSRF-Token or in the form's field `csrf`.
    """
    check_origin(request)
    given = request.headers.get("x-csrf-token")
    if given is None:
        given = (await forms.read(request)).text("csrf")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), session.csrf_token.encode()):
        raise Forbidden("This page has grown old. Please load it again and repeat what you did.")


def _own_hosts(request: Request) -> set[str]:
    return {request.headers.get("host", "").lower(), urlsplit(settings_of(request).url).netloc.lower()} - {""}


def _to_sign_in(request: Request) -> Response:
    """Send a stranger who wants to look to the sign-in and back; whoever posts is told to sign in first."""
    if request.method not in SAFE or request.headers.get("hx-request"):
        raise SignInNeeded
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", 303)
