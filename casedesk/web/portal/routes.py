"""Every URL of a portal with its right; each stands under /portal/SLUG, and at the root of a portal's own host."""

from starlette.routing import BaseRoute

from casedesk.permissions import Permission
from casedesk.web.portal import ask, case, case_by_link, cases, doors, home, me, products, solutions, start, uploads
from casedesk.web.portal.guard import open_page, page

_ASK, _READ, _ADD = Permission.CASE_CREATE, Permission.CASE_READ, Permission.CASE_ADD
_CHANGE, _CLOSE = Permission.CASE_CHANGE, Permission.CASE_CLOSE

ROUTES: tuple[BaseRoute, ...] = (
    open_page("", home.enter),
    open_page("/", start.show),
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
    open_page("/c/{token}", {"GET": case_by_link.show, "POST": case_by_link.answer}),
    open_page("/c/{token}/again", {"POST": case_by_link.ask_again}),
    page("/me", {"GET": me.show, "POST": me.keep}, needs=Permission.PROFILE_CHANGE),
    page("/me/addresses", {"POST": me.add_address}, needs=Permission.PROFILE_CHANGE),
    page("/me/addresses/{address}", {"POST": me.change_address}, needs=Permission.PROFILE_CHANGE),
    page("/me/password", {"POST": me.change_password}, needs=Permission.PROFILE_CHANGE),
    page("/me/sessions/{session}", {"POST": me.end_session}, needs=Permission.PROFILE_CHANGE),
    open_page("/search", solutions.search),
    open_page("/solutions", solutions.shelf),
    open_page("/solutions/{name}", solutions.read),
    open_page("/solutions/{name}/rating", {"POST": solutions.rate}),
    page("/ask", {"GET": ask.show, "POST": ask.send}, needs=_ASK),
    page("/ask/suggest", ask.suggest, needs=_ASK),
    page("/ask/draft", {"POST": ask.keep_draft}, needs=_ASK),
    page("/ask/discarding", {"POST": ask.discard}, needs=_ASK),
    page("/ask/aside", {"POST": ask.put_aside}, needs=_ASK),
    page("/ask/solved", ask.thanks, needs=_ASK),
    page("/files", {"POST": uploads.keep_one}, needs=_ASK),
    page("/files/{file}", uploads.download, needs=_READ),
    page("/cases", cases.show, needs=_READ),
    page("/cases.csv", cases.export, needs=_READ),
    page("/cases/{number}", {"GET": case.show, "POST": case.add}, needs={"GET": _READ, "POST": _ADD}),
    page("/cases/{number}/thread", case.thread, needs=_READ),
    page("/cases/{number}/edit", {"GET": case.edit_form, "POST": case.edit}, needs=_CHANGE),
    page("/cases/{number}/close", {"POST": case.close}, needs=_CLOSE),
    page("/cases/{number}/reopen", {"POST": case.reopen}, needs=_CLOSE),
    page("/cases/{number}/follow", {"POST": case.follow}, needs=_READ),
    page("/products", products.show, needs=Permission.PORTAL_USE),
    open_page("/{path:path}", home.nothing),
)
"""The last one is every address that is none: whoever strays stays inside the brand."""
