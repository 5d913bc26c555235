"""Every URL that a link alone opens."""

from starlette.routing import BaseRoute

from casedesk.web import guard
from casedesk.web.public import survey

ROUTES: tuple[BaseRoute, ...] = (guard.public("/s/{token}", {"GET": survey.show, "POST": survey.answer}),)
