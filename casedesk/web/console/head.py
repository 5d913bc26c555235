"""The head of a case, its composer, its menus and its two dialogs. Pure: shapes in, views out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from casedesk import language
from casedesk.cases.shapes import CaseView, QueueRef
from casedesk.identity import Actor, Role
from casedesk.language import gettext as _
from casedesk.permissions import Permission, can
from casedesk.rules.lifecycle import FINISHED, Category, Priority
from casedesk.users.directory import UserRecord
from casedesk.web import signs
from casedesk.web.console import service_clock
from casedesk.web.console.case_list import Asked
from casedesk.web.console.case_views import (
    CaseMenus,
    Composer,
    Draft,
    EscalationForm,
    EscalationWords,
    Header,
    Outcome,
    ResolveForm,
)
from casedesk.web.views import CaseList, Choice, Tab, Tone

_WORKERS = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)
_BY_HAND = (("Open", "open"), ("Waiting on customer", "waiting_on_customer"), ("On hold", "on_hold"))


@dataclass(frozen=True, slots=True)
class Staff:
    """Whom and where a case can be given to."""

    users: tuple[UserRecord, ...]
    queues: tuple[QueueRef, ...]

    @property
    def workers(self) -> tuple[UserRecord, ...]:
        """Return those who may work cases."""
        return tuple(user for user in self.users if user.active and user.role in _WORKERS)


def header(
    case: CaseView, *, by: Actor, behind: CaseList | None, asked: Asked, now: datetime, tabs: tuple[Tab, ...]
) -> Header:
    """Return the head of a case; `behind` is the list it was opened from, None where that is not known."""
    numbers = [row.number for row in behind.rows] if behind else []
    at = numbers.index(case.number) if case.number in numbers else -1
    finished = _is_finished(case)
    tone, words = _banner(case)
    return Header(
        number=case.number,
        url=_url(case),
        subject=case.subject,
        status=signs.status_words(case.status),
        status_tone=signs.status_tone(case.status_category),
        priority=Priority(case.priority),
        clocks=() if finished else service_clock.chips(case, now),
        owner_id=str(case.owner.id) if case.owner else "none",
        owner=signs.person(case.owner.name) if case.owner else None,
        mine=case.owner is not None and case.owner.id == by.user_id,
        queue=case.queue.name if case.queue else "",
        position=_("%(at)s of %(all)s") % {"at": at + 1, "all": behind.count or len(numbers)}
        if behind and at >= 0
        else "",
        previous_url=behind.rows[at - 1].url if behind and at > 0 else "",
        next_url=behind.rows[at + 1].url if behind and 0 <= at < len(numbers) - 1 else "",
        list_url=asked.url,
        tabs=tabs,
        may_change=can(by, Permission.CASE_CHANGE),
        may_take=can(by, Permission.CASE_ASSIGN) and case.owner is None and not finished,
        may_escalate=can(by, Permission.CASE_ESCALATE) and not finished,
        may_resolve=can(by, Permission.CASE_CLOSE) and not finished,
        may_reopen=can(by, Permission.CASE_CLOSE) and finished,
        banner=words,
        banner_tone=tone,
    )


def composer(case: CaseView, drafts: Mapping[str, Draft], *, by: Actor, kind: str, limit: int) -> Composer:
    """Return the composer with what the reader has begun, by kind; `limit` is how large a file may be, in bytes."""
    written_to = case.contact.email if case.contact else ""
    may_reply = can(by, Permission.CASE_REPLY) and bool(written_to) and case.status_category != Category.CLOSED
    may_note = can(by, Permission.CASE_NOTE)
    if not may_reply and kind == "reply" and may_note:
        kind = "note"
    free = case.owner is None and can(by, Permission.CASE_ASSIGN) and not _is_finished(case)
    return Composer(
        number=case.number,
        url=f"{_url(case)}/messages",
        drafts_url=f"{_url(case)}/drafts",
        seen=case.last_event,
        once=uuid4().hex,
        to=(case.contact.name or written_to,) if case.contact and written_to else (),
        outcomes=_outcomes(case, may_resolve=can(by, Permission.CASE_CLOSE)),
        kind=kind,
        reply=drafts.get("reply", Draft()),
        note=drafts.get("note", Draft()),
        call=drafts.get("call", Draft()),
        language=_language(case.language),
        take_url=f"{_url(case)}/take" if free else "",
        may_reply=may_reply,
        may_note=may_note,
        may_call=can(by, Permission.CALL_LOG),
        why_not=_why_not(case, written_to),
        file_limit=_("up to %(size)s") % {"size": language.size(limit)},
    )


def menus(case: CaseView, staff: Staff, by: Actor) -> CaseMenus:
    """Return the choices of the case's menus."""
    owner = case.owner.id if case.owner else None
    workers = sorted(staff.workers, key=lambda user: (user.id != by.user_id, user.name))
    owners = [Choice(str(user.id), user.name, user.id == owner, _role(user)) for user in workers]
    queue = case.queue.id if case.queue else None
    return CaseMenus(
        tuple(Choice(value, _(label), value == case.status_category) for label, value in _BY_HAND),
        (*owners, Choice("none", _("Nobody"), owner is None)),
        tuple(Choice(str(each.id), each.name, each.id == queue) for each in staff.queues),
        tuple(Choice(each.value, signs.priority_words(each), each.value == case.priority) for each in Priority),
    )


