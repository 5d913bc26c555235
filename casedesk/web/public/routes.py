"""Every URL that a link alone opens, and the door for forms of other sites."""

from starlette.routing import BaseRoute

from casedesk.web import guard
from casedesk.web.public import short_link, survey, web_form

_FORM = {"GET": web_form.show, "POST": web_form.send}

ROUTES: tuple[BaseRoute, ...] = (
    guard.public("/s/{token}", {"GET": survey.show, "POST": survey.answer}),
    guard.public("/c/{token}", short_link.lead),
    # Nothing of a session is used there, so there is nothing that another site could misuse.
    guard.public("/web-to-case", _FORM, from_elsewhere=True, anonymous=True),
    guard.public("/web-to-case/{form}", _FORM, from_elsewhere=True, anonymous=True),
)
