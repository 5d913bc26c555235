"""A plot is told to the desk through the real abilities, each step at its own moment of the past.

Between two steps the clocks, the reactions and the outbox of the case do what they would have done then; its mail is
taken as sent. A case is told whole, in one transaction, so that what lives beside it never meets half a past.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from casedesk import clock
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.activities.tasks import TASKS
from casedesk.cases import assigning, closing, conversing, creating, escalating, keeping_time, surveying
from casedesk.cases.conversing import Said
from casedesk.cases.creating import FirstWords, NewCase, Opening
from casedesk.cases.models import Survey
from casedesk.cases.viewing import instant
from casedesk.database import rows, transaction
from casedesk.database.selecting import first
from casedesk.demo.plot import Plot, Step
from casedesk.identity import SYSTEM, Actor
from casedesk.journal import pending
from casedesk.mail import delivery
from casedesk.reactions import reactions_to
from casedesk.reactions.surveying import must_cancel
from casedesk.security import tokens
from intake import doors

_NEXT = """
SELECT 'milestones' AS what, MIN(next_action_at) AS at FROM milestones WHERE case_id = ?
UNION ALL SELECT 'escalations', next_escalation_at FROM cases WHERE id = ?
UNION ALL SELECT 'mails', MIN(next_try_at) FROM outgoing_mail WHERE case_id = ? AND state = 'waiting'
UNION ALL SELECT 'closing', resolved_at FROM cases WHERE id = ? AND status_category = 'resolved'
"""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what a plot names: staff by address, ids of solutions by key."""

    staff: dict[str, Actor] = field(default_factory=dict)
    solutions: dict[str, int] = field(default_factory=dict)


async def tell(plots: Sequence[tuple[int, Plot]], cast: Cast, until: datetime) -> None:
    """Tell plots, each with the number of its case, up to `until`, in one transaction.

    What lies after that has not happened yet.
    """
    async with transaction():
        for number, plot in plots:
            await _Teller(plot, number, cast).tell(until)


async def _send(case: int) -> None:
    await delivery.take_as_sent(case, must_cancel)


_DOES: dict[str, Callable[[int], Awaitable[None]]] = {
    "milestones": keeping_time.take_steps,
    "escalations": escalating.escalate_by_rule,
    "mails": _send,
    "closing": closing.close_if_old,
}


