"""What a customer does to a case beside writing on it: its subject and product, its end, its new beginning.

The same ways as for staff (`changing`, `moving`), asked by who the customer is instead of a role: their own cases alone.
A colleague who may see the case may write on it and follow it, not end it.
"""

from casedesk import clock
from casedesk.cases import changing, fields, following, moving, recording
from casedesk.cases.models import Case
from casedesk.cases.recording import NOTHING, Told
from casedesk.database import transaction
from casedesk.entitlements import owned
from casedesk.errors import Forbidden, Invalid
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import Act, Category, default_status

LONGEST_REASON = 2_000


async def edit(number: str, *, by: Actor, subject: str, asset_id: int | None) -> None:
    """Set subject and product of the customer's own case; the description is only ever added to, by writing on it.

    Raises Invalid naming the field, also for a product that is not the customer's, and Conflict when the case is closed.
    """
    following.contact_of(by)
    subject = " ".join(subject.split())
    if not 0 < len(subject) <= fields.LONGEST_SUBJECT:
        raise Invalid.field("subject", _("Tell us in a few words what it is about."))
    await owned.require(asset_id, by=by)
    async with transaction():
        case = await _own(number, by, Act.CHANGE)
        await changing.apply(case, {"subject": subject, "asset_id": asset_id}, by=by, now=clock.now())


async def close(number: str, *, by: Actor, reason: str = "") -> None:
    """Close the customer's own case; an unsolved one passes through solved, so that its clocks are met."""
    following.contact_of(by)
    async with transaction():
        case = await _own(number, by, Act.CLOSE)
        await moving.move(case, default_status(Category.CLOSED), by=by, now=clock.now(), told=_told(reason))


async def reopen(number: str, *, by: Actor, reason: str = "") -> None:
    """Open the customer's own case again; raises Conflict when it was closed longer ago than the window."""
    following.contact_of(by)
    async with transaction():
        case = await _own(number, by, Act.REOPEN)
        await moving.move(case, default_status(Category.OPEN), by=by, now=clock.now(), told=_told(reason))


async def _own(number: str, by: Actor, act: Act) -> Case:
    case = await recording.hold_seen(number, by=by)
    if case.contact_id != by.id:
        raise Forbidden(_("A colleague asked this; only they can do that. You can write on it."))
    recording.allow(case, act)
    return case


def _told(reason: str) -> Told:
    reason = reason.strip()[:LONGEST_REASON]
    return Told(content={"reason": reason}) if reason else NOTHING
