"""What somebody has to do: tasks by when they are due, appointments of the week, quickly added and done with one click."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk import clock, language
from casedesk.activities import events, tasks
from casedesk.activities.events import EVENTS, CalendarEventRecord
from casedesk.activities.tasks import TASKS, TaskRecord, TaskStatus
from casedesk.errors import Invalid
from casedesk.language import gettext as _
from casedesk.web import asking, forms, guard, pages, refusals, shell
from casedesk.web.console.page_views import Field
from casedesk.web.forms import Form
from casedesk.web.views import Choice, Tone

URL = "/console/tasks"
_WEEK = timedelta(days=7)
_USUAL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task; `due` is worded, `number` names its case (empty: none)."""

    id: int
    subject: str
    due: str
    tone: Tone
    number: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One appointment of the week, its day worded."""

    day: str
    time: str
    subject: str
    place: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """The page: groups of tasks under their heads, appointments, two small forms. `case` is the one they are about."""

    groups: tuple[tuple[str, Tone, tuple[TaskLine, ...]], ...]
    events: tuple[EventLine, ...]
    subject: Field
    due: Field
    event_subject: Field
    starts: Field
    ends: Field
    place: Field
    case: str = ""
    done: str = ""
    undo: int = 0
    problems: tuple[tuple[str, str], ...] = ()


async def show(request: Request) -> Response:
    """Show the reader's tasks and appointments."""
    given: dict[str, tuple[str, ...]] = {name: (value,) for name, value in request.query_params.items()}
    return await _page(request, Form(given), ())


async def add(request: Request) -> Response:
    """Add a task or an appointment, as the form's `kind` says."""
    by, form = guard.actor_of(request), await forms.read(request)
    try:
        if form.line("kind") == "event":
            await EVENTS.add(_event(form, by.user_id), by=by)
        else:
            await TASKS.add(_task(form), by=by)
    except Invalid as refused:
        problems = refusals.problems_of(refused)
        return await _page(request, form, problems)
    back = f"/console/c/{form.line('case')}" if form.line("case") else URL
    return RedirectResponse(back, 303)


async def finish(request: Request) -> Response:
    """Mark a task as done, or (`open`) as still to be done."""
    by, form = guard.actor_of(request), await forms.read(request)
    status = TaskStatus.OPEN if form.line("status") == "open" else TaskStatus.DONE
    changed = await TASKS.change(asking.whole_id(request, "task"), {"status": status.value}, by=by)
    return RedirectResponse(URL if status is TaskStatus.OPEN else f"{URL}?done={changed.id}", 303)


def _task(form: Form) -> dict[str, object]:
    if not form.line("subject"):
        raise Invalid.field("subject", _("say what is to be done"))
    due = {"today": _today(18), "tomorrow": _today(9) + timedelta(days=1), "week": _today(9) + _WEEK}
    return {
        "subject": form.line("subject")[:300],
        "due_at": due.get(form.line("due")),
        "case": form.line("case") or None,
    }


def _event(form: Form, me: int | None) -> dict[str, object]:
    if not form.line("event_subject"):
        raise Invalid.field("event_subject", _("say what it is about"))
    starts = _instant(form.line("starts"), "starts")
    ends = _instant(form.line("ends"), "ends") if form.line("ends") else starts + _USUAL
    if ends < starts:
        raise Invalid.field("ends", _("must lie after the start"))
    return {
        "subject": form.line("event_subject")[:300], "starts_at": starts, "ends_at": ends,
        "place": form.line("place")[:300] or None, "attendees": [me] if me else [], "case": form.line("case") or None,
    }  # fmt: skip


async def _page(request: Request, form: Form, problems: tuple[tuple[str, str], ...]) -> Response:
    by, wrong = guard.actor_of(request), dict(problems)
    today = _today(0)
    coming = await events.between(today, today + _WEEK, by=by)
    usual = f"{language.local(clock.now() + timedelta(days=1)):%Y-%m-%dT09:00}"
    done = form.number("done")
    finished = await TASKS.find(done, by=by) if done else None
    page = AgendaPage(
        groups=_groups(await tasks.agenda_of(by)),
        events=tuple(_event_line(each) for each in coming),
        subject=Field("subject", _("What is to be done?"), form.line("subject"), problem=wrong.get("subject", "")),
        due=Field("due", _("When?"), choices=_dues(form.line("due") or "today")),
        event_subject=Field(
            "event_subject", _("What?"), form.line("event_subject"), problem=wrong.get("event_subject", "")
        ),
        starts=Field("starts", _("From"), form.line("starts") or usual, problem=wrong.get("starts", "")),
        ends=Field("ends", _("Until"), form.line("ends"), _("Empty: an hour"), wrong.get("ends", "")),
        place=Field("place", _("Where?"), form.line("place")),
        case=form.line("case"),
        done=finished.subject if finished else "",
        undo=finished.id if finished else 0,
        problems=problems,
    )
    status = 422 if problems else 200
    around = await shell.shell_for(request, rail="tasks")
    return pages.render(request, "console/tasks.html", status=status, shell=around, page=page)


def _groups(found: tuple[TaskRecord, ...]) -> tuple[tuple[str, Tone, tuple[TaskLine, ...]], ...]:
    now, tomorrow = clock.now(), _today(0) + timedelta(days=1)
    late = [task for task in found if task.due_at is not None and task.due_at < now]
    today = [task for task in found if task.due_at is not None and now <= task.due_at < tomorrow]
    later = [task for task in found if task.due_at is None or task.due_at >= tomorrow]
    named = (
        (_("Overdue"), Tone.BAD, late),
        (_("Today"), Tone.WARN, today),
        (_("Later"), Tone.PLAIN, later),
    )
    return tuple((name, tone, tuple(_line(task, tone) for task in group)) for name, tone, group in named if group)


def _line(task: TaskRecord, tone: Tone) -> TaskLine:
    return TaskLine(task.id, task.subject, _when(task.due_at), tone, task.case or "", task.notes or "")


def _when(due: datetime | None) -> str:
    if due is None:
        return _("no date")
    is_today = language.local(due).date() == language.local(clock.now()).date()
    return language.clock_time(due) if is_today else f"{language.near_day(due)} {language.short_day(due)}"


def _event_line(event: CalendarEventRecord) -> EventLine:
    starts, ends = language.local(event.starts_at), language.local(event.ends_at)
    span = language.clock_time(event.starts_at)
    if starts.date() == ends.date():
        span = _("%(from)s to %(until)s") % {"from": span, "until": language.clock_time(event.ends_at)}
    day = f"{language.near_day(event.starts_at)} {language.short_day(event.starts_at)}"
    return EventLine(day, span, event.subject, event.place or "", event.case or "")


def _dues(chosen: str) -> tuple[Choice, ...]:
    words = (("today", _("Today")), ("tomorrow", _("Tomorrow")), ("week", _("In a week")), ("", _("No date")))
    return tuple(Choice(value, label, value == chosen) for value, label in words)


def _today(hour: int) -> datetime:
    return language.local(clock.now()).replace(hour=hour, minute=0, second=0, microsecond=0)


def _instant(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(language.reader().zone))
    except ValueError:
        raise Invalid.field(field, _("give a day and a time")) from None
