"""What somebody chose for themselves: theme, single-letter keys, undo seconds, language and time zone."""

from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import language
from casedesk.errors import Invalid
from casedesk.language import gettext as _
from casedesk.users import enrolling
from casedesk.web import asking, forms, guard, pages, shell
from casedesk.web.console import conversation
from casedesk.web.console.page_views import MePage
from casedesk.web.forms import Form
from casedesk.web.pages import Theme
from casedesk.web.views import Choice

_UNDO = (0, 5, 8, 15, 30)
_TOUR = ("open", "closed")
_SWITCHES = ("on", "off")


async def show(request: Request) -> Response:
    """Show the choices."""
    chosen = guard.session_of(request).preferences
    theme = str(chosen.get("theme", Theme.AUTO))
    themes = ((Theme.AUTO, _("As the system")), (Theme.LIGHT, _("Light")), (Theme.DARK, _("Dark")))
    seconds = conversation.undo_seconds(request)
    keys = str(chosen.get("letter_keys", "on"))
    actor = guard.actor_of(request)
    page = MePage(
        name=actor.name,
        email=actor.email,
        languages=_languages(str(chosen.get("language", ""))),
        themes=tuple(Choice(value.value, words, value == theme) for value, words in themes),
        keys=(Choice("on", _("On"), keys != "off"), Choice("off", _("Off"), keys == "off")),
        undo=tuple(
            Choice(str(each), language.span(each) if each else _("Send at once"), each == seconds)
            for each in sorted({*_UNDO, seconds})
        ),
        zone=str(chosen.get("time_zone", "")),
        found_zone=language.reader().zone,
        saved=request.query_params.get("saved") == "1",
    )
    return pages.render(request, "console/me.html", shell=await shell.shell_for(request, rail="me"), page=page)


async def keep(request: Request) -> Response:
    """Keep what was chosen; a script that switches one thing gets no page."""
    form = await forms.read(request)
    await enrolling.set_preferences(_checked(form), by=guard.actor_of(request))
    if "tour" in form.values:
        return RedirectResponse("/console", 303)
    return Response(status_code=204) if asking.is_script(request) else RedirectResponse("/console/me?saved=1", 303)


def _checked(form: Form) -> dict[str, object]:
    """Return the choices that were made; raises Invalid for one that is none."""
    chosen: dict[str, object] = {}
    if "language" in form.values:
        chosen["language"] = _one_of(form, "language", ("", *language.languages())) or None
    if "theme" in form.values:
        chosen["theme"] = _one_of(form, "theme", tuple(Theme))
    if "letter_keys" in form.values:
        chosen["letter_keys"] = _one_of(form, "letter_keys", _SWITCHES)
    if "tour" in form.values:
        chosen["tour"] = _one_of(form, "tour", _TOUR)
    if "undo_seconds" in form.values:
        seconds = form.number("undo_seconds")
        if seconds is None or seconds > conversation.MOST_UNDO_SECONDS:
            raise Invalid.field("undo_seconds", _("give 0 to %(most)s") % {"most": conversation.MOST_UNDO_SECONDS})
        chosen["undo_seconds"] = seconds
    if "time_zone" in form.values:
        zone = form.line("time_zone")
        if zone and zone not in available_timezones():
            raise Invalid.field("time_zone", _("give a name such as Europe/Paris"))
        chosen["time_zone"] = zone or None
    return chosen


def _languages(chosen: str) -> tuple[Choice, ...]:
    own = tuple(Choice(code, language.own_name(code), code == chosen) for code in language.languages())
    return (Choice("", _("As the browser asks"), not chosen), *own)


def _one_of(form: Form, name: str, allowed: tuple[str, ...]) -> str:
    value = form.line(name)
    if value not in allowed:
        raise Invalid.field(name, _("give one of %(these)s") % {"these": language.alternatives(allowed)})
    return value
