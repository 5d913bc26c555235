"""Forms that seemed to be filled in by a machine: held back, in people's sight for a while, and a case if one says so.

Whoever sent one got the same thanks as everybody. What makes a form suspicious stands in `by_web`.
"""

from dataclasses import dataclass
from datetime import datetime

from casedesk import clock, journal, permissions
from casedesk.cases import creating
from casedesk.cases.numbering import shown
from casedesk.database import reading, transaction
from casedesk.errors import Conflict, NotFound
from casedesk.events import EventName
from casedesk.identity import SYSTEM, Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.richtext import excerpt
from intake import by_web, web_forms
from intake.by_form import HELD, KEPT_FOR
from intake.by_web import Filled
from intake.models import Fate

MOST_SHOWN = 100
_LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class HeldForm:
    """A form that was held back: who it says it is from, how it begins, and why it was held."""

    id: int
    name: str
    email: str
    subject: str
    begins: str
    reason: str
    received_at: datetime


async def waiting(*, by: Actor) -> tuple[HeldForm, ...]:
    """Return what was held back lately, newest first; afterwards it stands in the ledger alone."""
    permissions.require(by, Permission.LEDGER_READ)
    async with reading():
        lately = Fate.filter(fate="quarantined", channel="web", received_at__gte=clock.now() - KEPT_FOR)
        found = await lately.order_by("-received_at", "-id").limit(MOST_SHOWN)
    return tuple(_shown(row) for row in found)


async def make_case(held_id: int, *, by: Actor) -> str:
    """Make of a held form the case it would have become, clocks from when it was sent, and return its number.

    Of two at once the second finds nothing. Raises NotFound for what is not held (any more), Conflict when its form is no
    longer in use. Records `form_released`.
    """
    permissions.require(by, Permission.LEDGER_READ)
    permissions.require(by, Permission.CASE_CREATE)
    async with transaction():
        held = Fate.filter(id=held_id, fate="quarantined", channel="web", received_at__gte=clock.now() - KEPT_FOR)
        if not await held.update(fate="created"):
            raise NotFound("This is not held back, or not any more.")
        row = await Fate.get(id=held_id)
        form, filled = await _sent(row)
        opened = await creating.open_case(await by_web.opening(form, filled, at=row.received_at), by=SYSTEM)
        data = {"fate": row.id, "reason": row.reason}
        await journal.record(EventName.FORM_RELEASED, by=by, case=opened.case.id, data=data)
        row.case_id, row.message_id = opened.case.id, opened.message.id
        row.reason = f"form {form.key}, held back at first"
        # The message holds these words now; a second copy would have to be erased, too.
        row.shape = {name: value for name, value in row.shape.items() if name not in ("text", HELD)}
        await row.save(update_fields=["case_id", "message_id", "reason", "shape"])
    return shown(opened.case.prefix, opened.case.id)


async def _sent(row: Fate) -> tuple[web_forms.WebFormRecord, Filled]:
    kept: dict[str, object] = dict(row.shape.get(HELD) or {})  # type: ignore[call-overload]
    try:
        form = await web_forms.in_use(str(kept["form"]))
    except (KeyError, NotFound):
        raise Conflict(_("The web form this was sent by is no longer in use.")) from None
    values = {str(name): str(value) for name, value in dict(kept["values"]).items()}  # type: ignore[call-overload]
    files = tuple(await by_web.waiting(list(kept["files"])))  # type: ignore[call-overload]
    language = kept.get("language")
    return form, Filled(values, files, language=str(language) if language else None)


def _shown(row: Fate) -> HeldForm:
    sender: dict[str, str] = dict(row.shape.get("from") or {})  # type: ignore[call-overload]
    return HeldForm(
        row.id, sender.get("name", ""), row.envelope_from, str(row.shape.get("subject") or ""),
        excerpt(str(row.shape.get("text") or ""), _LONGEST_SHOWN), row.reason, row.received_at,
    )  # fmt: skip
