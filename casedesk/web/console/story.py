"""A case's timeline as it is drawn: what was said as bubbles, what was done as lines with their reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from casedesk import language, richtext
from casedesk.cases.shapes import CaseView, DecisionView, FileView, TimelineEntry
from casedesk.events import EventName
from casedesk.language import gettext as _
from casedesk.web import signs
from casedesk.web.console import happenings, reasons
from casedesk.web.console.timeline_views import Attachment, Entry, EntryKind, Timeline, Why
from casedesk.web.views import Tab, Tone

AT_ONCE = 40
"""Entries shown at once; older ones are asked for."""
MOST_AT_ONCE = 60
"""Entries shown at most, to have the first unanswered message among them; where it lies further back, the newest count."""

SHOWN_IN_PLACE = ("image/png", "image/jpeg", "image/gif", "image/webp")
_KINDS = {"message": EntryKind.MESSAGE, "reply": EntryKind.MESSAGE, "note": EntryKind.NOTE, "call": EntryKind.CALL}
_SPOKEN = {"messages": ("message", "reply"), "notes": ("note",), "calls": ("call",), "history": ("change", "decision")}


def timeline(
    case: CaseView,
    entries: Sequence[TimelineEntry],
    *,
    me: str,
    queues: Mapping[str, str],
    shown: str = "all",
    before: str = "",
) -> Timeline:
    """Return the newest part of a case's story, or the part before the entry `before`.

    `shown` is one of all, messages, notes, calls, history, files; `me` is the reader's address, `queues` are
    the queues' names by key.
    """
    wanted = [entry for entry in _folded(entries) if _is_wanted(entry, shown)]
    if before:
        at = next((index for index, entry in enumerate(wanted) if _dom_id(entry.id) == before), 0)
        wanted = wanted[:at]
    unread = _first_unanswered(entries)
    first = max(0, len(wanted) - AT_ONCE)
    if unread is not None and unread in wanted[-MOST_AT_ONCE:] and not before:
        first = min(first, wanted.index(unread))
    part = wanted[first:]
    return Timeline(
        number=case.number,
        entries=_with_days([entry_of(each, case=case, me=me, queues=queues, unread=each is unread) for each in part]),
        seen=case.last_event,
        older_url=f"/console/c/{case.number}/older?tl={shown}&before={_dom_id(part[0].id)}" if first else "",
        older_count=first,
    )


def tabs(case: CaseView, entries: Sequence[TimelineEntry], shown: str, view: str) -> tuple[Tab, ...]:
    """Return the filters above the timeline with their counts; `view` is the key of the list behind the case."""
    folded = _folded(entries)
    labels = (
        ("all", _("All"), ""),
        ("messages", _("Messages"), ""),
        ("notes", _("Notes"), ""),
        ("calls", _("Calls"), ""),
        ("history", _("History"), ""),
        ("files", _("Files"), "paperclip"),
    )
    found = []
    for key, label, mark in labels:
        count = sum(len(entry.files) for entry in folded) if key == "files" else _count(folded, key)
        url = f"/console/c/{case.number}?tl={key}" + (f"&v={view}" if view else "")
        found.append(Tab(label, url, str(count) if count else "", key == shown, mark))
    return tuple(found)


def entry_of(
    entry: TimelineEntry, *, case: CaseView, me: str, queues: Mapping[str, str], unread: bool = False
) -> Entry:
    """Return one line of the timeline."""
    if entry.kind not in _KINDS:
        return _event(entry, queues)
    state, tone, undo = _mail_state(entry, case, me)
    return Entry(
        id=_dom_id(entry.id),
        kind=_KINDS[entry.kind],
        at=entry.at,
        author=signs.person(entry.author),
        body=body(entry),
        quoted=Markup(richtext.text_to_html(entry.body)) if entry.body and entry.body != entry.text else Markup(""),  # noqa: S704
        to=_call_words(entry) if entry.kind == "call" else _to(entry, case),
        channel=signs.channel(_channel(entry, case)),
        attachments=tuple(attachment(file) for file in entry.files if not _is_embedded(file, entry)),
        state=state,
        state_tone=tone,
        ours=entry.author_kind == "user",
        unread=unread,
        undo_url=undo,
    )


def body(entry: TimelineEntry) -> Markup:
    """Return what was said as safe markup: cleaned HTML where nothing was cut away from it, else the text."""
    if not entry.html or entry.body:
        return Markup(richtext.text_to_html(entry.text))  # noqa: S704  # escaped and linked by richtext
    cleaned = richtext.clean(entry.html)
    for file in entry.files:
        if file.content_id and file.content_type in SHOWN_IN_PLACE:
            cleaned = cleaned.replace(
                f'data-cid="{file.content_id.strip("<>")}"', f'src="/console/files/{file.id}?inline=1"'
            )
    return Markup(cleaned)  # noqa: S704  # cleaned last, at the page


def attachment(file: FileView) -> Attachment:
    """Return a file as a link, with a small picture where it is one that may be shown in place."""
    url = f"/console/files/{file.id}"
    preview = f"{url}?inline=1" if file.content_type in SHOWN_IN_PLACE else ""
    return Attachment(file.filename, url, file.size, preview)


def _channel(entry: TimelineEntry, case: CaseView) -> str:
    """Return how a message came or goes; the first one of a case that was logged came as the case did."""
    if entry.mail is not None:
        return "email"
    channel = str(entry.details.get("channel", ""))
    return case.origin if channel == "api" and entry.kind == "message" else channel


def _is_embedded(file: FileView, entry: TimelineEntry) -> bool:
    return bool(file.inline and file.content_id and entry.html and not entry.body)


def _event(entry: TimelineEntry, queues: Mapping[str, str]) -> Entry:
    if entry.decision is not None:
        words, mark, tone, why = _decided(entry.decision, queues)
    else:
        words, mark, tone = happenings.told(entry)
        why = None
    return Entry(_dom_id(entry.id), EntryKind.EVENT, entry.at, words=words, mark=mark, tone=tone, why=why)


def _decided(decision: DecisionView, queues: Mapping[str, str]) -> tuple[str, str, Tone, Why | None]:
    if decision.kind == "assignment":
        words = _("Routed to %(queue)s") % {"queue": queues.get(decision.outcome, decision.outcome)}
        return words, "route", Tone.PLAIN, reasons.why(decision)
    if decision.kind == "entitlement":
        first = decision.sentence.partition(".")[0]
        return _("Entitlement checked: %(words)s") % {"words": first}, "shield-check", Tone.PLAIN, reasons.why(decision)
    if decision.kind == "auto_response":
        return _("Acknowledged by mail"), "mail-check", Tone.PLAIN, reasons.why(decision)
    if decision.kind == "milestone":
        return _("Service clock set"), "clock", Tone.PLAIN, Why((), decision.sentence)
    return decision.sentence, "arrow-up", Tone.WARN, None


def _folded(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Return the story without what is told twice: steps of clocks that an event tells, escalations by hand."""
    kept: list[TimelineEntry] = []
    for entry in entries:
        decision = entry.decision
        if decision is not None and decision.kind in ("milestone", "escalation") and not _is_plan(decision):
            continue
        if decision is not None and decision.kind == "milestone" and kept and _plans(kept[-1]):
            kept[-1] = _joined(kept[-1], entry)
            continue
        kept.append(entry)
    # The event is written when all has been decided; the story begins with it.
    return sorted(kept, key=lambda entry: entry.event != EventName.CASE_CREATED)


