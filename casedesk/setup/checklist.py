"""The steps by which an empty desk is brought to work; each tests itself and remembers when it was last proven.

A step is tested by doing what it is about: a mail goes through our own SMTP port and comes back as a case, another goes
out by the relay, the portal is asked for over the network.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from casedesk import clock, database
from casedesk.cases import changing, closing
from casedesk.database import transaction
from casedesk.errors import CasedeskError, Conflict, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.mail import outbox
from casedesk.mail.models import OutgoingMail
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import own_addresses, sender_of
from casedesk.milestones import hours
from casedesk.permissions import Permission, require
from casedesk.portals import branding
from casedesk.rules.business_hours import BusinessTimeError, add_working_time
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind
from casedesk.setup import census, own_doors
from casedesk.setup.models import SetupStep
from intake import ledger

PATIENCE = timedelta(seconds=90)
"""How long a test mail may be on its way before the step says where it must be stuck."""

TEST_TAG = "test"


class State(StrEnum):
    """How a step stands."""

    OPEN = "open"
    RUNNING = "running"
    PROVEN = "proven"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `words` say what its last test found."""

    key: str
    state: State
    words: str = ""
    tested_at: datetime | None = None
    proven_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    state: State
    words: str
    detail: Mapping[str, Any]


KEYS = ("people", "hours", "mail", "relay", "rules", "solutions", "portal", "form")
"""The steps in their order."""


async def steps() -> tuple[Step, ...]:
    """Return every step as it was last found."""
    known = {row.key: row for row in await SetupStep.all()}
    return tuple(_step(key, known.get(key)) for key in KEYS)


async def examine(key: str, *, by: Actor, address: str = "") -> None:
    """Test a step, or begin a test that takes its time; `address` is the mailbox to write to. Raises NotFound."""
    require(by, Permission.USER_CHANGE)
    if key not in _TESTS:
        raise NotFound
    try:
        found = await _TESTS[key](by, address)
    except CasedeskError as error:
        found = _Found(State.FAILED, error.message, {})
    await _keep(key, found)


async def look(*, by: Actor) -> tuple[Step, ...]:
    """Look what became of tests that run and return every step; safe twice."""
    require(by, Permission.USER_CHANGE)
    for row in await SetupStep.filter(state=State.RUNNING.value):
        try:
            found = await (_look_for_mail(row, by) if row.key == "mail" else _look_for_relay(row))
        except Conflict:  # another look was quicker and has closed the case
            continue
        if found is not None:
            await _keep(row.key, found)
    return await steps()


async def is_offered() -> bool:
    """Say whether the steps are shown by themselves: no case has come yet, and some step is not proven."""
    if await database.rows("SELECT 1 AS one FROM cases LIMIT 1"):
        return False
    return await SetupStep.filter(state=State.PROVEN.value).count() < len(KEYS)


async def prove(key: str, words: str) -> None:
    """Remember that a step was proven by somebody who did what it is about."""
    await _keep(key, _Found(State.PROVEN, words, {}))


def _step(key: str, row: SetupStep | None) -> Step:
    if row is None:
        return Step(key, State.OPEN)
    return Step(key, State(row.state), str(row.detail.get("words", "")), row.tested_at, row.proven_at)


async def _keep(key: str, found: _Found) -> None:
    now = clock.now()
    values: dict[str, Any] = {
        "state": found.state.value,
        "tested_at": now,
        "detail": {**found.detail, "words": found.words},
    }
    if found.state is State.PROVEN:
        values["proven_at"] = now
    async with transaction():
        if not await SetupStep.filter(key=key).update(**values):
            await SetupStep.create(key=key, **values)


async def _people(by: Actor, address: str) -> _Found:
    counted = await census.take()
    number, invited = counted["people"], counted["invited"]
    if number < 2:
        return _Found(State.FAILED, _("You work here alone so far."), {})
    words = ngettext("%(n)s person works here", "%(n)s people work here", number) % {"n": number}
    if invited:
        words = _("%(words)s; %(n)s have not chosen a password yet.") % {"words": words, "n": invited}
    return _Found(State.PROVEN, words, {})


async def _hours(by: Actor, address: str) -> _Found:
    """Count four open hours from now in every calendar that a service level uses."""
    try:
        processes = (await published.current(RuleSetKind.ENTITLEMENT_PROCESS.value)).compiled
    except NotFound:
        return _Found(State.FAILED, _("There is no service level yet."), {})
    used = sorted({process.business_hours for process in processes.values()})
    for key in used:
        try:
            add_working_time(clock.now(), 240, await hours.named(key))
        except BusinessTimeError as error:
            return _Found(State.FAILED, _("The hours %(key)s: %(problem)s") % {"key": key, "problem": error}, {})
    return _Found(State.PROVEN, _("Promises can be counted in: %(keys)s") % {"keys": ", ".join(used)}, {})


