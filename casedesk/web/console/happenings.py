"""One sentence and one sign for everything that can happen to a case, as its timeline tells it."""

from collections.abc import Callable
from typing import Any

from casedesk import language
from casedesk.cases.shapes import Change, TimelineEntry
from casedesk.events import SENTENCES, EventName
from casedesk.language import gettext as _
from casedesk.language import marked
from casedesk.rules.lifecycle import Priority
from casedesk.web import signs
from casedesk.web.views import Tone

Told = tuple[str, str, Tone]
"""Words, an icon's name, a tone."""


def told(entry: TimelineEntry) -> Told:
    """Return how an event is told; an unknown one is told by its own sentence."""
    name = EventName(entry.event or EventName.CASE_CHANGED)
    teller = _TELLERS.get(name)
    return teller(entry) if teller else (_(SENTENCES[name]), "circle-dot", Tone.PLAIN)


def _created(entry: TimelineEntry) -> Told:
    if entry.author_kind == "user":
        return _("%(name)s opened the case") % {"name": entry.author}, "plus", Tone.PLAIN
    return _("The case was opened"), "plus", Tone.PLAIN


def _changed(entry: TimelineEntry) -> Told:
    said = _changes(entry.changes)
    words = _("%(name)s changed %(what)s") % {"name": entry.author, "what": said or _("the case")}
    return words, "pencil", Tone.PLAIN


def _assigned(entry: TimelineEntry) -> Told:
    new = {change.field: change.new for change in entry.changes}
    queue, owner = new.get("queue"), new.get("owner")
    if owner and owner == entry.author:
        words = _("%(name)s took the case")
    elif owner:
        words = _("%(name)s gave the case to %(owner)s")
    elif queue:
        words = _("%(name)s moved the case to %(queue)s")
    elif "owner" in new:
        words = _("%(name)s handed the case back")
    else:
        words = _("%(name)s looked who should have the case")
    return words % {"name": entry.author, "owner": owner, "queue": queue}, "user-check", Tone.PLAIN


def _escalated(entry: TimelineEntry) -> Told:
    kind, reason = str(entry.details.get("kind", "")), entry.text
    rule = entry.details.get("rule")
    if rule:
        return _("Escalated by the rule “%(rule)s”") % {"rule": rule}, "arrow-up", Tone.WARN
    why = {
        "took_too_long": _("it took too long"),
        "tier_2": _("it needs tier 2"),
        "manager": _("a manager should know"),
    }.get(kind, kind)
    words = _("%(name)s escalated: %(why)s") % {"name": entry.author, "why": why}
    said = [reason, *_more(entry.details)]
    return " · ".join([words, *[each for each in said if each]]), "arrow-up", Tone.WARN


def _more(details: dict[str, Any]) -> list[str]:
    asked = (("tried", _("Tried: %(words)s")), ("need", _("Needed: %(words)s")), ("impact", _("Impact: %(words)s")))
    return [words % {"words": details[key]} for key, words in asked if details.get(key)]


def _resolved(entry: TimelineEntry) -> Told:
    return _("%(name)s resolved the case") % {"name": entry.author} + _resolution(entry), "check", Tone.OK


def _closed(entry: TimelineEntry) -> Told:
    if entry.author_kind == "system":
        return _("The case closed by itself"), "archive", Tone.PLAIN
    return _("%(name)s closed the case") % {"name": entry.author} + _resolution(entry), "archive", Tone.PLAIN


def _resolution(entry: TimelineEntry) -> str:
    said = next((str(change.new) for change in entry.changes if change.field == "resolution" and change.new), "")
    return f": {said}" if said else ""


def _reopened(entry: TimelineEntry) -> Told:
    words = _("The customer's answer opened the case again")
    if entry.author_kind == "user":
        words = _("%(name)s opened the case again") % {"name": entry.author}
    return words + (f": {entry.text}" if entry.text else ""), "rotate-ccw", Tone.PLAIN


def _milestone(entry: TimelineEntry) -> Told:
    promise = _milestone_words(str(entry.details.get("kind", "")))
    if entry.event == EventName.MILESTONE_MET:
        return _("%(promise)s in time") % {"promise": promise}, "circle-check", Tone.OK
    if entry.event == EventName.MILESTONE_MISSED:
        return _("%(promise)s is late") % {"promise": promise}, "clock-alert", Tone.BAD
    minutes = str(entry.details.get("step", "")).partition(":")[2]
    left = language.span(int(minutes) * 60) if minutes.isdigit() else ""
    return _("%(promise)s due in %(left)s") % {"promise": promise, "left": left}, "bell", Tone.WARN


