"""The strip of a case's seven steps, in an agent's words."""

from collections.abc import Sequence

from casedesk import clock, language
from casedesk.cases.steps import Step, StepName, StepState, Turn
from casedesk.language import gettext as _
from casedesk.web.console.case_views import ProcessStep
from casedesk.web.views import Tone

_MARKS = {
    StepState.DONE: "check",
    StepState.CURRENT: "circle-dot",
    StepState.AHEAD: "circle",
    StepState.SKIPPED: "minus",
}


def strip(steps: Sequence[Step]) -> tuple[ProcessStep, ...]:
    """Return the steps as they are drawn."""
    return tuple(
        ProcessStep(
            _label(step),
            step.state.value,
            _spoken(step.state),
            _mark(step),
            step.at,
            _when(step),
            _more(step),
            _tone(step),
        )
        for step in steps
    )


def _label(step: Step) -> str:
    if step.name is StepName.OUTCOME:
        return {Turn.REWORKED.value: _("Reworked"), Turn.ESCALATED.value: _("Escalated")}.get(step.told, _("Resolved"))
    return {
        StepName.CREATED: _("Created"),
        StepName.ENTITLED: _("Entitled"),
        StepName.ASSIGNED: _("Assigned"),
        StepName.SOLUTION: _("Solution"),
        StepName.COMMUNICATED: _("Communicated"),
        StepName.CLOSED: _("Closed"),
    }[step.name]


def _spoken(state: StepState) -> str:
    return {
        StepState.DONE: _("done"),
        StepState.CURRENT: _("the case is here"),
        StepState.AHEAD: _("still ahead"),
        StepState.SKIPPED: _("not recorded"),
    }[state]


def _mark(step: Step) -> str:
    if step.name is StepName.ENTITLED and step.told in ("not_covered", "unknown"):
        return "triangle-alert"
    if step.state is StepState.CURRENT and step.told in (Turn.REWORKED, Turn.ESCALATED):
        return "rotate-ccw" if step.told == Turn.REWORKED else "arrow-up"
    return _MARKS[step.state]


def _when(step: Step) -> str:
    if step.at is None:
        return ""
    is_today = language.local(step.at).date() == language.local(clock.now()).date()
    return language.clock_time(step.at) if is_today else language.short_day(step.at)


def _tone(step: Step) -> Tone:
    if step.name is StepName.ENTITLED and step.told in ("not_covered", "unknown"):
        return Tone.WARN
    return Tone.WARN if step.told in (Turn.REWORKED, Turn.ESCALATED) else Tone.PLAIN


def _more(step: Step) -> str:
    if step.name is StepName.ASSIGNED:
        waits = _("waits in %(queue)s") % {"queue": step.who} if step.who else _("nobody has it")
        return step.who if step.told == "owner" else waits
    return _TOLD.get((step.name, step.told), lambda: "")()


_TOLD = {
    (StepName.CREATED, "email"): lambda: _("By mail"),
    (StepName.CREATED, "phone"): lambda: _("By phone"),
    (StepName.CREATED, "portal"): lambda: _("By the portal"),
    (StepName.CREATED, "web"): lambda: _("By web form"),
    (StepName.CREATED, "api"): lambda: _("By the API"),
    (StepName.ENTITLED, "covered"): lambda: _("covered"),
    (StepName.ENTITLED, "limited"): lambda: _("covered in part"),
    (StepName.ENTITLED, "grace"): lambda: _("within the days of grace"),
    (StepName.ENTITLED, "not_covered"): lambda: _("not covered"),
    (StepName.ENTITLED, "unknown"): lambda: _("nobody knows yet"),
    (StepName.COMMUNICATED, "reply"): lambda: _("by a reply"),
    (StepName.COMMUNICATED, "call"): lambda: _("by telephone"),
}
