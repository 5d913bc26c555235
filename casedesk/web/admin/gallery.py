"""The gallery: every component of the pages with sample values, for whoever draws a page or changes a token.

The values are made up here; nothing of the desk is read.
"""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from casedesk import clock
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import Priority
from casedesk.web import pages, shell, signs
from casedesk.web.views import Channel, Choice, ClockChip, Person, Tone

_ICONS = (
    "inbox", "search", "book-open", "users", "building", "cpu", "shield-check", "shield-alert", "shield-x", "clock", "mail",
    "phone", "globe", "code", "lock", "paperclip", "check", "x", "triangle-alert", "circle-alert", "arrow-up", "plus",
    "pencil", "undo-2", "route", "bell", "list-checks", "calendar", "settings", "activity", "zap", "star",
)  # fmt: skip
_COLOURS = (
    "bg", "surface", "sunken", "raised", "hover", "selected", "border", "border2", "text", "text2", "text3", "accent",
    "accent-soft", "on-accent", "ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "info", "info-soft", "mark", "note",
    "note-line", "note-text", "rail", "rail2", "rail-text", "live",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gallery:
    """What the gallery shows, by component."""

    colours: tuple[str, ...]
    icons: tuple[str, ...]
    tones: tuple[Tone, ...]
    people: tuple[Person, ...]
    clocks: tuple[ClockChip, ...]
    priorities: tuple[Priority, ...]
    channels: tuple[Channel, ...]
    choices: tuple[Choice, ...]
    problems: tuple[tuple[str, str], ...]


async def show(request: Request) -> Response:
    """Show every component."""
    own = await shell.shell_for(request, rail="setup")
    return pages.render(request, "admin/gallery.html", shell=own, gallery=gallery())


def gallery() -> Gallery:
    """Return the sample values."""
    now = clock.now()
    names = (
        "Élodie Marchand",
        "佐藤 美咲",
        "Priya Nair",
        "Jonas Krug",
        "نادية عمر",
        "Mara Okafor",
        "Kim Walsh",
        "Theo Ramos",
    )
    return Gallery(
        colours=_COLOURS,
        icons=_ICONS,
        tones=tuple(Tone),
        people=tuple(signs.person(name) for name in names),
        clocks=(
            signs.running_clock(_("Reply"), now + timedelta(hours=5, minutes=10), now, 0.2),
            signs.running_clock(_("Reply"), now + timedelta(minutes=14), now, 0.77),
            signs.running_clock(_("Resolve"), now - timedelta(minutes=12), now, 1.0),
            signs.resting_clock(signs.status_words("Waiting on customer")),
        ),
        priorities=tuple(Priority),
        channels=tuple(Channel),
        choices=(Choice("one", _("The first"), chosen=True), Choice("two", _("The second"))),
        problems=(("gallery-wrong", _("Give a whole number.")),),
    )