class _Teller:
    """Does the steps of one plot."""

    def __init__(self, plot: Plot, number: int, cast: Cast) -> None:
        self.plot, self.number, self.cast = plot, number, cast
        self.followed = 0
        """The newest event whose reactions have run."""

    async def tell(self, until: datetime) -> None:
        """Begin the case and do its steps, those that lie before `until`."""
        at = until - timedelta(hours=self.plot.hours)
        with clock.frozen_at(at):
            await self._begin()
            await self._react()
        for step in self.plot.steps:
            at += timedelta(minutes=step.after)
            if at > until:
                break
            await self._let_happen(at)
            with clock.frozen_at(at):
                await getattr(self, f"_{step.do}")(step)
                await self._react()
        await self._let_happen(until)
        await pending.clear_of(self.number)

    async def _let_happen(self, until: datetime) -> None:
        """Let clocks, escalations and mails do what falls due up to `until`, each at its own instant."""
        before, case = None, self.number
        keeps_resolved = timedelta(days=operator.current().close_after_days)
        while True:
            waiting = [
                (at + keeps_resolved if row["what"] == "closing" else at, row["what"])
                for row in await rows(_NEXT, case, case, case, case)
                if (at := instant(row["at"])) is not None
            ]
            due = min(waiting, default=None)
            if due is None or due[0] > until:
                return
            if due == before:
                raise RuntimeError(f"{due[1]} of case {case} are due at {due[0]} again")
            before = due
            with clock.frozen_at(due[0]):
                await _DOES[due[1]](case)
                await self._react()

    async def _react(self) -> None:
        """Run what follows the events of the last step, as the worker does, until nothing follows any more."""
        something_may_follow = True
        while something_may_follow:
            events = await pending.claim_of(self.number, self.followed)
            reactions = [(event, reaction) for event in events for reaction in reactions_to(event.name).values()]
            for event, reaction in reactions:
                await reaction(event)
            if events:
                self.followed = events[-1].id
            something_may_follow = bool(reactions)

    async def _begin(self) -> None:
        plot = self.plot
        person = await recognising.find_or_create(plot.contact, plot.name)
        if plot.origin == "phone":
            by = self.cast.staff[plot.on_behalf or plot.steps[0].who]
            new = NewCase(
                subject=plot.subject, origin="phone", description=plot.text, type=plot.type, priority=plot.priority,
                tags=plot.tags, logged_on_behalf=bool(plot.on_behalf),
            )  # fmt: skip
            opening = replace(await creating.opening_of(new, person, by=by), linked_to=plot.linked_to)
            await creating.open_case(opening, by=by, number=self.number)
            return
        box = await doors.of([f"{plot.mailbox}@example.com"])
        words = FirstWords(
            text=plot.text, author_name=plot.name, author_email=plot.contact, to=[box.address] if box else [],
            mail_message_id=f"<{self.number}.{plot.contact}>" if plot.origin == "email" else None,
        )  # fmt: skip
        opening = Opening(
            subject=plot.subject, origin=plot.origin, words=words, person=person, company=person.company, type=plot.type,
            priority=plot.priority, tags=plot.tags, language=plot.language, mailbox_id=box.id if box else None,
            channel=plot.origin, linked_to=plot.linked_to,
        )  # fmt: skip
        await creating.open_case(opening, by=SYSTEM, number=self.number)

    async def _take(self, step: Step) -> None:
        await assigning.take_unseen(str(self.number), by=self.cast.staff[step.who])

    async def _assign(self, step: Step) -> None:
        to = self.cast.staff[step.more["to"]]
        await assigning.assign_unseen(str(self.number), by=self.cast.staff[step.who], user_id=to.id)

    async def _reply(self, step: Step) -> None:
        by = self.cast.staff[step.who]
        await conversing.reply_unseen(str(self.number), by=by, text=step.text, status=step.more["status"])

    async def _note(self, step: Step) -> None:
        await conversing.note_unseen(str(self.number), by=self.cast.staff[step.who], text=step.text)

    async def _call(self, step: Step) -> None:
        by = self.cast.staff[step.who]
        await conversing.log_call_unseen(str(self.number), by=by, text=step.text, details=step.more.get("details", {}))

    async def _customer(self, step: Step) -> None:
        plot = self.plot
        person = await recognising.find_by_email(plot.contact)
        said = Said(
            text=step.text, author_name=plot.name, author_email=plot.contact, contact_id=person.id if person else None,
            channel="portal" if plot.origin == "portal" else "email",
        )  # fmt: skip
        await conversing.add_customer_message(self.number, said)

    async def _escalate(self, step: Step) -> None:
        about = {key: step.more[key] for key in ("tried", "need", "impact") if key in step.more}
        kind = step.more.get("kind", "took_too_long")
        by = self.cast.staff[step.who]
        await escalating.escalate_unseen(str(self.number), by=by, kind=kind, reason=step.text, **about)

    async def _resolve(self, step: Step) -> None:
        solution = self.cast.solutions.get(step.more.get("solution", ""))
        by = self.cast.staff[step.who]
        await closing.resolve_unseen(str(self.number), by=by, resolution=step.text, solution_id=solution)

    async def _task(self, step: Step) -> None:
        due = clock.now() + timedelta(minutes=step.more["due_minutes"])
        owner = self.cast.staff[step.more["to"]].user_id
        given = {"subject": step.text, "case": str(self.number), "owner": owner, "due_at": due}
        await TASKS.add(given, by=self.cast.staff[step.who])

    async def _survey(self, step: Step) -> None:
        asked = await first(Survey, "case_id = ? ORDER BY id DESC", self.number)
        if asked is not None:  # the caps on automatic mail may have kept it back
            token = tokens.sign(surveying.PURPOSE, str(asked.id))
            await surveying.answer_unseen(token, step.more["score"], step.text)
