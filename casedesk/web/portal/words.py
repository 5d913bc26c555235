"""How a portal says things to customers: states, promises, what happens next, when. Plain words, no statuses of ours."""

from datetime import datetime, timedelta
from enum import StrEnum

from markupsafe import Markup, escape

from casedesk import clock, language
from casedesk.cases.steps import StepName
from casedesk.fulltext import stemming
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.rules.for_customers import CustomerState, NextStep, WhatNext
from knowledge.rating import Reason


class Tone(StrEnum):
    """The colours of what is said."""

    INFO = "info"
    WARN = "warn"
    OK = "ok"
    PLAIN = "plain"


STATE_TONES = {
    CustomerState.WORKING: Tone.INFO,
    CustomerState.WAITING_FOR_YOU: Tone.WARN,
    CustomerState.SOLVED: Tone.OK,
    CustomerState.CLOSED: Tone.PLAIN,
}
STATE_MARKS = {
    CustomerState.WORKING: "loader",
    CustomerState.WAITING_FOR_YOU: "message-circle-question-mark",
    CustomerState.SOLVED: "check",
    CustomerState.CLOSED: "archive",
}


def state_words(state: CustomerState) -> str:
    """Say where a case stands."""
    return {
        CustomerState.WORKING: _("We are working on it"),
        CustomerState.WAITING_FOR_YOU: _("Waiting for you"),
        CustomerState.SOLVED: _("Solved"),
        CustomerState.CLOSED: _("Closed"),
    }[state]


def by_when(instant: datetime) -> str:
    """Say until when, as people do: 11:16 today, 09:00 tomorrow, 09:00 on Monday, 2 March 2026."""
    at = language.clock_time(instant)
    if language.reader().zone == "UTC":
        at = f"{at} UTC"
    days = (language.local(instant).date() - language.local(clock.now()).date()).days
    if days == 0:
        return _("%(time)s today") % {"time": at}
    if days == 1:
        return _("%(time)s tomorrow") % {"time": at}
    return _("%(time)s on %(day)s") % {"time": at, "day": language.weekday(instant)}


def next_words(following: WhatNext) -> str:
    """Say in a sentence what happens next."""
    when = by_when(following.at) if following.at else ""
    return {
        NextStep.ANSWER_PROMISED: _("A person answers before %(when)s.") % {"when": when},
        NextStep.SOLUTION_PROMISED: _("We mean to have it solved before %(when)s.") % {"when": when},
        NextStep.LATE: _("We are later than we promised. Your case is at the top of our list."),
        NextStep.NO_PROMISE: _("We are on it and write to you as soon as there is news."),
        NextStep.YOUR_TURN: _("We asked you something and go on as soon as you answer."),
        NextStep.TELL_US_IF_NOT: _("Should it not be solved after all, write here or open the case again."),
        NextStep.MAY_REOPEN: _("You can open it again until %(when)s.") % {"when": when},
        NextStep.ASK_ANEW: _("It has been closed for some time. A new case can go on with it."),
    }[following.step]


def short_next(following: WhatNext) -> str:
    """Say the same in the few words of a list's row, empty where the state says it all."""
    when = by_when(following.at) if following.at else ""
    return {
        NextStep.ANSWER_PROMISED: _("Answer before %(when)s") % {"when": when},
        NextStep.SOLUTION_PROMISED: _("Solved before %(when)s") % {"when": when},
        NextStep.LATE: _("Later than promised"),
        NextStep.YOUR_TURN: _("Please answer"),
    }.get(following.step, "")


def step_words(name: StepName) -> str:
    """Say a step of a case, empty for one that is none of the customer's."""
    return {
        StepName.CREATED: _("Received"),
        StepName.ENTITLED: _("Checked"),
        StepName.ASSIGNED: _("With a team"),
        StepName.COMMUNICATED: _("Answered"),
        StepName.OUTCOME: _("Solved"),
        StepName.CLOSED: _("Closed"),
    }.get(name, "")


def reason_words(reason: Reason) -> str:
    """Say why a solution did not help."""
    return {
        Reason.NOT_MINE: _("It is about something else"),
        Reason.DID_NOT_WORK: _("I did it, and it did not work"),
        Reason.UNCLEAR: _("I did not understand it"),
        Reason.OUT_OF_DATE: _("It is out of date"),
    }[reason]


def helped_words(solved: int) -> str:
    """Say how many a solution helped, empty for nobody yet."""
    if not solved:
        return ""
    words = ngettext("Helped %(number)s person", "Helped %(number)s people", solved)
    return words % {"number": language.number(solved)}


def minutes_words(minutes: int) -> str:
    """Say how long reading takes."""
    return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}


def updated_words(instant: datetime) -> str:
    """Say when something was last changed: today, yesterday, or the day."""
    days = (language.local(clock.now()).date() - language.local(instant).date()).days
    if days == 0:
        return _("Updated today")
    if days == 1:
        return _("Updated yesterday")
    return _("Updated %(day)s") % {"day": language.day(instant)}


def marked(title: str, why: tuple[str, ...], spoken: str) -> Markup:
    """Return a title whose words that answer the question are marked."""
    wanted = {stem for word in why for stem, _word in stemming.analysed(word, spoken)}
    parts = []
    for word in title.split(" "):
        stems = {stem for stem, _word in stemming.analysed(word, spoken)}
        parts.append(Markup("<mark>{}</mark>").format(word) if stems & wanted else escape(word))
    return Markup(" ").join(parts)


def fresh(instant: datetime) -> bool:
    """Say whether something happened within the last minute."""
    return clock.now() - instant < timedelta(minutes=1)
