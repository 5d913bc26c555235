"""Business hours: the week, the days that stay closed, and a preview of when something would be due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from starlette.requests import Request

from casedesk import clock, language
from casedesk.errors import Invalid
from casedesk.identity import Actor
from casedesk.language import Reader, ngettext, speaking_to
from casedesk.language import gettext as _
from casedesk.milestones import public_holidays
from casedesk.milestones.calendars import CALENDARS, BusinessHoursRecord
from casedesk.rules.business_hours import BusinessTimeError, InvalidHours, add_working_time, working_hours
from casedesk.web import guard
from casedesk.web.admin import form_fields
from casedesk.web.admin.form_fields import Field, Kind
from casedesk.web.admin.kept import Kept, Names, Texts, Tried, Words
from casedesk.web.admin.nouns import key_field
from casedesk.web.admin.page_views import Cell
from casedesk.web.forms import Form
from casedesk.web.views import Choice

_LONGEST_PREVIEW = 10 * 366 * 24 * 60


@dataclass(frozen=True, slots=True)
class HoursPage:
    """What stands beside the week: countries and a year for their holidays, and the preview of a deadline."""

    countries: tuple[Choice, ...]
    year: str
    start: str
    minutes: str
    due: str = ""
    taken: str = ""


async def _fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), required=True, longest=120),
        key_field(),
        Field("tz", _("Time zone"), required=True, longest=60, hint=_("Such as Europe/Paris; the hours are read on its clocks.")),
        Field("week", _("Open"), Kind.WEEK, hint=_("24:00 is midnight. Save to get room for a further stretch of a day.")),
        Field("holidays", _("Closed on"), Kind.LINES, rows=6, longest=10,
              hint=_("Days such as 2026-12-25, one a line.")),
    )  # fmt: skip


def _cells(calendar: BusinessHoursRecord, names: Names) -> tuple[Cell, ...]:
    minutes = sum(_minutes(end) - _minutes(begin) for pairs in calendar.week.values() for begin, end in pairs)
    number = len(calendar.holidays)
    return (
        Cell(calendar.key, mono=True, faint=True),
        Cell(calendar.tz),
        Cell(_("%(hours)s h a week") % {"hours": language.number(round(minutes / 60, 1))}),
        Cell(ngettext("%(n)s day", "%(n)s days", number) % {"n": number} if number else _("none")),
    )


def _minutes(text: str) -> int:
    hours, _colon, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


async def _more(request: Request, calendar: BusinessHoursRecord | None) -> HoursPage:
    zone = ZoneInfo(calendar.tz if calendar else "UTC")
    return _page(country="", year="", start=f"{clock.now().astimezone(zone):%Y-%m-%dT%H:%M}", minutes="240")


def _page(*, country: str, year: str, start: str, minutes: str, due: str = "", taken: str = "") -> HoursPage:
    territories = Locale.parse(language.language_tag().replace("-", "_")).territories
    countries = sorted(
        (Choice(code, territories.get(code, code), code == country) for code in public_holidays.countries()),
        key=lambda each: each.label,
    )
    return HoursPage(tuple(countries), year or str(clock.now().year), start, minutes, due, taken)


async def _tried(request: Request, form: Form, texts: Texts) -> Tried:
    """Take a country's holidays into the list, or say when something would be due by the hours as they are typed."""
    asked = {name: form.line(name) for name in ("country", "year", "start", "minutes")}
    try:
        if form.text("act") == "holidays":
            days = public_holidays.of_country(asked["country"], form.number("year") or 0)
            listed = [line for line in form.text("holidays").splitlines() if line.strip()]
            listed += [day.isoformat() for day in days if day.isoformat() not in listed]
            number = len(days)
            words = ngettext("%(n)s day taken into the list", "%(n)s days taken into the list", number) % {"n": number}
            taken = _("%(days)s. Look them over, then save.") % {"days": words}
            return Tried({**texts, "holidays": ("\n".join(sorted(listed)),)}, _page(**asked, taken=taken))
        due = await _due(request, form)
    except Invalid as error:
        return Tried(texts, _page(**asked), error.problems)
    return Tried(texts, _page(**asked, due=due))


async def _due(request: Request, form: Form) -> str:
    """Return when so many open minutes have passed, in the calendar's own zone and words."""
    typed = await form_fields.read(await _fields(guard.actor_of(request)), form, by=guard.actor_of(request))
    minutes = form.number("minutes")
    if minutes is None or minutes > _LONGEST_PREVIEW:
        raise Invalid.field("minutes", _("give a number of minutes"))
    values: Mapping[str, Any] = typed.values
    try:
        hours = working_hours({"tz": values.get("tz"), "week": values.get("week"), "holidays": values.get("holidays")})
        start = datetime.fromisoformat(form.line("start")).replace(tzinfo=ZoneInfo(hours.zone))
        due = add_working_time(start.astimezone(clock.now().tzinfo), minutes, hours)
    except InvalidHours as error:
        raise Invalid.field(error.place, error.message) from None
    except BusinessTimeError as error:
        raise Invalid.field("minutes", str(error)) from None
    except (ValueError, OverflowError):
        raise Invalid.field("start", _("give a day and time such as 2026-11-27T16:00")) from None
    with speaking_to(Reader(language.reader().locale, hours.zone)):
        return language.moment(due)


HOURS = Kept(
    key="hours",
    register=CALENDARS,
    words=lambda: Words(
        _("Business hours"),
        _("All promises are counted in open minutes of these calendars. Clocks that run now keep the hours they began with "
          "until they are planned anew."),
        _("Add business hours"), _("There are no hours yet, so no promise can be counted."), _("New business hours"),
    ),
    fields=_fields,
    columns=lambda: (_("Key"), _("Time zone"), _("Open"), _("Closed on")),
    cells=_cells,
    named=lambda calendar: calendar.name,
    more=_more,
    tries=_tried,
    beside="admin/hours.html",
)  # fmt: skip
