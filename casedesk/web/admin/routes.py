"""Every URL of setup with its permission."""

from starlette.routing import BaseRoute

from casedesk.permissions import Permission
from casedesk.web.admin import gallery, operations
from casedesk.web.staff_pages import page

_OPERATIONS = "/console/setup/operations"

ROUTES: tuple[BaseRoute, ...] = (
    page("/console/setup/ui", gallery.show, Permission.OPERATIONS_READ),
    page(_OPERATIONS, operations.show, Permission.OPERATIONS_READ),
    page(f"{_OPERATIONS}/dead/{{letter}}", {"POST": operations.retry_dead}, Permission.OPERATIONS_READ),
    page(f"{_OPERATIONS}/arrivals/{{arrival}}", {"POST": operations.retry_arrival}, Permission.OPERATIONS_READ),
    page(f"{_OPERATIONS}/mail/{{mail}}", {"POST": operations.retry_mail}, Permission.OPERATIONS_READ),
)
