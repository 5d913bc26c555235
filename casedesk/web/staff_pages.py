"""Pages of members of staff: each speaks the language of who asks, in their time zone, and names its right."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from casedesk.language import speaking_to
from casedesk.permissions import Permission
from casedesk.web import guard, reading
from casedesk.web.guard import Handler


def page(
    path: str, handlers: Handler | Mapping[str, Handler], needs: Permission | Mapping[str, Permission]
) -> BaseRoute:
    """Return the route of a page for staff who hold `needs`; one handler alone serves GET."""
    by_method = handlers if isinstance(handlers, Mapping) else {"GET": handlers}
    return guard.page(path, {method: _spoken(each) for method, each in by_method.items()}, needs=needs)


def _spoken(handler: Handler) -> Handler:
    """Return the handler speaking the language of who asks, in their time zone."""

    async def speaking(request: Request) -> Response:
        with speaking_to(reading.reader_of(request)):
            return await handler(request)

    return speaking
