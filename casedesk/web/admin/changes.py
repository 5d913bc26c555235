"""What uses a record and what happened to it, in words: pure, from what was counted and read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from casedesk.events import EventName
from casedesk.journal.histories import RecordChange
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.setup.uses import Used
from casedesk.web.admin.form_fields import Field
from casedesk.web.admin.page_views import HistoryRow

_MOST_ROWS = 30
_LONGEST = 160


def used_words(found: Sequence[Used]) -> tuple[str, ...]:
    """Return each use as words: "3 rules", "41 open cases"."""
    forms: Mapping[str, Callable[[int], str]] = {
        "rules": lambda n: ngettext("%(n)s place in the rules", "%(n)s places in the rules", n),
        "open_cases": lambda n: ngettext("%(n)s open case", "%(n)s open cases", n),
        "cases": lambda n: ngettext("%(n)s case in all", "%(n)s cases in all", n),
        "mailboxes": lambda n: ngettext("%(n)s mailbox", "%(n)s mailboxes", n),
        "web_forms": lambda n: ngettext("%(n)s web form", "%(n)s web forms", n),
        "clocks": lambda n: ngettext("%(n)s running clock", "%(n)s running clocks", n),
        "contacts": lambda n: ngettext("%(n)s contact", "%(n)s contacts", n),
        "assets": lambda n: ngettext("%(n)s asset", "%(n)s assets", n),
        "entitlements": lambda n: ngettext("%(n)s entitlement", "%(n)s entitlements", n),
        "queues": lambda n: ngettext("%(n)s queue", "%(n)s queues", n),
    }
    return tuple(forms[each.what](each.number) % {"n": each.number} for each in found if each.what in forms)


def rows(found: Sequence[RecordChange], fields: Sequence[Field]) -> tuple[HistoryRow, ...]:
    """Return a record's history, the newest first, in the words of its form."""
    by_name = {each.name: each for each in fields}
    return tuple(_row(each, by_name) for each in found[:_MOST_ROWS])


def _row(change: RecordChange, fields: Mapping[str, Field]) -> HistoryRow:
    changed = change.name == EventName.RECORD_CHANGED
    told = change.values if changed else {}
    return HistoryRow(
        at=change.at,
        who=(_("%(name)s by a program") % {"name": change.who} if change.by_token else change.who) or "casedesk",
        words=_words(change.name),
        changes=tuple(
            (_label(name, fields), _value(fields.get(name), change.before.get(name)), _value(fields.get(name), value))
            for name, value in told.items()
            if name not in _UNSEEN
        ),
        revert=change.id if changed and told else 0,
    )


_UNSEEN = frozenset({"serial_key"})


def _words(name: str) -> str:
    return {
        EventName.RECORD_CREATED.value: _("Added"),
        EventName.RECORD_CHANGED.value: _("Changed"),
        EventName.STAFF_INVITED.value: _("Sent a link for a password"),
        EventName.PASSWORD_CHOSEN.value: _("Chose a password"),
        EventName.TOKEN_ADDED.value: _("Token made"),
        EventName.TOKEN_REVOKED.value: _("Token revoked"),
        EventName.PORTAL_ACCESS_CHANGED.value: _("Access to a portal changed"),
        EventName.PORTAL_LINK_SENT.value: _("Sent a link of a portal"),
        EventName.CUSTOMER_REGISTERED.value: _("Got an account at a portal"),
        EventName.CUSTOMER_PASSWORD_CHANGED.value: _("Chose a password"),
        EventName.ADDRESS_VERIFIED.value: _("Confirmed an address"),
        EventName.SIGNED_IN.value: _("Signed in"),
        EventName.SIGNED_OUT.value: _("Signed out"),
        EventName.SIGN_IN_REFUSED.value: _("Sign-in refused"),
    }.get(name, name.replace("_", " "))


def _label(name: str, fields: Mapping[str, Field]) -> str:
    short = name.removesuffix("_id")
    one = fields.get(name) or fields.get(short)
    return one.label if one else short.replace("_", " ").capitalize()


def _value(one: Field | None, value: Any) -> str:
    if value in (None, "", [], {}):
        return "—"
    labels = {each.value: each.label for each in one.options} if one else {}
    if isinstance(value, list):
        words = ", ".join(labels.get(str(each), str(each)) for each in value)
    elif isinstance(value, bool):
        words = _("yes") if value else _("no")
    else:
        words = labels.get(str(value), str(value))
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
