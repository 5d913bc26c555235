"""Every URL of the console with its permission."""

from starlette.routing import BaseRoute

from casedesk.permissions import Permission
from casedesk.web.console import (
    acts,
    agenda,
    behalf,
    cases,
    conversation,
    files,
    lists,
    me,
    new_case,
    offers,
    presence,
    search,
    solutions,
    telephone,
)
from casedesk.web.staff_pages import page

_CASE = "/console/c/{number}"

ROUTES: tuple[BaseRoute, ...] = (
    page("/console", lists.home, Permission.CONSOLE_USE),
    page("/console/serve", {"POST": acts.serve}, Permission.CASE_ASSIGN),
    page("/console/v/{view}", lists.show, Permission.DESK_WORK),
    page("/console/v/{view}/rows", lists.changed_rows, Permission.DESK_WORK),
    page("/console/views", lists.views_part, Permission.DESK_WORK),
    page(_CASE, cases.show, Permission.CASE_READ),
    page(f"{_CASE}/parts", cases.live_parts, Permission.CASE_READ),
    page(f"{_CASE}/older", cases.older, Permission.CASE_READ),
    page(f"{_CASE}/presence", {"POST": presence.tell}, Permission.CASE_READ),
    page(f"{_CASE}/company", presence.show, Permission.CASE_READ),
    page(f"{_CASE}/messages", {"POST": conversation.say}, Permission.CASE_NOTE),
    page(f"{_CASE}/undo/{{outgoing}}", {"POST": conversation.undo}, Permission.CASE_REPLY),
    page(
        f"{_CASE}/drafts",
        {"PUT": conversation.keep_draft, "POST": conversation.keep_draft, "DELETE": conversation.discard_draft},
        Permission.CASE_NOTE,
    ),
    page(f"{_CASE}/take", {"POST": acts.take}, Permission.CASE_ASSIGN),
    page(f"{_CASE}/assign", {"POST": acts.assign}, Permission.CASE_ASSIGN),
    page(f"{_CASE}/fields", {"POST": acts.change}, Permission.CASE_CHANGE),
    page(f"{_CASE}/escalation", {"GET": acts.show_escalation, "POST": acts.escalate}, Permission.CASE_ESCALATE),
    page(f"{_CASE}/resolution", {"GET": acts.show_resolution, "POST": acts.resolve}, Permission.CASE_CLOSE),
    page(f"{_CASE}/closure", {"POST": acts.close}, Permission.CASE_CLOSE),
    page(f"{_CASE}/reopening", {"POST": acts.reopen}, Permission.CASE_CLOSE),
    page(f"{_CASE}/used", {"POST": offers.mark_used}, Permission.DESK_WORK),
    page("/console/new", {"GET": new_case.show, "POST": new_case.create}, Permission.CASE_CREATE),
    page("/console/call", {"GET": telephone.show, "POST": telephone.act}, Permission.CALL_LOG),
    page("/console/call/notes", {"POST": telephone.keep}, Permission.CALL_LOG),
    page("/console/call/taking", {"POST": telephone.take}, Permission.CALL_LOG),
    page("/console/call/setting-aside", {"POST": telephone.set_aside}, Permission.CALL_LOG),
    page("/console/call/bar", telephone.bar, Permission.CALL_LOG),
    page("/console/tasks", {"GET": agenda.show, "POST": agenda.add}, Permission.DESK_WORK),
    page("/console/tasks/{task}", {"POST": agenda.finish}, Permission.DESK_WORK),
    page("/console/notices", {"POST": behalf.mark_read}, Permission.CONSOLE_USE),
    page("/console/solutions", solutions.show, Permission.DESK_WORK),
    page("/console/solutions/{solution}", solutions.read, Permission.DESK_WORK),
    page("/console/search", search.show, Permission.DESK_WORK),
    page("/console/me", {"GET": me.show, "POST": me.keep}, Permission.CONSOLE_USE),
    page("/console/files", {"POST": files.keep}, Permission.CASE_NOTE),
    page("/console/files/{file}", files.download, Permission.CASE_READ),
)
