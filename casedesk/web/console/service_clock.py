"""The service clock as a drawing and as a table: when each promise began, stood still, warned and is due.

The bar runs in open time of its calendar: nights and holidays take no room, pauses take theirs and are hatched.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from casedesk import language
from casedesk.cases.shapes import CaseView, MilestoneView, PauseView
from casedesk.language import gettext as _
from casedesk.language import marked
from casedesk.rules.business_hours import BusinessTimeError, WorkingHours, working_seconds_between
from casedesk.web import signs
from casedesk.web.console.case_views import ClockFact, Milestone, ServiceClock, Stretch, Tick
from casedesk.web.views import ClockChip, Tone

WIDTH = 264.0
_DONE = ("met", "cancelled")
_NEAR = 46.0
"""Words of two ticks closer than this would lie on one another."""
_HALF_A_WARNING = 35.0
_MOST_OVER = 0.4
"""Share of the promised time that is drawn of what it is late: the promise must stay readable however late it is."""
_SOON_DAYS = 6

_CAUSES = {
    "waiting_on_customer": marked("waiting on the customer"),
    "on_hold": marked("on hold"),
    "resolved": marked("resolved"),
}


def service_clock(case: CaseView, hours: Mapping[str, WorkingHours], *, now: datetime, zone: str = "") -> ServiceClock:
    """Return all promises of a case; `hours` by key, `zone` is the customer's where it differs from the reader's."""
    shown = [each for each in case.milestones if each.state != "cancelled"]
    return ServiceClock(
        case.number,
        tuple(_milestone(each, case.pauses, hours[each.hours], now, zone) for each in shown),
        "" if shown else _("No clock runs: this customer's level promises none."),
    )


def chips(case: CaseView, now: datetime) -> tuple[ClockChip, ...]:
    """Return the clocks of a case that still matter, as chips."""
    owed = [each for each in case.milestones if each.completed_at is None and each.state not in _DONE]
    if any(each.state == "paused" for each in owed):
        return (signs.resting_clock(_("Clock paused")),)
    return tuple(
        signs.running_clock(signs.milestone_words(each.kind), each.target_at, now, _used(each)) for each in owed
    )


def _used(each: MilestoneView) -> float:
    whole = each.elapsed_s + max(each.remaining_s, 0)
    return each.elapsed_s / whole if whole else 1.0


def _milestone(
    each: MilestoneView, pauses: Sequence[PauseView], hours: WorkingHours, now: datetime, zone: str
) -> Milestone:
    own = [pause for pause in pauses if pause.ended_at is None or pause.ended_at > each.started_at]
    until = each.completed_at or now
    axis = _Axis(each.started_at, each.target_at, until, hours)
    due = _due_words(each, now)
    return Milestone(
        headline=due,
        left=_left(each, now),
        tone=_tone(each, now),
        told=_told(each, own, due, now),
        zone="" if each.completed_at else language.reader().zone.rpartition("/")[2].replace("_", " "),
        stretches=tuple(_stretches(each, own, axis, until)),
        ticks=_ticks(each, own, axis, now),
        facts=_facts(each, own, now, zone),
        due=each.target_at if each.completed_at is None else None,
    )


class _Axis:
    """Where an instant stands on the bar: open time since the start, as a share of the whole."""

    def __init__(self, start: datetime, target: datetime, until: datetime, hours: WorkingHours) -> None:
        self.start, self.hours = start, hours
        promised = self._open(target)
        over = max(self._open(until) - promised, 0.0)
        self.whole = promised + min(over, _MOST_OVER * promised) or 1.0

    def _open(self, at: datetime) -> float:
        try:
            return float(working_seconds_between(self.start, at, self.hours))
        except BusinessTimeError:
            return (at - self.start).total_seconds()

    def x(self, at: datetime) -> float:
        """Return the place of an instant, 0 to 264."""
        return round(min(max(WIDTH * self._open(at) / self.whole, 0.0), WIDTH), 1)


def _stretches(each: MilestoneView, pauses: Sequence[PauseView], axis: _Axis, until: datetime) -> list[Stretch]:
    found, at = [], axis.x(each.started_at)
    for pause in pauses:
        begins, ends = axis.x(max(pause.started_at, each.started_at)), axis.x(min(pause.ended_at or until, until))
        if begins > at:
            found.append(Stretch("run", at, round(begins - at, 1)))
        if ends > begins:
            found.append(Stretch("pause", begins, round(ends - begins, 1)))
        at = max(at, ends)
    now = axis.x(until)
    if now > at:
        found.append(Stretch("run", at, round(now - at, 1)))
    return found


def _ticks(each: MilestoneView, pauses: Sequence[PauseView], axis: _Axis, now: datetime) -> tuple[Tick, ...]:
    """Return the lines across the bar; where words would meet, the less important ones are left out."""
    due_at = axis.x(each.target_at)
    above = [Tick("start", 0.0, _short(each.started_at, now), "start")]
    for pause in pauses:
        begins, ends = axis.x(max(pause.started_at, each.started_at)), axis.x(pause.ended_at or now)
        middle = round((begins + ends) / 2, 1)
        if ends - begins > 12 and 2 * _NEAR < middle < due_at - 2 * _NEAR:
            seconds = ((pause.ended_at or now) - pause.started_at).total_seconds()
            above.append(Tick("pause", middle, _("paused %(time)s") % {"time": language.span(seconds)}, "middle"))
    above.append(Tick("due", due_at, _short(each.target_at, now), "end" if due_at > WIDTH - 40 else "middle"))
    below = []
    if each.completed_at is None:
        at = axis.x(now)
        below.append(Tick("now", at, _("now"), "start" if at < 14 else "end" if at > WIDTH - 14 else "middle"))
    middles = [tick.x for tick in below]
    for warning in each.warnings:
        at = axis.x(warning)
        anchor = "end" if at > WIDTH - _NEAR else "middle"
        middle = at - _HALF_A_WARNING if anchor == "end" else at
        clear = all(abs(middle - taken) > _NEAR for taken in middles)
        words = _("warning %(time)s") % {"time": language.clock_time(warning)} if clear else ""
        below.append(Tick("told", at, words, anchor))
        middles.append(middle)
    return (*above, *below)


def _facts(each: MilestoneView, pauses: Sequence[PauseView], now: datetime, zone: str) -> tuple[ClockFact, ...]:
    promise = _("%(name)s within %(time)s of open time") % {
        "name": each.name, "time": language.span(each.minutes * 60),
    }  # fmt: skip
    found = [
        ClockFact(_("Promise"), promise),
        ClockFact(
            _("Process"), _("%(key)s, version %(number)s") % {"key": each.process, "number": each.ruleset_version}
        ),
        ClockFact(_("Calendar"), each.hours),
        ClockFact(_("Started"), language.moment(each.started_at)),
    ]
    for pause in pauses:
        until = language.clock_time(pause.ended_at) if pause.ended_at else _("now")
        cause = _(_CAUSES.get(pause.cause, pause.cause.replace("_", " ")))
        words = f"{language.moment(pause.started_at)} – {until}, {cause}"
        found.append(ClockFact(_("Paused"), words))
    for warning in each.warnings:
        found.append(ClockFact(_("Warned") if warning <= now else _("Warns"), language.moment(warning)))
    found.append(ClockFact(_("Due"), language.moment(each.target_at)))
    if zone and zone != language.reader().zone:
        theirs = each.target_at.astimezone(ZoneInfo(zone))
        found.append(ClockFact(_("For the customer"), f"{theirs:%H:%M} {zone.rpartition('/')[2].replace('_', ' ')}"))
    if each.completed_at:
        found.append(ClockFact(_("Met") if each.state == "met" else _("Done"), language.moment(each.completed_at)))
    return tuple(found)


def _due_words(each: MilestoneView, now: datetime) -> str:
    promise = signs.milestone_words(each.kind)
    if each.completed_at is not None:
        return _("%(promise)s done %(time)s") % {"promise": promise, "time": _short(each.completed_at, now)}
    return _("%(promise)s due %(time)s") % {"promise": promise, "time": _short(each.target_at, now)}


def _short(at: datetime, now: datetime) -> str:
    """Say an instant shortly: the time today, day and time otherwise."""
    away = abs((language.local(at).date() - language.local(now).date()).days)
    if not away:
        return language.clock_time(at)
    return f"{language.near_day(at) if away <= _SOON_DAYS else language.short_day(at)} {language.clock_time(at)}"


def _left(each: MilestoneView, now: datetime) -> str:
    if each.state == "met":
        return _("in time")
    if each.state == "paused":
        return _("paused")
    if each.state == "missed" or each.remaining_s < 0:
        return _("%(time)s over") % {"time": language.span(each.remaining_s)}
    return _("%(time)s left") % {"time": language.span((each.target_at - now).total_seconds())}


def _tone(each: MilestoneView, now: datetime) -> Tone:
    if each.state == "met":
        return Tone.OK
    if each.state == "paused":
        return Tone.PLAIN
    if each.state == "missed" or each.remaining_s < 0:
        return Tone.BAD
    return Tone.WARN if each.target_at - now <= signs.SOON else Tone.OK


def _told(each: MilestoneView, pauses: Sequence[PauseView], due: str, now: datetime) -> str:
    told = _("Clock started %(start)s, paused %(count)s times, %(due)s, %(left)s")
    return told % {
        "start": _short(each.started_at, now), "count": len(pauses), "due": due, "left": _left(each, now),
    }  # fmt: skip