async def _mail(by: Actor, address: str) -> _Found:
    known = await own_addresses()
    to = address if address in known else next(iter(sorted(known)), "")
    if not to:
        return _Found(State.FAILED, _("There is no mailbox yet."), {})
    message_id, problem = await own_doors.send_mail(to, sender=by.email)
    if problem:
        return _Found(State.FAILED, problem, {})
    words = _("The mail to %(to)s was taken by our SMTP port and is on its way.") % {"to": to}
    return _Found(State.RUNNING, words, {"message_id": message_id, "to": to, "began": clock.now().isoformat()})


async def _look_for_mail(row: SetupStep, by: Actor) -> _Found | None:
    """Find the test mail in the ledger; close the case it became. None: it is still on its way."""
    to = str(row.detail.get("to", ""))
    arrived = (await ledger.entries(by=by, message_id=str(row.detail.get("message_id", "")))).items
    if not arrived:
        if clock.now() - datetime.fromisoformat(str(row.detail["began"])) < PATIENCE:
            return None
        words = _("Our SMTP port took the mail, but nothing has worked it: is the worker running?")
        return _Found(State.FAILED, words, {})
    entry = arrived[-1]
    if entry.case is None:
        words = _("The mail to %(to)s arrived, but became no case: %(reason)s") % {
            "to": to,
            "reason": entry.reason or entry.fate,
        }
        return _Found(State.FAILED, words, {})
    if entry.fate == "created":
        await changing.change(entry.case, by=by, values={"tags": [TEST_TAG]})
        await closing.close(entry.case, by=by, resolution=_("Test mail of setup."))
    words = _("A mail to %(to)s came back as case %(number)s, which is closed.") % {"to": to, "number": entry.case}
    return _Found(State.PROVEN, words, {})


async def _relay(by: Actor, address: str) -> _Found:
    sender = await sender_of(None)
    subject = _("Test mail of setup")
    text = _("This mail was sent by setup to see whether mail leaves. It did.")
    async with transaction():
        mail = await outbox.put(
            Letter(kind="test", sender=sender, to=[by.email], subject=subject, text=f"{text}\n", automatic=True)
        )
    words = _("A mail to %(to)s waits in the outbox.") % {"to": by.email}
    return _Found(State.RUNNING, words, {"mail": mail.id, "began": clock.now().isoformat()})


async def _look_for_relay(row: SetupStep) -> _Found | None:
    mail = await OutgoingMail.get_or_none(id=int(str(row.detail.get("mail", 0))))
    if mail is None:
        return _Found(State.FAILED, _("The mail is gone from the outbox."), {})
    if mail.state == "sent":
        said = next(iter(mail.settled.values()), "")
        words = _("The relay took a mail to %(to)s and said: %(said)s") % {"to": mail.recipient, "said": said}
        return _Found(State.PROVEN, words, {})
    if mail.state in ("failed", "cancelled") or mail.tries:
        said = mail.last_error or next(iter(mail.settled.values()), mail.state)
        return _Found(State.FAILED, _("The relay did not take the mail: %(said)s") % {"said": said}, {})
    if clock.now() - datetime.fromisoformat(str(row.detail["began"])) < PATIENCE:
        return None
    return _Found(State.FAILED, _("Nothing has taken the mail out of the outbox: is the worker running?"), {})


async def _rules(by: Actor, address: str) -> _Found:
    return _Found(
        State.FAILED, _("Try the rules on a case with the button on their page; this step then turns green."), {}
    )


async def _solutions(by: Actor, address: str) -> _Found:
    number = await _count("SELECT COUNT(*) AS n FROM solutions WHERE status = 'published'")
    if not number:
        return _Found(State.FAILED, _("No solution is published yet."), {})
    words = ngettext("%(n)s solution is published", "%(n)s solutions are published", number) % {"n": number}
    return _Found(State.PROVEN, words, {})


async def _portal(by: Actor, address: str) -> _Found:
    portals = await branding.every()
    if not portals:
        return _Found(State.FAILED, _("There is no brand yet."), {})
    for portal in portals:
        problem = await own_doors.look_at(f"{branding.address_of(portal)}/")
        if problem:
            return _Found(State.FAILED, problem, {})
    return _Found(State.PROVEN, _("Answered: %(urls)s") % {"urls": ", ".join(map(branding.address_of, portals))}, {})


async def _form(by: Actor, address: str) -> _Found:
    number = await _count("SELECT COUNT(*) AS n FROM fates WHERE channel = 'web'")
    if not number:
        return _Found(State.FAILED, _("Nothing has been sent by a form of another web site yet."), {})
    words = ngettext("%(n)s form was sent", "%(n)s forms were sent", number) % {"n": number}
    return _Found(State.PROVEN, words, {})


async def _count(sql: str) -> int:
    return int((await database.rows(sql))[0]["n"])


_TESTS: Mapping[str, Callable[[Actor, str], Awaitable[_Found]]] = {
    "people": _people,
    "hours": _hours,
    "mail": _mail,
    "relay": _relay,
    "rules": _rules,
    "solutions": _solutions,
    "portal": _portal,
    "form": _form,
}
