"""A plot is told to the desk through the real abilities, each step at its own moment of the past.

Between two steps the clocks, the reactions and the outbox do what they would have done then; mail is thrown away.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casedesk import clock
from casedesk.accounts import recognising
from casedesk.cases import assigning, attaching, closing, conversing, creating, escalating, keeping_time, surveying
from casedesk.cases.conversing import Said
from casedesk.cases.creating import FirstWords, NewCase, Opening
from casedesk.cases.models import Survey
from casedesk.cases.viewing import instant
from casedesk.database import rows, transaction
from casedesk.demo.company import Company
from casedesk.demo.plot import Plot, Step
from casedesk.identity import SYSTEM
from casedesk.journal import pending
from casedesk.mail import delivery
from casedesk.mail.transport import Outcome, OutcomeKind
from casedesk.reactions import reactions_to
from casedesk.reactions.surveying import must_cancel
from casedesk.security import tokens
from intake import doors

STEPS_OF_A_COMMIT = 100
Progress = Callable[[str, int, int], None]

_NEXT = """
SELECT 'milestones' AS what, MIN(next_action_at) AS at FROM milestones
UNION ALL SELECT 'escalations', MIN(next_escalation_at) FROM cases
UNION ALL SELECT 'mails', MIN(next_try_at) FROM outgoing_mail WHERE state = 'waiting'
"""


class Discarding:
    """A way out that takes every letter and keeps none."""

    async def send(self, raw: bytes, *, mail_from: str, recipients: Sequence[str]) -> Outcome:
        """Say that it was sent."""
        return Outcome(OutcomeKind.SENT, 250, "taken and thrown away: this customer does not exist")

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A step of a plot at its instant; `step` -1 is the beginning of the case."""

    at: datetime
    plot: int
    step: int


async def tell(plots: Sequence[Plot], company: Company, progress: Progress) -> None:
    """Tell all plots in the order of time, up to now. What lies in the future has not happened yet."""
    now = clock.now()
    moments = sorted(
        (moment for number, plot in enumerate(plots) for moment in _moments(plot, number, now)),
        key=lambda moment: (moment.at, moment.plot, moment.step),
    )
    teller = _Teller(plots, company)
    await _react_to_all()
    for start in range(0, len(moments), STEPS_OF_A_COMMIT):
        # One commit for many steps: their own transactions are savepoints in it.
        async with transaction():
            for moment in moments[start : start + STEPS_OF_A_COMMIT]:
                await _keep_up(moment.at)
                with clock.frozen_at(moment.at):
                    await teller.take(moment)
                    await _react()
            with clock.frozen_at(moment.at):
                await closing.close_old()
        progress("cases", len(teller.cases), len(plots))
    async with transaction():
        await _keep_up(now)
        await closing.close_old()
        await _react_to_all()


def _moments(plot: Plot, number: int, now: datetime) -> list[_Moment]:
    at = now - timedelta(hours=plot.hours)
    found = [_Moment(at, number, -1)]
    for place, step in enumerate(plot.steps):
        at += timedelta(minutes=step.after)
        if at > now:
            break
        found.append(_Moment(at, number, place))
    return found


async def _keep_up(until: datetime) -> None:
    """Let clocks, escalations and the outbox do what falls due up to `until`, each at its own instant."""
    before = None
    while True:
        waiting = [(at, row["what"]) for row in await rows(_NEXT) if (at := instant(row["at"])) is not None]
        due = min(waiting, default=None)
        if due is None or due[0] > until:
            return
        if due == before:
            raise RuntimeError(f"{due[1]} of {due[0]} are due again")
        before = due
        with clock.frozen_at(due[0]):
            await _DOES[due[1]]()
            await _react()


async def _deliver() -> int:
    done = 0
    while await delivery.deliver_next(Discarding(), attaching.store(), (60,), must_cancel):
        done += 1
    return done


_DOES: dict[str, Callable[[], Awaitable[int]]] = {
    "milestones": keeping_time.sweep,
    "escalations": escalating.sweep,
    "mails": _deliver,
}


async def _react() -> None:
    """Run what follows the events of the last step, as the worker does; what they cause in turn has its own turn."""
    events = await pending.claim(100)
    for event in events:
        for reaction in reactions_to(event.name).values():
            await reaction(event)
    await pending.clear([event.id for event in events])


async def _react_to_all() -> None:
    while (await pending.backlog())[0]:
        await _react()


