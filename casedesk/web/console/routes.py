"""Every URL of the console with its permission."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from casedesk.language import speaking_to
from casedesk.permissions import Permission
from casedesk.web import guard
from casedesk.web.console import (
    acts,
    cases,
    conversation,
    files,
    lists,
    me,
    new_case,
    offers,
    operations,
    places,
    presence,
    search,
    solutions,
)
from casedesk.web.guard import Handler


def _spoken(handler: Handler) -> Handler:
    """Return the handler speaking the language of who asks, in their time zone."""

    async def speaking(request: Request) -> Response:
        with speaking_to(places.reader_of(request)):
            return await handler(request)

    return speaking


def _page(
    path: str, handlers: Handler | Mapping[str, Handler], needs: Permission | Mapping[str, Permission]
) -> BaseRoute:
    by_method = handlers if isinstance(handlers, Mapping) else {"GET": handlers}
    return guard.page(path, {method: _spoken(each) for method, each in by_method.items()}, needs=needs)


_CASE = "/console/c/{number}"

ROUTES: tuple[BaseRoute, ...] = (
    _page("/console", lists.home, Permission.CONSOLE_USE),
    _page("/console/serve", {"POST": acts.serve}, Permission.CASE_ASSIGN),
    _page("/console/v/{view}", lists.show, Permission.CASE_READ),
    _page("/console/v/{view}/rows", lists.changed_rows, Permission.CASE_READ),
    _page("/console/views", lists.views_part, Permission.CASE_READ),
    _page(_CASE, cases.show, Permission.CASE_READ),
    _page(f"{_CASE}/parts", cases.live_parts, Permission.CASE_READ),
    _page(f"{_CASE}/older", cases.older, Permission.CASE_READ),
    _page(f"{_CASE}/presence", {"POST": presence.tell}, Permission.CASE_READ),
    _page(f"{_CASE}/company", presence.show, Permission.CASE_READ),
    _page(f"{_CASE}/messages", {"POST": conversation.say}, Permission.CASE_NOTE),
    _page(f"{_CASE}/undo/{{outgoing}}", {"POST": conversation.undo}, Permission.CASE_REPLY),
    _page(
        f"{_CASE}/drafts",
        {"PUT": conversation.keep_draft, "POST": conversation.keep_draft, "DELETE": conversation.discard_draft},
        Permission.CASE_NOTE,
    ),
    _page(f"{_CASE}/take", {"POST": acts.take}, Permission.CASE_ASSIGN),
    _page(f"{_CASE}/assign", {"POST": acts.assign}, Permission.CASE_ASSIGN),
    _page(f"{_CASE}/fields", {"POST": acts.change}, Permission.CASE_CHANGE),
    _page(f"{_CASE}/escalation", {"GET": acts.show_escalation, "POST": acts.escalate}, Permission.CASE_ESCALATE),
    _page(f"{_CASE}/resolution", {"GET": acts.show_resolution, "POST": acts.resolve}, Permission.CASE_CLOSE),
    _page(f"{_CASE}/closure", {"POST": acts.close}, Permission.CASE_CLOSE),
    _page(f"{_CASE}/reopening", {"POST": acts.reopen}, Permission.CASE_CLOSE),
    _page(f"{_CASE}/used", {"POST": offers.mark_used}, Permission.SUGGESTION_ASK),
    _page("/console/new", {"GET": new_case.show, "POST": new_case.create}, Permission.CASE_CREATE),
    _page("/console/solutions", solutions.show, Permission.SOLUTION_READ),
    _page("/console/solutions/{solution}", solutions.read, Permission.SOLUTION_READ),
    _page("/console/search", search.show, Permission.CASE_READ),
    _page("/console/setup/operations", operations.show, Permission.OPERATIONS_READ),
    _page("/console/setup/operations/dead/{letter}", {"POST": operations.retry_dead}, Permission.OPERATIONS_READ),
    _page(
        "/console/setup/operations/arrivals/{arrival}", {"POST": operations.retry_arrival}, Permission.OPERATIONS_READ
    ),
    _page("/console/setup/operations/mail/{mail}", {"POST": operations.retry_mail}, Permission.OPERATIONS_READ),
    _page("/console/me", {"GET": me.show, "POST": me.keep}, Permission.CONSOLE_USE),
    _page("/console/files", {"POST": files.keep}, Permission.CASE_NOTE),
    _page("/console/files/{file}", files.download, Permission.CASE_READ),
)
