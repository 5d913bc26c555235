"""Setup, operations: is everything moving, and what is stuck; with a way to try it again."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.cases import viewing
from casedesk.errors import Conflict, NotFound, Unavailable
from casedesk.journal import pending
from casedesk.journal.pending import DeadLetter
from casedesk.language import gettext as _
from casedesk.mail import outbox
from casedesk.mail.outbox import OutgoingView
from casedesk.web import asking, guard, refusals
from casedesk.web.admin import drawing, operation_views
from casedesk.web.admin.operation_views import FailedArrival, Gauge, HeldRow, OperationsPage, OutgoingRow
from casedesk.web.views import Tone
from intake import held, ledger, pipeline
from knowledge import index

URL = "/console/setup/operations"
_AT_MOST = 100


async def show(request: Request) -> Response:
    """Show what waits, what was given up, what was held back and what could not be read."""
    return await _page(request)


async def retry_dead(request: Request) -> Response:
    """Give a dead letter another round of tries."""
    if not await pending.try_dead_again(asking.whole_id(request, "letter")):
        raise NotFound
    return RedirectResponse(URL, 303)


async def make_case(request: Request) -> Response:
    """Make a case of a form that was held back, and go there."""
    try:
        number = await held.make_case(asking.whole_id(request, "held"), by=guard.actor_of(request))
    except Conflict as wrong:
        return await _page(request, refusals.sentence(wrong.message), 409)
    return RedirectResponse(f"/console/c/{number}", 303)


async def retry_mail(request: Request) -> Response:
    """Let a mail that waits go out at once."""
    if not await outbox.try_now(asking.whole_id(request, "mail")):
        raise NotFound
    return RedirectResponse(URL, 303)


async def retry_arrival(request: Request) -> Response:
    """Have an arrival that could not be worked tried again at once."""
    await pipeline.ask_again(asking.whole_id(request, "arrival"), by=guard.actor_of(request))
    return RedirectResponse(URL, 303)


async def _page(request: Request, refused: str = "", status: int = 200) -> Response:
    by = guard.actor_of(request)
    letters = await pending.dead_letters(_AT_MOST)
    mails = await outbox.in_trouble(_AT_MOST)
    failed = (await ledger.entries(by=by, fate="failed", limit=_AT_MOST)).items
    numbers = await viewing.numbers([*(each.case_id for each in letters), *(each.case_id for each in mails)], by=by)
    page = OperationsPage(
        gauges=await _gauges(len(failed)),
        dead_letters=tuple(_dead_letter(each, numbers.get(each.case_id, "")) for each in letters),
        outgoing=tuple(_outgoing(each, numbers.get(each.case_id, "")) for each in mails),
        arrivals=tuple(
            FailedArrival(
                each.id, each.envelope_from or _("nobody"), ", ".join(each.envelope_to), each.reason, each.received_at,
                f"{URL}/arrivals/{each.id}",
            )
            for each in failed
        ),
        held=tuple(
            HeldRow(
                each.email, each.name, each.subject or each.begins, each.begins if each.subject else "", each.reason,
                each.received_at, f"{URL}/held/{each.id}",
            )
            for each in await held.waiting(by=by)
        ),
        refused=refused,
    )  # fmt: skip
    return await drawing.page(request, "admin/operations.html", here="operations", status=status, page=page)


async def _gauges(failed: int) -> tuple[Gauge, ...]:
    waiting, again, dead = await pending.backlog()
    states = await outbox.counts_by_state()
    bad = states.get("failed", 0)
    gauges = [
        Gauge(_("Events waiting"), str(waiting), Tone.WARN if waiting > 1000 else Tone.OK),
        Gauge(_("Tried again"), str(again), Tone.WARN if again else Tone.OK),
        Gauge(_("Dead letters"), str(dead), Tone.BAD if dead else Tone.OK),
        Gauge(_("Mail waiting"), str(states.get("waiting", 0))),
        Gauge(_("Mail not delivered"), str(bad), Tone.BAD if bad else Tone.OK),
        Gauge(_("Arrivals not read"), str(failed), Tone.BAD if failed else Tone.OK),
    ]
    try:
        behind = await index.current().behind()
    except Unavailable:
        return (*gauges, Gauge(_("Solutions index"), _("closed"), Tone.WARN))
    return (*gauges, Gauge(_("Index behind by"), str(behind), Tone.WARN if behind else Tone.OK))


def _dead_letter(letter: DeadLetter, number: str) -> operation_views.DeadLetter:
    event = letter.event.replace("_", " ")
    return operation_views.DeadLetter(
        letter.id, letter.reaction.replace("_", " "), f"{event}, {number}" if number else event, letter.error,
        letter.tries, letter.dead_at, f"{URL}/dead/{letter.id}", f"/console/c/{number}" if number else "",
    )  # fmt: skip


def _outgoing(mail: OutgoingView, number: str) -> OutgoingRow:
    waits = mail.state == "waiting"
    return OutgoingRow(
        mail.id, mail.to, mail.subject, _("Waits") if waits else _("Not delivered"), Tone.WARN if waits else Tone.BAD,
        mail.created_at, mail.tries, mail.error, number, f"/console/c/{number}" if number else "",
        f"{URL}/mail/{mail.id}" if waits else "",
    )  # fmt: skip