def _milestone_words(kind: str) -> str:
    return {"first_response": _("First reply"), "next_response": _("Next reply"), "resolution": _("Resolution")}.get(
        kind, _("Milestone")
    )


def _mail_failed(entry: TimelineEntry) -> Told:
    reason = str(entry.details.get("error") or entry.details.get("reason") or "")
    words = _("A mail was not delivered")
    return f"{words}: {reason}" if reason else words, "mail-x", Tone.BAD


def _withheld(entry: TimelineEntry) -> Told:
    reason = str(entry.details.get("reason", ""))
    return _("No acknowledgement was sent: %(reason)s") % {"reason": reason}, "mail-minus", Tone.PLAIN


def _survey_answered(entry: TimelineEntry) -> Told:
    score, words = int(entry.details.get("score") or 0), str(entry.details.get("words") or "")
    told_words = _("The customer rated this case %(score)s of 5") % {"score": score}
    tone = Tone.OK if score >= 4 else Tone.BAD if score <= 2 else Tone.PLAIN
    return told_words + (f": {words}" if words else ""), "smile", tone


def _linked(entry: TimelineEntry) -> Told:
    return _("Linked to another case"), "link", Tone.PLAIN


def _asked_for(entry: TimelineEntry) -> Told:
    to = entry.details.get("to")
    whom = {"owner": _("the owner"), "queue": _("the queue"), "manager": _("the supervisors")}.get(
        str(to), language.listed(map(str, to)) if isinstance(to, list) else _("somebody")
    )
    return _("Told: %(whom)s") % {"whom": whom}, "bell", Tone.PLAIN


def _undone(entry: TimelineEntry) -> Told:
    return _("%(name)s took a reply back before it left") % {"name": entry.author}, "undo-2", Tone.PLAIN


def _released(entry: TimelineEntry) -> Told:
    return _("%(name)s made a case of a form that was held back") % {"name": entry.author}, "inbox", Tone.PLAIN


def _simple(words: str, mark: str) -> Callable[[TimelineEntry], Told]:
    return lambda entry: (_(words), mark, Tone.PLAIN)


def _changes(changes: tuple[Change, ...]) -> str:
    return language.listed(_change(change) for change in changes)


def _change(change: Change) -> str:
    label = _FIELDS.get(change.field, change.field.replace("_", " "))
    if change.field in ("description", "custom", "tags"):
        return _(label)
    return _("%(field)s from %(old)s to %(new)s") % {
        "field": _(label),
        "old": _shown(change.field, change.old),
        "new": _shown(change.field, change.new),
    }


def _shown(field: str, value: Any) -> str:
    if value in (None, ""):
        return _("nothing")
    if field == "level":
        return signs.level_words(str(value))
    if field == "status":
        return signs.status_words(str(value))
    if field == "priority":
        return signs.priority_words(Priority(value))
    return signs.code_words(str(value)) if field in ("type", "verdict") else str(value)


_FIELDS = {
    "status": marked("status"),
    "priority": marked("priority"),
    "subject": marked("the subject"),
    "description": marked("the description"),
    "owner": marked("owner"),
    "queue": marked("queue"),
    "escalation_level": marked("the escalation level"),
}

_TELLERS: dict[EventName, Callable[[TimelineEntry], Told]] = {
    EventName.CASE_CREATED: _created,
    EventName.CASE_CHANGED: _changed,
    EventName.CASE_ASSIGNED: _assigned,
    EventName.CASE_ESCALATED: _escalated,
    EventName.CASE_RESOLVED: _resolved,
    EventName.CASE_CLOSED: _closed,
    EventName.CASE_REOPENED: _reopened,
    EventName.MILESTONE_MET: _milestone,
    EventName.MILESTONE_MISSED: _milestone,
    EventName.MILESTONE_WARNED: _milestone,
    EventName.MAIL_FAILED: _mail_failed,
    EventName.MAIL_BOUNCED: _mail_failed,
    EventName.ACKNOWLEDGEMENT_WITHHELD: _withheld,
    EventName.SURVEY_SENT: _simple(marked("A survey was sent to the customer"), "smile"),
    EventName.SURVEY_ANSWERED: _survey_answered,
    EventName.SOLUTION_USED: _simple(marked("A solution was put to use"), "book-open"),
    EventName.CASE_LINKED: _linked,
    EventName.NOTIFICATION_ASKED_FOR: _asked_for,
    EventName.TASK_ASKED_FOR: _simple(marked("A rule made a task"), "list-checks"),
    EventName.WEBHOOK_ASKED_FOR: _simple(marked("A rule called a webhook"), "webhook"),
    EventName.REPLY_UNDONE: _undone,
    EventName.FORM_RELEASED: _released,
}
