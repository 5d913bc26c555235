"""Every URL of a portal with its right; each stands under /portal/SLUG, and at the root of a portal's own host."""

from starlette.routing import BaseRoute

from casedesk.web.portal import home
from casedesk.web.portal.guard import open_page

ROUTES: tuple[BaseRoute, ...] = (
    open_page("", home.enter),
    open_page("/", home.show),
    open_page("/lang/{code}", {"POST": home.speak}),
    open_page("/{path:path}", home.nothing),
)
"""The last one is every address that is none: whoever strays stays inside the brand."""
