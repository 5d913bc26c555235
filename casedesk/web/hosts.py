"""Which brand a host name belongs to: a portal with a host of its own is served at that host's root.

Addresses there are short (`/ask`); inside they are the same as on the desk's host (`/portal/SLUG/ask`), so that one list
of routes serves both. What the desk's host alone has (console, API, sign-in of staff) is not there at a portal's.
"""

from starlette.types import Scope

from casedesk.portals import branding
from casedesk.portals.branding import PortalRecord

_SHARED = ("/static/", "/s/", "/w/", "/web-to-case/")
_SHARED_WHOLE = ("/csp-report", "/healthz", "/readyz", "/metrics", "/web-to-case")


async def portal_at(host: str) -> PortalRecord | None:
    """Return the portal with this host (as the header names it), or None."""
    return await branding.by_host(host)


def within(portal: PortalRecord, scope: Scope) -> Scope:
    """Return the scope of a request to a portal's own host as the routes know it."""
    path = scope["path"]
    if path in _SHARED_WHOLE or path.startswith((*_SHARED, f"/portal/{portal.slug}/")):
        return scope
    inside = f"/portal/{portal.slug}{path}"
    state = {**scope.get("state", {}), "at_own_host": portal.slug}
    return {**scope, "path": inside, "raw_path": inside.encode(), "state": state}
