"""How people, statuses, channels, priorities and clocks look on every page of staff: faces, tones, chips and words."""

from datetime import datetime, timedelta
from zlib import crc32

from casedesk import language
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import Priority
from casedesk.web.views import Channel, ClockChip, Person, Tone

SOON = timedelta(hours=1)
"""A clock with less than this left is shown as soon due: the same hour as the view "Due next hour"."""

_HUES = 8
_CHANNELS = {"email": Channel.MAIL, "phone": Channel.PHONE, "portal": Channel.PORTAL, "web": Channel.WEB}
_TONES = {"new": Tone.ACCENT, "open": Tone.INFO, "resolved": Tone.OK, "waiting_on_customer": Tone.PLAIN}


def person(name: str) -> Person:
    """Return the face of somebody: initials of the first and the last word, always the same hue for the same name."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return Person(name, "".join(letters).upper() or "?", crc32(name.encode()) % _HUES + 1)


def channel(origin: str) -> Channel:
    """Return the sign of a case's origin or a message's channel."""
    return _CHANNELS.get(origin, Channel.API)


def priority_words(value: Priority) -> str:
    """Say a priority."""
    return {
        Priority.URGENT: _("Urgent"),
        Priority.HIGH: _("High"),
        Priority.NORMAL: _("Normal"),
        Priority.LOW: _("Low"),
    }[value]


def status_words(name: str) -> str:
    """Say a status: one that every desk begins with in the reader's language, one of the desk's own as it is called."""
    return _(name)


def code_words(code: str) -> str:
    """Say a code of a closed list (a type, a verdict, an origin)."""
    return _(code.replace("_", " "))


def status_tone(category: str) -> Tone:
    """Return the colour of a status by its category."""
    return _TONES.get(category, Tone.OFF)


def level_words(level: str | None) -> str:
    """Say a level of support, empty for none."""
    return level.replace("_", " ").title() if level else ""


def milestone_words(kind: str | None) -> str:
    """Say in one word what a milestone promises."""
    return {"first_response": _("Reply"), "next_response": _("Reply"), "resolution": _("Resolve")}.get(
        kind or "", _("Due")
    )


def running_clock(label: str, due: datetime, now: datetime, used: float) -> ClockChip:
    """Return the chip of a running clock; `used` is the share of its time that is gone, 0 to 1.

    The chip goes on counting in the page; it is given a start that makes the ring go on evenly from where it stands.
    """
    left = (due - now).total_seconds()
    used = min(max(used, 0.0), 1.0)
    if left < 0:
        return ClockChip(label, _("%(time)s over") % {"time": language.span(left)}, Tone.BAD, 100, due, due)
    whole = left / (1 - used) if used < 1 else left
    tone = Tone.WARN if due - now <= SOON else Tone.OK
    return ClockChip(label, language.span(left), tone, round(100 * used), due, due - timedelta(seconds=whole))


def resting_clock(words: str) -> ClockChip:
    """Return the chip of a clock that stands still, with the reason."""
    return ClockChip("", words, Tone.OFF, 0)