def escalation_form(
    case: CaseView,
    staff: Staff,
    *,
    reason: str = "tier_2",
    impact: str = "",
    typed: EscalationWords | None = None,
    problems: tuple[tuple[str, str], ...] = (),
) -> EscalationForm:
    """Return the escalate dialog: where each reason leads, and what was typed."""
    leads = language.listed(user.name for user in staff.users if user.active and user.role is Role.SUPERVISOR)
    higher = next((queue.name for queue in staff.queues if queue.key == "tier_2"), _("Tier 2"))
    here = case.queue.name if case.queue else _("no queue")
    impacts = (
        ("", _("Not known")),
        ("one", _("One person or device")),
        ("site", _("A whole site")),
        ("safety", _("Somebody's safety")),
    )
    return EscalationForm(
        number=case.number,
        url=f"{_url(case)}/escalation",
        back_url=_url(case),
        late_target=_("Stays in %(queue)s, marked as raised") % {"queue": here},
        tier_2_target=_("Goes to %(queue)s, which takes it from its owner") % {"queue": higher},
        manager_target=_("%(names)s will be told") % {"names": leads} if leads else _("The supervisors will be told"),
        impacts=tuple(Choice(value, label, value == impact) for value, label in impacts),
        changes=(_("The service clock goes on"), _("Colleagues see the reason in the timeline, the customer does not")),
        reason=reason,
        typed=typed or EscalationWords(),
        problems=problems,
    )


def resolve_form(
    case: CaseView,
    solutions: Sequence[Choice],
    *,
    typed: str = "",
    problems: tuple[tuple[str, str], ...] = (),
) -> ResolveForm:
    """Return the resolve dialog with the solutions that were suggested."""
    survey = ""
    if case.contact is not None and case.contact.email:
        survey = _("A survey goes out to %(name)s") % {"name": case.contact.name or case.contact.email}
    return ResolveForm(
        number=case.number,
        url=f"{_url(case)}/resolution",
        back_url=_url(case),
        solutions=(Choice("", _("None of these")), *solutions) if solutions else (),
        survey=survey,
        typed=typed,
        problem=dict(problems).get("resolve-resolution", ""),
        problems=problems,
    )


def _url(case: CaseView) -> str:
    return f"/console/c/{case.number}"


def _is_finished(case: CaseView) -> bool:
    return Category(case.status_category) in FINISHED


def _outcomes(case: CaseView, *, may_resolve: bool) -> tuple[Outcome, ...]:
    found = [
        Outcome("waiting_on_customer", _("Send, set Waiting on customer")),
        Outcome("open", _("Send, keep Open")),
    ]
    return (*found, Outcome("resolved", _("Send and resolve"))) if may_resolve else tuple(found)


def _language(tag: str | None) -> str:
    return language.language_name(tag) if tag else ""


def _why_not(case: CaseView, written_to: str) -> str:
    if case.status_category == Category.CLOSED:
        return _("This case is closed. Reopen it to answer.")
    if not written_to:
        return _("This case has nobody to write to. Give it a contact with an address first.")
    return _("You may not answer customers.")


def _banner(case: CaseView) -> tuple[Tone, str]:
    if case.status_category == Category.CLOSED and case.closed_at:
        return Tone.INFO, _("Closed %(day)s") % {"day": language.moment(case.closed_at)}
    if case.escalation_level:
        words = {1: _("Raised"), 2: _("With tier 2"), 3: _("Before the manager")}
        return Tone.WARN, _("Escalated: %(level)s") % {"level": words.get(case.escalation_level, _("Raised"))}
    if case.verdict == "not_covered":
        return Tone.WARN, _("Not covered by any contract: it was put up for review")
    return Tone.INFO, ""


def _role(user: UserRecord) -> str:
    words = {Role.SUPERVISOR: _("supervisor"), Role.ADMINISTRATOR: _("administrator")}
    return words.get(user.role, _("tier %(number)s") % {"number": user.tier} if user.tier else "")