class _Teller:
    """Does the steps of plots; `cases` are the ids of those begun, by the number of their plot."""

    def __init__(self, plots: Sequence[Plot], company: Company) -> None:
        self.plots, self.company = plots, company
        self.cases: dict[int, int] = {}

    async def take(self, moment: _Moment) -> None:
        """Do one step at the present (frozen) instant."""
        plot = self.plots[moment.plot]
        if moment.step < 0:
            self.cases[moment.plot] = await self._begin(plot, moment.plot)
            return
        step = plot.steps[moment.step]
        does: dict[str, Callable[[int, Plot, Step], Awaitable[object]]] = {
            "take": self._take, "assign": self._assign, "reply": self._reply, "note": self._note, "call": self._call,
            "customer": self._customer, "escalate": self._escalate, "resolve": self._resolve, "survey": self._survey,
        }  # fmt: skip
        await does[step.do](self.cases[moment.plot], plot, step)

    async def _begin(self, plot: Plot, number: int) -> int:
        if plot.origin == "phone":
            return await self._answer_telephone(plot)
        person = await recognising.find_or_create(plot.contact, plot.name)
        box = await doors.of([f"{plot.mailbox}@example.com"])
        words = FirstWords(
            text=plot.text, author_name=plot.name, author_email=plot.contact, to=[box.address] if box else [],
            mail_message_id=f"<{number}.{plot.contact}>" if plot.origin == "email" else None,
        )  # fmt: skip
        opening = Opening(
            subject=plot.subject, origin=plot.origin, words=words, person=person, company=person.company, type=plot.type,
            priority=plot.priority, tags=plot.tags, language=plot.language, mailbox_id=box.id if box else None,
            channel=plot.origin,
        )  # fmt: skip
        return int((await creating.open_case(opening, by=SYSTEM)).case.id)

    async def _answer_telephone(self, plot: Plot) -> int:
        by = self.company.staff[plot.on_behalf or plot.steps[0].who]
        new = NewCase(
            subject=plot.subject, origin="phone", description=plot.text, contact_email=plot.contact, type=plot.type,
            priority=plot.priority, tags=plot.tags, logged_on_behalf=bool(plot.on_behalf),
        )  # fmt: skip
        return (await creating.create_case(new, by=by)).id

    async def _take(self, case: int, _plot: Plot, step: Step) -> None:
        await assigning.take(str(case), by=self.company.staff[step.who])

    async def _assign(self, case: int, _plot: Plot, step: Step) -> None:
        to = self.company.staff[step.more["to"]]
        await assigning.assign(str(case), by=self.company.staff[step.who], user_id=to.id)

    async def _reply(self, case: int, _plot: Plot, step: Step) -> None:
        by = self.company.staff[step.who]
        await conversing.reply(str(case), by=by, text=step.text, status=step.more["status"])

    async def _note(self, case: int, _plot: Plot, step: Step) -> None:
        await conversing.note(str(case), by=self.company.staff[step.who], text=step.text)

    async def _call(self, case: int, _plot: Plot, step: Step) -> None:
        details = step.more.get("details", {})
        await conversing.log_call(str(case), by=self.company.staff[step.who], text=step.text, details=details)

    async def _customer(self, case: int, plot: Plot, step: Step) -> None:
        person = await recognising.find_by_email(plot.contact)
        said = Said(
            text=step.text, author_name=plot.name, author_email=plot.contact, contact_id=person.id if person else None,
            channel="portal" if plot.origin == "portal" else "email",
        )  # fmt: skip
        await conversing.add_customer_message(case, said)

    async def _escalate(self, case: int, _plot: Plot, step: Step) -> None:
        about = {key: step.more[key] for key in ("tried", "need", "impact") if key in step.more}
        kind = step.more.get("kind", "took_too_long")
        await escalating.escalate(str(case), by=self.company.staff[step.who], kind=kind, reason=step.text, **about)

    async def _resolve(self, case: int, _plot: Plot, step: Step) -> None:
        solution = self.company.solutions.get(step.more.get("solution", ""))
        by = self.company.staff[step.who]
        await closing.resolve(str(case), by=by, resolution=step.text, solution_id=solution)

    async def _survey(self, case: int, _plot: Plot, step: Step) -> None:
        asked = await Survey.filter(case_id=case).order_by("-id").first()
        if asked is not None:  # the caps on automatic mail may have kept it back
            await surveying.answer(tokens.sign(surveying.PURPOSE, str(asked.id)), step.more["score"], step.text)
