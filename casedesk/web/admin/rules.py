"""Rules on pages: listed in order, moved, edited, tried on a case, published; earlier versions taken back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.cases import publishing, trying
from casedesk.cases.fields import CATALOGUE
from casedesk.cases.trying import Trial
from casedesk.errors import Conflict, Invalid, Malformed, NotFound, Stale
from casedesk.events import EventName
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.setup import checklist, picking
from casedesk.web import asking, condition_words, forms, guard, refusals
from casedesk.web.admin import drawing, entries, options, rule_drafts, rule_views
from casedesk.web.admin.rule_drafts import Draft
from casedesk.web.admin.rule_views import Names, RulesPage, TrialView, VersionRow
from casedesk.web.forms import Form
from casedesk.web.guard import Handler
from casedesk.web.views import Choice


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A kind of rule set as setup shows it."""

    key: str
    kind: RuleSetKind
    title: Callable[[], str]
    intro: Callable[[], str]
    adds: Callable[[], str]

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{entries.ROOT}/{self.key}"


KINDS = (
    RuleKind(
        "assignment", RuleSetKind.ASSIGNMENT, lambda: _("Assignment rules"),
        lambda: _("Asked from the top for each new case; the first that holds decides. Nothing changes before you publish."),
        lambda: _("Add a rule"),
    ),
    RuleKind(
        "service-levels", RuleSetKind.ENTITLEMENT_PROCESS, lambda: _("Service levels"),
        lambda: _("Which clocks run for an entitlement, and for how many open minutes. Running clocks keep what they have."),
        lambda: _("Add a service level"),
    ),
    RuleKind(
        "escalation", RuleSetKind.ESCALATION, lambda: _("Escalation rules"),
        lambda: _("What happens to cases that take too long. Every rule that holds is followed, once for each case."),
        lambda: _("Add a rule"),
    ),
    RuleKind(
        "auto-response", RuleSetKind.AUTO_RESPONSE, lambda: _("Auto-response rules"),
        lambda: _("Which letter acknowledges a new case: the first that holds. No rule, no letter."),
        lambda: _("Add a rule"),
    ),
    RuleKind(
        "triggers", RuleSetKind.TRIGGER, lambda: _("Triggers"),
        lambda: _("What follows an event, or recurs every so many minutes, for cases that the conditions hold for."),
        lambda: _("Add a trigger"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a page is drawn with beside its draft."""

    problems: tuple[tuple[str, str], ...] = ()
    trial: Trial | None = None
    tried: TrialView | None = None
    typed: Mapping[str, Any] | None = None
    stale: bool = False
    status: int = 200


def shows(kind: RuleKind) -> Handler:
    """Return the handler that begins a draft of what is in force, or of the version asked for."""

    async def show(request: Request) -> Response:
        now = await published.current(kind.kind.value)
        wanted = request.query_params.get("version", "")
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 9 else now.number
        found = now if number == now.number else await published.version(kind.kind.value, number)
        draft = rule_drafts.begun(kind.kind.value, found.document, now.number)
        opened = request.query_params.get("open", "")
        if opened.isascii() and opened.isdigit() and len(opened) < 5:
            draft = rule_drafts.stepped(draft, "open", int(opened))
        return await _draw(request, kind, draft, _Drawn())

    return show


def steps(kind: RuleKind) -> Handler:
    """Return the handler of every button of the draft: a step, a trial, or the publication."""

    async def step(request: Request) -> Response:
        form = await forms.read(request)
        try:
            draft = rule_drafts.read(kind.kind.value, form)
        except ValueError:
            raise Malformed(_("This draft could not be read.")) from None
        act, _dot, place = form.text("act").rpartition(".")
        if form.text("act") == "publish":
            return await _publish(request, kind, draft)
        if form.text("act") == "try":
            return await _try(request, kind, draft, form)
        if form.text("act") == "json":
            return await _take_text(request, kind, draft, form)
        changed = rule_drafts.stepped(draft, act or place, int(place) if act and place.isdigit() else -1)
        return await _draw(request, kind, changed, _Drawn(typed=rule_drafts.facts_typed(form)))

    return step


def takes_back(kind: RuleKind) -> Handler:
    """Return the handler that publishes an earlier version again, as a new one."""

    async def take_back(request: Request) -> Response:
        earlier = await published.version(kind.kind.value, asking.whole_id(request, "number"))
        now = await published.current(kind.kind.value)
        return await _publish(request, kind, rule_drafts.begun(kind.kind.value, earlier.document, now.number))

    return take_back


async def _publish(request: Request, kind: RuleKind, draft: Draft) -> Response:
    if draft.document == (await published.current(kind.kind.value)).document:
        return RedirectResponse(kind.url, 303)
    try:
        made = await publishing.publish(
            kind.kind.value, draft.document, by=guard.actor_of(request), if_number=draft.base
        )
    except Stale:
        now = await published.current(kind.kind.value)
        return await _draw(request, kind, replace(draft, base=now.number), _Drawn(stale=True, status=409))
    except Conflict as error:
        return await _draw(request, kind, draft, _Drawn(problems=(("", refusals.sentence(error.message)),), status=409))
    except Invalid as error:
        return await _draw(request, kind, draft, _Drawn(problems=_problems(error), status=422))
    return RedirectResponse(f"{kind.url}?said={made.number}", 303)


async def _try(request: Request, kind: RuleKind, draft: Draft, form: Form) -> Response:
    by, number, typed = guard.actor_of(request), form.line("number"), rule_drafts.facts_typed(form)
    try:
        known = {**(await trying.facts_of(number, by=by) if number else {}), **typed}
    except NotFound:
        tried = TrialView(number, problem=_("There is no case %(number)s.") % {"number": number})
        return await _draw(request, kind, draft, _Drawn(tried=tried, typed=typed, status=422))
    try:
        trial = await trying.trial(kind.kind.value, draft.document, known, by=by)
    except Invalid as error:
        tried = TrialView(number, problem=_("These rules are not right yet, so they cannot be tried."))
        return await _draw(request, kind, draft, _Drawn(_problems(error), tried=tried, typed=typed, status=422))
    drawn = _Drawn(trial=trial, tried=TrialView(number), typed=typed)
    if trial.route is not None:
        await checklist.prove("rules", _("Tried by %(name)s.") % {"name": by.name})
    return await _draw(request, kind, draft, drawn)


async def _take_text(request: Request, kind: RuleKind, draft: Draft, form: Form) -> Response:
    """Take a document written by hand as the draft."""
    try:
        document = json.loads(form.text("text"))
        if not isinstance(document, dict):
            raise ValueError("no object")
        taken = rule_drafts.begun(kind.kind.value, document, draft.base)
        if not all(isinstance(each, dict) for each in taken.entries):
            raise ValueError("no rules")
    except (ValueError, RecursionError):
        problem = ("f-text", _("This text is no JSON object with a list of rules."))
        return await _draw(request, kind, draft, _Drawn((problem,), status=422), text=form.text("text"))
    return await _draw(request, kind, taken, _Drawn())


def _problems(error: Invalid) -> tuple[tuple[str, str], ...]:
    return tuple((each.field, _(each.message)) for each in error.problems)


async def _draw(request: Request, kind: RuleKind, draft: Draft, drawn: _Drawn, *, text: str = "") -> Response:
    names = await _names(kind)
    by_rule, top = rule_views.places_of(drawn.problems)
    now = await published.current(kind.kind.value)
    readable = json.dumps(draft.document, ensure_ascii=False, indent=2)
    otherwise = draft.document.get("otherwise")
    said = request.query_params.get("said", "")
    page = RulesPage(
        kind=kind.kind.value,
        title=kind.title(),
        intro=kind.intro(),
        url=kind.url,
        document=json.dumps(draft.document, ensure_ascii=False, separators=(",", ":")),
        readable=text or readable,
        base=draft.base,
        open=rule_views.opened(draft, names),
        rows=rule_views.rows(draft, names, by_rule, drawn.trial),
        names=names,
        fields=rule_views.fields(),
        otherwise=str(otherwise.get("queue", "")) if isinstance(otherwise, dict) else "",
        changed=draft.document != now.document,
        stale=drawn.stale,
        adds=kind.adds(),
        said=_("Version %(number)s is in force") % {"number": said} if said.isdigit() and len(said) < 9 else "",
        problems=top,
        trial=_tried(draft, names, drawn),
        versions=await _versions(request, kind),
    )
    return await drawing.page(
        request, "admin/rules.html", here=kind.key, status=drawn.status, page=page,
        action_kinds=rule_views.action_kinds(), audiences=rule_views.audiences(), settable=rule_views.settable(),
        priorities=options.priorities(),
    )  # fmt: skip


def _tried(draft: Draft, names: Names, drawn: _Drawn) -> TrialView:
    """Return what was tried, what came out, and the facts that these rules look at as fields to be typed."""
    typed = drawn.typed or {}
    asked = dict.fromkeys(
        str(each.get("field")) for entry in draft.entries for each in rule_views.dicts(entry.get("when"))
    )
    offered = tuple(
        (key, condition_words.label(key), _typed_text(typed.get(key)), rule_views.choices_of(CATALOGUE[key], names))
        for key in asked
        if key in CATALOGUE
    )
    tried = drawn.tried or TrialView()
    return replace(tried, facts=offered, outcome=_outcome(drawn.trial, names) if drawn.trial is not None else "")


def _typed_text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _outcome(trial: Trial, names: Names) -> str:
    route = trial.route
    if route is None:
        number = sum(each.held for each in trial.rules)
        return ngettext("%(n)s rule holds for this case.", "%(n)s rules hold for this case.", number) % {"n": number}
    queue = next((each.label for each in names.queues if each.value == route.queue), route.queue)
    if route.rule is None:
        return _("To the queue %(queue)s, because no rule held.") % {"queue": queue}
    return _("To the queue %(queue)s, because rule %(number)s held: %(name)s.") % {
        "queue": queue, "number": route.rule + 1, "name": route.rule_name,
    }  # fmt: skip


async def _names(kind: RuleKind) -> Names:
    acts = kind.kind is not RuleSetKind.AUTO_RESPONSE
    return Names(
        queues=await options.queues(),
        people=await options.people_by_address() if acts else (),
        letters=await options.letters(),
        hours=await options.calendars() if kind.kind is RuleSetKind.ENTITLEMENT_PROCESS else (),
        events=tuple(Choice(each.value, each.value.replace("_", " ")) for each in EventName)
        if kind.kind is RuleSetKind.TRIGGER
        else (),
    )


async def _versions(request: Request, kind: RuleKind) -> tuple[VersionRow, ...]:
    found = await published.versions(kind.kind.value)
    who = await picking.names("user", (each.user_id for each in found), by=guard.actor_of(request))
    return tuple(
        VersionRow(each.number, each.published_at, who.get(each.user_id or 0, "casedesk"), place == 0)
        for place, each in enumerate(found)
    )
