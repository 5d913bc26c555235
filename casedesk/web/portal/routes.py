"""Every URL of a portal with its right; each stands under /portal/SLUG, and at the root of a portal's own host."""

from starlette.routing import BaseRoute

from casedesk.permissions import Permission
from casedesk.web.portal import doors, home, me
from casedesk.web.portal.guard import open_page, page

ROUTES: tuple[BaseRoute, ...] = (
    open_page("", home.enter),
    open_page("/", home.show),
    open_page("/lang/{code}", {"POST": home.speak}),
    open_page("/in", {"GET": doors.show, "POST": doors.enter}),
    open_page("/in/link", {"POST": doors.ask_for_link}),
    open_page("/in/link/{token}", {"GET": doors.show_link, "POST": doors.enter_by_link}),
    open_page("/out", {"POST": doors.leave}),
    open_page("/register", {"GET": doors.show_registration, "POST": doors.register}),
    open_page("/verify/{token}", {"GET": doors.show_verification, "POST": doors.verify}),
    open_page("/forgot", {"GET": doors.show_forgotten, "POST": doors.forgotten}),
    open_page("/reset/{token}", {"GET": doors.show_reset, "POST": doors.reset}),
    open_page("/sent/{kind}", doors.show_sent),
    page("/me", {"GET": me.show, "POST": me.keep}, needs=Permission.PROFILE_CHANGE),
    page("/me/addresses", {"POST": me.add_address}, needs=Permission.PROFILE_CHANGE),
    page("/me/addresses/{address}", {"POST": me.change_address}, needs=Permission.PROFILE_CHANGE),
    page("/me/password", {"POST": me.change_password}, needs=Permission.PROFILE_CHANGE),
    page("/me/sessions/{session}", {"POST": me.end_session}, needs=Permission.PROFILE_CHANGE),
    open_page("/{path:path}", home.nothing),
)
"""The last one is every address that is none: whoever strays stays inside the brand."""
