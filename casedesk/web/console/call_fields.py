"""The fields of the telephone page: what was typed, what can be chosen, in words."""

from datetime import timedelta
from typing import Any

from casedesk import clock, language
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import DEFAULT_TYPES
from casedesk.web.console.page_views import Field
from casedesk.web.forms import Form
from casedesk.web.views import Choice


def fields(form: Form, name: str, wrong: dict[str, str]) -> dict[str, Any]:
    """Return the fields of the page as they stand; `name` is what the caller is called."""
    subject = form.line("subject")
    return {
        "name": Field("name", _("Name"), form.line("name"), problem=wrong.get("name", "")),
        "email": Field("email", _("Email"), form.line("email"), problem=wrong.get("email", "")),
        "subject": Field("subject", _("What is happening?"), subject, problem=wrong.get("subject", "")),
        "notes": Field("notes", _("Notes while you talk"), form.text("notes"), problem=wrong.get("notes", "")),
        "reason": Field("type", _("Reason"), choices=_reasons(form.line("type"))),
        "impact": Field("impact", _("Impact"), choices=_impacts(form.line("impact"))),
        "callback": Field("callback", _("Callback"), choices=_callbacks(form.line("callback"))),
        "mail": form.is_ticked("mail"),
        "mail_label": _("Email %(name)s a summary with the case number") % {"name": name}
        if name
        else _("Email a summary with the case number"),
        "remind": form.is_ticked("remind"),
        "remind_label": _("Remind me tomorrow 09:00 to ask whether it stays solved"),
        "event": form.is_ticked("event"),
        "event_subject": form.line("event_subject") or (_("Visit: %(what)s") % {"what": subject} if subject else ""),
        "event_at": form.line("event_at") or f"{language.local(clock.now() + timedelta(days=1)):%Y-%m-%dT09:00}",
    }


def _reasons(chosen: str) -> tuple[Choice, ...]:
    words = {
        "technical_support": _("Something does not work"),
        "billing_question": _("A question about a bill"),
        "feature_request": _("A wish"),
        "account_update": _("Data or users to change"),
    }
    return (
        Choice("", _("Not said yet"), not chosen),
        *(Choice(each, words.get(each, each.replace("_", " ")), each == chosen) for each in DEFAULT_TYPES),
    )


def _impacts(chosen: str) -> tuple[Choice, ...]:
    words = (("low", _("Low")), ("one", _("One unit")), ("site", _("Site")))
    return tuple(Choice(value, label, value == (chosen or "low")) for value, label in words)


def _callbacks(chosen: str) -> tuple[Choice, ...]:
    words = (("", _("None")), ("today", _("Same number, today")), ("tomorrow", _("Same number, tomorrow")))
    return tuple(Choice(value, label, value == chosen) for value, label in words)
