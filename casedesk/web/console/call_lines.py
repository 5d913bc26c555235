"""The bar of calls above every page: what rings, what was handed over, what became of a call given away."""

from casedesk.accounts import numbers
from casedesk.calls import notes, ringing
from casedesk.calls.notes import CallNotes
from casedesk.calls.ringing import CallRecord, CallState
from casedesk.cases import beside
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.web.console import callers
from casedesk.web.console.call_views import CallLine


async def lines(*, by: Actor) -> tuple[CallLine, ...]:
    """Return the lines of the bar, the newest call first."""
    handed = await notes.handed(by=by)
    given = {each.call_id for each in handed}
    found = [await _handed(each, by) for each in handed]
    found += [await _call(call, by) for call in await ringing.unsaved_of(by) if call.id not in given]
    return tuple(found)


async def _call(call: CallRecord, by: Actor) -> CallLine:
    name, facts = await _who(call, by)
    words = {
        CallState.RINGING: _("%(name)s is calling"),
        CallState.ANSWERED: _("Call from %(name)s"),
        CallState.ENDED: _("Call from %(name)s ended, not saved yet"),
    }[call.state]
    url = f"/console/call?call_id={call.id}"
    return CallLine(words % {"name": name}, facts, call.state.value, url, call=call.id)


async def _who(call: CallRecord, by: Actor) -> tuple[str, str]:
    number = numbers.shown(call.other_number)
    found = await ringing.meant_by(call.other_number, by=by)
    if len(found) != 1:
        several = ngettext("%(count)s person has this number", "%(count)s people have this number", len(found))
        return number, several % {"count": len(found)} if found else _("nobody we know")
    contact = found[0]
    account = await callers.account_of(contact, by=by)
    cases = await beside.open_about(
        by=by, contact_id=contact.id, account_id=contact.account_id, asset_id=None, limit=20
    )
    open_cases = ngettext("%(count)s open case", "%(count)s open cases", len(cases)) % {"count": len(cases)}
    facts = [account.name if account else "", number, open_cases if cases else ""]
    return contact.name or number, " · ".join(part for part in facts if part)


async def _handed(kept: CallNotes, by: Actor) -> CallLine:
    subject = kept.form.get("subject", "") or _("a call without a subject yet")
    if kept.waits and (kept.mine or kept.giver):
        return CallLine(
            _("%(name)s hands a call over to you") % {"name": kept.giver or _("A colleague")}, subject, "handed",
            draft=kept.id,
        )  # fmt: skip
    url = f"/console/call?draft={kept.id}"
    if kept.waits:
        to = kept.taker or kept.queue
        return CallLine(_("Your call waits for %(name)s") % {"name": to}, subject, "given", url)
    return CallLine(_("%(name)s has taken your call") % {"name": kept.taker}, subject, "taken", url)
