"""Cookies: read in linear time, named so that staff and customers never meet, and kept from scripts and other sites."""

from starlette.requests import Request
from starlette.responses import Response

from casedesk.settings import Settings


def value(request: Request, name: str) -> str:
    """Return a cookie's value, "" when absent; read in linear time, see `MAX_HEADER_BYTES` of the middleware."""
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            key, _, found = pair.strip().partition("=")
            if key == name:
                return found
    return ""


def is_https(settings: Settings) -> bool:
    """Say whether people reach us over TLS, by the configured base address."""
    return settings.url.lower().startswith("https://")


def of_staff(settings: Settings) -> str:
    """Return the name of the staff's cookie; over TLS its prefix binds it to this host alone."""
    return "__Host-casedesk" if is_https(settings) else "casedesk"


def of_customers(settings: Settings) -> str:
    """Return the name of the customers' cookie; one for all portals of a host, since it says only who somebody is."""
    return "__Host-casedesk-customer" if is_https(settings) else "casedesk-customer"


def keep(answer: Response, settings: Settings, name: str, secret: str) -> None:
    """Set a session's cookie; it ends with the browser (no Expires), the row in the database with its own time."""
    answer.set_cookie(name, secret, path="/", secure=is_https(settings), httponly=True, samesite="lax")


def forget(answer: Response, settings: Settings, name: str) -> None:
    """Take a session's cookie away, and what the browser kept of its pages."""
    answer.delete_cookie(name, path="/", secure=is_https(settings), httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"cache"'