def _is_plan(decision: DecisionView) -> bool:
    return decision.kind == "milestone" and decision.outcome not in ("warning", "violation", "success")


def _plans(entry: TimelineEntry) -> bool:
    return entry.decision is not None and entry.decision.kind == "milestone"


def _joined(first: TimelineEntry, second: TimelineEntry) -> TimelineEntry:
    if first.decision is None or second.decision is None:
        return first
    sentence = f"{first.decision.sentence} {second.decision.sentence}"
    return replace(first, decision=replace(first.decision, sentence=sentence))


def _is_wanted(entry: TimelineEntry, shown: str) -> bool:
    if shown == "files":
        return bool(entry.files)
    return shown not in _SPOKEN or entry.kind in _SPOKEN[shown]


def _count(entries: Sequence[TimelineEntry], shown: str) -> int:
    return sum(_is_wanted(entry, shown) for entry in entries)


def _first_unanswered(entries: Sequence[TimelineEntry]) -> TimelineEntry | None:
    """Return the customer's first message since the last answer: there the page opens."""
    found: TimelineEntry | None = None
    for entry in entries:
        if entry.kind == "reply":
            found = None
        elif entry.kind == "message" and entry.author_kind == "contact" and found is None:
            found = entry
    return found


def _mail_state(entry: TimelineEntry, case: CaseView, me: str) -> tuple[str, Tone, str]:
    mail = entry.mail
    if mail is None or entry.kind != "reply":
        return "", Tone.PLAIN, ""
    if mail.state == "waiting" and mail.error is None:
        is_mine = entry.details.get("email") == me
        return _("Sends in a moment"), Tone.WARN, f"/console/c/{case.number}/undo/{mail.outgoing_id}" if is_mine else ""
    if mail.state == "waiting":
        return _("Tried again soon: %(why)s") % {"why": mail.error}, Tone.WARN, ""
    if mail.state == "failed":
        return _("Not delivered: %(why)s") % {"why": mail.error or ""}, Tone.BAD, ""
    words = {"sending": _("Sending"), "sent": _("Sent")}
    return words.get(mail.state, ""), Tone.PLAIN, ""


def _to(entry: TimelineEntry, case: CaseView) -> str:
    if entry.kind == "reply":
        return _("to %(name)s") % {"name": case.contact.email} if case.contact and case.contact.email else ""
    return str(entry.details.get("email") or "") if entry.kind == "message" else ""


def _call_words(entry: TimelineEntry) -> str:
    words = _("They called")
    if entry.details.get("direction") == "out":
        words = _("%(name)s called") % {"name": entry.author}
    seconds = entry.details.get("duration_s")
    return f"{words} · {language.span(float(seconds))}" if isinstance(seconds, int | float) and seconds else words


def _with_days(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    found: list[Entry] = []
    last: datetime | None = None
    for entry in entries:
        is_new = last is None or language.local(last).date() != language.local(entry.at).date()
        found.append(replace(entry, day=entry.at) if is_new else entry)
        last = entry.at
    return tuple(found)


def _dom_id(entry_id: str) -> str:
    return f"{entry_id[:1]}-{entry_id[1:]}"
